-- Where the recording stood when the request was made: what it takes to tell its effect from what was there.
ALTER TABLE attempts ADD COLUMN stood TEXT NOT NULL DEFAULT '[]'; -- JSON array of 0-based rows
-- Whether a song that is in the playlist already is added again.
ALTER TABLE people ADD COLUMN repeats BOOLEAN NOT NULL DEFAULT FALSE;
-- What ended lately: whatever failed without a letter gets one.
CREATE INDEX runs_ended ON runs (ended_at) WHERE ended_at IS NOT NULL;
