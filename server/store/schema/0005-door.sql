-- How people come in. What they show is here as a hash only.

-- Passwords are argon2id; `totp` is the sealed secret of the second factor, '' for none, and
-- `totp_step` the last of its half minutes in which a code was used.
CREATE TABLE account (
    person    TEXT   NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    login     TEXT   NOT NULL UNIQUE,
    password  TEXT   NOT NULL,
    totp      TEXT   NOT NULL,
    totp_step BIGINT NOT NULL
);

-- Words with which somebody sets a password, once.
CREATE TABLE invitation (
    person   TEXT   NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    hash     TEXT   NOT NULL UNIQUE,
    until_ms BIGINT NOT NULL
);

-- Browsers in which somebody of the staff is signed in.
CREATE TABLE session (
    id      TEXT   NOT NULL PRIMARY KEY,
    hash    TEXT   NOT NULL UNIQUE,
    person  TEXT   NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    made_ms BIGINT NOT NULL,
    seen_ms BIGINT NOT NULL
);
CREATE INDEX session_of_person ON session (person);

-- The entry codes of pupils. `version` counts a pupil's codes: passes of older ones are void.
CREATE TABLE entry (
    person  TEXT   NOT NULL PRIMARY KEY REFERENCES person (id) ON DELETE CASCADE,
    hash    TEXT   NOT NULL UNIQUE,
    version BIGINT NOT NULL
);

-- The devices that came in with a code, the newest of each kind.
CREATE TABLE device (
    person  TEXT     NOT NULL REFERENCES entry (person) ON DELETE CASCADE,
    kind    SMALLINT NOT NULL,
    device  BIGINT   NOT NULL,
    made_ms BIGINT   NOT NULL,
    seen_ms BIGINT   NOT NULL,
    PRIMARY KEY (person, kind)
);

-- Day passes: who it is made for, for which class, and how many devices it has let in.
CREATE TABLE guest (
    id       TEXT     NOT NULL PRIMARY KEY,
    place    TEXT     NOT NULL REFERENCES place (id) ON DELETE CASCADE,
    name     TEXT     NOT NULL,
    hash     TEXT     NOT NULL UNIQUE,
    until_ms BIGINT   NOT NULL,
    used     SMALLINT NOT NULL
);
CREATE INDEX guest_of_place ON guest (place);
