-- Places, in a tree: one district, its schools, their classes. `code` is the owner's own id for it,
-- unique within the place above.
CREATE TABLE place (
    id     TEXT     NOT NULL PRIMARY KEY,
    parent TEXT     REFERENCES place (id),
    kind   SMALLINT NOT NULL CHECK (kind BETWEEN 1 AND 3),
    code   TEXT     NOT NULL,
    name   TEXT     NOT NULL,
    grade  SMALLINT NOT NULL CHECK (grade BETWEEN 0 AND 12),
    UNIQUE (parent, code)
);
INSERT INTO place (id, parent, kind, code, name, grade) VALUES ('district', NULL, 1, '', '', 0);

-- People, each at home in a school or in the district's office.
CREATE TABLE person (
    id   TEXT NOT NULL PRIMARY KEY,
    home TEXT NOT NULL REFERENCES place (id),
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    UNIQUE (home, code)
);

-- Who is what where. The pupils of a class are its rows with the role of a student.
CREATE TABLE role (
    place  TEXT     NOT NULL REFERENCES place (id),
    role   SMALLINT NOT NULL,
    person TEXT     NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    PRIMARY KEY (place, role, person)
);
CREATE INDEX role_of_person ON role (person);

-- Whose parents, or who else looks after a pupil.
CREATE TABLE guardian (
    person TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    pupil  TEXT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    PRIMARY KEY (pupil, person)
);
CREATE INDEX guardian_of_person ON guardian (person);
