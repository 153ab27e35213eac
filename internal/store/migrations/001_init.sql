-- One text for SQLite and PostgreSQL. Ids are made by the program, times are
-- Unix milliseconds in UTC, JSON is TEXT.

CREATE TABLE people (
	id                    TEXT    NOT NULL PRIMARY KEY,
	spotify_id            TEXT    NOT NULL,
	account_id            TEXT    NOT NULL, -- '' where Spotify sent none
	name                  TEXT    NOT NULL,
	image                 TEXT    NOT NULL,
	needs_reauth          BOOLEAN NOT NULL,
	default_playlist_id   TEXT    NOT NULL DEFAULT '',
	default_playlist_name TEXT    NOT NULL DEFAULT '',
	created_at            BIGINT  NOT NULL
);
CREATE UNIQUE INDEX people_account ON people (account_id) WHERE account_id <> '';
CREATE UNIQUE INDEX people_spotify_only ON people (spotify_id) WHERE account_id = '';
CREATE INDEX people_spotify ON people (spotify_id);

CREATE TABLE tokens (
	person_id  TEXT   NOT NULL PRIMARY KEY REFERENCES people (id) ON DELETE CASCADE,
	access     BYTEA  NOT NULL, -- sealed
	refresh    BYTEA  NOT NULL, -- sealed
	expires_at BIGINT NOT NULL,
	consent_at BIGINT NOT NULL,
	version    BIGINT NOT NULL
);

CREATE TABLE sessions (
	id_hash    BYTEA  NOT NULL PRIMARY KEY, -- SHA-256
	person_id  TEXT   NOT NULL REFERENCES people (id) ON DELETE CASCADE,
	created_at BIGINT NOT NULL,
	seen_at    BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE logins (
	state_hash  BYTEA  NOT NULL PRIMARY KEY, -- SHA-256
	cookie_hash BYTEA  NOT NULL,             -- SHA-256
	verifier    BYTEA  NOT NULL,             -- sealed
	return_to   TEXT   NOT NULL,
	expires_at  BIGINT NOT NULL
);
CREATE INDEX logins_expiry ON logins (expires_at);

CREATE TABLE conversations (
	id         TEXT   NOT NULL PRIMARY KEY,
	person_id  TEXT   NOT NULL REFERENCES people (id) ON DELETE CASCADE,
	title      TEXT   NOT NULL,
	seq        BIGINT NOT NULL, -- of its newest message; raising it also locks the conversation
	updated_at BIGINT NOT NULL
);
CREATE INDEX conversations_recent ON conversations (person_id, updated_at, id);

CREATE TABLE messages (
	id              TEXT   NOT NULL PRIMARY KEY,
	conversation_id TEXT   NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
	seq             BIGINT NOT NULL,
	role            TEXT   NOT NULL,
	text            TEXT   NOT NULL,
	at              BIGINT NOT NULL,
	UNIQUE (conversation_id, seq)
);

CREATE TABLE runs (
	id              TEXT    NOT NULL PRIMARY KEY,
	person_id       TEXT    NOT NULL REFERENCES people (id) ON DELETE CASCADE,
	conversation_id TEXT    NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
	message_id      TEXT    NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
	seq             BIGINT  NOT NULL, -- of its message
	idem_key        TEXT    NOT NULL,
	state           TEXT    NOT NULL,
	undo_of         TEXT    REFERENCES runs (id) ON DELETE SET NULL,
	accepted_at     BIGINT  NOT NULL,
	ended_at        BIGINT,           -- NULL until the state is final
	outcome         TEXT,             -- JSON of the last progress, NULL until the state is final
	playlist_id     TEXT    NOT NULL DEFAULT '', -- of the outcome, and the two below too
	playlist_name   TEXT    NOT NULL DEFAULT '',
	undoable        BOOLEAN NOT NULL DEFAULT FALSE,
	UNIQUE (person_id, idem_key),
	UNIQUE (conversation_id, seq)
);
CREATE INDEX runs_unfinished ON runs (accepted_at, id) WHERE ended_at IS NULL;
CREATE INDEX runs_undo ON runs (undo_of);
CREATE INDEX runs_playlist ON runs (conversation_id, seq) WHERE playlist_id <> '';
CREATE INDEX runs_undoable ON runs (conversation_id, seq) WHERE undoable;

CREATE TABLE attempts (
	person_id   TEXT   NOT NULL REFERENCES people (id) ON DELETE CASCADE,
	attempt_key TEXT   NOT NULL,
	run_id      TEXT   NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	playlist_id TEXT   NOT NULL,
	uris        TEXT   NOT NULL, -- JSON array
	state       TEXT   NOT NULL,
	at          BIGINT NOT NULL,
	PRIMARY KEY (person_id, attempt_key)
);
CREATE INDEX attempts_run ON attempts (run_id);
