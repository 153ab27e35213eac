package store

import (
	"reflect"
	"testing"

	"segue/internal/agent"
)

// chat sends messages in one conversation.
type chat struct {
	db   *DB
	last agent.Run
}

func (c *chat) say(t *testing.T, text string) agent.Run {
	t.Helper()
	c.last = c.db.say(t, NewMessage{PersonID: c.last.PersonID, ConversationID: c.last.ConversationID, Text: text})
	return c.last
}

func (c *chat) transcript(t *testing.T, run agent.Run) agent.Transcript {
	t.Helper()
	got, err := c.db.Transcript(t.Context(), run.PersonID, run.ID)
	noError(t, err)
	return got
}

func newChat(t *testing.T) *chat {
	t.Helper()
	db := openTest(t)
	return &chat{db: db, last: agent.Run{PersonID: db.person(t, "ada")}}
}

func TestTranscriptEndsWithTheRunsOwnMessage(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	first := c.say(t, "one")
	c.db.end(t, first, "p1")
	second := c.say(t, "two")
	third := c.say(t, "three")
	c.db.end(t, second, "p2")

	texts := func(run agent.Run) (got []string) {
		for _, m := range c.transcript(t, run).Messages {
			got = append(got, m.Text)
		}
		return got
	}
	for _, test := range []struct {
		run  agent.Run
		want []string
	}{
		{first, []string{"one"}},
		{second, []string{"one", "Done.", "two"}},
		{third, []string{"one", "Done.", "two", "three"}},
	} {
		if got := texts(test.run); !reflect.DeepEqual(got, test.want) {
			t.Errorf("messages %q, want %q", got, test.want)
		}
	}
	if own := c.transcript(t, second).Messages[2]; own.ID != second.MessageID || own.RunID != second.ID {
		t.Errorf("own message %+v of %+v", own, second)
	}
}

func TestTranscriptKnowsTheDefaultPlaylist(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	run := c.say(t, "add X")
	want := agent.PlaylistRef{ID: "p9", Name: "Gym"}
	for _, want := range []agent.PlaylistRef{{}, want, {}} {
		noError(t, c.db.SetDefaultPlaylist(t.Context(), run.PersonID, want))
		if got := c.transcript(t, run).Default; got != want {
			t.Errorf("default %+v, want %+v", got, want)
		}
	}
}

func TestTranscriptKnowsWhatThereAndThatMean(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	road := c.say(t, "add X to Road Trip")
	c.db.end(t, road, "road")
	focus := c.say(t, "add Y to Focus")
	c.db.end(t, focus, "focus")
	help := c.say(t, "help") // touches no playlist, changes nothing
	noError(t, c.db.Finish(t.Context(), help.PersonID, help.ID, agent.Progress{State: agent.Done, Say: "I can …"}))
	open := c.say(t, "add Z to Dinner") // not finished

	check := func(run agent.Run, playlist, undoes string) {
		t.Helper()
		got := c.transcript(t, run)
		if got.LastPlaylist.ID != playlist || got.LastRun != undoes {
			t.Errorf("there = %+v, that = %q; want %q, %q", got.LastPlaylist, got.LastRun, playlist, undoes)
		}
	}
	check(road, "", "")
	check(focus, "road", road.ID)
	undo := c.say(t, "undo that")
	check(undo, "focus", focus.ID)
	if got := c.transcript(t, undo).LastPlaylist.Name; got != "name of focus" {
		t.Errorf("name %q", got)
	}

	noError(t, c.db.SetUndoOf(t.Context(), undo.PersonID, undo.ID, focus.ID))
	check(undo, "focus", focus.ID) // the same when it is repeated
	hasty := c.say(t, "undo that")
	check(hasty, "focus", road.ID) // focus is being undone
	c.db.end(t, undo, "focus")
	check(hasty, "focus", road.ID) // focus is undone, and an undo is not undone
	c.db.end(t, open, "dinner")
	check(hasty, "focus", open.ID) // open has ended now; the undo, which came after it, touched focus
	check(undo, "dinner", focus.ID)
}

func TestTranscriptOfAnUndoButtonNamesItsRun(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	old := c.say(t, "add X to Road Trip")
	c.db.end(t, old, "road")
	c.db.end(t, c.say(t, "add Y to Road Trip"), "road")
	undo := c.db.say(t, NewMessage{PersonID: old.PersonID, ConversationID: old.ConversationID, Text: "Undo", UndoOf: old.ID})
	if got := c.transcript(t, undo).LastRun; got != old.ID {
		t.Errorf("that = %q, want %q", got, old.ID)
	}
}
