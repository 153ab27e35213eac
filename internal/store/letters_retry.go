package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"segue/internal/agent"
	"segue/internal/deadletter"
)

// RetryLetter accepts a run that tries a letter of this version again, from the
// start and with its current input; see RetryLetterAs.
func (db *DB) RetryLetter(ctx context.Context, id string, version int64, by string) (run agent.Run, err error) {
	return db.RetryLetterAs(ctx, id, version, by, deadletter.Retry{})
}

// RetryLetterAs accepts a run that tries a letter of this version again, in the
// conversation it came from: the same message for a run as a whole, the one
// song for a song. Letter, run and audit change together, so of two operators one
// gets the run. Faults: NotFound; Conflict when it is not what by saw or cannot
// resume; Invalid for an input where there is none.
func (db *DB) RetryLetterAs(ctx context.Context, id string, version int64, by string, how deadletter.Retry) (run agent.Run, err error) {
	err = db.write(ctx, "retry letter", func(tx *sql.Tx) error {
		run, err = db.retry(ctx, tx, id, version, how, deadletter.Entry{ActorID: by, Action: deadletter.ActionRetry})
		return err
	})
	return run, err
}

// retry is RetryLetterAs within a transaction; the id of the run goes in front of the entry's note.
func (db *DB) retry(
	ctx context.Context, tx *sql.Tx, id string, version int64, how deadletter.Retry, e deadletter.Entry,
) (run agent.Run, err error) {
	l, err := scanLetter(tx.QueryRowContext(ctx, selectLetter, id))
	if err != nil {
		return run, gone(err)
	}
	if err := l.CheckRetry(version); err != nil {
		return run, err
	}
	before := l.Current()
	if l, err = how.Apply(l); err != nil {
		return run, err
	}
	if run, err = db.acceptAgain(ctx, tx, l); err != nil {
		return run, err
	}
	if err := db.markRetrying(ctx, tx, l, run.ID, e.ActorID); err != nil {
		return run, err
	}
	if how.Edited != nil {
		edit := deadletter.Entry{ActorID: e.ActorID, Action: deadletter.ActionEdit, Subject: id, Note: changed(before, l.Current())}
		if err := db.record(ctx, tx, edit); err != nil {
			return run, err
		}
	}
	e.Subject, e.Note = id, run.ID+e.Note
	return run, db.record(ctx, tx, e)
}

// acceptAgain inserts the run that does a letter's work once more.
func (db *DB) acceptAgain(ctx context.Context, tx *sql.Tx, l deadletter.Letter) (run agent.Run, err error) {
	m, err := sameAgain(ctx, tx, l)
	if err != nil {
		return run, err
	}
	if run, err = db.insertRun(ctx, tx, m); err != nil {
		return run, err
	}
	run.RetryOf = l.ID
	_, err = exec(ctx, tx, `UPDATE runs SET retry_of = $1 WHERE id = $2`, l.ID, run.ID)
	return run, err
}

func (db *DB) markRetrying(ctx context.Context, tx *sql.Tx, l deadletter.Letter, runID, by string) error {
	edited, err := inputText(l.Edited)
	if err != nil {
		return err
	}
	_, err = exec(ctx, tx, `UPDATE letters SET state = 'retrying', retry_run = $1, retried_by = $2, retry_from = $3, edited = $4,
		version = version + 1, changed_at = $5 WHERE id = $6`, runID, by, l.RetryFrom, edited, millis(db.now()), l.ID)
	return err
}

// inputText is an edited input as it is stored, "" for none.
func inputText(in *deadletter.Input) (string, error) {
	if in == nil {
		return "", nil
	}
	text, err := json.Marshal(in)
	if err != nil {
		return "", fmt.Errorf("write an edited input: %w", err)
	}
	return string(text), nil
}

// changed names the fields that an edit changes, and nothing that is in them.
func changed(before, after deadletter.Input) string {
	var names []string
	for _, c := range deadletter.Changes(before, after) {
		names = append(names, c.Field)
	}
	return strings.Join(names, ", ")
}

// sameAgain is the message that asks for a letter's work once more.
func sameAgain(ctx context.Context, tx *sql.Tx, l deadletter.Letter) (NewMessage, error) {
	m := NewMessage{PersonID: l.PersonID, Key: newID()}
	var wish string
	err := tx.QueryRowContext(ctx, `SELECT r.conversation_id, m.id, m.text, coalesce(r.undo_of, ''), r.wish
		FROM runs r JOIN messages m ON m.id = r.message_id WHERE r.id = $1`, l.RunID).
		Scan(&m.ConversationID, &m.Branch, &m.Text, &m.UndoOf, &wish)
	if err == nil {
		m.Wish, m.Call, err = decodeWish(wish)
	}
	if l.Task != "" {
		m.Text, m.UndoOf, m.Wish, m.Call = l.Current().Words(), "", nil, nil
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
