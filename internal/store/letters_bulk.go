package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"time"

	"segue/internal/deadletter"
	"segue/internal/fault"
)

const (
	noBulk       = "There is no such bulk, or it has been forgotten by now."
	mostRefusals = 8 // kinds of refusals that a bulk tells of
)

const selectBulks = `SELECT b.id, b.started_by, coalesce(p.name, ''), b.act, b.reason, b.filter, b.as_of, b.rate, b.state,
	b.total, b.done, b.refused, b.started_at, b.ended_at FROM bulks b LEFT JOIN people p ON p.id = b.started_by`

func scanBulk(r row) (b deadletter.Bulk, err error) {
	var filter string
	var asOf, started, ended int64
	err = r.Scan(&b.ID, &b.By, &b.Operator, &b.Act, &b.Reason, &filter, &asOf, &b.Rate, &b.State,
		&b.Total, &b.Done, &b.Refused, &started, &ended)
	if err != nil {
		return b, err
	}
	q, err := url.ParseQuery(filter)
	if err == nil {
		b.Filter, err = deadletter.ParseFilter(q)
	}
	b.AsOf, b.StartedAt = fromMillis(asOf), fromMillis(started)
	if ended > 0 {
		b.EndedAt = fromMillis(ended)
	}
	return b, err
}

// asOf adds that a letter has not changed since then.
func (w *conditions) asOf(t time.Time) *conditions {
	w.add("l.changed_at <= %s", millis(t))
	return w
}

// CountLetters counts the letters that the filter lets through and that have not changed since then.
func (db *DB) CountLetters(ctx context.Context, f deadletter.Filter, asOf time.Time) (int, error) {
	w := termsOf(f).asOf(asOf)
	n, err := one[int](ctx, db.reader, `SELECT count(*) FROM letters l`+w.where(), w.args...)
	return n, trouble("count letters", err)
}

// StartBulk notes an act on every letter that the filter of b lets through and
// that has not changed since b.AsOf. The same operator with the same key gets
// the bulk that is there. Fault Invalid for one that Check refuses, and when there is no such letter.
func (db *DB) StartBulk(ctx context.Context, b deadletter.Bulk, key string) (deadletter.Bulk, error) {
	b, err := b.Check()
	if err != nil {
		return b, err
	}
	b.ID, b.State, b.StartedAt = deadletter.BulkID(b.By, key), deadletter.BulkRunning, db.now()
	if now := db.now(); b.AsOf.After(now) {
		b.AsOf = now
	}
	err = db.write(ctx, "start bulk", func(tx *sql.Tx) error {
		fresh, err := insertBulk(ctx, tx, b)
		if err != nil || !fresh {
			return err
		}
		total, err := fillBulk(ctx, tx, b)
		if err != nil {
			return err
		}
		return db.record(ctx, tx, deadletter.Entry{
			ActorID: b.By, Action: deadletter.ActionBulk, Subject: b.ID, Note: fmt.Sprintf("%s %d letters, %d a second", b.Act, total, b.Rate),
		})
	})
	if err != nil {
		return b, err
	}
	return db.Bulk(ctx, b.ID)
}

func insertBulk(ctx context.Context, tx *sql.Tx, b deadletter.Bulk) (fresh bool, err error) {
	n, err := exec(ctx, tx, `INSERT INTO bulks (id, started_by, act, reason, filter, as_of, rate, state, total, done, refused, started_at, ended_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0, $9, 0) ON CONFLICT DO NOTHING`,
		b.ID, b.By, b.Act, b.Reason, b.Filter.Query().Encode(), millis(b.AsOf), b.Rate, b.State, millis(b.StartedAt))
	return n > 0, err
}

// fillBulk notes the letters of a bulk, the oldest first, as they are now.
func fillBulk(ctx context.Context, tx *sql.Tx, b deadletter.Bulk) (total int64, err error) {
	w := termsOf(b.Filter).asOf(b.AsOf)
	w.args = append(w.args, b.ID)
	total, err = exec(ctx, tx, fmt.Sprintf(`INSERT INTO bulk_letters (bulk_id, position, letter_id, version, outcome, why)
		SELECT $%d, row_number() OVER (ORDER BY l.made_at, l.id), l.id, l.version, '', '' FROM letters l`, len(w.args))+w.where(), w.args...)
	if err != nil {
		return 0, err
	}
	if total == 0 {
		return 0, deadletter.NoneLeft()
	}
	_, err = exec(ctx, tx, `UPDATE bulks SET total = $1 WHERE id = $2`, total, b.ID)
	return total, err
}

// Bulk returns a bulk with its most frequent refusals. Fault NotFound.
func (db *DB) Bulk(ctx context.Context, id string) (b deadletter.Bulk, err error) {
	err = db.read(ctx, "read bulk", func(tx *sql.Tx) error {
		if b, err = scanBulk(tx.QueryRowContext(ctx, selectBulks+` WHERE b.id = $1`, id)); err != nil {
			return absent(err, noBulk)
		}
		b.Refusals, err = all(ctx, tx, func(r row) (f deadletter.Refusal, err error) {
			err = r.Scan(&f.Why, &f.Count)
			return f, err
		}, `SELECT why, count(*) FROM bulk_letters WHERE bulk_id = $1 AND outcome = 'refused' GROUP BY why ORDER BY count(*) DESC, why LIMIT $2`,
			id, mostRefusals)
		return err
	})
	return b, err
}

// OpenBulks returns the bulks that are not at their end, the oldest first.
func (db *DB) OpenBulks(ctx context.Context) ([]deadletter.Bulk, error) {
	found, err := all(ctx, db.reader, scanBulk, selectBulks+` WHERE b.state = 'running' ORDER BY b.started_at`)
	return found, trouble("read open bulks", err)
}

// StepBulk lets the next n letters of a bulk have their turn and reports whether
// there are more. Each letter, what becomes of it and the audit change together,
// so a step that is repeated goes on behind the last of them. A bulk that is over, or gone, has no more.
func (db *DB) StepBulk(ctx context.Context, id string, n int) (more bool, err error) {
	for range n {
		err = db.write(ctx, "go on with bulk", func(tx *sql.Tx) error {
			b, err := scanBulk(tx.QueryRowContext(ctx, selectBulks+` WHERE b.id = $1 AND b.state = 'running'`, id))
			if more = err == nil; more {
				more, err = db.stepBulk(ctx, tx, b)
			}
			if errors.Is(err, sql.ErrNoRows) {
				return nil
			}
			return err
		})
		if err != nil || !more {
			return false, err
		}
	}
	return more, nil
}

// stepBulk does one letter, or ends the bulk when there is none.
func (db *DB) stepBulk(ctx context.Context, tx *sql.Tx, b deadletter.Bulk) (more bool, err error) {
	var position, version int64
	var letter string
	err = tx.QueryRowContext(ctx, `SELECT position, letter_id, version FROM bulk_letters
		WHERE bulk_id = $1 AND outcome = '' ORDER BY position LIMIT 1`, b.ID).Scan(&position, &letter, &version)
	if errors.Is(err, sql.ErrNoRows) {
		return false, db.endBulk(ctx, tx, b, deadletter.BulkDone, deadletter.Entry{ActorID: b.By, Action: deadletter.ActionBulkEnd})
	}
	if err != nil {
		return false, err
	}
	why, err := db.turn(ctx, tx, b, letter, version)
	if err != nil {
		return false, err
	}
	outcome := "done"
	if why != "" {
		outcome = "refused"
	}
	return true, noteTurn(ctx, tx, b.ID, position, outcome, why)
}

// turn does one letter, which was noted at this version, or says why not.
func (db *DB) turn(ctx context.Context, tx *sql.Tx, b deadletter.Bulk, letter string, version int64) (why string, err error) {
	l, err := scanLetter(tx.QueryRowContext(ctx, selectLetter, letter))
	if errors.Is(err, sql.ErrNoRows) {
		return deadletter.WentMeanwhile, nil
	}
	if err != nil {
		return "", err
	}
	if why := b.Refuses(l, version); why != "" {
		return why, nil
	}
	err = db.act(ctx, tx, b, letter, version)
	switch fault.KindOf(err) {
	case fault.Conflict, fault.NotFound, fault.Invalid: // nothing was changed
		return fault.MessageOf(err), nil
	default:
		return "", err
	}
}

// noteTurn notes what became of a letter; the outcome is also the name of the bulk's counter.
func noteTurn(ctx context.Context, tx *sql.Tx, bulk string, position int64, outcome, why string) error {
	_, err := exec(ctx, tx, `UPDATE bulk_letters SET outcome = $1, why = $2 WHERE bulk_id = $3 AND position = $4`, outcome, why, bulk, position)
	if err == nil {
		_, err = exec(ctx, tx, `UPDATE bulks SET `+outcome+` = `+outcome+` + 1 WHERE id = $1`, bulk)
	}
	return err
}

// act does what the bulk does with one letter.
func (db *DB) act(ctx context.Context, tx *sql.Tx, b deadletter.Bulk, letter string, version int64) error {
	if b.Act == deadletter.ActRetry {
		_, err := db.retry(ctx, tx, letter, version, deadletter.Retry{},
			deadletter.Entry{ActorID: b.By, Action: deadletter.ActionRetry, Note: ", bulk " + b.ID})
		return err
	}
	return db.discard(ctx, tx, letter, version, b.Reason,
		deadletter.Entry{ActorID: b.By, Action: deadletter.ActionDiscard, Note: b.Reason + ", bulk " + b.ID})
}

// CancelBulk ends a bulk: letters that have not had their turn stay as they are.
// Faults: NotFound; Conflict when it is over.
func (db *DB) CancelBulk(ctx context.Context, id, by string) error {
	return db.write(ctx, "cancel bulk", func(tx *sql.Tx) error {
		b, err := scanBulk(tx.QueryRowContext(ctx, selectBulks+` WHERE b.id = $1`, id))
		if err != nil {
			return absent(err, noBulk)
		}
		if err := b.CheckCancel(); err != nil {
			return err
		}
		return db.endBulk(ctx, tx, b, deadletter.BulkCancelled, deadletter.Entry{ActorID: by, Action: deadletter.ActionBulkCancel})
	})
}

func (db *DB) endBulk(ctx context.Context, tx *sql.Tx, b deadletter.Bulk, state deadletter.BulkState, e deadletter.Entry) error {
	_, err := exec(ctx, tx, `UPDATE bulks SET state = $1, ended_at = $2 WHERE id = $3`, state, millis(db.now()), b.ID)
	if err != nil {
		return err
	}
	e.Subject, e.Note = b.ID, fmt.Sprintf("%d done, %d refused, %d left", b.Done, b.Refused, b.Left())
	return db.record(ctx, tx, e)
}

// PurgeLetters forgets what was resolved or discarded before then, and the
// bulks that ended before; letters that wait, or can be restored, stay. It returns how many letters went.
func (db *DB) PurgeLetters(ctx context.Context, before time.Time) (int, error) {
	var n int64
	restorable := db.now().Add(-deadletter.RestoreWithin)
	err := db.write(ctx, "purge letters", func(tx *sql.Tx) (err error) {
		if n, err = exec(ctx, tx, `DELETE FROM letters WHERE state IN ('resolved', 'discarded') AND changed_at < $1
			AND (state = 'resolved' OR changed_at < $2)`, millis(before), millis(restorable)); err != nil {
			return err
		}
		_, err = exec(ctx, tx, `DELETE FROM bulks WHERE state <> 'running' AND ended_at < $1`, millis(before))
		return err
	})
	return int(n), err
}
