package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
)

const (
	doubleTap = time.Minute         // without a key, the same wish within this is the same request
	keyLife   = 30 * 24 * time.Hour // how long a key is remembered
)

// NewSync is what a program asks for with a personal token.
type NewSync struct {
	PersonID string
	TokenID  string
	Text     string // the wish in words, for the conversation
	Wish     agent.SyncSongsArgs
	List     bool        // Wish is a whole list: each of its songs is a row
	Call     *agent.Call // instead of Wish, when a program calls a tool
	Key      string      // idempotency key, unique per token; "" for none
	Request  []byte      // SHA-256 of the body, which a key stands for
}

// AcceptSync puts a wish and its run (state accepted) on disk, in one
// transaction, in the conversation of its token; of a list, with its rows. The same key within 30 days
// brings the stored run and fresh false; without a key, so does the same wish of
// the same token within a minute, unless its run has failed or was stopped. A call
// without a key is always a new one.
//
// Faults: Conflict for a known key with another body; Unauthorised when the
// token or its person is gone.
func (db *DB) AcceptSync(ctx context.Context, s NewSync) (run agent.Run, fresh bool, err error) {
	err = db.write(ctx, "accept sync", func(tx *sql.Tx) error {
		if err := lockPerson(ctx, tx, s.PersonID); err != nil {
			return err
		}
		var err error
		run, err = db.repeatedSync(ctx, tx, s)
		if errors.Is(err, sql.ErrNoRows) {
			fresh = true
			run, err = db.insertSync(ctx, tx, s)
		}
		if err != nil {
			return err
		}
		_, err = exec(ctx, tx, `UPDATE personal_tokens SET conversation_id = $1, last_run = $2, problem = '', used_at = $3
			WHERE id = $4`, run.ConversationID, run.ID, millis(db.now()), s.TokenID)
		return err
	})
	if err != nil {
		return agent.Run{}, false, err
	}
	return run, fresh, nil
}

const selectKeyed = `SELECT s.request, s.accepted_at, ` + runColumns + ` FROM syncs s JOIN runs r ON r.id = s.run_id
	WHERE s.token_id = $1 AND s.idem_key = $2 AND s.idem_key <> ''`

const selectTapped = `SELECT ` + runColumns + ` FROM syncs s JOIN runs r ON r.id = s.run_id
	WHERE s.token_id = $1 AND s.wish = $2 AND s.accepted_at > $3 AND r.state NOT IN ('failed', 'cancelled')
	ORDER BY s.accepted_at DESC LIMIT 1`

// repeatedSync returns the run that the same request has started before, or sql.ErrNoRows.
func (db *DB) repeatedSync(ctx context.Context, tx *sql.Tx, s NewSync) (agent.Run, error) {
	now := db.now()
	if s.Key == "" && s.Call != nil {
		return agent.Run{}, sql.ErrNoRows // a program that calls twice means it
	}
	if s.Key == "" {
		return scanRun(tx.QueryRowContext(ctx, selectTapped, s.TokenID, wishSum(s), millis(now.Add(-doubleTap))))
	}
	var request []byte
	var accepted int64
	run, err := scanRun(tx.QueryRowContext(ctx, selectKeyed, s.TokenID, s.Key), &request, &accepted)
	switch {
	case err != nil:
		return agent.Run{}, err
	case now.Sub(fromMillis(accepted)) > keyLife:
		if _, err := exec(ctx, tx, `UPDATE syncs SET idem_key = '' WHERE run_id = $1`, run.ID); err != nil {
			return agent.Run{}, err
		}
		return agent.Run{}, sql.ErrNoRows
	case !bytes.Equal(request, s.Request):
		return agent.Run{}, fault.New(fault.Conflict, "This Idempotency-Key came before with another body.", nil)
	}
	return run, nil
}

const selectTalk = `SELECT t.name, coalesce(c.id, '') FROM personal_tokens t
	LEFT JOIN conversations c ON c.id = t.conversation_id AND c.person_id = t.person_id
	WHERE t.id = $1 AND t.person_id = $2`

// insertSync adds the run to the conversation of the token, or begins one named after it.
func (db *DB) insertSync(ctx context.Context, tx *sql.Tx, s NewSync) (agent.Run, error) {
	var name, conversationID string
	err := tx.QueryRowContext(ctx, selectTalk, s.TokenID, s.PersonID).Scan(&name, &conversationID)
	if errors.Is(err, sql.ErrNoRows) {
		return agent.Run{}, fault.New(fault.Unauthorised, "This token was revoked.", nil)
	}
	if err != nil {
		return agent.Run{}, err
	}
	m := NewMessage{PersonID: s.PersonID, ConversationID: conversationID, Text: s.Text, Key: newID(), Call: s.Call}
	run, err := db.insertAsked(ctx, tx, m, s)
	if err != nil {
		return agent.Run{}, err
	}
	if conversationID == "" {
		_, err = exec(ctx, tx, `UPDATE conversations SET title = $1 WHERE id = $2`, title(name), run.ConversationID)
	}
	if err == nil {
		_, err = exec(ctx, tx, `INSERT INTO syncs (run_id, token_id, idem_key, request, wish, accepted_at)
			VALUES ($1, $2, $3, $4, $5, $6)`, run.ID, s.TokenID, s.Key, s.Request, wishSum(s), millis(run.AcceptedAt))
	}
	return run, err
}

// insertAsked adds the run with what is asked for: a call, a list or a wish.
func (db *DB) insertAsked(ctx context.Context, tx *sql.Tx, m NewMessage, s NewSync) (agent.Run, error) {
	switch {
	case s.Call != nil:
		return db.insertRun(ctx, tx, m)
	case !s.List:
		m.Wish = &s.Wish
		return db.insertRun(ctx, tx, m)
	}
	l := agent.NewList{Playlist: s.Wish.Playlist, Rows: make([]agent.Row, len(s.Wish.Songs))}
	for i, song := range s.Wish.Songs {
		l.Rows[i] = agent.Row{Song: song, State: agent.RowOpen}
	}
	return db.insertListRun(ctx, tx, m, l)
}

// wishSum is equal for wishes of one kind that differ in nothing but capital letters.
func wishSum(s NewSync) []byte {
	text, err := json.Marshal(s.Wish)
	if err != nil { // of plain data, which always encodes
		text = fmt.Append(nil, s.Wish)
	}
	if s.List {
		text = append(text, " as a list"...)
	}
	sum := sha256.Sum256(bytes.ToLower(text))
	return sum[:]
}

// asked is what a program has asked for, as it is stored: a wish, or a call.
type asked struct {
	agent.SyncSongsArgs
	Call *agent.Call `json:"call,omitempty"`
}

// encodeWish writes what a program has asked for, "" for a message in words.
func encodeWish(m NewMessage) (string, error) {
	if m.Call == nil {
		return encode(m.Wish)
	}
	return encode(&struct {
		Call *agent.Call `json:"call"`
	}{m.Call})
}

// decodeWish reads what encodeWish wrote.
func decodeWish(text string) (*agent.SyncSongsArgs, *agent.Call, error) {
	a, err := decode[asked](text)
	switch {
	case a == nil || err != nil:
		return nil, nil, err
	case a.Call != nil:
		return nil, a.Call, nil
	}
	return &a.SyncSongsArgs, nil, nil
}
