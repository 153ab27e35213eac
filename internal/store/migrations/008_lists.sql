-- Whole lists: a source on its way through the preview, and the rows of lists that were accepted.

CREATE TABLE previews (
	id         TEXT   NOT NULL PRIMARY KEY,
	person_id  TEXT   NOT NULL REFERENCES people (id) ON DELETE CASCADE,
	source     BYTEA  NOT NULL,
	choices    TEXT   NOT NULL, -- JSON of how the person wants it to be read
	expires_at BIGINT NOT NULL
);
CREATE INDEX previews_person ON previews (person_id);
CREATE INDEX previews_expiry ON previews (expires_at);

CREATE TABLE lists (
	run_id        TEXT    NOT NULL PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
	playlist_id   TEXT    NOT NULL, -- '' until a new one is made
	playlist_name TEXT    NOT NULL,
	paused        BOOLEAN NOT NULL DEFAULT FALSE
);

CREATE TABLE list_rows (
	run_id   TEXT   NOT NULL REFERENCES lists (run_id) ON DELETE CASCADE,
	position BIGINT NOT NULL,            -- from 1
	song     TEXT   NOT NULL,            -- JSON
	state    TEXT   NOT NULL,
	decision TEXT   NOT NULL DEFAULT '', -- JSON of the match; '' until it was looked for
	trouble  TEXT   NOT NULL DEFAULT '', -- JSON; '' for none
	PRIMARY KEY (run_id, position)
);
CREATE INDEX list_rows_state ON list_rows (run_id, state, position);
