-- What a person looks back on, and for how long it is kept.

ALTER TABLE people ADD COLUMN keep_days BIGINT NOT NULL DEFAULT 0; -- of runs that have ended; 0: for ever
CREATE INDEX people_keep ON people (keep_days) WHERE keep_days > 0;

-- All that runs are filtered by, in the order of the page: outcomes stay unread.
CREATE INDEX runs_history ON runs (person_id, accepted_at, id, state, playlist_id, playlist_name, message_id,
	(CASE WHEN undo_of IS NOT NULL THEN 'undo' WHEN retry_of <> '' THEN 'retry' WHEN wish <> '' THEN 'program' ELSE 'message' END));
CREATE INDEX runs_kept ON runs (person_id, ended_at) WHERE ended_at IS NOT NULL;
