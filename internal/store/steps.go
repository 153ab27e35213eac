package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"segue/internal/agent"
)

const keepStep = `INSERT INTO steps (run_id, number, basis, step) VALUES ($1, $2, $3, $4)
	ON CONFLICT (run_id, number) DO UPDATE SET basis = excluded.basis, step = excluded.step`

// KeepStep stores what was decided as a step of a run, counted from 0, and on what basis. Steps
// behind it count no more. They go when the run ends. Fault NotFound for a run that is not the person's.
func (db *DB) KeepStep(ctx context.Context, personID, runID string, number int, basis string, step agent.Step) error {
	text, err := json.Marshal(step)
	if err != nil {
		return fmt.Errorf("write a step of run %s: %w", runID, err)
	}
	return db.write(ctx, "keep step", func(tx *sql.Tx) error {
		if err := ownRun(ctx, tx, personID, runID); err != nil {
			return err
		}
		if _, err := exec(ctx, tx, `DELETE FROM steps WHERE run_id = $1 AND number > $2`, runID, number); err != nil {
			return err
		}
		_, err := exec(ctx, tx, keepStep, runID, number, basis, string(text))
		return err
	})
}

// Step returns a step of a run that was decided on that basis, nil when there is none.
func (db *DB) Step(ctx context.Context, personID, runID string, number int, basis string) (*agent.Step, error) {
	text, err := one[string](ctx, db.reader, `SELECT s.step FROM steps s JOIN runs r ON r.id = s.run_id
		WHERE r.person_id = $1 AND s.run_id = $2 AND s.number = $3 AND s.basis = $4`, personID, runID, number, basis)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, trouble("read step", err)
	}
	var step agent.Step
	if err := json.Unmarshal([]byte(text), &step); err != nil {
		return nil, fmt.Errorf("read a step of run %s: %w", runID, err)
	}
	return &step, nil
}
