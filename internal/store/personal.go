package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"segue/internal/auth"
	"segue/internal/deadletter"
	"segue/internal/fault"
)

const noToken = "This token does not exist any more."

const personalColumns = `id, person_id, name, hash, last, scopes, playlist, problem, last_run, created_at, expires_at, used_at`

const selectPersonalToken = `SELECT ` + personalColumns + ` FROM personal_tokens WHERE hash = $1`

const selectPersonalTokens = `SELECT ` + personalColumns + ` FROM personal_tokens
	WHERE person_id = $1 ORDER BY created_at DESC, id DESC`

func scanPersonalToken(r row) (t auth.PersonalToken, err error) {
	var scopes string
	var created, expires, used int64
	err = r.Scan(&t.ID, &t.PersonID, &t.Name, &t.Hash, &t.Last, &scopes, &t.Playlist, &t.Problem, &t.LastRun, &created, &expires, &used)
	for scope := range strings.FieldsSeq(scopes) {
		t.Scopes = append(t.Scopes, auth.Scope(scope))
	}
	t.CreatedAt, t.ExpiresAt, t.UsedAt = fromMillis(created), fromMillis(expires), fromMillis(used)
	return t, err
}

// PersonalToken returns the token with this hash, also when it has expired, or a fault NotFound.
func (db *DB) PersonalToken(ctx context.Context, hash []byte) (auth.PersonalToken, error) {
	t, err := scanPersonalToken(db.reader.QueryRowContext(ctx, selectPersonalToken, hash))
	return t, trouble("read token", absent(err, noToken))
}

// PersonalTokens returns all tokens of the person, the newest first.
func (db *DB) PersonalTokens(ctx context.Context, personID string) ([]auth.PersonalToken, error) {
	found, err := all(ctx, db.reader, scanPersonalToken, selectPersonalTokens, personID)
	return found, trouble("read tokens", err)
}

// AddPersonalToken keeps a new token and records that in the audit. Faults:
// Unauthorised when the person is gone; Conflict when they have auth.MaxPersonalTokens.
func (db *DB) AddPersonalToken(ctx context.Context, t auth.PersonalToken) error {
	return db.write(ctx, "add token", func(tx *sql.Tx) error {
		if err := lockPerson(ctx, tx, t.PersonID); err != nil {
			return err
		}
		have, err := one[int](ctx, tx, `SELECT count(*) FROM personal_tokens WHERE person_id = $1`, t.PersonID)
		if err != nil {
			return err
		}
		if have >= auth.MaxPersonalTokens {
			return fault.New(fault.Conflict, fmt.Sprintf("You have %d tokens, and that is the most.", have), nil)
		}
		_, err = exec(ctx, tx, `INSERT INTO personal_tokens (`+personalColumns+`, conversation_id)
			VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', $8, $9, 0, '')`,
			t.ID, t.PersonID, t.Name, t.Hash, t.Last, scopeWords(t), t.Playlist, millis(t.CreatedAt), millis(t.ExpiresAt))
		if err != nil {
			return err
		}
		return db.record(ctx, tx, deadletter.Entry{
			ActorID: t.PersonID, Action: deadletter.ActionToken, Subject: t.ID, Note: scopeWords(t),
		})
	})
}

func scopeWords(t auth.PersonalToken) string {
	words := make([]string, len(t.Scopes))
	for i, s := range t.Scopes {
		words[i] = string(s)
	}
	return strings.Join(words, " ")
}

// RevokePersonalToken deletes a token of the person for good and records that
// in the audit. What was asked for with it goes on. Fault NotFound.
func (db *DB) RevokePersonalToken(ctx context.Context, personID, id string) error {
	return db.write(ctx, "revoke token", func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `DELETE FROM personal_tokens WHERE id = $1 AND person_id = $2`, id, personID)
		if err == nil && n == 0 {
			err = sql.ErrNoRows
		}
		if err != nil {
			return absent(err, noToken)
		}
		return db.record(ctx, tx, deadletter.Entry{ActorID: personID, Action: deadletter.ActionRevoke, Subject: id})
	})
}

// TouchPersonalToken sets UsedAt and Problem; no token by that id is no error.
func (db *DB) TouchPersonalToken(ctx context.Context, id string, used time.Time, problem string) error {
	return db.run(ctx, "touch token", `UPDATE personal_tokens SET used_at = $1, problem = $2 WHERE id = $3`,
		millis(used), problem, id)
}
