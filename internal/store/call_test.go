package store

import (
	"encoding/json"
	"testing"

	"segue/internal/agent"
	"segue/internal/fault"
)

func TestACallIsARunThatKeepsItAndIsNewWithoutAKey(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	call := &agent.Call{ID: "1", Tool: agent.ListPlaylists, Args: json.RawMessage(`{}`), Effect: agent.Read}
	s := NewSync{PersonID: ada, TokenID: db.token(t, ada, "A program").ID, Text: "List playlists", Call: call}
	first, second := db.ask(t, s), db.ask(t, s)
	got, err := db.Run(t.Context(), ada, first.ID)
	if err != nil || got.Wish != nil || got.Call == nil || got.Call.Tool != call.Tool || got.Call.Effect != call.Effect || got.Kind() != agent.ByProgram {
		t.Fatalf("run %+v, %v", got, err)
	}
	if second.ID == first.ID || second.ConversationID != first.ConversationID {
		t.Errorf("the second call is %+v after %+v", second, first)
	}
	s.Key = "k"
	keyed := db.ask(t, s)
	s.Request = []byte("body")
	if again, fresh, err := db.AcceptSync(t.Context(), s); err != nil || fresh || again.ID != keyed.ID || again.Call == nil {
		t.Errorf("the same key: %+v, %v, %v", again, fresh, err)
	}
	s.Request = []byte("another")
	if _, _, err := db.AcceptSync(t.Context(), s); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the same key for another call: %v", err)
	}
}
