package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"segue/internal/agent"
	"segue/internal/fault"
)

// maxTitle is the length of a conversation's title, in characters (runes).
const maxTitle = 60

// NewMessage is what a person sent. The caller has checked Text for length and content.
type NewMessage struct {
	PersonID       string
	ConversationID string // "" begins a new conversation
	Text           string
	Key            string               // idempotency key of the form, unique per person
	UndoOf         string               // the run to undo; "" for an ordinary message
	Wish           *agent.SyncSongsArgs // what Text says, as data; nil for a message to be read
	Call           *agent.Call          // the same, of a program that calls a tool
	Branch         string               // id of a person's message whose newest branch this goes on with; "" for the newest of all
	Instead        string               // id of the person's message in whose place this stands, on a branch of its own; "" for none
}

// Accept puts a message and its run (state accepted) on disk, in one
// transaction, with the conversation when that is new; when Accept returns,
// they survive a power cut. The same key brings the stored run and fresh false,
// unless that is an undo that ended without being done: it is tried afresh.
//
// Faults: Invalid without a key; Conflict for a known key with another message
// and for a run that is undone or being undone already; NotFound for a
// conversation, a message of it or a run to undo that is absent or somebody else's;
// Unauthorised when the person is gone.
func (db *DB) Accept(ctx context.Context, m NewMessage) (run agent.Run, fresh bool, err error) {
	if m.Key == "" {
		return agent.Run{}, false, fault.New(fault.Invalid, "This form is incomplete. Reload the page and send it again.", nil)
	}
	err = db.write(ctx, "accept message", func(tx *sql.Tx) error {
		if err := lockPerson(ctx, tx, m.PersonID); err != nil {
			return err
		}
		var err error
		run, err = repeated(ctx, tx, m)
		if err == nil && m.UndoOf != "" && stranded(run) {
			err = freeKey(ctx, tx, run.ID)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		fresh = true
		run, err = db.insertRun(ctx, tx, m)
		return err
	})
	if err != nil {
		return agent.Run{}, false, err
	}
	return run, fresh, nil
}

// lockPerson lets the writes of one person wait for each other, so that two
// sends with one key meet. SQLite has one writer anyway; on PostgreSQL the
// update of the row is the lock.
func lockPerson(ctx context.Context, tx *sql.Tx, personID string) error {
	n, err := exec(ctx, tx, `UPDATE people SET needs_reauth = needs_reauth WHERE id = $1`, personID)
	if err == nil && n == 0 {
		return fault.New(fault.Unauthorised, "You are no longer logged in. Log in and send the message again.", nil)
	}
	return err
}

const selectRepeated = `SELECT m.text, ` + runColumns + `
	FROM runs r JOIN messages m ON m.id = r.message_id
	WHERE r.person_id = $1 AND r.idem_key = $2`

// repeated returns the run that m.Key has started before, or sql.ErrNoRows.
func repeated(ctx context.Context, tx *sql.Tx, m NewMessage) (agent.Run, error) {
	var text string
	run, err := scanRun(tx.QueryRowContext(ctx, selectRepeated, m.PersonID, m.Key), &text)
	if err != nil {
		return agent.Run{}, err
	}
	elsewhere := m.ConversationID != "" && m.ConversationID != run.ConversationID
	other := m.UndoOf != "" && m.UndoOf != run.UndoOf // a typed "undo that" learns only later what it undoes
	if text != m.Text || other || elsewhere {
		return agent.Run{}, fault.New(fault.Conflict,
			"This form was sent before with another message. Reload the page and send it again.", nil)
	}
	return run, nil
}

func (db *DB) insertRun(ctx context.Context, tx *sql.Tx, m NewMessage) (agent.Run, error) {
	if m.UndoOf != "" {
		if err := checkUndo(ctx, tx, m.PersonID, "", m.UndoOf); err != nil {
			return agent.Run{}, err
		}
	}
	now := millis(db.now())
	at, err := advance(ctx, tx, m, now)
	if err != nil {
		return agent.Run{}, err
	}
	run := agent.Run{
		ID: newID(), PersonID: m.PersonID, ConversationID: at.conversation, MessageID: newID(),
		State: agent.Accepted, UndoOf: m.UndoOf, Wish: m.Wish, Call: m.Call, AcceptedAt: fromMillis(now),
	}
	if run.List, err = isList(ctx, tx, m.UndoOf); err != nil {
		return agent.Run{}, err
	}
	wish, err := encodeWish(m)
	if err != nil {
		return agent.Run{}, fmt.Errorf("write wish: %w", err)
	}
	if err := insertMessage(ctx, tx, at, agent.Message{
		ID: run.MessageID, Role: agent.Person, Text: m.Text, At: run.AcceptedAt,
	}); err != nil {
		return agent.Run{}, err
	}
	_, err = exec(ctx, tx, `INSERT INTO runs
		(id, person_id, conversation_id, message_id, seq, idem_key, state, undo_of, wish, accepted_at, words)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		run.ID, run.PersonID, run.ConversationID, run.MessageID, at.seq, m.Key, run.State, orNull(run.UndoOf), wish, now, words(m.Text))
	return run, err
}

// maxWords is how long a text may be, in bytes, to be kept in the index of the history too.
const maxWords = 500

// words is what a run is searched by; "" leaves that to its message.
func words(text string) string {
	if len(text) > maxWords {
		return ""
	}
	return strings.ToLower(text)
}

// place is where a message stands: in its conversation, and behind which other.
type place struct {
	conversation string
	seq, parent  int64
}

// advance begins a conversation, or makes room for one more message in an old one.
func advance(ctx context.Context, tx *sql.Tx, m NewMessage, now int64) (at place, err error) {
	if m.ConversationID == "" {
		at = place{conversation: newID(), seq: 1}
		_, err = exec(ctx, tx, `INSERT INTO conversations (id, person_id, title, seq, updated_at)
			VALUES ($1, $2, $3, 1, $4)`, at.conversation, m.PersonID, title(m.Text), now)
		return at, err
	}
	at.conversation = m.ConversationID
	at.seq, err = one[int64](ctx, tx, `UPDATE conversations SET seq = seq + 1, updated_at = $1
		WHERE id = $2 AND person_id = $3 RETURNING seq`, now, m.ConversationID, m.PersonID)
	if err != nil {
		return at, absent(err, noConversation)
	}
	at.parent, err = parentOf(ctx, tx, m)
	return at, err
}

// byModel is the role, in the table, of an answer that a language model wrote.
const byModel agent.Role = "model"

func insertMessage(ctx context.Context, tx *sql.Tx, at place, m agent.Message) error {
	if m.FromModel {
		m.Role = byModel
	}
	_, err := exec(ctx, tx, `INSERT INTO messages (id, conversation_id, seq, parent, role, text, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, m.ID, at.conversation, at.seq, at.parent, m.Role, m.Text, millis(m.At))
	return err
}

// title returns the beginning of a text as one line, cut between two words.
func title(text string) string {
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) <= maxTitle {
		return string(line)
	}
	cut := maxTitle
	for i := maxTitle; i > 0; i-- {
		if line[i] == ' ' {
			cut = i
			break
		}
	}
	return strings.TrimRightFunc(string(line[:cut]), func(r rune) bool { return unicode.IsSpace(r) || r == ',' })
}
