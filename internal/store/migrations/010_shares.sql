-- Links under which anybody who has one may watch a run. A link outlives its
-- run and its own end, so that whoever opens it is told that it is over.

CREATE TABLE shares (
	id         TEXT    NOT NULL PRIMARY KEY,
	person_id  TEXT    NOT NULL REFERENCES people (id) ON DELETE CASCADE,
	run_id     TEXT    NOT NULL,
	hash       BYTEA   NOT NULL UNIQUE, -- SHA-256
	names      BOOLEAN NOT NULL, -- songs and the playlist are shown by name
	views      BIGINT  NOT NULL,
	created_at BIGINT  NOT NULL,
	expires_at BIGINT  NOT NULL,
	revoked_at BIGINT  NOT NULL -- 0: not revoked
);
CREATE INDEX shares_person ON shares (person_id, created_at, id);
