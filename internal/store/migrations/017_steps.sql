-- What a language model has decided of a run that has not ended: a run that begins anew goes on by it.

CREATE TABLE steps (
	run_id TEXT   NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	number BIGINT NOT NULL, -- from 0
	basis  TEXT   NOT NULL, -- what had become of the calls before
	step   TEXT   NOT NULL, -- JSON
	PRIMARY KEY (run_id, number)
);
