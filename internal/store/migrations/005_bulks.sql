-- Retries with another input or from a later step, one act on many letters, and an audit that is looked through.

ALTER TABLE letters ADD COLUMN edited TEXT NOT NULL DEFAULT '';     -- JSON of the input that took the place of the original; '' for none
ALTER TABLE letters ADD COLUMN retry_from TEXT NOT NULL DEFAULT ''; -- step at which the newest retry begins; '' for the start
CREATE INDEX letters_over ON letters (changed_at) WHERE state IN ('resolved', 'discarded');

CREATE TABLE bulks (
	id         TEXT   NOT NULL PRIMARY KEY,
	started_by TEXT   NOT NULL, -- id of a person
	act        TEXT   NOT NULL,
	reason     TEXT   NOT NULL,
	filter     TEXT   NOT NULL, -- as the query of an address
	as_of      BIGINT NOT NULL,
	rate       BIGINT NOT NULL, -- letters per second
	state      TEXT   NOT NULL,
	total      BIGINT NOT NULL,
	done       BIGINT NOT NULL,
	refused    BIGINT NOT NULL,
	started_at BIGINT NOT NULL,
	ended_at   BIGINT NOT NULL  -- 0 while it goes on
);
CREATE INDEX bulks_open ON bulks (started_at) WHERE state = 'running';

-- The letters of a bulk as they were when it was confirmed. No reference to letters: what is gone is told as refused.
CREATE TABLE bulk_letters (
	bulk_id   TEXT   NOT NULL REFERENCES bulks (id) ON DELETE CASCADE,
	position  BIGINT NOT NULL, -- from 1, the oldest letter first
	letter_id TEXT   NOT NULL,
	version   BIGINT NOT NULL,
	outcome   TEXT   NOT NULL, -- '' until it is done or refused
	why       TEXT   NOT NULL, -- it was refused
	PRIMARY KEY (bulk_id, position)
);
CREATE INDEX bulk_letters_left ON bulk_letters (bulk_id, position) WHERE outcome = '';
CREATE INDEX bulk_letters_refused ON bulk_letters (bulk_id, why) WHERE outcome = 'refused';

CREATE INDEX audit_actor ON audit (actor_id, id);
CREATE INDEX audit_action ON audit (action, id);
