-- What a language model costs, what people tell it, and what they let it do unasked.

CREATE TABLE spending (
	person_id TEXT   NOT NULL REFERENCES people (id) ON DELETE CASCADE,
	day       BIGINT NOT NULL, -- days since 1970, UTC
	tokens    BIGINT NOT NULL,
	millis    BIGINT NOT NULL, -- that the model has taken
	PRIMARY KEY (person_id, day)
);

CREATE TABLE remarks (
	person_id TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
	run_id    TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	question  TEXT NOT NULL, -- id of the one that was answered
	text      TEXT NOT NULL,
	PRIMARY KEY (run_id, question)
);

CREATE TABLE trusts (
	person_id   TEXT   NOT NULL REFERENCES people (id) ON DELETE CASCADE,
	tool        TEXT   NOT NULL,
	playlist_id TEXT   NOT NULL,
	name        TEXT   NOT NULL, -- of the playlist, when it was said
	created_at  BIGINT NOT NULL,
	PRIMARY KEY (person_id, tool, playlist_id)
);
