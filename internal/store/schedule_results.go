package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/schedule"
)

// keepResults is how many results of a schedule are kept that came to no request, or to one that is kept no longer.
const keepResults = 50

const selectResults = `SELECT t.due, t.at, t.run_id, t.trouble, coalesce(r.state, ''), coalesce(r.outcome, '')
	FROM schedule_results t JOIN schedules s ON s.id = t.schedule_id
	LEFT JOIN runs r ON r.id = t.run_id AND r.person_id = s.person_id
	WHERE t.schedule_id = $1 AND s.person_id = $2 ORDER BY t.at DESC, t.due DESC LIMIT $3`

func scanResult(r row) (t schedule.Result, err error) {
	var at int64
	var why, outcome string
	if err := r.Scan(&t.Key, &at, &t.RunID, &why, &t.State, &outcome); err != nil {
		return t, err
	}
	t.At = fromMillis(at)
	trouble, err := decode[agent.Trouble](why)
	if err != nil {
		return t, fmt.Errorf("read what went wrong with a schedule: %w", err)
	}
	p, err := decode[agent.Progress](outcome)
	if err != nil {
		return t, fmt.Errorf("read what became of a schedule: %w", err)
	}
	if t.Trouble = trouble; p != nil {
		t.Title = p.Title
		if trouble == nil {
			t.Trouble = p.Trouble
		}
	}
	return t, nil
}

// Results returns the newest results of a schedule of the person's, the newest
// first; one that is not theirs has none.
func (db *DB) Results(ctx context.Context, personID, id string, limit int) ([]schedule.Result, error) {
	found, err := all(ctx, db.reader, scanResult, selectResults, id, personID, limit)
	return found, trouble("read the results of a schedule", err)
}

// AcceptDue puts what a schedule has come to on disk, in one transaction: its
// result and, when there is something to do, a run in the conversation of the schedule. The same time again
// brings what it came to before, and fresh false. The run has no ID when there
// is none. Fault NotFound.
func (db *DB) AcceptDue(ctx context.Context, d schedule.Due) (run agent.Run, fresh bool, err error) {
	err = db.write(ctx, "accept what is due", func(tx *sql.Tx) error {
		if err := lockPerson(ctx, tx, d.PersonID); err != nil {
			return err
		}
		if _, err := scanSchedule(tx.QueryRowContext(ctx, selectSchedule, d.ScheduleID, d.PersonID)); err != nil {
			return absent(err, noSchedule)
		}
		known, err := one[string](ctx, tx, `SELECT run_id FROM schedule_results WHERE schedule_id = $1 AND due = $2`, d.ScheduleID, d.Key)
		switch {
		case err == nil && known != "":
			run, err = scanRun(tx.QueryRowContext(ctx, `SELECT `+runColumns+` FROM runs r WHERE r.id = $1`, known))
			return absent(err, noRun)
		case !errors.Is(err, sql.ErrNoRows):
			return err
		}
		fresh = true
		run, err = db.insertDue(ctx, tx, d)
		return err
	})
	if err != nil {
		return agent.Run{}, false, err
	}
	return run, fresh, nil
}

func (db *DB) insertDue(ctx context.Context, tx *sql.Tx, d schedule.Due) (run agent.Run, err error) {
	if d.List != nil || d.Call != nil {
		if run, err = db.insertScheduled(ctx, tx, d); err != nil {
			return run, err
		}
	}
	why, err := encode(d.Trouble)
	if err != nil {
		return run, fmt.Errorf("write what went wrong with a schedule: %w", err)
	}
	_, err = exec(ctx, tx, `INSERT INTO schedule_results (schedule_id, due, at, run_id, trouble) VALUES ($1, $2, $3, $4, $5)`,
		d.ScheduleID, d.Key, millis(db.now()), run.ID, why)
	if err != nil {
		return run, err
	}
	_, err = exec(ctx, tx, `DELETE FROM schedule_results WHERE schedule_id = $1 AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.id = run_id)
		AND at <= (SELECT at FROM schedule_results WHERE schedule_id = $1 ORDER BY at DESC LIMIT 1 OFFSET $2)`, d.ScheduleID, keepResults)
	if err != nil || d.Trouble != nil {
		return run, err
	}
	seen, err := encode(&d.Seen)
	if err == nil {
		_, err = exec(ctx, tx, `UPDATE schedules SET seen = $1 WHERE id = $2`, seen, d.ScheduleID)
	}
	return run, err
}

const selectSaid = `SELECT s.name, coalesce(c.id, '') FROM schedules s
	LEFT JOIN conversations c ON c.id = s.conversation_id AND c.person_id = s.person_id WHERE s.id = $1`

// insertScheduled adds the run to the conversation of the schedule, or begins one named after it.
func (db *DB) insertScheduled(ctx context.Context, tx *sql.Tx, d schedule.Due) (run agent.Run, err error) {
	var name, conversation string
	if err := tx.QueryRowContext(ctx, selectSaid, d.ScheduleID).Scan(&name, &conversation); err != nil {
		return run, err
	}
	m := NewMessage{PersonID: d.PersonID, ConversationID: conversation, Text: d.Text, Key: newID(), Call: d.Call}
	if d.List != nil {
		run, err = db.insertListRun(ctx, tx, m, *d.List)
	} else {
		run, err = db.insertRun(ctx, tx, m)
	}
	if err != nil || conversation != "" {
		return run, err
	}
	if _, err = exec(ctx, tx, `UPDATE conversations SET title = $1 WHERE id = $2`, title(name), run.ConversationID); err != nil {
		return run, err
	}
	_, err = exec(ctx, tx, `UPDATE schedules SET conversation_id = $1 WHERE id = $2`, run.ConversationID, d.ScheduleID)
	return run, err
}

// PauseIfFailing pauses a schedule of the person's that has failed
// schedule.MaxFailures times in a row since it was made or let go on, and reports whether it did.
func (db *DB) PauseIfFailing(ctx context.Context, personID, id string) (paused bool, err error) {
	err = db.write(ctx, "pause what fails", func(tx *sql.Tx) error {
		s, err := scanSchedule(tx.QueryRowContext(ctx, selectSchedule, id, personID))
		if err != nil || s.Paused {
			return absent(err, noSchedule)
		}
		results, err := all(ctx, tx, scanResult, selectResults, id, personID, keepResults)
		if err != nil {
			return err
		}
		for i, r := range results {
			if r.At.Before(s.Since) {
				results = results[:i]
				break
			}
		}
		if schedule.FailuresInARow(results) < schedule.MaxFailures {
			return nil
		}
		paused = true
		if err := tellPaused(ctx, tx, id, results); err != nil {
			return err
		}
		_, err = exec(ctx, tx, `UPDATE schedules SET paused = TRUE, failed = TRUE, version = version + 1 WHERE id = $1`, id)
		return err
	})
	return paused, err
}

// tellPaused adds to the newest failure that it was the last.
func tellPaused(ctx context.Context, tx *sql.Tx, id string, results []schedule.Result) error {
	last := slices.IndexFunc(results, schedule.Result.Failing)
	t := agent.Trouble{Kind: string(fault.Conflict), What: "This was not done."}
	if results[last].Trouble != nil {
		t = *results[last].Trouble
	}
	t.Do = "It was the third failure in a row, so the schedule has paused itself. See what went wrong, then let it go on."
	why, err := encode(&t)
	if err != nil {
		return fmt.Errorf("write that a schedule has paused itself: %w", err)
	}
	_, err = exec(ctx, tx, `UPDATE schedule_results SET trouble = $1 WHERE schedule_id = $2 AND due = $3`, why, id, results[last].Key)
	return err
}
