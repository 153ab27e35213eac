package store

import (
	"context"
	"database/sql"
	"fmt"

	"segue/internal/deadletter"
)

// Record adds a line to the audit; ID, At and Actor are the store's to fill.
func (db *DB) Record(ctx context.Context, e deadletter.Entry) error {
	return db.write(ctx, "record in the audit", func(tx *sql.Tx) error { return db.record(ctx, tx, e) })
}

func (db *DB) record(ctx context.Context, tx *sql.Tx, e deadletter.Entry) error {
	_, err := exec(ctx, tx, `INSERT INTO audit (id, at, actor_id, action, subject, note)
		VALUES ((SELECT coalesce(max(id), 0) + 1 FROM audit), $1, $2, $3, $4, $5)`,
		millis(db.now()), e.ActorID, e.Action, e.Subject, e.Note)
	return err
}

const selectAudit = `SELECT a.id, a.at, a.actor_id, coalesce(p.name, ''), a.action, a.subject, a.note
	FROM audit a LEFT JOIN people p ON p.id = a.actor_id WHERE a.id < $1`

// Audit returns at most limit lines of the trail before the one of that id, the newest first; 0 is the end.
func (db *DB) Audit(ctx context.Context, t deadletter.Trail, before int64, limit int) ([]deadletter.Entry, error) {
	if before <= 0 {
		before = 1<<63 - 1
	}
	query, args := selectAudit, []any{before}
	for _, c := range []struct{ column, value string }{{"actor_id", t.Actor}, {"action", t.Action}, {"subject", t.Subject}} {
		if c.value != "" {
			args = append(args, c.value)
			query += fmt.Sprintf(" AND a.%s = $%d", c.column, len(args))
		}
	}
	args = append(args, limit)
	found, err := all(ctx, db.reader, func(r row) (e deadletter.Entry, err error) {
		var at int64
		err = r.Scan(&e.ID, &at, &e.ActorID, &e.Actor, &e.Action, &e.Subject, &e.Note)
		e.At = fromMillis(at)
		return e, err
	}, query+fmt.Sprintf(" ORDER BY a.id DESC LIMIT $%d", len(args)), args...)
	return found, trouble("read the audit", err)
}
