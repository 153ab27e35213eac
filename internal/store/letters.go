package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"segue/internal/deadletter"
)

const letterColumns = `l.body, l.state, l.kind, l.step, l.fingerprint, l.reason, l.retry_run, l.retry_from, l.retried_by, l.edited, l.version,
	l.made_at, l.changed_at, p.name, coalesce((SELECT o.name FROM people o WHERE o.id = l.retried_by), '')`

const fromLetters = ` FROM letters l JOIN people p ON p.id = l.person_id`

const selectLetter = `SELECT ` + letterColumns + fromLetters + ` WHERE l.id = $1`

func scanLetter(r row) (l deadletter.Letter, err error) {
	var body, edited string
	var made, changed int64
	var now deadletter.Letter // what may have changed since the body was written
	err = r.Scan(&body, &now.State, &now.Kind, &now.Step, &now.Fingerprint, &now.Reason, &now.RetryRun, &now.RetryFrom, &now.RetriedBy,
		&edited, &now.Version, &made, &changed, &now.Person, &now.Operator)
	if err != nil {
		return l, err
	}
	if err := json.Unmarshal([]byte(body), &l); err != nil {
		return l, fmt.Errorf("read letter: %w", err)
	}
	if edited != "" {
		if err := json.Unmarshal([]byte(edited), &l.Edited); err != nil {
			return l, fmt.Errorf("read edited letter: %w", err)
		}
	}
	l.State, l.Kind, l.Step, l.Fingerprint = now.State, now.Kind, now.Step, now.Fingerprint
	l.Reason, l.RetryRun, l.RetriedBy, l.Version = now.Reason, now.RetryRun, now.RetriedBy, now.Version
	l.RetryFrom = now.RetryFrom
	l.Person, l.Operator = now.Person, now.Operator
	l.MadeAt, l.ChangedAt = fromMillis(made), fromMillis(changed)
	return l, nil
}

// Letter returns a letter of anybody's, for operators; a fault NotFound when it
// is not there any more.
func (db *DB) Letter(ctx context.Context, id string) (deadletter.Letter, error) {
	l, err := scanLetter(db.reader.QueryRowContext(ctx, selectLetter, id))
	return l, trouble("read letter", gone(err))
}

func gone(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return deadletter.Gone()
	}
	return err
}

// HasLetter reports whether there is a letter about the run or one of its songs,
// or one that the run has tried again.
func (db *DB) HasLetter(ctx context.Context, runID string) (bool, error) {
	_, err := one[int](ctx, db.reader, `SELECT 1 FROM letters
		WHERE run_id = $1 OR id = (SELECT r.retry_of FROM runs r WHERE r.id = $1) LIMIT 1`, runID)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, trouble("look for a letter", err)
}

// SaveLetter keeps a letter and returns the id of the one that tells of it, and
// whether that is news; the same run and task again change nothing. What a
// retry has failed at is told by the letter that was retried, which waits
// again. Fault NotFound when the run is gone.
func (db *DB) SaveLetter(ctx context.Context, l deadletter.Letter) (id string, fresh bool, err error) {
	l = l.Seal()
	id = l.ID
	err = db.write(ctx, "save letter", func(tx *sql.Tx) error {
		retryOf, err := one[string](ctx, tx, `SELECT retry_of FROM runs WHERE id = $1 AND person_id = $2`, l.RunID, l.PersonID)
		if err != nil {
			return absent(err, noRun)
		}
		if retryOf != "" {
			first, err := scanLetter(tx.QueryRowContext(ctx, selectLetter, retryOf))
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			switch {
			case err != nil: // that letter is gone
			case first.Task != "" || l.Task == "":
				id = first.ID
				fresh, err = db.mergeLetter(ctx, tx, first, l)
				return err
			default: // the run has come to its songs this time, which have letters of their own
				if err := db.supersede(ctx, tx, first.ID, l.RunID); err != nil {
					return err
				}
			}
		}
		fresh, err = db.insertLetter(ctx, tx, l)
		return err
	})
	return id, fresh, err
}

func (db *DB) insertLetter(ctx context.Context, tx *sql.Tx, l deadletter.Letter) (fresh bool, err error) {
	body, err := json.Marshal(l)
	if err != nil {
		return false, fmt.Errorf("write letter %s: %w", l.ID, err)
	}
	now := millis(db.now())
	if l.MadeAt.IsZero() {
		l.MadeAt = fromMillis(now)
	}
	n, err := exec(ctx, tx, `INSERT INTO letters (id, person_id, run_id, task, state, kind, step, fingerprint,
		playlist_id, words, body, reason, retry_run, retried_by, version, made_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '', '', 1, $12, $13)
		ON CONFLICT DO NOTHING`,
		l.ID, l.PersonID, l.RunID, l.Task, deadletter.Waiting, l.Kind, l.Step, l.Fingerprint,
		l.Input.Playlist.ID, letterWords(l), string(body), millis(l.MadeAt), now)
	return n > 0, err
}

// supersede resolves the letter of a run whose retry left letters of its songs.
func (db *DB) supersede(ctx context.Context, tx *sql.Tx, id, retryRun string) error {
	_, err := exec(ctx, tx, `UPDATE letters SET state = 'resolved', version = version + 1, changed_at = $1
		WHERE id = $2 AND retry_run = $3 AND state IN ('waiting', 'retrying')`, millis(db.now()), id, retryRun)
	return err
}

// mergeLetter lets the first letter tell how its retry has failed, whatever was done about it meanwhile.
func (db *DB) mergeLetter(ctx context.Context, tx *sql.Tx, first, newer deadletter.Letter) (changed bool, err error) {
	if first.Tells(newer) {
		return false, nil
	}
	l := first.Again(newer).Seal()
	body, err := json.Marshal(l)
	if err != nil {
		return false, fmt.Errorf("write letter %s: %w", l.ID, err)
	}
	n, err := exec(ctx, tx, `UPDATE letters SET state = $1, kind = $2, step = $3, fingerprint = $4, words = $5, body = $6,
		version = version + 1, changed_at = $7 WHERE id = $8`,
		l.State, l.Kind, l.Step, l.Fingerprint, letterWords(l), string(body), millis(db.now()), l.ID)
	return n > 0, err
}

// letterWords are what a letter is searched by.
func letterWords(l deadletter.Letter) string {
	words := []string{l.Message, l.Input.Song.String(), l.Input.Playlist.Name}
	if causes := l.Causes(); len(causes) > 0 {
		words = append(words, causes[len(causes)-1])
	}
	return strings.ToLower(strings.Join(words, "\n"))
}

// change loads a letter, has it checked and changes it by a statement whose last
// parameter is the id, with a line in the audit.
func (db *DB) change(
	ctx context.Context, tx *sql.Tx, id string, e deadletter.Entry, check func(deadletter.Letter) error, query string, args ...any,
) error {
	l, err := scanLetter(tx.QueryRowContext(ctx, selectLetter, id))
	if err != nil {
		return gone(err)
	}
	if err := check(l); err != nil {
		return err
	}
	if _, err := exec(ctx, tx, query, append(args, id)...); err != nil {
		return err
	}
	e.Subject = id
	return db.record(ctx, tx, e)
}

// DiscardLetter takes a letter of this version out of the list, for a reason.
// Faults: NotFound; Invalid without a reason; Conflict when it is not what by saw.
func (db *DB) DiscardLetter(ctx context.Context, id string, version int64, by, reason string) error {
	return db.write(ctx, "discard letter", func(tx *sql.Tx) error {
		return db.discard(ctx, tx, id, version, reason, deadletter.Entry{ActorID: by, Action: deadletter.ActionDiscard, Note: reason})
	})
}

// discard is DiscardLetter within a transaction.
func (db *DB) discard(ctx context.Context, tx *sql.Tx, id string, version int64, reason string, e deadletter.Entry) error {
	return db.change(ctx, tx, id, e,
		func(l deadletter.Letter) error { return l.CheckDiscard(version, reason) },
		`UPDATE letters SET state = 'discarded', reason = $1, version = version + 1, changed_at = $2 WHERE id = $3`,
		reason, millis(db.now()))
}

// RestoreLetter puts a discarded letter of this version back. Faults: NotFound;
// Conflict when it is not discarded, was so for too long, or is not what by saw.
func (db *DB) RestoreLetter(ctx context.Context, id string, version int64, by string) error {
	now := db.now()
	return db.write(ctx, "restore letter", func(tx *sql.Tx) error {
		return db.change(ctx, tx, id, deadletter.Entry{ActorID: by, Action: deadletter.ActionRestore},
			func(l deadletter.Letter) error { return l.CheckRestore(version, now) },
			`UPDATE letters SET state = 'waiting', reason = '', version = version + 1, changed_at = $1 WHERE id = $2`, millis(now))
	})
}
