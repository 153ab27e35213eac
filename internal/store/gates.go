package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Gate returns until when a gate is shut and why; the zero time when it never was.
func (db *DB) Gate(ctx context.Context, name string) (until time.Time, reason string, err error) {
	var notBefore int64
	err = db.reader.QueryRowContext(ctx, `SELECT not_before, reason FROM gates WHERE name = $1`, name).
		Scan(&notBefore, &reason)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, "", nil
	}
	return fromMillis(notBefore), reason, trouble("read gate", err)
}

// ShutGate shuts a gate until then, rounded up to a millisecond, unless it is shut for longer already.
func (db *DB) ShutGate(ctx context.Context, name string, until time.Time, reason string) error {
	return db.run(ctx, "shut gate", `INSERT INTO gates (name, not_before, reason) VALUES ($1, $2, $3)
		ON CONFLICT (name) DO UPDATE SET not_before = excluded.not_before, reason = excluded.reason
		WHERE gates.not_before < excluded.not_before`, name, millis(until.Add(time.Millisecond-1)), reason)
}

// TurnBack lets gates open as much earlier as the clock has gone back.
func (db *DB) TurnBack(ctx context.Context, by time.Duration) error {
	return db.run(ctx, "turn gates back", `UPDATE gates SET not_before = not_before - $1`, by.Milliseconds())
}
