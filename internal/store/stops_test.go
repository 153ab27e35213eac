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
