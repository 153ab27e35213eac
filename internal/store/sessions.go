package store

import (
	"context"
	"database/sql"
	"time"

	"segue/internal/auth"
)

// AddSession stores a new session.
func (db *DB) AddSession(ctx context.Context, s auth.Session) error {
	return db.run(ctx, "add session", `INSERT INTO sessions (id_hash, person_id, created_at, seen_at, expires_at)
		VALUES ($1, $2, $3, $4, $5)`, s.IDHash, s.PersonID, millis(s.CreatedAt), millis(s.SeenAt), millis(s.ExpiresAt))
}

const selectSession = `SELECT id_hash, person_id, created_at, seen_at, expires_at FROM sessions WHERE id_hash = $1`

// Session returns a session even when it is expired, or a fault NotFound.
func (db *DB) Session(ctx context.Context, idHash []byte) (auth.Session, error) {
	var s auth.Session
	var created, seen, expires int64
	err := db.reader.QueryRowContext(ctx, selectSession, idHash).
		Scan(&s.IDHash, &s.PersonID, &created, &seen, &expires)
	if err != nil {
		return auth.Session{}, trouble("read session", absent(err, "You are not logged in."))
	}
	s.CreatedAt, s.SeenAt, s.ExpiresAt = fromMillis(created), fromMillis(seen), fromMillis(expires)
	return s, nil
}

// TouchSession sets SeenAt and ExpiresAt; no session by that hash is no error.
func (db *DB) TouchSession(ctx context.Context, idHash []byte, seen, expires time.Time) error {
	return db.run(ctx, "touch session", `UPDATE sessions SET seen_at = $1, expires_at = $2 WHERE id_hash = $3`,
		millis(seen), millis(expires), idHash)
}

// DeleteSession ends a session; no session by that hash is no error.
func (db *DB) DeleteSession(ctx context.Context, idHash []byte) error {
	return db.run(ctx, "delete session", `DELETE FROM sessions WHERE id_hash = $1`, idHash)
}

// DeleteSessions ends all sessions of a person.
func (db *DB) DeleteSessions(ctx context.Context, personID string) error {
	return db.run(ctx, "delete sessions", `DELETE FROM sessions WHERE person_id = $1`, personID)
}

// AddLogin stores a login that is under way.
func (db *DB) AddLogin(ctx context.Context, p auth.PendingLogin) error {
	return db.run(ctx, "add login", `INSERT INTO logins (state_hash, cookie_hash, verifier, return_to, expires_at)
		VALUES ($1, $2, $3, $4, $5)`, p.StateHash, p.CookieHash, p.Verifier, p.ReturnTo, millis(p.ExpiresAt))
}

// TakeLogin deletes and returns the login with both hashes, expired or not; of
// two callers one gets it, the other a fault NotFound.
func (db *DB) TakeLogin(ctx context.Context, stateHash, cookieHash []byte) (auth.PendingLogin, error) {
	var p auth.PendingLogin
	err := db.write(ctx, "take login", func(tx *sql.Tx) error {
		var expires int64
		err := tx.QueryRowContext(ctx, `DELETE FROM logins WHERE state_hash = $1 AND cookie_hash = $2
			RETURNING state_hash, cookie_hash, verifier, return_to, expires_at`, stateHash, cookieHash).
			Scan(&p.StateHash, &p.CookieHash, &p.Verifier, &p.ReturnTo, &expires)
		p.ExpiresAt = fromMillis(expires)
		return absent(err, "This login is over. Log in again.")
	})
	if err != nil {
		return auth.PendingLogin{}, err
	}
	return p, nil
}

// DeleteExpired removes the logins and sessions with ExpiresAt ≤ now.
func (db *DB) DeleteExpired(ctx context.Context, now time.Time) error {
	return db.write(ctx, "delete what is expired", func(tx *sql.Tx) error {
		if _, err := exec(ctx, tx, `DELETE FROM logins WHERE expires_at <= $1`, millis(now)); err != nil {
			return err
		}
		_, err := exec(ctx, tx, `DELETE FROM sessions WHERE expires_at <= $1`, millis(now))
		return err
	})
}
