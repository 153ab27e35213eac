package store

import (
	"context"
	"database/sql"
	"time"
)

// previewLife is how long a source waits for its person to look at it.
const previewLife = time.Hour

const noPreview = "This preview is no longer kept. Bring the list once more."

// SavePreview keeps a source for an hour, in place of the person's last one, and
// returns its id. Choices say in JSON how it is to be read.
func (db *DB) SavePreview(ctx context.Context, personID string, source []byte, choices string) (id string, err error) {
	id = newID()
	err = db.write(ctx, "save preview", func(tx *sql.Tx) error {
		if err := lockPerson(ctx, tx, personID); err != nil {
			return err
		}
		now := db.now()
		_, err := exec(ctx, tx, `DELETE FROM previews WHERE person_id = $1 OR expires_at <= $2`, personID, millis(now))
		if err != nil {
			return err
		}
		_, err = exec(ctx, tx, `INSERT INTO previews (id, person_id, source, choices, expires_at) VALUES ($1, $2, $3, $4, $5)`,
			id, personID, source, choices, millis(now.Add(previewLife)))
		return err
	})
	return id, err
}

const selectPreview = `SELECT source, choices FROM previews WHERE id = $1 AND person_id = $2 AND expires_at > $3`

// Preview returns a source of the person's, or a fault NotFound.
func (db *DB) Preview(ctx context.Context, personID, id string) (source []byte, choices string, err error) {
	err = db.reader.QueryRowContext(ctx, selectPreview, id, personID, millis(db.now())).Scan(&source, &choices)
	return source, choices, trouble("read preview", absent(err, noPreview))
}

// SetChoices changes how a source of the person's is to be read. Fault NotFound.
func (db *DB) SetChoices(ctx context.Context, personID, id, choices string) error {
	return db.write(ctx, "save choices", func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE previews SET choices = $1 WHERE id = $2 AND person_id = $3 AND expires_at > $4`,
			choices, id, personID, millis(db.now()))
		if err == nil && n == 0 {
			err = sql.ErrNoRows
		}
		return absent(err, noPreview)
	})
}
