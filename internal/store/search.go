package store

import (
	"context"

	"segue/internal/agent"
)

// The newest message of each conversation that holds the text, with the person's
// message whose branch it is on.
const selectHits = `SELECT c.id, c.person_id, c.title, c.updated_at, coalesce(m.role, ''), coalesce(m.text, ''), coalesce(own.id, '')
	FROM conversations c
	LEFT JOIN messages m ON m.conversation_id = c.id AND m.seq = (SELECT max(f.seq) FROM messages f
		WHERE f.conversation_id = c.id AND lower(f.text) LIKE $2 ESCAPE '\')
	LEFT JOIN messages own ON own.conversation_id = c.id
		AND own.seq = (CASE WHEN m.role = 'person' THEN m.seq ELSE m.parent END)
	WHERE c.person_id = $1 AND (m.id IS NOT NULL OR lower(c.title) LIKE $2 ESCAPE '\')
	ORDER BY c.updated_at DESC, c.id DESC LIMIT $3`

// SearchConversations returns at most limit conversations of the person whose
// title or messages hold the text in capitals or not, those with the newest
// message first, each with its newest message that does.
func (db *DB) SearchConversations(ctx context.Context, personID, text string, limit int) ([]agent.Hit, error) {
	hits, err := all(ctx, db.reader, scanHit, selectHits, personID, containing(text), limit)
	return hits, trouble("search conversations", err)
}

func scanHit(r row) (h agent.Hit, err error) {
	var updated int64
	err = r.Scan(&h.ID, &h.PersonID, &h.Title, &updated, &h.Role, &h.Text, &h.MessageID)
	if h.UpdatedAt = fromMillis(updated); h.Role == byModel {
		h.Role = agent.Assistant
	}
	return h, err
}
