package store

import (
	"context"
	"database/sql"
	"fmt"

	"segue/internal/agent"
)

// kindOf is the kind of a run, but for lists, as the index runs_history has it, which also holds the words of the run: a search reads no messages but long ones.
const kindOf = `(CASE WHEN undo_of IS NOT NULL THEN 'undo' WHEN retry_of <> '' THEN 'retry' WHEN wish <> '' THEN 'program' ELSE 'message' END)`

const (
	ofLists    = `r.id IN (SELECT l.run_id FROM lists l)`
	notOfLists = `NOT EXISTS (SELECT 1 FROM lists l WHERE l.run_id = r.id)`
)

// History returns at most limit runs of the person that the filter lets through,
// the newest first, from the one after the run named on; "" is the beginning, and
// after a run that is gone there is nothing.
func (db *DB) History(ctx context.Context, personID string, f agent.HistoryFilter, after string, limit int) ([]agent.Past, error) {
	query, args := historyQuery(personID, f, after, limit)
	found, err := all(ctx, db.reader, scanPast, query, args...)
	return found, trouble("read history", err)
}

func scanPast(r row) (p agent.Past, err error) {
	p.Run, err = scanRun(r, &p.Asked, &p.Playlist.ID, &p.Playlist.Name)
	return p, err
}

func historyQuery(personID string, f agent.HistoryFilter, after string, limit int) (query string, args []any) {
	w := &conditions{}
	w.add("r.person_id = %s", personID)
	if after != "" {
		w.add(`(r.accepted_at, r.id) < (SELECT a.accepted_at, a.id FROM runs a WHERE a.id = %s AND a.person_id = %s)`, after, personID)
	}
	switch f.State {
	case "":
	case agent.Running:
		w.add(`r.state IN ('accepted', 'running')`)
	default:
		w.add("r.state = %s", f.State)
	}
	switch f.Kind {
	case "":
	case agent.ByList:
		w.add(kindOf + ` = 'message' AND ` + ofLists)
	case agent.ByMessage:
		w.add(kindOf + ` = 'message' AND ` + notOfLists)
	default:
		w.add(kindOf+" = %s", f.Kind)
	}
	if f.Playlist != "" {
		w.add("r.playlist_id = %s", f.Playlist)
	}
	if f.Text != "" {
		pattern := containing(f.Text)
		w.add(`(r.words LIKE %s ESCAPE '\' OR lower(r.playlist_name) LIKE %s ESCAPE '\' OR r.words = '' AND EXISTS (SELECT 1 FROM messages m
			WHERE m.id = r.message_id AND lower(m.text) LIKE %s ESCAPE '\'))`, pattern, pattern, pattern)
	}
	w.args = append(w.args, limit)
	return `SELECT m.text, r.playlist_id, r.playlist_name, ` + runColumns + ` FROM runs r JOIN messages m ON m.id = r.message_id
		WHERE r.id IN (SELECT r.id FROM runs r` + w.where() +
		fmt.Sprintf(` ORDER BY r.accepted_at DESC, r.id DESC LIMIT $%d) ORDER BY r.accepted_at DESC, r.id DESC`, len(w.args)), w.args
}

const selectUsed = `SELECT r.playlist_id, r.playlist_name FROM runs r
	WHERE r.person_id = $1 AND r.playlist_id <> '' ORDER BY r.accepted_at DESC, r.id DESC LIMIT $2`

// UsedPlaylists returns the playlists of the person's newest runs, at most as many runs as
// limit: each once, with its newest name, the last used first.
func (db *DB) UsedPlaylists(ctx context.Context, personID string, limit int) ([]agent.PlaylistRef, error) {
	found, err := all(ctx, db.reader, func(r row) (p agent.PlaylistRef, err error) {
		return p, r.Scan(&p.ID, &p.Name)
	}, selectUsed, personID, limit)
	known, used := map[string]bool{}, found[:0]
	for _, p := range found {
		if !known[p.ID] {
			known[p.ID] = true
			used = append(used, p)
		}
	}
	return used, trouble("read used playlists", err)
}

const selectOpen = `SELECT ` + runColumns + ` FROM runs r
	WHERE r.ended_at IS NULL AND r.person_id = $1 ORDER BY r.accepted_at, r.id LIMIT $2`

// Open returns at most limit runs of the person whose state is not final, oldest first.
func (db *DB) Open(ctx context.Context, personID string, limit int) ([]agent.Run, error) {
	runs, err := all(ctx, db.reader, plainRun, selectOpen, personID, limit)
	return runs, trouble("read open runs", err)
}

// KeepDays returns for how many days the person's runs are kept once they have ended; 0 is for ever. Fault NotFound.
func (db *DB) KeepDays(ctx context.Context, personID string) (int, error) {
	var days int
	err := db.reader.QueryRowContext(ctx, `SELECT keep_days FROM people WHERE id = $1`, personID).Scan(&days)
	return days, trouble("read how long runs are kept", absent(err, noPerson))
}

// SetKeepDays sets what KeepDays returns. Fault NotFound.
func (db *DB) SetKeepDays(ctx context.Context, personID string, days int) error {
	return db.write(ctx, "set how long runs are kept", func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE people SET keep_days = $1 WHERE id = $2`, days, personID)
		if err == nil && n == 0 {
			err = sql.ErrNoRows
		}
		return absent(err, noPerson)
	})
}
