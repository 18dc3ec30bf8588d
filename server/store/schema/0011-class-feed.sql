-- Addresses of classes' calendars, as plan_feed has those of people.
CREATE TABLE plan_class_feed (
    class   TEXT   NOT NULL PRIMARY KEY REFERENCES place (id) ON DELETE CASCADE,
    hash    TEXT   NOT NULL UNIQUE,
    made_ms BIGINT NOT NULL
);
