-- What a request is searched by, beside what else its history is filtered by, so that
-- a search reads no messages: the text in lower case, '' where that is long or not known.

ALTER TABLE runs ADD COLUMN words TEXT NOT NULL DEFAULT '';
UPDATE runs SET words = coalesce((SELECT lower(m.text) FROM messages m WHERE m.id = runs.message_id AND length(m.text) <= 500), '');
DROP INDEX runs_history;
CREATE INDEX runs_history ON runs (person_id, accepted_at, id, state, playlist_id, playlist_name, message_id, words,
	(CASE WHEN undo_of IS NOT NULL THEN 'undo' WHEN retry_of <> '' THEN 'retry' WHEN wish <> '' THEN 'program' ELSE 'message' END));
