-- What people have decided about songs for good.

CREATE TABLE rules (
	id         TEXT    NOT NULL PRIMARY KEY,
	person_id  TEXT    NOT NULL REFERENCES people (id) ON DELETE CASCADE,
	source_key TEXT    NOT NULL, -- of the song: what the rule is found by
	song       TEXT    NOT NULL, -- JSON, as the person wrote it
	track      TEXT    NOT NULL, -- JSON, as Spotify had it then; '' when Spotify does not have the song
	words      TEXT    NOT NULL, -- lower case, to be searched
	gone       BOOLEAN NOT NULL, -- Spotify no longer had the track when the rule was last used
	made_at    BIGINT  NOT NULL,
	uses       BIGINT  NOT NULL,
	used_at    BIGINT  NOT NULL, -- 0: never
	dropped_at BIGINT  NOT NULL, -- 0: in force; else the person's last deletion, which can be taken back
	UNIQUE (person_id, source_key)
);
CREATE INDEX rules_recent ON rules (person_id, made_at, id) WHERE dropped_at = 0;
CREATE INDEX rules_dropped ON rules (person_id) WHERE dropped_at > 0;
