-- What a request does to the rows of its songs, and by playlist when: what was changed lately the writer of
-- a playlist must know, whatever reads show, also when the engine has forgotten it.
ALTER TABLE attempts ADD COLUMN kind TEXT NOT NULL DEFAULT ''; -- in, out; '' for any other, and for those before this
CREATE INDEX attempts_lately ON attempts (playlist_id, at);
-- What was done about one letter.
CREATE INDEX audit_subject ON audit (subject, id);
