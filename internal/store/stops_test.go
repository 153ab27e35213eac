package store

import (
	"testing"

	"segue/internal/agent"
	"segue/internal/fault"
)

func TestTheFirstStopStandsUntilTheRunHasEnded(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada, bob := db.person(t, "ada"), db.person(t, "bob")
	run := db.say(t, NewMessage{PersonID: ada, Text: "add One"})
	if err := db.Stop(t.Context(), bob, run.ID, agent.StopUndo); fault.KindOf(err) != fault.NotFound {
		t.Errorf("somebody else's stop: %v", err)
	}
	for _, how := range []agent.Stop{agent.StopUndo, agent.StopKeep} {
		if err := db.Stop(t.Context(), ada, run.ID, how); err != nil {
			t.Fatal(err)
		}
	}
	runs, err := db.Unfinished(t.Context(), 10)
	if err != nil || len(runs) != 1 || runs[0].Stop != agent.StopUndo {
		t.Errorf("unfinished %+v, %v; want one that is to be taken back", runs, err)
	}
	if err := db.Finish(t.Context(), ada, run.ID, agent.Progress{State: agent.Done}); err != nil {
		t.Fatal(err)
	}
	if err := db.Stop(t.Context(), ada, run.ID, agent.StopKeep); fault.KindOf(err) != fault.Conflict {
		t.Errorf("the stop of a run that has ended: %v", err)
	}
}

func TestWhatEndedBeforeItHeardOfItsStopIsTakenBack(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	var late agent.Run
	for name, c := range map[string]struct {
		how      agent.Stop
		state    agent.State
		undoable bool
	}{
		"late":            {agent.StopUndo, agent.Done, true},
		"in time":         {agent.StopUndo, agent.Cancelled, true},
		"to be kept":      {agent.StopKeep, agent.Done, true},
		"nothing changed": {agent.StopUndo, agent.Done, false},
		"not stopped":     {"", agent.Done, true},
	} {
		run := db.say(t, NewMessage{PersonID: ada, Text: name})
		if c.how != "" {
			noError(t, db.Stop(t.Context(), ada, run.ID, c.how))
		}
		noError(t, db.Finish(t.Context(), ada, run.ID, agent.Progress{State: c.state, Undoable: c.undoable}))
		if name == "late" {
			late = run
		}
	}
	for range 2 {
		noError(t, db.UndoUnheeded(t.Context()))
		open, err := db.Unfinished(t.Context(), 9)
		if err != nil || len(open) != 1 || open[0].UndoOf != late.ID || open[0].ConversationID != late.ConversationID {
			t.Fatalf("%+v, %v; want one run that undoes %s", open, err, late.ID)
		}
	}
}

func TestTracesAreThoseOfTheRunAlone(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada, bob := db.person(t, "ada"), db.person(t, "bob")
	run, other := db.say(t, NewMessage{PersonID: ada, Text: "add One"}), db.say(t, NewMessage{PersonID: ada, Text: "add Two"})
	for key, in := range map[string]agent.Run{"1": run, "2": other} {
		a := agent.Attempt{PersonID: ada, RunID: in.ID, Key: in.ID + "-" + key, Kind: agent.AttemptIn, PlaylistID: "p", URIs: []string{"u" + key}, Stood: []int{3}}
		if _, _, err := db.BeginAttempt(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	got, err := db.Traces(t.Context(), ada, run.ID)
	if err != nil || len(got) != 1 || got[0].Key != run.ID+"-1" || got[0].PlaylistID != "p" || got[0].State != agent.AttemptOpen || len(got[0].Stood) != 1 {
		t.Errorf("traces %+v, %v", got, err)
	}
	if got, err := db.Traces(t.Context(), bob, run.ID); err != nil || len(got) != 0 {
		t.Errorf("somebody else sees %+v, %v", got, err)
	}
}
