-- Work that is out of retries and waits for an operator, and what operators did.

CREATE TABLE letters (
	id          TEXT   NOT NULL PRIMARY KEY,
	person_id   TEXT   NOT NULL REFERENCES people (id) ON DELETE CASCADE,
	run_id      TEXT   NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	task        TEXT   NOT NULL, -- key of the song; '' for the run as a whole
	state       TEXT   NOT NULL,
	kind        TEXT   NOT NULL,
	step        TEXT   NOT NULL,
	fingerprint TEXT   NOT NULL,
	playlist_id TEXT   NOT NULL,
	words       TEXT   NOT NULL, -- lower case, to be searched
	body        TEXT   NOT NULL, -- JSON of all of it as it was written; the columns are newer
	reason      TEXT   NOT NULL,
	retry_run   TEXT   NOT NULL, -- '' until it is retried
	retried_by  TEXT   NOT NULL, -- id of a person
	version     BIGINT NOT NULL,
	made_at     BIGINT NOT NULL,
	changed_at  BIGINT NOT NULL,
	UNIQUE (run_id, task)
);
-- All that letters are filtered by, in the order of the list and of the groups: the bodies stay unread.
CREATE INDEX letters_page ON letters (made_at, id, state, kind, step, fingerprint, person_id, playlist_id, words);
CREATE INDEX letters_group ON letters (fingerprint, state, made_at, kind, step, person_id, playlist_id, words);
CREATE INDEX letters_person ON letters (person_id);
CREATE INDEX letters_retry ON letters (retry_run) WHERE retry_run <> '';

ALTER TABLE runs ADD COLUMN retry_of TEXT NOT NULL DEFAULT ''; -- id of the letter that it tries again

-- Rows are only ever added. Ids of people stay when the people have left; names do not.
CREATE TABLE audit (
	id       BIGINT NOT NULL PRIMARY KEY, -- rises
	at       BIGINT NOT NULL,
	actor_id TEXT   NOT NULL,
	action   TEXT   NOT NULL,
	subject  TEXT   NOT NULL,
	note     TEXT   NOT NULL
);
