package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"segue/internal/agent"
)

// today counts the days since 1970, UTC.
func (db *DB) today() int64 { return db.now().Unix() / int64(24*time.Hour/time.Second) }

const spend = `INSERT INTO spending (person_id, day, tokens, millis) VALUES ($1, $2, $3, $4)
	ON CONFLICT (person_id, day) DO UPDATE SET tokens = spending.tokens + excluded.tokens, millis = spending.millis + excluded.millis`

// Spend counts what a language model has cost the person today (UTC), and forgets
// the days before.
func (db *DB) Spend(ctx context.Context, personID string, cost agent.Spending) error {
	return db.write(ctx, "count spending", func(tx *sql.Tx) error {
		today := db.today()
		if _, err := exec(ctx, tx, `DELETE FROM spending WHERE person_id = $1 AND day < $2`, personID, today); err != nil {
			return err
		}
		_, err := exec(ctx, tx, spend, personID, today, cost.Tokens, cost.Time.Milliseconds())
		return err
	})
}

// Spent returns what a language model has cost the person today (UTC).
func (db *DB) Spent(ctx context.Context, personID string) (spent agent.Spending, err error) {
	var millis int64
	err = db.reader.QueryRowContext(ctx, `SELECT tokens, millis FROM spending WHERE person_id = $1 AND day = $2`, personID, db.today()).
		Scan(&spent.Tokens, &millis)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	spent.Time = time.Duration(millis) * time.Millisecond
	return spent, trouble("read spending", err)
}

// Remark keeps what the person says about an answer to a question of their run.
// The first one counts. Fault NotFound for a run that is not theirs.
func (db *DB) Remark(ctx context.Context, personID, runID, question, text string) error {
	return db.write(ctx, "keep remark", func(tx *sql.Tx) error {
		if _, err := one[int](ctx, tx, `SELECT 1 FROM runs WHERE id = $1 AND person_id = $2`, runID, personID); err != nil {
			return absent(err, noRun)
		}
		_, err := exec(ctx, tx, `INSERT INTO remarks (person_id, run_id, question, text) VALUES ($1, $2, $3, $4)
			ON CONFLICT (run_id, question) DO NOTHING`, personID, runID, question, text)
		return err
	})
}

// Remarks returns what the person has said about their answers in a run, by question.
func (db *DB) Remarks(ctx context.Context, personID, runID string) (map[string]string, error) {
	said, err := all(ctx, db.reader, func(r row) (pair [2]string, err error) { return pair, r.Scan(&pair[0], &pair[1]) },
		`SELECT question, text FROM remarks WHERE person_id = $1 AND run_id = $2`, personID, runID)
	remarks := make(map[string]string, len(said))
	for _, pair := range said {
		remarks[pair[0]] = pair[1]
	}
	return remarks, trouble("read remarks", err)
}

// Trust lets a tool change a playlist without asking the person from now on. Saying it twice changes nothing.
func (db *DB) Trust(ctx context.Context, personID, tool string, playlist agent.PlaylistRef) error {
	return db.run(ctx, "keep trust", `INSERT INTO trusts (person_id, tool, playlist_id, name, created_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (person_id, tool, playlist_id) DO NOTHING`, personID, tool, playlist.ID, playlist.Name, millis(db.now()))
}

// Trusted reports whether the person lets a tool change a playlist unasked.
func (db *DB) Trusted(ctx context.Context, personID, tool, playlistID string) (bool, error) {
	n, err := one[int](ctx, db.reader, `SELECT count(*) FROM trusts WHERE person_id = $1 AND tool = $2 AND playlist_id = $3`,
		personID, tool, playlistID)
	return n > 0, trouble("read trust", err)
}

// Trusts returns all that the person lets tools do unasked, the newest first.
func (db *DB) Trusts(ctx context.Context, personID string) ([]agent.Trust, error) {
	found, err := all(ctx, db.reader, func(r row) (t agent.Trust, err error) {
		var at int64
		err = r.Scan(&t.Tool, &t.Playlist.ID, &t.Playlist.Name, &at)
		t.At = fromMillis(at)
		return t, err
	}, `SELECT tool, playlist_id, name, created_at FROM trusts WHERE person_id = $1 ORDER BY created_at DESC, tool, playlist_id`, personID)
	return found, trouble("read trusts", err)
}

// Distrust has the person asked again before the tool changes the playlist. Repeating it changes nothing.
func (db *DB) Distrust(ctx context.Context, personID, tool, playlistID string) error {
	return db.run(ctx, "end trust", `DELETE FROM trusts WHERE person_id = $1 AND tool = $2 AND playlist_id = $3`, personID, tool, playlistID)
}
