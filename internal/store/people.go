package store

import (
	"context"
	"database/sql"
	"errors"

	"segue/internal/agent"
	"segue/internal/auth"
)

const noPerson = "This person does not exist."

const personColumns = `id, spotify_id, account_id, name, image, needs_reauth, created_at`

const selectPerson = `SELECT ` + personColumns + ` FROM people WHERE id = $1`

func scanPerson(r row) (p auth.Person, err error) {
	var created int64
	err = r.Scan(&p.ID, &p.SpotifyID, &p.AccountID, &p.Name, &p.Image, &p.NeedsReauth, &created)
	p.CreatedAt = fromMillis(created)
	return p, err
}

// Person returns a person, or a fault NotFound.
func (db *DB) Person(ctx context.Context, id string) (auth.Person, error) {
	p, err := scanPerson(db.reader.QueryRowContext(ctx, selectPerson, id))
	return p, trouble("read person", absent(err, noPerson))
}

// The account id wins; the Spotify id counts only where one side has no account id.
const selectKnown = `SELECT id FROM people
	WHERE (account_id = $1 AND account_id <> '') OR (spotify_id = $2 AND (account_id = '' OR $1 = ''))
	ORDER BY CASE WHEN account_id = $1 THEN 0 ELSE 1 END, created_at DESC LIMIT 1`

// SavePerson links p to the person that is known by AccountID, or by SpotifyID
// where one of the two has no AccountID, or else inserts p; it returns the stored row.
func (db *DB) SavePerson(ctx context.Context, p auth.Person) (auth.Person, error) {
	var saved auth.Person
	err := db.write(ctx, "save person", func(tx *sql.Tx) error {
		id, err := one[string](ctx, tx, selectKnown, p.AccountID, p.SpotifyID)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			id = p.ID
			_, err = exec(ctx, tx, `INSERT INTO people (`+personColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
				p.ID, p.SpotifyID, p.AccountID, p.Name, p.Image, p.NeedsReauth, millis(p.CreatedAt))
		case err == nil:
			_, err = exec(ctx, tx, `UPDATE people SET spotify_id = $1, name = $2, image = $3,
				account_id = CASE WHEN $4 = '' THEN account_id ELSE $4 END WHERE id = $5`,
				p.SpotifyID, p.Name, p.Image, p.AccountID, id)
		}
		if err != nil {
			return err
		}
		saved, err = scanPerson(tx.QueryRowContext(ctx, selectPerson, id))
		return err
	})
	return saved, err
}

// SetDefaultPlaylist sets the playlist that is meant when the person names
// none; the zero value clears it. Fault NotFound.
func (db *DB) SetDefaultPlaylist(ctx context.Context, personID string, p agent.PlaylistRef) error {
	return db.write(ctx, "set default playlist", func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE people SET default_playlist_id = $1, default_playlist_name = $2 WHERE id = $3`,
			p.ID, p.Name, personID)
		if err == nil && n == 0 {
			err = sql.ErrNoRows
		}
		return absent(err, noPerson)
	})
}

// DeletePerson removes a person and everything of theirs from the database and
// its files; nobody by that id is no error.
func (db *DB) DeletePerson(ctx context.Context, personID string) error {
	err := db.write(ctx, "delete person", func(tx *sql.Tx) error {
		_, err := exec(ctx, tx, `DELETE FROM people WHERE id = $1`, personID) // the rest cascades
		return err
	})
	if err != nil {
		return err
	}
	return db.scrub(ctx)
}

// Repeats reports whether the person wants a song added again that is in the playlist already. Fault NotFound.
func (db *DB) Repeats(ctx context.Context, personID string) (bool, error) {
	var repeats bool
	err := db.reader.QueryRowContext(ctx, `SELECT repeats FROM people WHERE id = $1`, personID).Scan(&repeats)
	return repeats, trouble("read repeats", absent(err, noPerson))
}

// SetRepeats sets what Repeats reports. Fault NotFound.
func (db *DB) SetRepeats(ctx context.Context, personID string, repeats bool) error {
	return db.write(ctx, "set repeats", func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE people SET repeats = $1 WHERE id = $2`, repeats, personID)
		if err == nil && n == 0 {
			err = sql.ErrNoRows
		}
		return absent(err, noPerson)
	})
}
