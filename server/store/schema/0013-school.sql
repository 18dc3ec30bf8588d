-- The school whose pupil a code is for: who has left it wants another.
ALTER TABLE entry ADD COLUMN school TEXT NOT NULL DEFAULT '';
UPDATE entry SET school = COALESCE((SELECT c.parent FROM role r JOIN place c ON c.id = r.place
    WHERE r.person = entry.person AND r.role = 6 LIMIT 1), '');
