-- Lessons that were made through the admin API, with the keys that open them.
CREATE TABLE lesson (
    id         TEXT     NOT NULL PRIMARY KEY,
    title      TEXT     NOT NULL,
    stream_key TEXT     NOT NULL UNIQUE,
    watch_key  TEXT     NOT NULL,
    is_open    SMALLINT NOT NULL CHECK (is_open IN (0, 1))
);
