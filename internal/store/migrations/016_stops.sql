-- That a run is to be stopped, from the moment it was said: the engine may forget it. '' for no, keep, undo.
ALTER TABLE runs ADD COLUMN stop TEXT NOT NULL DEFAULT '';
CREATE INDEX runs_unheeded ON runs (id) WHERE stop = 'undo' AND state <> 'cancelled';
