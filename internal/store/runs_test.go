package store

import (
	"reflect"
	"sync"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

func TestMarkRunningStartsOnlyWhatIsAccepted(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	run := db.say(t, NewMessage{PersonID: db.person(t, "ada"), Text: "add X"})
	state := func() agent.State {
		got, err := db.Run(t.Context(), run.PersonID, run.ID)
		noError(t, err)
		return got.State
	}
	for range 2 {
		noError(t, db.MarkRunning(t.Context(), run.PersonID, run.ID))
		if got := state(); got != agent.Running {
			t.Errorf("state %s", got)
		}
	}
	db.end(t, run, "")
	noError(t, db.MarkRunning(t.Context(), run.PersonID, run.ID))
	if got := state(); got != agent.Done {
		t.Errorf("a late start reopened the run: %s", got)
	}
}

func TestFinishKeepsTheFirstFinalState(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	run := db.say(t, NewMessage{PersonID: db.person(t, "ada"), Text: "add X"})
	ended := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	first := agent.Progress{
		RunID: run.ID, Version: 9, State: agent.Done, Say: "Added X.", Undoable: true, EndedAt: ended,
		Playlist: &music.Playlist{ID: "p1", Name: "Road Trip"},
		Tasks: []agent.Task{{
			Key: "1", Song: music.Song{Title: "X", Duration: 3 * time.Minute}, State: agent.Done, Result: agent.Added, Position: 4,
			Match: &music.Match{Verdict: music.Auto, Choices: []music.Choice{{Confidence: 0.97, Reasons: []string{"same title"}}}},
		}},
	}
	noError(t, db.Finish(t.Context(), run.PersonID, run.ID, first))
	noError(t, db.Finish(t.Context(), run.PersonID, run.ID, first))
	noError(t, db.Finish(t.Context(), run.PersonID, run.ID, agent.Progress{State: agent.Cancelled, Say: "Stopped."}))

	got, err := db.Run(t.Context(), run.PersonID, run.ID)
	noError(t, err)
	if got.State != agent.Done || !got.EndedAt.Equal(ended) || !reflect.DeepEqual(*got.Outcome, first) {
		t.Errorf("run %+v with outcome %+v, want %+v", got, got.Outcome, first)
	}
	messages, err := db.Messages(t.Context(), run.PersonID, run.ConversationID, "")
	noError(t, err)
	if len(messages) != 2 || messages[1].Role != agent.Assistant || messages[1].Text != "Added X." || messages[1].RunID != "" {
		t.Errorf("messages %+v", messages)
	}
}

func TestFinishAtOnceEndsOnce(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	run := db.say(t, NewMessage{PersonID: db.person(t, "ada"), Text: "add X"})
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if err := db.Finish(t.Context(), run.PersonID, run.ID, agent.Progress{State: agent.Failed, Say: "No."}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	messages, err := db.Messages(t.Context(), run.PersonID, run.ConversationID, "")
	if err != nil || len(messages) != 2 {
		t.Errorf("messages %+v, %v", messages, err)
	}
}

func TestFinishWantsAFinalState(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	run := db.say(t, NewMessage{PersonID: db.person(t, "ada"), Text: "add X"})
	err := db.Finish(t.Context(), run.PersonID, run.ID, agent.Progress{State: agent.Waiting})
	wantKind(t, err, fault.Internal)
}

func TestUnfinishedListsAllPeopleOldestFirst(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	var want []string
	for i, name := range []string{"ada", "ben", "cleo", "dan"} {
		db.setClock(at.Add(time.Duration(i) * time.Minute))
		run := db.say(t, NewMessage{PersonID: db.person(t, name), Text: "add X"})
		want = append(want, run.ID)
		if name == "ben" {
			noError(t, db.MarkRunning(t.Context(), run.PersonID, run.ID))
		}
		if name == "cleo" {
			db.end(t, run, "")
		}
	}
	ids := func(limit int) (got []string) {
		runs, err := db.Unfinished(t.Context(), limit)
		noError(t, err)
		for _, r := range runs {
			got = append(got, r.ID)
		}
		return got
	}
	if got := ids(10); !reflect.DeepEqual(got, []string{want[0], want[1], want[3]}) {
		t.Errorf("unfinished %v of %v", got, want)
	}
	if got := ids(1); !reflect.DeepEqual(got, want[:1]) {
		t.Errorf("with limit 1 %v of %v", got, want)
	}
}

func TestAnUndoneRunNamesTheRunThatUndidIt(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	run := db.say(t, NewMessage{PersonID: db.person(t, "ada"), Text: "add X"})
	db.end(t, run, "p1")
	press := func() (agent.Run, error) {
		undo, _, err := db.Accept(t.Context(), NewMessage{
			PersonID: run.PersonID, ConversationID: run.ConversationID, Text: "Undo", Key: newID(), UndoOf: run.ID,
		})
		return undo, err
	}
	undoneBy := func() string {
		runs, err := db.Runs(t.Context(), run.PersonID, run.ConversationID, "")
		noError(t, err)
		single, err := db.Run(t.Context(), run.PersonID, run.ID)
		noError(t, err)
		if runs[0].ID != run.ID || runs[0].UndoneBy != single.UndoneBy {
			t.Errorf("Runs says %+v, Run says %+v", runs[0], single)
		}
		return single.UndoneBy
	}

	failed, err := press()
	noError(t, err)
	if failed.UndoOf != run.ID {
		t.Errorf("undo run %+v", failed)
	}
	_, err = press()
	wantKind(t, err, fault.Conflict) // the first one is at it
	noError(t, db.Finish(t.Context(), run.PersonID, failed.ID, agent.Progress{State: agent.Failed}))
	if got := undoneBy(); got != "" {
		t.Errorf("undone by %q, which failed", got)
	}

	second, err := press()
	noError(t, err)
	db.end(t, second, "p1")
	if got := undoneBy(); got != second.ID {
		t.Errorf("undone by %q, want %q", got, second.ID)
	}
	_, err = press()
	wantKind(t, err, fault.Conflict)
}

func TestSetUndoOfNotesWhatATypedUndoMeant(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	run := db.say(t, NewMessage{PersonID: db.person(t, "ada"), Text: "add X"})
	db.end(t, run, "p1")
	other := db.say(t, NewMessage{PersonID: run.PersonID, ConversationID: run.ConversationID, Text: "add Y"})
	db.end(t, other, "p1")
	typed := db.say(t, NewMessage{PersonID: run.PersonID, ConversationID: run.ConversationID, Text: "undo that"})
	set := func(by, of agent.Run) error { return db.SetUndoOf(t.Context(), run.PersonID, by.ID, of.ID) }

	noError(t, set(typed, run))
	noError(t, set(typed, run))
	wantKind(t, set(typed, other), fault.Conflict) // it undoes another one
	wantKind(t, set(typed, typed), fault.Conflict)
	wantKind(t, set(other, run), fault.Conflict) // being undone by typed
	db.end(t, typed, "p1")
	got, err := db.Run(t.Context(), run.PersonID, run.ID)
	if err != nil || got.UndoneBy != typed.ID {
		t.Errorf("run %+v, %v", got, err)
	}
	wantKind(t, set(typed, run), fault.Conflict) // it has ended
}
