package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
)

const selectAttempt = `SELECT state FROM attempts WHERE person_id = $1 AND attempt_key = $2`

// BeginAttempt stores an attempt as open and returns fresh true: the request
// may be sent now. Where the key is known it returns the stored state and fresh
// false, unless that is AttemptNotApplied: then the attempt is opened again.
// Fault NotFound for a run that is absent or somebody else's.
func (db *DB) BeginAttempt(ctx context.Context, a agent.Attempt) (state string, fresh bool, err error) {
	err = db.write(ctx, "begin attempt", func(tx *sql.Tx) error {
		if fresh, err = begin(ctx, tx, a, millis(db.steady())); err != nil {
			return err
		}
		state, err = one[string](ctx, tx, selectAttempt, a.PersonID, a.Key)
		return err
	})
	if err != nil {
		return "", false, err
	}
	return state, fresh, nil
}

// BeginAlone is BeginAttempt for what one run of a person at a time may try: it stores nothing and
// returns fresh false also when another attempt of theirs at the same PlaylistID was begun at most
// so long ago and is open or applied. Faults as for BeginAttempt.
func (db *DB) BeginAlone(ctx context.Context, a agent.Attempt, most time.Duration) (fresh bool, err error) {
	err = db.write(ctx, "begin attempt", func(tx *sql.Tx) error {
		if err := lockPerson(ctx, tx, a.PersonID); err != nil {
			return err
		}
		others, err := all(ctx, tx, db.scanAttempt, selectOthers, a.PersonID, a.PlaylistID, a.Key)
		if err != nil || slices.ContainsFunc(others, func(r agent.AttemptRecord) bool { return r.Age <= most }) {
			return err
		}
		fresh, err = begin(ctx, tx, a, millis(db.steady()))
		return err
	})
	return fresh && err == nil, err
}

const selectOthers = `SELECT ` + recordColumns + ` FROM attempts
	WHERE person_id = $1 AND playlist_id = $2 AND attempt_key <> $3 AND state <> 'not_applied'`

// errStale undoes a transaction that found one attempt known already.
var errStale = errors.New("an attempt is known already")

// BeginAttempts stores the attempts of one request, all of them or none: fresh
// is true when all are open now and the request may be sent, false when one of
// them was open or applied before; then nothing has changed. Faults as for BeginAttempt.
func (db *DB) BeginAttempts(ctx context.Context, attempts []agent.Attempt) (fresh bool, err error) {
	err = db.write(ctx, "begin attempts", func(tx *sql.Tx) error {
		at := millis(db.steady())
		for _, a := range attempts {
			if fresh, err := begin(ctx, tx, a, at); err != nil || !fresh {
				return cmp.Or(err, errStale)
			}
		}
		return nil
	})
	if errors.Is(err, errStale) {
		return false, nil
	}
	return err == nil, err
}

// begin opens an attempt that is new or was not applied; others it leaves alone.
func begin(ctx context.Context, tx *sql.Tx, a agent.Attempt, at int64) (fresh bool, err error) {
	uris, err := list(a.URIs)
	if err != nil {
		return false, err
	}
	stood, err := list(a.Stood)
	if err != nil {
		return false, err
	}
	if err := ownRun(ctx, tx, a.PersonID, a.RunID); err != nil {
		return false, err
	}
	n, err := exec(ctx, tx, `INSERT INTO attempts (person_id, attempt_key, run_id, kind, playlist_id, uris, stood, state, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'open', $8)
		ON CONFLICT (person_id, attempt_key) DO UPDATE SET kind = excluded.kind, playlist_id = excluded.playlist_id,
		uris = excluded.uris, stood = excluded.stood, state = excluded.state, at = excluded.at
		WHERE attempts.state = 'not_applied'`,
		a.PersonID, a.Key, a.RunID, a.Kind, a.PlaylistID, uris, stood, at)
	return n > 0, err
}

// list is a column that holds a JSON array.
func list[T any](values []T) (string, error) {
	if len(values) == 0 {
		return "[]", nil
	}
	text, err := json.Marshal(values)
	if err != nil {
		return "", fmt.Errorf("write a list: %w", err)
	}
	return string(text), nil
}

const recordColumns = `attempt_key, kind, playlist_id, state, at, stood, uris`

// AttemptRecords returns what is known of the person's attempts by key; a key without an attempt is absent.
func (db *DB) AttemptRecords(ctx context.Context, personID string, keys []string) (map[string]agent.AttemptRecord, error) {
	found := make(map[string]agent.AttemptRecord, len(keys))
	err := db.read(ctx, "read attempts", func(tx *sql.Tx) error {
		for _, key := range keys {
			record, err := db.scanAttempt(tx.QueryRowContext(ctx,
				`SELECT `+recordColumns+` FROM attempts WHERE person_id = $1 AND attempt_key = $2`, personID, key))
			if errors.Is(err, sql.ErrNoRows) {
				continue
			}
			if err != nil {
				return err
			}
			found[key] = record
		}
		return nil
	})
	return found, err
}

const selectLately = `SELECT ` + recordColumns + ` FROM attempts WHERE playlist_id = $1 AND at >= $2 ORDER BY at, attempt_key`

// Lately returns the attempts at a playlist that are at most so old, of all who write to it, oldest first.
// It is for the playlist's writer, which knows no persons.
func (db *DB) Lately(ctx context.Context, playlistID string, most time.Duration) ([]agent.AttemptRecord, error) {
	records, err := all(ctx, db.reader, db.scanAttempt, selectLately, playlistID, millis(db.steady().Add(-most)))
	return records, trouble("read attempts", err)
}

func (db *DB) scanAttempt(r row) (agent.AttemptRecord, error) {
	var a agent.AttemptRecord
	var at int64
	var stood, uris string
	if err := r.Scan(&a.Key, &a.Kind, &a.PlaylistID, &a.State, &at, &stood, &uris); err != nil {
		return a, err
	}
	a.Age = db.age(fromMillis(at))
	return a, cmp.Or(json.Unmarshal([]byte(stood), &a.Stood), json.Unmarshal([]byte(uris), &a.URIs))
}

// SettleAttempts notes what became of the open attempts of one request, all or
// none: AttemptApplied or AttemptNotApplied, which is what one that was never begun is.
// Repeating it changes nothing. Faults: NotFound; Conflict when one was settled the other way; Internal for any other state.
func (db *DB) SettleAttempts(ctx context.Context, personID string, keys []string, state string) error {
	if state != agent.AttemptApplied && state != agent.AttemptNotApplied {
		return fault.New(fault.Internal, "", fmt.Errorf("settle attempt as %q", state))
	}
	return db.write(ctx, "settle attempts", func(tx *sql.Tx) error {
		for _, key := range keys {
			if err := settle(ctx, tx, personID, key, state); err != nil {
				return err
			}
		}
		return nil
	})
}

func settle(ctx context.Context, tx *sql.Tx, personID, key, state string) error {
	n, err := exec(ctx, tx, `UPDATE attempts SET state = $1
		WHERE person_id = $2 AND attempt_key = $3 AND state IN ($1, 'open')`, state, personID, key)
	if err != nil || n > 0 {
		return err
	}
	_, err = one[string](ctx, tx, selectAttempt, personID, key)
	switch {
	case errors.Is(err, sql.ErrNoRows) && state == agent.AttemptNotApplied:
		return nil
	case err != nil:
		return absent(err, "This attempt does not exist.")
	}
	return fault.New(fault.Conflict, "This attempt was settled the other way.", nil)
}
