-- Personal tokens of people's own programs, and what was asked for with them.

CREATE TABLE personal_tokens (
	id              TEXT   NOT NULL PRIMARY KEY,
	person_id       TEXT   NOT NULL REFERENCES people (id) ON DELETE CASCADE,
	hash            BYTEA  NOT NULL UNIQUE, -- SHA-256
	last            TEXT   NOT NULL, -- 4 characters of the token
	name            TEXT   NOT NULL,
	scopes          TEXT   NOT NULL, -- with spaces between
	playlist        TEXT   NOT NULL, -- that is meant when none is named; '' for none
	problem         TEXT   NOT NULL, -- why its newest call was refused
	conversation_id TEXT   NOT NULL, -- in which its requests are told; '' before the first
	last_run        TEXT   NOT NULL, -- the newest one asked for with it; '' before the first
	created_at      BIGINT NOT NULL,
	expires_at      BIGINT NOT NULL, -- 0: never
	used_at         BIGINT NOT NULL  -- 0: never
);
CREATE INDEX personal_tokens_person ON personal_tokens (person_id, created_at, id);

ALTER TABLE runs ADD COLUMN wish TEXT NOT NULL DEFAULT ''; -- JSON of what a program asked for; '' for a message in words

-- Which request of which token a run came from: the same one again is the same run.
CREATE TABLE syncs (
	run_id      TEXT   NOT NULL PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
	token_id    TEXT   NOT NULL REFERENCES personal_tokens (id) ON DELETE CASCADE,
	idem_key    TEXT   NOT NULL, -- '' without one
	request     BYTEA  NOT NULL, -- SHA-256 of the body
	wish        BYTEA  NOT NULL, -- SHA-256 of song and playlist
	accepted_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX syncs_key ON syncs (token_id, idem_key) WHERE idem_key <> '';
CREATE INDEX syncs_wish ON syncs (token_id, wish, accepted_at);
