package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"segue/internal/agent"
	"segue/internal/fault"
)

func TestAcceptBeginsAConversationWithMessageAndRun(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	at := time.Date(2026, 11, 22, 10, 0, 0, 123_000_000, time.UTC)
	db.setClock(at)
	run := db.say(t, NewMessage{PersonID: ada, Text: "add Bohemian Rhapsody by Queen to Road Trip"})

	got, err := db.Run(t.Context(), ada, run.ID)
	noError(t, err)
	if got != run || got.State != agent.Accepted || !got.AcceptedAt.Equal(at) || got.Outcome != nil || !got.EndedAt.IsZero() {
		t.Errorf("stored %+v, returned %+v", got, run)
	}
	c, err := db.Conversation(t.Context(), ada, run.ConversationID)
	noError(t, err)
	want := agent.Conversation{
		ID: run.ConversationID, PersonID: ada,
		Title: "add Bohemian Rhapsody by Queen to Road Trip", UpdatedAt: at,
	}
	if c != want {
		t.Errorf("conversation %+v, want %+v", c, want)
	}
	messages, err := db.Messages(t.Context(), ada, run.ConversationID, "")
	noError(t, err)
	said := agent.Message{ID: run.MessageID, Role: agent.Person, Text: c.Title, RunID: run.ID, At: at}
	if len(messages) != 1 || messages[0] != said {
		t.Errorf("messages %+v, want %+v", messages, said)
	}
}

func TestAcceptGoesOnWithAConversation(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	first := db.say(t, NewMessage{PersonID: ada, Text: "one"})
	later := time.Now().Add(time.Hour).Truncate(time.Millisecond)
	db.setClock(later)
	second := db.say(t, NewMessage{PersonID: ada, ConversationID: first.ConversationID, Text: "two"})
	if second.ConversationID != first.ConversationID || second.ID == first.ID {
		t.Errorf("first %+v, second %+v", first, second)
	}
	c, err := db.Conversation(t.Context(), ada, first.ConversationID)
	if err != nil || c.Title != "one" || !c.UpdatedAt.Equal(later) {
		t.Errorf("conversation %+v, %v", c, err)
	}
}

func TestAcceptSettlesRepeatsByKey(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada, ben := db.person(t, "ada"), db.person(t, "ben")
	other := db.say(t, NewMessage{PersonID: ada, Text: "other"})
	form := NewMessage{PersonID: ada, Text: "add X to Y", Key: "form-1"}
	first := db.say(t, form)

	tests := map[string]struct {
		change func(*NewMessage)
		kind   fault.Kind
	}{
		"the same form":                        {func(*NewMessage) {}, ""},
		"the same form, now at its own page":   {func(m *NewMessage) { m.ConversationID = first.ConversationID }, ""},
		"another text":                         {func(m *NewMessage) { m.Text = "add Z to Y" }, fault.Conflict},
		"another conversation":                 {func(m *NewMessage) { m.ConversationID = other.ConversationID }, fault.Conflict},
		"an undo":                              {func(m *NewMessage) { m.UndoOf = other.ID }, fault.Conflict},
		"no key":                               {func(m *NewMessage) { m.Key = "" }, fault.Invalid},
		"somebody who is gone, with a new key": {func(m *NewMessage) { m.PersonID, m.Key = "gone", "k" }, fault.Unauthorised},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := form
			test.change(&m)
			run, fresh, err := db.Accept(t.Context(), m)
			wantKind(t, err, test.kind)
			if fresh || err == nil && run != first || err != nil && run != (agent.Run{}) {
				t.Errorf("fresh %v, run %+v, first %+v", fresh, run, first)
			}
		})
	}
	if bens := db.say(t, NewMessage{PersonID: ben, Text: "add X to Y", Key: "form-1"}); bens.ID == first.ID {
		t.Error("two people share a run by sharing a key")
	}
}

func TestAcceptMakesOneRunOfFiveSendsAtOnce(t *testing.T) {
	t.Parallel()
	const keys, sends = 40, 5
	db := openTest(t)
	ada := db.person(t, "ada")
	type answer struct {
		run   agent.Run
		fresh bool
		err   error
	}
	answers := make([]answer, keys*sends)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			a := &answers[i]
			a.run, a.fresh, a.err = db.Accept(t.Context(), NewMessage{
				PersonID: ada, Text: fmt.Sprint("message ", i/sends), Key: fmt.Sprint("key ", i/sends),
			})
		})
	}
	wg.Wait()
	for key := range keys {
		fresh := 0
		for _, a := range answers[key*sends : (key+1)*sends] {
			noError(t, a.err)
			if a.run.ID != answers[key*sends].run.ID {
				t.Errorf("key %d has two runs", key)
			}
			if a.fresh {
				fresh++
			}
		}
		if fresh != 1 {
			t.Errorf("key %d was fresh %d times", key, fresh)
		}
	}
	for _, table := range []string{"runs", "messages", "conversations"} {
		n, err := one[int](t.Context(), db.reader, `SELECT count(*) FROM `+table)
		if err != nil || n != keys {
			t.Errorf("%d rows in %s, want %d; %v", n, table, keys, err)
		}
	}
}

func TestAcceptLeavesNothingWhenItIsCutShort(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, err := db.Accept(ctx, NewMessage{PersonID: ada, Text: "add X", Key: "k"})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	found, err := db.Conversations(t.Context(), ada, 10)
	if err != nil || len(found) != 0 {
		t.Errorf("conversations %v, %v", found, err)
	}
}

func TestTitleIsTheBeginningOfTheText(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"short":               {"add Yesterday by The Beatles", "add Yesterday by The Beatles"},
		"many lines":          {"  add these:\n\n1. Yesterday\r\n\t2. Help!  ", "add these: 1. Yesterday 2. Help!"},
		"exactly 60":          {strings.Repeat("a", 60), strings.Repeat("a", 60)},
		"between two words":   {strings.Repeat("word ", 20), strings.TrimSpace(strings.Repeat("word ", 12))},
		"word ends at 60":     {strings.Repeat("a", 60) + " b", strings.Repeat("a", 60)},
		"one endless word":    {strings.Repeat("é", 200), strings.Repeat("é", 60)},
		"no comma at the end": {strings.Repeat("a", 50) + ", " + strings.Repeat("b", 50), strings.Repeat("a", 50)},
		"blank":               {" \n ", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := title(test.text)
			if got != test.want || utf8.RuneCountInString(got) > 60 {
				t.Errorf("title %q, want %q", got, test.want)
			}
		})
	}
}
