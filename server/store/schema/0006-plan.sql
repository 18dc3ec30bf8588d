-- The weekly grid: each row is its school's, under the school's own id for it. Days count from
-- 1970-01-01; the numbers of kinds, places and weeks are those of the program, for ever.
CREATE TABLE plan_entry (
    school       TEXT     NOT NULL REFERENCES place (id) ON DELETE CASCADE,
    code         TEXT     NOT NULL,
    title        TEXT     NOT NULL,
    lecturer     TEXT     REFERENCES person (id) ON DELETE SET NULL,
    link         TEXT     NOT NULL,
    kind         SMALLINT NOT NULL,
    place        SMALLINT NOT NULL,
    weeks        SMALLINT NOT NULL,
    weekday      SMALLINT NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    start_min    SMALLINT NOT NULL,
    length_min   SMALLINT NOT NULL,
    from_day     INTEGER  NOT NULL,
    to_day       INTEGER  NOT NULL,
    published_ms BIGINT   NOT NULL,
    PRIMARY KEY (school, code)
);
CREATE INDEX plan_entry_of_lecturer ON plan_entry (lecturer);

-- Which classes a row is for, of its school or of others.
CREATE TABLE plan_class (
    school TEXT NOT NULL,
    code   TEXT NOT NULL,
    class  TEXT NOT NULL REFERENCES place (id) ON DELETE CASCADE,
    PRIMARY KEY (school, code, class),
    FOREIGN KEY (school, code) REFERENCES plan_entry (school, code) ON DELETE CASCADE
);
CREATE INDEX plan_class_of_class ON plan_class (class);

-- The school year. Week 1 begins on 1970-01-05 until somebody says otherwise; China is at +8:00.
CREATE TABLE plan_year (
    id             SMALLINT NOT NULL PRIMARY KEY CHECK (id = 1),
    first_monday   INTEGER  NOT NULL,
    utc_offset_min SMALLINT NOT NULL
);
INSERT INTO plan_year (id, first_monday, utc_offset_min) VALUES (1, 4, 480);
CREATE TABLE plan_holiday (
    from_day INTEGER NOT NULL PRIMARY KEY,
    to_day   INTEGER NOT NULL
);
CREATE TABLE plan_swap (
    day    INTEGER NOT NULL PRIMARY KEY,
    as_day INTEGER NOT NULL
);

-- Days on which a school is closed, and teaches over the network.
CREATE TABLE plan_closure (
    school   TEXT    NOT NULL REFERENCES place (id) ON DELETE CASCADE,
    from_day INTEGER NOT NULL,
    to_day   INTEGER NOT NULL,
    PRIMARY KEY (school, from_day, to_day)
);

-- The district's rules as they were written; none: the built-in ones.
CREATE TABLE plan_policy (
    id   SMALLINT NOT NULL PRIMARY KEY CHECK (id = 1),
    text TEXT     NOT NULL
);

-- What a pupil has had of a day: seconds, and the second of the day up to which they are counted.
CREATE TABLE plan_minutes (
    day     INTEGER NOT NULL,
    person  TEXT    NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    until_s INTEGER NOT NULL,
    group_s INTEGER NOT NULL,
    voice_s INTEGER NOT NULL,
    PRIMARY KEY (day, person)
);
CREATE INDEX plan_minutes_of_person ON plan_minutes (person);

-- Personal addresses of calendars: a hash of the secret in the address.
CREATE TABLE plan_feed (
    person  TEXT   NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    hash    TEXT   NOT NULL UNIQUE,
    made_ms BIGINT NOT NULL
);
