package store

import (
	"context"
	"database/sql"
	"errors"

	"segue/internal/agent"
	"segue/internal/fault"
)

const noConversation = "This conversation does not exist."

const selectConversations = `SELECT id, person_id, title, updated_at FROM conversations
	WHERE person_id = $1 ORDER BY updated_at DESC, id DESC LIMIT $2`

// Conversations returns at most limit conversations of the person, the one with the newest message first.
func (db *DB) Conversations(ctx context.Context, personID string, limit int) ([]agent.Conversation, error) {
	found, err := all(ctx, db.reader, scanConversation, selectConversations, personID, limit)
	return found, trouble("read conversations", err)
}

// Conversation returns a conversation of the person, or a fault NotFound.
func (db *DB) Conversation(ctx context.Context, personID, id string) (agent.Conversation, error) {
	c, err := scanConversation(db.reader.QueryRowContext(ctx,
		`SELECT id, person_id, title, updated_at FROM conversations WHERE id = $1 AND person_id = $2`, id, personID))
	return c, trouble("read conversation", absent(err, noConversation))
}

func scanConversation(r row) (c agent.Conversation, err error) {
	var updated int64
	err = r.Scan(&c.ID, &c.PersonID, &c.Title, &updated)
	c.UpdatedAt = fromMillis(updated)
	return c, err
}

// Rename gives a conversation of the person a title: one line, at most 60
// characters of it. Faults: NotFound; Invalid for a blank title.
func (db *DB) Rename(ctx context.Context, personID, conversationID, name string) error {
	name = title(name)
	if name == "" {
		return fault.New(fault.Invalid, "A conversation needs a name. Write one and save again.", nil)
	}
	return db.write(ctx, "rename conversation", func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, `UPDATE conversations SET title = $1 WHERE id = $2 AND person_id = $3`,
			name, conversationID, personID)
		if err == nil && n == 0 {
			err = sql.ErrNoRows
		}
		return absent(err, noConversation)
	})
}

// DeleteConversation removes a conversation of the person with its messages and
// runs. Faults: NotFound; Conflict while a run of it is unfinished.
func (db *DB) DeleteConversation(ctx context.Context, personID, conversationID string) error {
	return db.write(ctx, "delete conversation", func(tx *sql.Tx) error {
		// Raising seq keeps a message from being accepted meanwhile.
		_, err := one[int64](ctx, tx, `UPDATE conversations SET seq = seq + 1
			WHERE id = $1 AND person_id = $2 RETURNING seq`, conversationID, personID)
		if err != nil {
			return absent(err, noConversation)
		}
		_, err = one[int](ctx, tx,
			`SELECT 1 FROM runs WHERE conversation_id = $1 AND ended_at IS NULL LIMIT 1`, conversationID)
		if err == nil {
			return fault.New(fault.Conflict,
				"A request of this conversation is still being worked on. Stop it or let it end, then delete the conversation.", nil)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		_, err = exec(ctx, tx, `DELETE FROM conversations WHERE id = $1`, conversationID)
		return err
	})
}
