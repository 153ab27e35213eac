package store

import (
	"context"
	"database/sql"
	"fmt"

	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/share"
)

const noShare = "This link does not exist any more."

const shareColumns = `s.id, s.person_id, s.run_id, s.hash, s.names, s.views, s.created_at, s.expires_at, s.revoked_at`

func scanShare(r row, more ...any) (l share.Link, err error) {
	var created, expires, revoked int64
	err = r.Scan(append([]any{&l.ID, &l.PersonID, &l.RunID, &l.Hash, &l.Names, &l.Views, &created, &expires, &revoked}, more...)...)
	l.CreatedAt, l.ExpiresAt, l.RevokedAt = fromMillis(created), fromMillis(expires), fromMillis(revoked)
	return l, err
}

const selectShare = `SELECT ` + shareColumns + ` FROM shares s WHERE s.hash = $1`

// Share returns the link with this hash, also when it is over, or a fault NotFound.
func (db *DB) Share(ctx context.Context, hash []byte) (share.Link, error) {
	l, err := scanShare(db.reader.QueryRowContext(ctx, selectShare, hash))
	return l, trouble("read link", absent(err, noShare))
}

const selectShares = `SELECT ` + shareColumns + `, coalesce(m.text, '') FROM shares s
	LEFT JOIN runs r ON r.id = s.run_id LEFT JOIN messages m ON m.id = r.message_id
	WHERE s.person_id = $1 ORDER BY s.created_at DESC, s.id DESC`

// Shares returns all links of the person, those that are over too, the newest first.
func (db *DB) Shares(ctx context.Context, personID string) ([]share.Listed, error) {
	found, err := all(ctx, db.reader, func(r row) (l share.Listed, err error) {
		l.Link, err = scanShare(r, &l.Asked)
		return l, err
	}, selectShares, personID)
	return found, trouble("read links", err)
}

// AddShare keeps a new link, records that in the audit and forgets what has been
// over for longer than share.Keep. Faults: Unauthorised when the person is gone,
// NotFound when the run is not theirs, Conflict when share.MaxOpen links are good.
func (db *DB) AddShare(ctx context.Context, l share.Link) error {
	return db.write(ctx, "add link", func(tx *sql.Tx) error {
		if err := lockPerson(ctx, tx, l.PersonID); err != nil {
			return err
		}
		_, err := exec(ctx, tx, `DELETE FROM shares WHERE person_id = $1 AND expires_at < $2`, l.PersonID, millis(l.CreatedAt.Add(-share.Keep)))
		if err != nil {
			return err
		}
		open, err := one[int](ctx, tx, `SELECT count(*) FROM shares WHERE person_id = $1 AND revoked_at = 0 AND expires_at > $2`,
			l.PersonID, millis(l.CreatedAt))
		if err != nil {
			return err
		}
		if open >= share.MaxOpen {
			return fault.New(fault.Conflict, fmt.Sprintf("You have %d links that are good, and that is the most.", open), nil)
		}
		return db.insertShare(ctx, tx, l)
	})
}

func (db *DB) insertShare(ctx context.Context, tx *sql.Tx, l share.Link) error {
	n, err := exec(ctx, tx, `INSERT INTO shares (id, person_id, run_id, hash, names, views, created_at, expires_at, revoked_at)
		SELECT $1, r.person_id, r.id, $2, $3, 0, $4, $5, 0 FROM runs r WHERE r.id = $6 AND r.person_id = $7`,
		l.ID, l.Hash, l.Names, millis(l.CreatedAt), millis(l.ExpiresAt), l.RunID, l.PersonID)
	if err == nil && n == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return absent(err, noRun)
	}
	return db.record(ctx, tx, deadletter.Entry{ActorID: l.PersonID, Action: deadletter.ActionShare, Subject: l.ID, Note: l.RunID})
}

// RevokeShare ends a link of the person for good and records that in the audit;
// one that is revoked stays so. Fault NotFound.
func (db *DB) RevokeShare(ctx context.Context, personID, id string) error {
	return db.write(ctx, "revoke link", func(tx *sql.Tx) error {
		was, err := one[int64](ctx, tx, `SELECT revoked_at FROM shares WHERE id = $1 AND person_id = $2`, id, personID)
		if err != nil || was != 0 {
			return absent(err, noShare)
		}
		if _, err := exec(ctx, tx, `UPDATE shares SET revoked_at = $1 WHERE id = $2 AND person_id = $3`, millis(db.now()), id, personID); err != nil {
			return err
		}
		return db.record(ctx, tx, deadletter.Entry{ActorID: personID, Action: deadletter.ActionUnshare, Subject: id})
	})
}

// CountView notes that the page of a link was opened.
func (db *DB) CountView(ctx context.Context, id string) error {
	return db.run(ctx, "count a view", `UPDATE shares SET views = views + 1 WHERE id = $1`, id)
}
