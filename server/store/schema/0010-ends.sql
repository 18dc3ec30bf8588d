-- The minutes and visits of a class end by day: else every one of theirs is looked at.
DROP INDEX plan_minutes_of_person;
CREATE INDEX plan_minutes_of_person ON plan_minutes (person, day);
DROP INDEX visit_of_person;
CREATE INDEX visit_of_person ON visit (person, day);
