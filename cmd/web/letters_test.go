package main

import (
	"net/http"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/spotify/emulator"
	"segue/internal/workflows"
)

// letter waits until there is exactly one, in any state.
func (r *rig) letter() deadletter.Letter {
	r.t.Helper()
	var found []deadletter.Letter
	for range 200 {
		var err error
		found, err = r.db.Letters(r.t.Context(), deadletter.Filter{State: deadletter.Every}, deadletter.Cursor{}, 50)
		must(r.t, err)
		if len(found) == 1 {
			return found[0]
		}
		time.Sleep(50 * time.Millisecond)
	}
	r.t.Fatalf("%d letters, want one: %+v", len(found), found)
	return deadletter.Letter{}
}

// again starts the retry of a letter as the page does.
func (r *rig) again(l deadletter.Letter) agent.Run {
	r.t.Helper()
	run, err := r.db.RetryLetter(r.t.Context(), l.ID, l.Version, r.person)
	must(r.t, err)
	must(r.t, r.engine.StartTurn(r.t.Context(), run))
	return run
}

func TestASongOutOfRetriesWaitsAsALetterAndIsAddedOnceByItsRetry(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	must(t, r.emulator.Inject(emulator.Fault{Path: "/search$", Status: http.StatusTeapot, Count: -1}))
	run := r.say("add Karma Police by Radiohead to Dinner")
	if p := r.end(run); p.State != agent.Failed {
		t.Fatalf("ended %+v", p)
	}
	l := r.letter()
	if l.RunID != run.ID || l.Task != "1" || l.Kind != fault.Internal || l.Step != agent.Searching || l.Tries() != 3 || len(l.Causes()) == 0 {
		t.Errorf("letter %+v", l)
	}
	if p := r.end(r.again(l)); p.State != agent.Failed {
		t.Fatalf("the retry ended %+v", p)
	}
	r.finds("WorkflowType = 'DeadLetter' AND ExecutionStatus = 'Completed'", 2)
	again := r.letter()
	if again.ID != l.ID || again.State != deadletter.Waiting || again.Tries() != 6 {
		t.Errorf("after a retry in vain %+v", again)
	}
	r.emulator.ClearFaults()
	if p := r.end(r.again(again)); p.State != agent.Done || p.Tasks[0].Result != agent.Added {
		t.Fatalf("the second retry ended %+v", p)
	}
	if done := r.letter(); done.State != deadletter.Resolved {
		t.Errorf("the letter is %s", done.State)
	}
	if n := times(r.rows("Dinner"), "Karma Police"); n != 1 {
		t.Errorf("%d times in the playlist, want once", n)
	}
}

func TestTheSweepFindsWhatEndedWhileTheProgramLookedAway(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	run := r.say("add Hallelujah to Focus")
	r.until(run, waiting)
	reconciler := workflows.NewReconciler(r.db, r.engine, quiet())
	must(t, reconciler.Once(t.Context())) // it knows the run from now on
	must(t, r.temporal.TerminateWorkflow(t.Context(), workflows.TurnID(run.ID), "", "by hand"))
	must(t, reconciler.Once(t.Context()))
	r.finds("WorkflowType = 'AgentTurn' AND ExecutionStatus = 'Terminated'", 1)
	for range 2 {
		must(t, reconciler.Sweep(t.Context()))
	}
	l := r.letter()
	got, err := r.db.Run(t.Context(), r.person, run.ID)
	must(t, err)
	if l.ID != run.ID || got.State != agent.Failed {
		t.Errorf("letter %+v, run %s", l, got.State)
	}
	if p := r.until(r.again(l), waiting); p.Tasks[0].Question == nil {
		t.Errorf("the retry is at %+v", p)
	}
}
