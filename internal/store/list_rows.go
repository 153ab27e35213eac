package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"strings"

	"segue/internal/agent"
)

// ListRows returns rows of a list of the person's; a list that is not theirs has none.
func (db *DB) ListRows(ctx context.Context, personID, runID string, f agent.RowFilter) ([]agent.Row, error) {
	query, args := selectRows(personID, runID, f)
	found, err := all(ctx, db.reader, scanListRow, query, args...)
	return found, trouble("read the rows of a list", err)
}

func selectRows(personID, runID string, f agent.RowFilter) (query string, args []any) {
	before, limit := f.Before, f.Limit
	if before == 0 {
		before = math.MaxInt32
	}
	if limit == 0 {
		limit = math.MaxInt32
	}
	args = []any{runID, personID, f.After, before, limit}
	query = `SELECT l.position, l.song, l.state, l.decision, l.trouble FROM list_rows l JOIN runs r ON r.id = l.run_id
		WHERE l.run_id = $1 AND r.person_id = $2 AND l.position > $3 AND l.position < $4`
	if len(f.States) > 0 {
		marks := make([]string, len(f.States))
		for i, state := range f.States {
			args = append(args, state)
			marks[i] = fmt.Sprintf("$%d", len(args))
		}
		query += ` AND l.state IN (` + strings.Join(marks, ", ") + `)`
	}
	query += ` ORDER BY l.position`
	if f.Backward {
		query += ` DESC`
	}
	return query + ` LIMIT $5`, args
}

// SaveRows notes what has become of rows, and which song each is, all in one transaction, and returns how
// many that were: a row that is no longer in the state from is left as it is. Fault NotFound.
func (db *DB) SaveRows(ctx context.Context, personID, runID string, from agent.RowState, rows []agent.Row) (changed int, err error) {
	if len(rows) == 0 {
		return 0, nil
	}
	err = db.write(ctx, "save rows", func(tx *sql.Tx) error {
		if err := ownRun(ctx, tx, personID, runID); err != nil {
			return err
		}
		update, err := tx.PrepareContext(ctx, `UPDATE list_rows SET song = $1, state = $2, decision = $3, trouble = $4
			WHERE run_id = $5 AND position = $6 AND state = $7`)
		if err != nil {
			return err
		}
		defer update.Close()
		for _, r := range rows {
			n, err := saveRow(ctx, update, runID, from, r)
			if err != nil {
				return err
			}
			changed += n
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return changed, nil
}

func saveRow(ctx context.Context, update *sql.Stmt, runID string, from agent.RowState, r agent.Row) (int, error) {
	song, err := encode(&r.Song)
	if err != nil {
		return 0, fmt.Errorf("write row %d of a list: %w", r.Position, err)
	}
	decision, err := encode(r.Match)
	if err != nil {
		return 0, fmt.Errorf("write row %d of a list: %w", r.Position, err)
	}
	why, err := encode(r.Trouble)
	if err != nil {
		return 0, fmt.Errorf("write row %d of a list: %w", r.Position, err)
	}
	res, err := update.ExecContext(ctx, song, r.State, decision, why, runID, r.Position, from)
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	return int(n), err
}

// EndRows gives all rows of a list that are in one state another. Fault NotFound.
func (db *DB) EndRows(ctx context.Context, personID, runID string, from, to agent.RowState) error {
	return db.write(ctx, "end rows", func(tx *sql.Tx) error {
		if err := ownRun(ctx, tx, personID, runID); err != nil {
			return err
		}
		_, err := exec(ctx, tx, `UPDATE list_rows SET state = $1 WHERE run_id = $2 AND state = $3`, to, runID, from)
		return err
	})
}
