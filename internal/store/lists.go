package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"segue/internal/agent"
)

const noList = "This list does not exist."

// AcceptList puts a list, its message and its run (state accepted) on disk, in
// one transaction and a new conversation. The same key brings the stored run and
// fresh false. Faults as for Accept.
func (db *DB) AcceptList(ctx context.Context, l agent.NewList) (run agent.Run, fresh bool, err error) {
	err = db.write(ctx, "accept list", func(tx *sql.Tx) error {
		run, fresh, err = db.acceptList(ctx, tx, l)
		return err
	})
	if err != nil {
		return agent.Run{}, false, err
	}
	return run, fresh, nil
}

// acceptList is AcceptList within a transaction.
func (db *DB) acceptList(ctx context.Context, tx *sql.Tx, l agent.NewList) (run agent.Run, fresh bool, err error) {
	if err := lockPerson(ctx, tx, l.PersonID); err != nil {
		return run, false, err
	}
	m := NewMessage{PersonID: l.PersonID, Text: l.Text, Key: l.Key}
	if run, err = repeated(ctx, tx, m); !errors.Is(err, sql.ErrNoRows) {
		return run, false, err
	}
	run, err = db.insertListRun(ctx, tx, m, l)
	return run, true, err
}

func (db *DB) insertListRun(ctx context.Context, tx *sql.Tx, m NewMessage, l agent.NewList) (agent.Run, error) {
	run, err := db.insertRun(ctx, tx, m)
	if err != nil {
		return run, err
	}
	run.List = true
	return run, insertList(ctx, tx, run.ID, l)
}

func insertList(ctx context.Context, tx *sql.Tx, runID string, l agent.NewList) error {
	_, err := exec(ctx, tx, `INSERT INTO lists (run_id, playlist_id, playlist_name) VALUES ($1, $2, $3)`,
		runID, l.Playlist.ID, l.Playlist.Name)
	if err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO list_rows (run_id, position, song, state, decision, trouble) VALUES ($1, $2, $3, $4, $5, $6)`)
	if err != nil {
		return err
	}
	defer insert.Close()
	for i, r := range l.Rows {
		song, err := encode(&r.Song)
		if err != nil {
			return fmt.Errorf("write row %d of a list: %w", i+1, err)
		}
		decision, err := encode(r.Match)
		if err != nil {
			return fmt.Errorf("write row %d of a list: %w", i+1, err)
		}
		why, err := encode(r.Trouble)
		if err != nil {
			return fmt.Errorf("write row %d of a list: %w", i+1, err)
		}
		if _, err := insert.ExecContext(ctx, runID, i+1, song, r.State, decision, why); err != nil {
			return err
		}
	}
	return nil
}

// isList reports whether a run brings a list.
func isList(ctx context.Context, tx *sql.Tx, runID string) (bool, error) {
	n, err := one[int](ctx, tx, `SELECT count(*) FROM lists WHERE run_id = $1`, runID)
	return n > 0, err
}

const selectList = `SELECT l.playlist_id, l.playlist_name, l.paused FROM lists l JOIN runs r ON r.id = l.run_id
	WHERE l.run_id = $1 AND r.person_id = $2`

// List returns the playlist that a list of the person's goes to, without an ID
// until it is made, and whether the list is paused. Fault NotFound.
func (db *DB) List(ctx context.Context, personID, runID string) (to agent.PlaylistRef, paused bool, err error) {
	err = db.reader.QueryRowContext(ctx, selectList, runID, personID).Scan(&to.ID, &to.Name, &paused)
	return to, paused, trouble("read list", absent(err, noList))
}

// SetListPlaylist notes which playlist was made for a list. Fault NotFound.
func (db *DB) SetListPlaylist(ctx context.Context, personID, runID string, to agent.PlaylistRef) error {
	return db.changeList(ctx, `UPDATE lists SET playlist_id = $3, playlist_name = $4`, personID, runID, to.ID, to.Name)
}

// PauseList holds a list up, or lets it go on. Fault NotFound.
func (db *DB) PauseList(ctx context.Context, personID, runID string, paused bool) error {
	return db.changeList(ctx, `UPDATE lists SET paused = $3`, personID, runID, paused)
}

// changeList runs an update whose values count from $3.
func (db *DB) changeList(ctx context.Context, update, personID, runID string, values ...any) error {
	return db.write(ctx, "change list", func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, update+` WHERE run_id = $1 AND EXISTS (SELECT 1 FROM runs r WHERE r.id = $1 AND r.person_id = $2)`,
			append([]any{runID, personID}, values...)...)
		if err == nil && n == 0 {
			err = sql.ErrNoRows
		}
		return absent(err, noList)
	})
}

const countRows = `SELECT l.state, count(*) FROM list_rows l JOIN runs r ON r.id = l.run_id
	WHERE l.run_id = $1 AND r.person_id = $2 GROUP BY l.state`

// ListCounts counts the rows of a list of the person's by state; a list that is not theirs has none.
func (db *DB) ListCounts(ctx context.Context, personID, runID string) (agent.Counts, error) {
	type group struct {
		state agent.RowState
		n     int
	}
	groups, err := all(ctx, db.reader, func(r row) (g group, err error) { return g, r.Scan(&g.state, &g.n) }, countRows, runID, personID)
	counts := agent.Counts{}
	for _, g := range groups {
		counts[g.state] = g.n
	}
	return counts, trouble("count the rows of a list", err)
}

func scanListRow(r row) (out agent.Row, err error) {
	var song, decision, why string
	if err := r.Scan(&out.Position, &song, &out.State, &decision, &why); err != nil {
		return out, err
	}
	err = json.Unmarshal([]byte(song), &out.Song)
	if err == nil && decision != "" {
		err = json.Unmarshal([]byte(decision), &out.Match)
	}
	if err == nil && why != "" {
		err = json.Unmarshal([]byte(why), &out.Trouble)
	}
	if err != nil {
		return out, fmt.Errorf("read row %d of a list: %w", out.Position, err)
	}
	return out, nil
}
