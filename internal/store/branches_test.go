package store

import (
	"fmt"
	"strings"
	"testing"

	"segue/internal/agent"
	"segue/internal/fault"
)

// instead writes the message of a run anew.
func (c *chat) instead(t *testing.T, of agent.Run, text string) agent.Run {
	t.Helper()
	return c.db.say(t, NewMessage{PersonID: of.PersonID, ConversationID: of.ConversationID, Instead: of.MessageID, Text: text})
}

// after goes on behind the message of a run.
func (c *chat) after(t *testing.T, of agent.Run, text string) agent.Run {
	t.Helper()
	return c.db.say(t, NewMessage{PersonID: of.PersonID, ConversationID: of.ConversationID, Branch: of.MessageID, Text: text})
}

// shown are the texts of the branch on which the message of a run is, "" is the newest.
func (c *chat) shown(t *testing.T, on string) string {
	t.Helper()
	messages, err := c.db.Messages(t.Context(), c.last.PersonID, c.last.ConversationID, on)
	noError(t, err)
	var said []string
	for _, m := range messages {
		text := m.Text
		if m.Tries > 0 {
			text += fmt.Sprintf(" (%d of %d)", m.Try, m.Tries)
		}
		said = append(said, text)
	}
	return strings.Join(said, ", ")
}

func TestAMessageWrittenAnewBeginsABranch(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	one := c.say(t, "one")
	c.db.end(t, one, "p1")
	two := c.say(t, "two")
	c.db.end(t, two, "p2")
	three := c.say(t, "three")
	anew := c.instead(t, two, "two anew")
	c.db.end(t, anew, "p3")
	c.db.end(t, three, "") // the answer of a branch that was left belongs to that branch

	for on, want := range map[string]string{
		"":             "one, Done., two anew (2 of 2), Done.",
		anew.MessageID: "one, Done., two anew (2 of 2), Done.",
		two.MessageID:  "one, Done., two (1 of 2), Done., three, Done.",
		one.MessageID:  "one, Done., two anew (2 of 2), Done.", // the newest of its branches
	} {
		if got := c.shown(t, on); got != want {
			t.Errorf("on %q: %s; want %s", on, got, want)
		}
	}
	runs, err := c.db.Runs(t.Context(), one.PersonID, one.ConversationID, three.MessageID)
	noError(t, err)
	if len(runs) != 3 || runs[2].ID != three.ID {
		t.Errorf("runs of the old branch: %+v", runs)
	}

	four := c.after(t, two, "four") // goes on behind three, which is the end of that branch
	if got, want := c.shown(t, four.MessageID), "one, Done., two (1 of 2), Done., three, Done., four"; got != want {
		t.Errorf("%s; want %s", got, want)
	}
	if got, want := c.shown(t, ""), c.shown(t, four.MessageID); got != want {
		t.Errorf("the newest branch is %s; want %s", got, want)
	}
	c.instead(t, one, "one anew") // the first message too
	if got, want := c.shown(t, ""), "one anew (2 of 2)"; got != want {
		t.Errorf("%s; want %s", got, want)
	}
}

func TestTriesNameTheirNeighbours(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	first := c.say(t, "one")
	second := c.instead(t, first, "one")
	third := c.instead(t, second, "one")
	messages, err := c.db.Messages(t.Context(), first.PersonID, first.ConversationID, second.MessageID)
	noError(t, err)
	if m := messages[0]; m.Try != 2 || m.Tries != 3 || m.Earlier != first.MessageID || m.Later != third.MessageID {
		t.Errorf("%+v", m)
	}
}

func TestAPlannerSeesItsOwnBranchOnly(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	road := c.say(t, "add X to Road Trip")
	c.db.end(t, road, "road")
	focus := c.say(t, "add Y to Focus")
	c.db.end(t, focus, "focus")
	anew := c.instead(t, focus, "add Z there")
	got := c.transcript(t, anew)
	var said []string
	for _, m := range got.Messages {
		said = append(said, m.Text)
	}
	if text := strings.Join(said, ", "); text != "add X to Road Trip, Done., add Z there" {
		t.Error(text)
	}
	if got.LastPlaylist.ID != "road" || got.LastRun != road.ID {
		t.Errorf("there = %+v, that = %s; want those of the branch", got.LastPlaylist, got.LastRun)
	}
}

func TestABranchBelongsToItsConversation(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	ben := c.db.person(t, "ben")
	own := c.say(t, "one")
	elsewhere := c.db.say(t, NewMessage{PersonID: own.PersonID, Text: "in another conversation"})
	bens := c.db.say(t, NewMessage{PersonID: ben, Text: "of another person"})
	for _, other := range []agent.Run{elsewhere, bens} {
		for _, m := range []NewMessage{{Instead: other.MessageID}, {Branch: other.MessageID}} {
			m.PersonID, m.ConversationID, m.Text, m.Key = own.PersonID, own.ConversationID, "hello", newID()
			_, _, err := c.db.Accept(t.Context(), m)
			wantKind(t, err, fault.NotFound)
		}
		_, err := c.db.Messages(t.Context(), own.PersonID, own.ConversationID, other.MessageID)
		wantKind(t, err, fault.NotFound)
	}
}

func TestAConversationOfOldIsOneBranch(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	one := c.say(t, "one")
	two := c.say(t, "two")
	c.db.end(t, one, "")
	c.db.end(t, two, "")
	want := c.shown(t, "")
	noError(t, c.db.run(t.Context(), "forget", `UPDATE messages SET parent = 0`))
	migration, err := migrations.ReadFile("migrations/012_branches.sql")
	noError(t, err)
	_, statement, _ := strings.Cut(string(migration), "UPDATE")
	statement, _, _ = strings.Cut(statement, ";")
	noError(t, c.db.run(t.Context(), "migrate", "UPDATE"+statement))
	if got := c.shown(t, ""); got != want {
		t.Errorf("%s; want %s", got, want)
	}
}
