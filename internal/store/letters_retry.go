package store

import (
	"context"
	"database/sql"

	"segue/internal/agent"
	"segue/internal/deadletter"
)

// RetryLetter accepts a run that tries a letter of this version again, in the
// conversation it came from: the same message for a run as a whole, the one
// song for a song. Letter, run and audit change together, so of two operators one
// gets the run. Faults: NotFound; Conflict when it is not what by saw.
func (db *DB) RetryLetter(ctx context.Context, id string, version int64, by string) (run agent.Run, err error) {
	err = db.write(ctx, "retry letter", func(tx *sql.Tx) error {
		l, err := scanLetter(tx.QueryRowContext(ctx, selectLetter, id))
		if err != nil {
			return gone(err)
		}
		if err := l.CheckRetry(version); err != nil {
			return err
		}
		m, err := sameAgain(ctx, tx, l)
		if err != nil {
			return err
		}
		if run, err = db.insertRun(ctx, tx, m); err != nil {
			return err
		}
		run.RetryOf = id
		if _, err := exec(ctx, tx, `UPDATE runs SET retry_of = $1 WHERE id = $2`, id, run.ID); err != nil {
			return err
		}
		_, err = exec(ctx, tx, `UPDATE letters SET state = 'retrying', retry_run = $1, retried_by = $2,
			version = version + 1, changed_at = $3 WHERE id = $4`, run.ID, by, millis(db.now()), id)
		if err != nil {
			return err
		}
		return db.record(ctx, tx, deadletter.Entry{ActorID: by, Action: deadletter.ActionRetry, Subject: id, Note: run.ID})
	})
	return run, err
}

// sameAgain is the message that asks for a letter's work once more.
func sameAgain(ctx context.Context, tx *sql.Tx, l deadletter.Letter) (NewMessage, error) {
	m := NewMessage{PersonID: l.PersonID, Key: newID()}
	err := tx.QueryRowContext(ctx, `SELECT r.conversation_id, m.text, coalesce(r.undo_of, '')
		FROM runs r JOIN messages m ON m.id = r.message_id WHERE r.id = $1`, l.RunID).
		Scan(&m.ConversationID, &m.Text, &m.UndoOf)
	if l.Task != "" {
		m.Text, m.UndoOf = l.Input.Words(), ""
	}
	return m, gone(err)
}

// settleRetry tells the letter that a run has tried again how that ended.
func (db *DB) settleRetry(ctx context.Context, tx *sql.Tx, runID string, ended agent.State) error {
	state := deadletter.Waiting
	if ended == agent.Done {
		state = deadletter.Resolved
	}
	_, err := exec(ctx, tx, `UPDATE letters SET state = $1, version = version + 1, changed_at = $2
		WHERE retry_run = $3 AND retry_run <> '' AND state = 'retrying'`, state, millis(db.now()), runID)
	return err
}
