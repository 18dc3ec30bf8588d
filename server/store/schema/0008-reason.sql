-- Why a row is so against the rules, in its maker's words, and what was put before them for the hash
-- in the audit log; both '' where there was no need. They go with the row.
ALTER TABLE plan_entry ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE plan_entry ADD COLUMN reason_salt TEXT NOT NULL DEFAULT '';
