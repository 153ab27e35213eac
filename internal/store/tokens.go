package store

import (
	"context"
	"database/sql"

	"segue/internal/auth"
	"segue/internal/fault"
)

const selectTokens = `SELECT t.person_id, t.access, t.refresh, t.expires_at, t.consent_at, t.version, p.needs_reauth
	FROM tokens t JOIN people p ON p.id = t.person_id WHERE t.person_id = $1`

// Tokens returns the sealed tokens of a person, or a fault NotFound.
func (db *DB) Tokens(ctx context.Context, personID string) (auth.SealedTokens, error) {
	var t auth.SealedTokens
	var expires, consent int64
	err := db.reader.QueryRowContext(ctx, selectTokens, personID).
		Scan(&t.PersonID, &t.Access, &t.Refresh, &expires, &consent, &t.Version, &t.NeedsReauth)
	if err != nil {
		return auth.SealedTokens{}, trouble("read tokens", absent(err, "Spotify is not connected."))
	}
	t.ExpiresAt, t.ConsentAt = fromMillis(expires), fromMillis(consent)
	return t, nil
}

// SaveTokens writes the tokens of a new login whatever was there before, raises
// Version and clears NeedsReauth. Fault NotFound when the person is gone.
func (db *DB) SaveTokens(ctx context.Context, t auth.SealedTokens) error {
	return db.write(ctx, "save tokens", func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE people SET needs_reauth = FALSE WHERE id = $1`, t.PersonID)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, noPerson, nil)
		}
		_, err = exec(ctx, tx, `INSERT INTO tokens (person_id, access, refresh, expires_at, consent_at, version)
			VALUES ($1, $2, $3, $4, $5, 1)
			ON CONFLICT (person_id) DO UPDATE SET access = excluded.access, refresh = excluded.refresh,
			expires_at = excluded.expires_at, consent_at = excluded.consent_at, version = tokens.version + 1`,
			t.PersonID, t.Access, t.Refresh, millis(t.ExpiresAt), millis(t.ConsentAt))
		return err
	})
}

// ReplaceTokens writes Access, Refresh and ExpiresAt and raises Version if the
// stored Version is still t.Version; otherwise, and when the row is gone, a fault Conflict.
func (db *DB) ReplaceTokens(ctx context.Context, t auth.SealedTokens) error {
	return db.write(ctx, "replace tokens", func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE tokens SET access = $1, refresh = $2, expires_at = $3, version = version + 1
			WHERE person_id = $4 AND version = $5`, t.Access, t.Refresh, millis(t.ExpiresAt), t.PersonID, t.Version)
		if err == nil && n == 0 {
			return fault.New(fault.Conflict, "The connection to Spotify was renewed meanwhile.", nil)
		}
		return err
	})
}

// MarkNeedsReauth notes that only a new login helps, if the stored Version is
// still version; a newer one means that somebody logged in meanwhile. The tokens stay.
func (db *DB) MarkNeedsReauth(ctx context.Context, personID string, version int64) error {
	return db.run(ctx, "mark person for a new login", `UPDATE people SET needs_reauth = TRUE
		WHERE id = $1 AND EXISTS (SELECT 1 FROM tokens WHERE person_id = $1 AND version = $2)`, personID, version)
}
