package store

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
)

func TestConversationsComeNewestFirst(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	runs := make([]agent.Run, 4)
	for i := range runs {
		db.setClock(at.Add(time.Duration(i) * time.Minute))
		runs[i] = db.say(t, NewMessage{PersonID: ada, Text: fmt.Sprint("message ", i)})
	}
	db.setClock(at.Add(time.Hour))
	db.end(t, runs[1], "") // an answer brings a conversation up
	found, err := db.Conversations(t.Context(), ada, 3)
	noError(t, err)
	var titles []string
	for _, c := range found {
		titles = append(titles, c.Title)
	}
	if got := strings.Join(titles, ", "); got != "message 1, message 3, message 2" {
		t.Error(got)
	}
}

func TestMessagesAreTheNewest200OldestFirst(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	run := db.say(t, NewMessage{PersonID: db.person(t, "ada"), Text: "message 1"})
	for i := 2; i <= 203; i++ {
		run = db.say(t, NewMessage{PersonID: run.PersonID, ConversationID: run.ConversationID, Text: fmt.Sprint("message ", i)})
	}
	messages, err := db.Messages(t.Context(), run.PersonID, run.ConversationID, "")
	noError(t, err)
	if len(messages) != 200 || messages[0].Text != "message 4" || messages[199].Text != "message 203" {
		t.Errorf("%d messages from %q", len(messages), messages[0].Text)
	}
	runs, err := db.Runs(t.Context(), run.PersonID, run.ConversationID, "")
	noError(t, err)
	if len(runs) != 200 || runs[199] != run {
		t.Errorf("%d runs, the last %+v", len(runs), runs[len(runs)-1])
	}
}

func TestRenameWritesATitle(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	run := db.say(t, NewMessage{PersonID: db.person(t, "ada"), Text: "add X"})
	noError(t, db.Rename(t.Context(), run.PersonID, run.ConversationID, " Summer\n2026 "))
	wantKind(t, db.Rename(t.Context(), run.PersonID, run.ConversationID, " \t"), fault.Invalid)
	c, err := db.Conversation(t.Context(), run.PersonID, run.ConversationID)
	if err != nil || c.Title != "Summer 2026" {
		t.Errorf("conversation %+v, %v", c, err)
	}
}

func TestDeleteConversationWaitsForItsRuns(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	run := db.say(t, NewMessage{PersonID: db.person(t, "ada"), Text: "add X"})
	elsewhere := db.say(t, NewMessage{PersonID: run.PersonID, Text: "undo what I did there", UndoOf: run.ID})
	wantKind(t, db.DeleteConversation(t.Context(), run.PersonID, run.ConversationID), fault.Conflict)
	db.end(t, run, "p1")
	noError(t, db.DeleteConversation(t.Context(), run.PersonID, run.ConversationID))

	_, err := db.Run(t.Context(), run.PersonID, run.ID)
	wantKind(t, err, fault.NotFound)
	_, err = db.Messages(t.Context(), run.PersonID, run.ConversationID, "")
	wantKind(t, err, fault.NotFound)
	kept, err := db.Run(t.Context(), run.PersonID, elsewhere.ID)
	if err != nil || kept.UndoOf != "" {
		t.Errorf("the run of another conversation is %+v, %v", kept, err)
	}
}
