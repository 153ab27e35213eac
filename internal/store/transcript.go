package store

import (
	"context"
	"database/sql"
	"errors"

	"segue/internal/agent"
)

const selectTurn = `SELECT r.conversation_id, r.seq, coalesce(r.undo_of, ''), p.default_playlist_id, p.default_playlist_name
	FROM runs r JOIN people p ON p.id = r.person_id
	WHERE r.id = $1 AND r.person_id = $2`

const selectLastPlaylist = path + `SELECT playlist_id, playlist_name FROM runs
	WHERE conversation_id = $1 AND seq < $3 AND seq IN (SELECT seq FROM path) AND playlist_id <> '' AND ended_at IS NOT NULL
	ORDER BY seq DESC LIMIT 1`

const selectLastRun = path + `SELECT r.id FROM runs r
	WHERE r.conversation_id = $1 AND r.seq < $3 AND r.seq IN (SELECT seq FROM path) AND r.undoable AND r.undo_of IS NULL AND r.ended_at IS NOT NULL
	AND NOT EXISTS (SELECT 1 FROM runs u WHERE u.undo_of = r.id AND (u.state = 'done' OR u.ended_at IS NULL))
	ORDER BY r.seq DESC LIMIT 1`

// Transcript returns what the run's planner is to see: the newest 200 messages
// of its branch up to the run's own, which is the last one, and what "there" and
// "undo that" mean in it. Of other branches, and of later messages and runs it tells nothing, so it is the same
// when a run is repeated. For a run with UndoOf, LastRun is that run. Calls and
// Results are the caller's to fill. Fault NotFound.
func (db *DB) Transcript(ctx context.Context, personID, runID string) (agent.Transcript, error) {
	var t agent.Transcript
	err := db.read(ctx, "read transcript", func(tx *sql.Tx) error {
		var conversationID string
		var seq int64
		err := tx.QueryRowContext(ctx, selectTurn, runID, personID).
			Scan(&conversationID, &seq, &t.LastRun, &t.Default.ID, &t.Default.Name)
		if err != nil {
			return absent(err, noRun)
		}
		if t.Messages, err = branch(ctx, tx, personID, conversationID, seq, seq); err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, selectLastPlaylist, conversationID, personID, seq).
			Scan(&t.LastPlaylist.ID, &t.LastPlaylist.Name)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if t.LastRun != "" {
			return nil
		}
		t.LastRun, err = one[string](ctx, tx, selectLastRun, conversationID, personID, seq)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return agent.Transcript{}, err
	}
	return t, nil
}
