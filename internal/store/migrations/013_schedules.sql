-- Work that repeats itself, and what became of it each time it was due.

CREATE TABLE schedules (
	id              TEXT    NOT NULL PRIMARY KEY,
	person_id       TEXT    NOT NULL REFERENCES people (id) ON DELETE CASCADE,
	name            TEXT    NOT NULL,
	kind            TEXT    NOT NULL,
	url             TEXT    NOT NULL, -- of a list; '' for none
	from_id         TEXT    NOT NULL, -- of a playlist; '' for none
	from_name       TEXT    NOT NULL,
	to_id           TEXT    NOT NULL,
	to_name         TEXT    NOT NULL,
	timing          TEXT    NOT NULL, -- JSON
	paused          BOOLEAN NOT NULL,
	failed          BOOLEAN NOT NULL, -- it has paused itself
	since           BIGINT  NOT NULL, -- what was due earlier is not caught up on
	seen            TEXT    NOT NULL, -- JSON of what the list looked like; '' before the first time
	conversation_id TEXT    NOT NULL, -- in which its requests are told; '' before the first
	version         BIGINT  NOT NULL,
	created_at      BIGINT  NOT NULL
);
CREATE INDEX schedules_person ON schedules (person_id, created_at, id);

CREATE TABLE schedule_results (
	schedule_id TEXT   NOT NULL REFERENCES schedules (id) ON DELETE CASCADE,
	due         TEXT   NOT NULL, -- names the time
	at          BIGINT NOT NULL,
	run_id      TEXT   NOT NULL, -- '' when nothing was to do, and when it failed before
	trouble     TEXT   NOT NULL, -- JSON; '' for none
	PRIMARY KEY (schedule_id, due)
);
CREATE INDEX schedule_results_at ON schedule_results (schedule_id, at);
