package store

import (
	"context"
	"database/sql"
	"fmt"

	"segue/internal/deadletter"
)

// TryBulk says what would become of the letters of a bulk if each had its turn
// now, and changes nothing. Beside those that StartBulk would note, it tells of
// the ones that were chosen, or let through when it was confirmed, and are left
// alone; letters that came later are not meant. Fault Invalid for one that Check refuses.
func (db *DB) TryBulk(ctx context.Context, b deadletter.Bulk) (outcomes []deadletter.Outcome, err error) {
	if b, err = b.Check(); err != nil {
		return nil, err
	}
	err = db.read(ctx, "try bulk", func(tx *sql.Tx) error {
		query, args := aimedQuery(b)
		_, err := all(ctx, tx, func(r row) (none struct{}, err error) { // sorted as they come: there may be 100,000
			l, err := scanAimed(r)
			outcomes = deadletter.Sort(outcomes, b.Tries(l), l)
			return none, err
		}, query, args...)
		if err != nil {
			return err
		}
		if outcomes, err = addGone(ctx, tx, b, outcomes); err != nil {
			return err
		}
		return fillFirst(ctx, tx, outcomes)
	})
	return outcomes, err
}

// aimedQuery asks for all letters that a bulk may have meant, in the order of their turn.
func aimedQuery(b deadletter.Bulk) (query string, args []any) {
	f := b.Filter
	f.State = deadletter.Every
	w := termsOf(f)
	if f.IDs == nil {
		w.add("(l.state = %s OR l.changed_at > %s)", deadletter.Waiting, millis(b.AsOf))
		w.add("(l.version > 1 OR l.changed_at <= %s)", millis(b.AsOf))
	}
	return `SELECT l.id, l.state, l.version, l.changed_at FROM letters l` + w.where() + ` ORDER BY l.made_at, l.id`, w.args
}

func scanAimed(r row) (l deadletter.Letter, err error) {
	var changed int64
	err = r.Scan(&l.ID, &l.State, &l.Version, &changed)
	l.ChangedAt = fromMillis(changed)
	return l, err
}

// addGone adds the letters that were chosen and are there no more.
func addGone(ctx context.Context, tx *sql.Tx, b deadletter.Bulk, outcomes []deadletter.Outcome) ([]deadletter.Outcome, error) {
	if b.Filter.IDs == nil {
		return outcomes, nil
	}
	w := &conditions{}
	w.among("l.id", b.Filter.IDs)
	there, err := one[int](ctx, tx, `SELECT count(*) FROM letters l`+w.where(), w.args...)
	if gone := len(b.Filter.IDs) - there; gone > 0 {
		outcomes = append(outcomes, deadletter.Outcome{Why: deadletter.WentMeanwhile, Count: gone})
	}
	return outcomes, err
}

// fillFirst reads the letters that are told of by name.
func fillFirst(ctx context.Context, tx *sql.Tx, outcomes []deadletter.Outcome) error {
	for _, o := range outcomes {
		for i, l := range o.First {
			whole, err := scanLetter(tx.QueryRowContext(ctx, selectLetter, l.ID))
			if err != nil {
				return fmt.Errorf("read letter: %w", err)
			}
			o.First[i] = whole
		}
	}
	return nil
}
