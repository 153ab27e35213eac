package store

import (
	"context"
	"database/sql"
	"errors"

	"segue/internal/agent"
	"segue/internal/fault"
)

// SetUndoOf notes that an unfinished run undoes another one: what the planner
// found out, where the person typed "undo that" instead of pressing a button.
// Repeating it changes nothing. Faults: NotFound for runs that are absent or
// somebody else's; Conflict when the run has ended or undoes yet another one,
// or when the other one is undone or being undone already.
func (db *DB) SetUndoOf(ctx context.Context, personID, runID, undoOf string) error {
	return db.write(ctx, "note what a run undoes", func(tx *sql.Tx) error {
		if err := lockPerson(ctx, tx, personID); err != nil {
			return err
		}
		if err := ownRun(ctx, tx, personID, runID); err != nil {
			return err
		}
		if err := checkUndo(ctx, tx, personID, runID, undoOf); err != nil {
			return err
		}
		n, err := exec(ctx, tx, `UPDATE runs SET undo_of = $1
			WHERE id = $2 AND id <> $1 AND ended_at IS NULL AND (undo_of IS NULL OR undo_of = $1)`, undoOf, runID)
		if err == nil && n == 0 {
			return fault.New(fault.Conflict, "This request cannot undo that one.", nil)
		}
		return err
	})
}

// stranded reports whether a run was to undo another one and has ended without doing so.
func stranded(run agent.Run) bool {
	return run.UndoOf != "" && run.State.Final() && run.State != agent.Done
}

// freeKey takes the idempotency key off a run, for the next try to use, and
// returns sql.ErrNoRows: no run has that key now. The id in its place is as unique.
func freeKey(ctx context.Context, tx *sql.Tx, runID string) error {
	if _, err := exec(ctx, tx, `UPDATE runs SET idem_key = id WHERE id = $1`, runID); err != nil {
		return err
	}
	return sql.ErrNoRows
}

const selectUndo = `SELECT 1 FROM runs WHERE undo_of = $1 AND id <> $2 AND (state = 'done' OR ended_at IS NULL) LIMIT 1`

// checkUndo refuses to undo what is not the person's, and to undo a thing twice.
func checkUndo(ctx context.Context, tx *sql.Tx, personID, byRun, undoOf string) error {
	if err := ownRun(ctx, tx, personID, undoOf); err != nil {
		return err
	}
	_, err := one[int](ctx, tx, selectUndo, undoOf, byRun)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, "This is undone already, or being undone right now.", nil)
}
