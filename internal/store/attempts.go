package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"segue/internal/agent"
	"segue/internal/fault"
)

const selectAttempt = `SELECT state FROM attempts WHERE person_id = $1 AND attempt_key = $2`

// BeginAttempt stores an attempt as open and returns fresh true: the request
// may be sent now. Where the key is known it returns the stored state and fresh
// false, unless that is AttemptNotApplied: then the attempt is opened again.
// Fault NotFound for a run that is absent or somebody else's.
func (db *DB) BeginAttempt(ctx context.Context, a agent.Attempt) (state string, fresh bool, err error) {
	uris, err := json.Marshal(a.URIs)
	if err != nil {
		return "", false, fmt.Errorf("write URIs of an attempt: %w", err)
	}
	err = db.write(ctx, "begin attempt", func(tx *sql.Tx) error {
		if err := ownRun(ctx, tx, a.PersonID, a.RunID); err != nil {
			return err
		}
		n, err := exec(ctx, tx, `INSERT INTO attempts (person_id, attempt_key, run_id, playlist_id, uris, state, at)
			VALUES ($1, $2, $3, $4, $5, 'open', $6)
			ON CONFLICT (person_id, attempt_key) DO UPDATE SET playlist_id = excluded.playlist_id,
			uris = excluded.uris, state = excluded.state, at = excluded.at
			WHERE attempts.state = 'not_applied'`,
			a.PersonID, a.Key, a.RunID, a.PlaylistID, string(uris), millis(db.now()))
		if err != nil {
			return err
		}
		fresh = n > 0
		state, err = one[string](ctx, tx, selectAttempt, a.PersonID, a.Key)
		return err
	})
	if err != nil {
		return "", false, err
	}
	return state, fresh, nil
}

// AttemptState returns the state of an attempt of the person, "" when there is none.
func (db *DB) AttemptState(ctx context.Context, personID, key string) (string, error) {
	state, err := one[string](ctx, db.reader, selectAttempt, personID, key)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return state, trouble("read attempt", err)
}

// SettleAttempt notes what became of an open attempt: AttemptApplied or
// AttemptNotApplied. Repeating it changes nothing. Faults: NotFound; Conflict
// when it was settled the other way; Internal for any other state.
func (db *DB) SettleAttempt(ctx context.Context, personID, key, state string) error {
	if state != agent.AttemptApplied && state != agent.AttemptNotApplied {
		return fault.New(fault.Internal, "", fmt.Errorf("settle attempt as %q", state))
	}
	return db.write(ctx, "settle attempt", func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE attempts SET state = $1
			WHERE person_id = $2 AND attempt_key = $3 AND state IN ($1, 'open')`, state, personID, key)
		if err != nil || n > 0 {
			return err
		}
		if _, err = one[string](ctx, tx, selectAttempt, personID, key); err != nil {
			return absent(err, "This attempt does not exist.")
		}
		return fault.New(fault.Conflict, "This attempt was settled the other way.", nil)
	})
}
