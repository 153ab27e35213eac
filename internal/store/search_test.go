package store

import (
	"slices"
	"testing"
	"time"

	"segue/internal/agent"
)

func TestConversationsAreFoundByTitleAndByWhatWasSaid(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	first := c.say(t, "Add Hallelujah to Focus")
	noError(t, c.db.Finish(t.Context(), first.PersonID, first.ID, agent.Progress{State: agent.Done, Say: "It is 100% there, as Café_Noir."}))
	c.say(t, "my playlists")
	other := c.db.say(t, NewMessage{PersonID: first.PersonID, Text: "what is in Dinner"})
	noError(t, c.db.Rename(t.Context(), other.PersonID, other.ConversationID, "For the focus group"))
	ben := c.db.person(t, "ben")

	for text, want := range map[string][]agent.Hit{
		"FOCUS": {
			{Conversation: agent.Conversation{ID: other.ConversationID}},
			{Conversation: agent.Conversation{ID: first.ConversationID}, Role: agent.Person, Text: "Add Hallelujah to Focus", MessageID: first.MessageID},
		},
		"100%":       {{Conversation: agent.Conversation{ID: first.ConversationID}, Role: agent.Assistant, Text: "It is 100% there, as Café_Noir.", MessageID: first.MessageID}},
		"café_":      {{Conversation: agent.Conversation{ID: first.ConversationID}, Role: agent.Assistant, Text: "It is 100% there, as Café_Noir.", MessageID: first.MessageID}},
		"10_%":       nil,
		"not a word": nil,
	} {
		got, err := c.db.SearchConversations(t.Context(), first.PersonID, text, 50)
		noError(t, err)
		for i := range got {
			got[i].Conversation = agent.Conversation{ID: got[i].ID}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %+v; want %+v", text, got, want)
		}
		if bens, err := c.db.SearchConversations(t.Context(), ben, text, 50); err != nil || len(bens) != 0 {
			t.Errorf("%s: somebody else finds %+v, %v", text, bens, err)
		}
	}
}

func TestSearchingTenThousandMessagesTakesATenthOfASecond(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	for range 50 {
		c.last = c.db.say(t, NewMessage{PersonID: c.last.PersonID, Text: "the beginning of a conversation"})
	}
	rows := `WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 201)
		INSERT INTO messages (id, conversation_id, seq, parent, role, text, at)
		SELECT c.id || '-' || n.i, c.id, n.i, n.i - 1, 'person', 'add song number ' || n.i || ' by an artist with a long name to Road Trip', 0
		FROM conversations c CROSS JOIN n`
	noError(t, c.db.run(t.Context(), "say much", rows))
	took := time.Hour // the best of a few: the machine has other work
	for range 5 {
		began := time.Now()
		hits, err := c.db.SearchConversations(t.Context(), c.last.PersonID, "number 77 BY", 50)
		noError(t, err)
		if len(hits) != 50 {
			t.Fatalf("%d hits, want one in each of 50 conversations", len(hits))
		}
		none, err := c.db.SearchConversations(t.Context(), c.last.PersonID, "nowhere to be found", 50)
		if took = min(took, time.Since(began)/2); err != nil || len(none) != 0 {
			t.Fatalf("%d hits, %v", len(none), err)
		}
	}
	t.Logf("a search among 10,050 messages takes %v", took.Round(100*time.Microsecond))
	if took > 100*time.Millisecond && !raceDetector {
		t.Errorf("%v, want at most 100 ms", took)
	}
}
