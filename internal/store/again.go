package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
)

// RetryRun accepts runs for what has failed of a run of the person's that has
// ended: one for all rows of a list that may be tried once more, or else one for
// each letter that waits. Either is tried again once: for a list, later calls bring the same run.
// Faults: NotFound; Conflict while the run goes on and when nothing of it waits to be tried again.
func (db *DB) RetryRun(ctx context.Context, personID, runID string) (again []agent.Run, err error) {
	err = db.write(ctx, "retry run", func(tx *sql.Tx) error {
		run, err := scanRun(tx.QueryRowContext(ctx, selectRun, runID, personID))
		switch {
		case err != nil:
			return absent(err, noRun)
		case !run.State.Final():
			return fault.New(fault.Conflict, "This request is still on its way.", nil)
		case run.List:
			again, err = db.listAgain(ctx, tx, run)
		default:
			again, err = db.lettersAgain(ctx, tx, run)
		}
		if err == nil && len(again) == 0 {
			err = fault.New(fault.Conflict, "Nothing of this request waits to be tried again.", nil)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return again, nil
}

func (db *DB) listAgain(ctx context.Context, tx *sql.Tx, run agent.Run) ([]agent.Run, error) {
	query, args := selectRows(run.PersonID, run.ID, agent.RowFilter{States: []agent.RowState{agent.RowFailed, agent.RowStopped}})
	rows, err := all(ctx, tx, scanListRow, query, args...)
	if err != nil {
		return nil, err
	}
	rows = slices.DeleteFunc(rows, func(r agent.Row) bool { return !r.Retryable() })
	if len(rows) == 0 {
		return nil, nil
	}
	for i, r := range rows {
		rows[i] = agent.Row{Song: r.Song, State: agent.RowOpen}
	}
	l := agent.NewList{PersonID: run.PersonID, Key: "retry-" + run.ID, Rows: rows}
	var paused bool
	if err := tx.QueryRowContext(ctx, selectList, run.ID, run.PersonID).Scan(&l.Playlist.ID, &l.Playlist.Name, &paused); err != nil {
		return nil, err
	}
	noun := "songs"
	if len(rows) == 1 {
		noun = "song"
	}
	l.Text = fmt.Sprintf("Import %d %s into %s once more", len(rows), noun, l.Playlist.Name)
	again, _, err := db.acceptList(ctx, tx, l)
	return []agent.Run{again}, err
}

func (db *DB) lettersAgain(ctx context.Context, tx *sql.Tx, run agent.Run) (again []agent.Run, err error) {
	letters, err := all(ctx, tx, scanLetter, `SELECT `+letterColumns+fromLetters+`
		WHERE l.person_id = $1 AND l.run_id = $2 AND l.state = 'waiting' ORDER BY l.id`, run.PersonID, run.ID)
	for _, l := range letters {
		next, err := db.retry(ctx, tx, l.ID, l.Version, deadletter.Retry{}, deadletter.Entry{ActorID: run.PersonID, Action: deadletter.ActionRetry})
		if err != nil {
			return nil, err
		}
		again = append(again, next)
	}
	return again, err
}
