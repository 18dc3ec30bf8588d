-- Who was in which lesson: from and up to which second of the day, and for how many of them with a
-- picture and with voice alone.
CREATE TABLE visit (
    day     INTEGER NOT NULL,
    person  TEXT    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    lesson  TEXT    NOT NULL,
    first_s INTEGER NOT NULL,
    last_s  INTEGER NOT NULL,
    group_s INTEGER NOT NULL,
    voice_s INTEGER NOT NULL,
    PRIMARY KEY (day, person, lesson)
);
CREATE INDEX visit_of_person ON visit (person);

-- What those lessons were called.
CREATE TABLE visit_lesson (
    day    INTEGER NOT NULL,
    lesson TEXT    NOT NULL,
    title  TEXT    NOT NULL,
    PRIMARY KEY (day, lesson)
);
