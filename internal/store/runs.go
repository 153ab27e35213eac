package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
)

const noRun = "This request does not exist."

// runColumns are what scanRun reads, of the table runs as r.
const runColumns = `r.id, r.person_id, r.conversation_id, r.message_id, r.state, coalesce(r.undo_of, ''),
	coalesce((SELECT u.id FROM runs u WHERE u.undo_of = r.id AND u.state = 'done' LIMIT 1), ''),
	EXISTS (SELECT 1 FROM lists l WHERE l.run_id IN (r.id, r.undo_of)), r.retry_of, r.stop, r.wish, r.accepted_at, coalesce(r.ended_at, 0), coalesce(r.outcome, '')`

// scanRun reads before, then a run.
func scanRun(r row, before ...any) (run agent.Run, err error) {
	var accepted, ended int64
	var wish, outcome string
	err = r.Scan(append(before, &run.ID, &run.PersonID, &run.ConversationID, &run.MessageID, &run.State,
		&run.UndoOf, &run.UndoneBy, &run.List, &run.RetryOf, &run.Stop, &wish, &accepted, &ended, &outcome)...)
	if err != nil {
		return agent.Run{}, err
	}
	run.AcceptedAt, run.EndedAt = fromMillis(accepted), fromMillis(ended)
	if run.Wish, run.Call, err = decodeWish(wish); err != nil {
		return agent.Run{}, fmt.Errorf("read wish of run %s: %w", run.ID, err)
	}
	if run.Outcome, err = decode[agent.Progress](outcome); err != nil {
		return agent.Run{}, fmt.Errorf("read outcome of run %s: %w", run.ID, err)
	}
	return run, nil
}

// decode reads JSON, nil for "".
func decode[T any](text string) (*T, error) {
	if text == "" {
		return nil, nil
	}
	v := new(T)
	return v, json.Unmarshal([]byte(text), v)
}

// encode writes JSON, "" for nil.
func encode[T any](v *T) (string, error) {
	if v == nil {
		return "", nil
	}
	text, err := json.Marshal(v)
	return string(text), err
}

const selectRun = `SELECT ` + runColumns + ` FROM runs r WHERE r.id = $1 AND r.person_id = $2`

// Run returns a run of the person with its outcome once it is final; a fault
// NotFound when it is absent or somebody else's. UndoneBy is the run that undid it and ended as done.
func (db *DB) Run(ctx context.Context, personID, runID string) (agent.Run, error) {
	run, err := scanRun(db.reader.QueryRowContext(ctx, selectRun, runID, personID))
	return run, trouble("read run", absent(err, noRun))
}

const selectUnfinished = `SELECT ` + runColumns + ` FROM runs r
	WHERE r.ended_at IS NULL ORDER BY r.accepted_at, r.id LIMIT $1`

// Unfinished returns at most limit runs of all people whose state is not final,
// oldest first: what has to go on after a restart.
func (db *DB) Unfinished(ctx context.Context, limit int) ([]agent.Run, error) {
	runs, err := all(ctx, db.reader, plainRun, selectUnfinished, limit)
	return runs, trouble("read unfinished runs", err)
}

const selectUnlettered = `SELECT ` + runColumns + ` FROM runs r
	WHERE r.ended_at >= $1 AND r.ended_at < $2 AND r.state IN ('done', 'failed')
	AND NOT EXISTS (SELECT 1 FROM letters l WHERE l.run_id = r.id)
	AND NOT EXISTS (SELECT 1 FROM letters l WHERE l.id = r.retry_of AND (l.state <> 'resolved' OR l.retry_run <> r.id))
	ORDER BY r.ended_at LIMIT $3`

// Unlettered returns at most limit runs of all people that ended, from since until
// before, without being stopped and without a letter, oldest first, with their outcomes. What
// a retry has failed at is told by the letter that was retried, unless that counts as resolved by it.
func (db *DB) Unlettered(ctx context.Context, since, before time.Time, limit int) ([]agent.Run, error) {
	runs, err := all(ctx, db.reader, plainRun, selectUnlettered, millis(since), millis(before), limit)
	return runs, trouble("read runs without a letter", err)
}

func plainRun(r row) (agent.Run, error) { return scanRun(r) }

// MarkRunning notes that an accepted run was started. In any other state it
// changes nothing, so it may be repeated at any time. Fault NotFound.
func (db *DB) MarkRunning(ctx context.Context, personID, runID string) error {
	return db.write(ctx, "mark run as running", func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE runs SET state = 'running'
			WHERE id = $1 AND person_id = $2 AND state = 'accepted'`, runID, personID)
		if err != nil || n > 0 {
			return err
		}
		return ownRun(ctx, tx, personID, runID)
	})
}

// Finish stores the final progress of a run and, where it says something, the
// agent's message. The first final state stands: a repeated or later call
// changes nothing. Faults: NotFound; Internal for a state that is not final.
func (db *DB) Finish(ctx context.Context, personID, runID string, p agent.Progress) error {
	if !p.State.Final() {
		return fault.New(fault.Internal, "", fmt.Errorf("finish run %s in state %q", runID, p.State))
	}
	outcome, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("write outcome of run %s: %w", runID, err)
	}
	now := db.now()
	ended := p.EndedAt
	if ended.IsZero() {
		ended = now
	}
	var list agent.PlaylistRef
	if p.Playlist != nil {
		list = agent.PlaylistRef{ID: p.Playlist.ID, Name: p.Playlist.Name}
	}
	return db.write(ctx, "finish run", func(tx *sql.Tx) error {
		var conversationID string
		var asked int64 // the place of the run's message
		err := tx.QueryRowContext(ctx, `UPDATE runs
			SET state = $1, outcome = $2, ended_at = $3, playlist_id = $4, playlist_name = $5, undoable = $6
			WHERE id = $7 AND person_id = $8 AND ended_at IS NULL RETURNING conversation_id, seq`,
			p.State, string(outcome), millis(ended), list.ID, list.Name, p.Undoable, runID, personID).Scan(&conversationID, &asked)
		if errors.Is(err, sql.ErrNoRows) {
			return ownRun(ctx, tx, personID, runID)
		}
		if err == nil {
			err = db.settleRetry(ctx, tx, runID, p.State)
		}
		if err == nil {
			_, err = exec(ctx, tx, `DELETE FROM steps WHERE run_id = $1`, runID)
		}
		if err != nil || p.Say == "" {
			return err
		}
		seq, err := one[int64](ctx, tx, `UPDATE conversations SET seq = seq + 1, updated_at = $1
			WHERE id = $2 RETURNING seq`, millis(now), conversationID)
		if err != nil {
			return err
		}
		return insertMessage(ctx, tx, place{conversationID, seq, asked}, agent.Message{
			ID: newID(), Role: agent.Assistant, Text: p.Say, At: now, FromModel: p.FromModel,
		})
	})
}

// ownRun is nil when the person has the run, and a fault NotFound otherwise.
func ownRun(ctx context.Context, tx *sql.Tx, personID, runID string) error {
	_, err := one[int](ctx, tx, `SELECT 1 FROM runs WHERE id = $1 AND person_id = $2`, runID, personID)
	return absent(err, noRun)
}
