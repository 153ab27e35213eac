package store

import (
	"context"
	"database/sql"
	"errors"

	"segue/internal/agent"
	"segue/internal/fault"
)

// Stop notes how a run that has not ended is to be stopped. The first wish stands: a
// repeated or later call changes nothing. Faults: NotFound; Conflict when the run has ended.
func (db *DB) Stop(ctx context.Context, personID, runID string, how agent.Stop) error {
	return db.write(ctx, "note a stop", func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE runs SET stop = CASE stop WHEN '' THEN $1 ELSE stop END
			WHERE id = $2 AND person_id = $3 AND ended_at IS NULL`, how, runID, personID)
		if err != nil || n > 0 {
			return err
		}
		if err := ownRun(ctx, tx, personID, runID); err != nil {
			return err
		}
		return fault.New(fault.Conflict, "This has ended, so there is nothing to stop.", nil)
	})
}

const selectUnheeded = `SELECT ` + runColumns + ` FROM runs r
	WHERE r.stop = 'undo' AND r.state <> 'cancelled' AND r.ended_at IS NOT NULL AND r.undoable
	AND NOT EXISTS (SELECT 1 FROM runs u WHERE u.undo_of = r.id)`

// UndoUnheeded accepts, for each run of all people that was to be stopped and taken back and had
// ended before it heard of that, a run that takes it back: the one that Undo would start.
func (db *DB) UndoUnheeded(ctx context.Context) error {
	runs, err := all(ctx, db.reader, plainRun, selectUnheeded)
	if err != nil {
		return trouble("read stops that were not heard", err)
	}
	for _, run := range runs {
		_, _, failed := db.Accept(ctx, NewMessage{
			PersonID: run.PersonID, ConversationID: run.ConversationID, Branch: run.MessageID,
			Text: "Undo that", Key: "undo-" + run.ID, UndoOf: run.ID,
		})
		err = errors.Join(err, failed)
	}
	return err
}

const selectTraces = `SELECT ` + recordColumns + ` FROM attempts
	WHERE run_id = $1 AND person_id = $2 AND kind <> '' ORDER BY at, attempt_key`

// Traces returns what a run of the person's has tried to put in and take out, oldest first.
func (db *DB) Traces(ctx context.Context, personID, runID string) ([]agent.AttemptRecord, error) {
	records, err := all(ctx, db.reader, db.scanAttempt, selectTraces, runID, personID)
	return records, trouble("read the attempts of a run", err)
}
