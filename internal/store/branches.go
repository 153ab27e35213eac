package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"segue/internal/agent"
)

const noMessage = "This message does not exist."

// path holds the seq of the newest person's messages, at most 200, of the branch
// that ends with the one in place $3 of the conversation $1 of the person $2. A CROSS
// JOIN is taken in the order in which it is written.
const path = `WITH RECURSIVE path (seq, parent, depth) AS (
	SELECT m.seq, m.parent, 1 FROM messages m JOIN conversations c ON c.id = m.conversation_id
		WHERE c.id = $1 AND c.person_id = $2 AND m.seq = $3
	UNION ALL
	SELECT m.seq, m.parent, p.depth + 1 FROM path p CROSS JOIN messages m
		WHERE p.depth < 200 AND m.conversation_id = $1 AND m.seq = p.parent) `

const selectLatest = `SELECT m.seq FROM messages m JOIN conversations c ON c.id = m.conversation_id
	WHERE c.id = $1 AND c.person_id = $2 AND m.role = 'person' ORDER BY m.seq DESC LIMIT 1`

const selectTip = `WITH RECURSIVE below (seq) AS (
	SELECT m.seq FROM messages m JOIN conversations c ON c.id = m.conversation_id
		WHERE c.id = $1 AND c.person_id = $2 AND m.id = $3 AND m.role = 'person'
	UNION ALL
	SELECT m.seq FROM below b CROSS JOIN messages m
		WHERE m.conversation_id = $1 AND m.parent = b.seq AND m.role = 'person')
	SELECT seq FROM below ORDER BY seq DESC LIMIT 1`

// tip returns the place of a conversation's newest message of the person that the
// message named by on is before, or is; "" is any. sql.ErrNoRows when there is none.
func tip(ctx context.Context, q querier, personID, conversationID, on string) (int64, error) {
	if on == "" {
		return one[int64](ctx, q, selectLatest, conversationID, personID)
	}
	return one[int64](ctx, q, selectTip, conversationID, personID, on)
}

// parentOf returns what a new message of an old conversation follows.
func parentOf(ctx context.Context, tx *sql.Tx, m NewMessage) (int64, error) {
	if m.Instead != "" {
		parent, err := one[int64](ctx, tx, `SELECT parent FROM messages
			WHERE id = $1 AND conversation_id = $2 AND role = 'person'`, m.Instead, m.ConversationID)
		return parent, absent(err, noMessage)
	}
	parent, err := tip(ctx, tx, m.PersonID, m.ConversationID, m.Branch)
	if m.Branch == "" && errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return parent, absent(err, noMessage)
}

// $4 is the highest place in the conversation that is wanted.
const selectMessages = path + `SELECT m.id, m.role, m.text, coalesce(r.id, ''), m.at
	FROM messages m LEFT JOIN runs r ON r.message_id = m.id
	WHERE m.conversation_id = $1 AND m.seq <= $4 AND (m.seq IN (SELECT seq FROM path)
		OR m.role <> 'person' AND m.parent IN (SELECT seq FROM path))
	ORDER BY m.seq DESC LIMIT 200`

// branch returns the newest 200 messages of the branch that ends in place tip, up to the place last.
func branch(ctx context.Context, q querier, personID, conversationID string, tip, last int64) ([]agent.Message, error) {
	found, err := all(ctx, q, scanMessage, selectMessages, conversationID, personID, tip, last)
	slices.Reverse(found)
	return found, err
}

func scanMessage(r row) (m agent.Message, err error) {
	var at int64
	err = r.Scan(&m.ID, &m.Role, &m.Text, &m.RunID, &at)
	if m.At = fromMillis(at); m.Role == byModel {
		m.Role, m.FromModel = agent.Assistant, true
	}
	return m, err
}

// Messages returns the newest 200 messages of a branch of a conversation of the
// person, oldest first: the branch with the newest message of those that the
// message named by on belongs to, or of all for "". A fault NotFound when either is
// absent or somebody else's. RunID is the run that a person's message started; the
// agent's messages have none.
func (db *DB) Messages(ctx context.Context, personID, conversationID, on string) ([]agent.Message, error) {
	var found []agent.Message
	err := db.read(ctx, "read messages", func(tx *sql.Tx) error {
		end, err := tip(ctx, tx, personID, conversationID, on)
		if err != nil {
			return absent(err, noConversation)
		}
		const newest = 1<<63 - 1
		if found, err = branch(ctx, tx, personID, conversationID, end, newest); err != nil {
			return err
		}
		return markTries(ctx, tx, conversationID, found)
	})
	return found, err
}

const selectForks = `SELECT m.parent, m.id FROM messages m
	WHERE m.conversation_id = $1 AND m.role = 'person' AND m.parent IN (SELECT f.parent FROM messages f
		WHERE f.conversation_id = $1 AND f.role = 'person' GROUP BY f.parent HAVING count(*) > 1)
	ORDER BY m.parent, m.seq`

// markTries tells the messages which others stand in their place on other branches.
func markTries(ctx context.Context, q querier, conversationID string, messages []agent.Message) error {
	type fork struct {
		parent int64
		id     string
	}
	forks, err := all(ctx, q, func(r row) (f fork, err error) { return f, r.Scan(&f.parent, &f.id) }, selectForks, conversationID)
	if err != nil || len(forks) == 0 {
		return err
	}
	at := make(map[string]int, len(forks))
	same := make(map[int64][]string)
	for i, f := range forks {
		at[f.id], same[f.parent] = i, append(same[f.parent], f.id)
	}
	for i := range messages {
		m := &messages[i]
		place, forked := at[m.ID]
		if !forked {
			continue
		}
		tries := same[forks[place].parent]
		n := slices.Index(tries, m.ID)
		m.Try, m.Tries = n+1, len(tries)
		if n > 0 {
			m.Earlier = tries[n-1]
		}
		if n+1 < len(tries) {
			m.Later = tries[n+1]
		}
	}
	return nil
}

const selectRuns = path + `SELECT ` + runColumns + ` FROM runs r
	WHERE r.conversation_id = $1 AND r.person_id = $2 AND r.seq IN (SELECT seq FROM path) ORDER BY r.seq DESC LIMIT 200`

// Runs returns the newest 200 runs of a branch of a conversation of the person,
// oldest first; the branch, and the fault, are those of Messages.
func (db *DB) Runs(ctx context.Context, personID, conversationID, on string) ([]agent.Run, error) {
	var found []agent.Run
	err := db.read(ctx, "read runs", func(tx *sql.Tx) error {
		end, err := tip(ctx, tx, personID, conversationID, on)
		if err == nil {
			found, err = all(ctx, tx, plainRun, selectRuns, conversationID, personID, end)
		}
		return absent(err, noConversation)
	})
	slices.Reverse(found)
	return found, err
}
