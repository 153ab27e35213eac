package store

import (
	"context"
	"database/sql"
	"time"
)

// What is being taken back, and what an operator may still try again, stays.
const selectOutdated = `SELECT r.id, r.conversation_id FROM people p JOIN runs r ON r.person_id = p.id
	WHERE p.keep_days > 0 AND r.ended_at IS NOT NULL AND r.ended_at < $1 - p.keep_days * 86400000
	AND NOT EXISTS (SELECT 1 FROM runs u WHERE u.undo_of = r.id AND u.ended_at IS NULL)
	AND NOT EXISTS (SELECT 1 FROM letters l WHERE l.run_id = r.id AND l.state IN ('waiting', 'retrying'))
	LIMIT $2`

// PurgeRuns deletes at most limit runs of people who do not keep them for so long
// after their end, and returns how many those were. A conversation goes, with its
// messages, with its last run.
func (db *DB) PurgeRuns(ctx context.Context, now time.Time, limit int) (deleted int, err error) {
	type old struct{ run, conversation string }
	err = db.write(ctx, "purge runs", func(tx *sql.Tx) error {
		outdated, err := all(ctx, tx, func(r row) (p old, err error) { return p, r.Scan(&p.run, &p.conversation) },
			selectOutdated, millis(now), limit)
		for _, p := range outdated {
			if err == nil {
				_, err = exec(ctx, tx, `DELETE FROM runs WHERE id = $1`, p.run)
			}
			if err == nil {
				_, err = exec(ctx, tx, `DELETE FROM conversations WHERE id = $1
					AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.conversation_id = $1)`, p.conversation)
			}
		}
		deleted = len(outdated)
		return err
	})
	if err != nil {
		return 0, err
	}
	return deleted, nil
}
