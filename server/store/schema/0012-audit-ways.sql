-- Ways into the audit log, newest first: by day, by what was done, by whom and to whom. Of a million
-- entries each page is otherwise a walk along all of them.
CREATE INDEX audit_by_time ON audit (at_ms, seq);
CREATE INDEX audit_by_act ON audit (act, at_ms, seq);
CREATE INDEX audit_by_actor ON audit (actor, at_ms, seq);
-- What somebody did to themselves is found by the actor: told apart without a look at the entry.
CREATE INDEX audit_by_subject ON audit (subject, at_ms, seq, actor);
