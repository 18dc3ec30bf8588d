-- Who was erased, by an id that nothing else holds any more: a state from before that comes back (a
-- backup, the copy before an upgrade) loses them again. `is_done`: no byte of them is left.
CREATE TABLE erasure (
    person  TEXT     NOT NULL PRIMARY KEY,
    at_ms   BIGINT   NOT NULL,
    is_done SMALLINT NOT NULL CHECK (is_done IN (0, 1))
);
