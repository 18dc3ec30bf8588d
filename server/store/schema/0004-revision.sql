-- Counts the transactions that changed places, people or what they are: who has read them knows
-- whether they are still so.
CREATE TABLE revision (
    id     SMALLINT NOT NULL PRIMARY KEY CHECK (id = 1),
    people BIGINT   NOT NULL
);
INSERT INTO revision (id, people) VALUES (1, 1);
