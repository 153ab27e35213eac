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

func TestABulkGoesOnWhenTheEngineHasForgottenIt(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	must(t, r.emulator.Inject(emulator.Fault{Path: "/search$", Status: http.StatusTeapot, Count: -1}))
	const n = 4
	for range n {
		r.end(r.say("add Karma Police by Radiohead to Dinner"))
	}
	r.finds("WorkflowType = 'DeadLetter' AND ExecutionStatus = 'Completed'", n)
	r.emulator.ClearFaults()
	b, err := r.db.StartBulk(t.Context(), deadletter.Bulk{By: r.person, Act: deadletter.ActRetry, Rate: 1, AsOf: time.Now()}, "k")
	must(t, err)
	must(t, r.engine.StartBulk(t.Context(), b))
	r.bulk(b.ID, func(b deadletter.Bulk) bool { return b.Done > 0 })
	r.stop()
	r.forget()
	r.start()
	must(t, workflows.NewReconciler(r.db, r.engine, quiet()).Once(t.Context()))
	if b = r.bulk(b.ID, func(b deadletter.Bulk) bool { return b.State == deadletter.BulkDone }); b.Done != n || b.Refused != 0 {
		t.Errorf("ended %+v", b)
	}
	must(t, workflows.NewReconciler(r.db, r.engine, quiet()).Once(t.Context()))
	for range 400 {
		done, err := r.db.Letters(t.Context(), deadletter.Filter{State: deadletter.Resolved}, deadletter.Cursor{}, 50)
		must(t, err)
		if len(done) == n {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	entries, err := r.db.Audit(t.Context(), deadletter.Trail{Action: deadletter.ActionRetry}, 0, 50)
	must(t, err)
	if added := times(r.rows("Dinner"), "Karma Police"); added != 1 || len(entries) != n {
		t.Errorf("%d times in the playlist, want once; %d retries in the audit, want %d", added, len(entries), n)
	}
}

// bulk waits until a bulk is so.
func (r *rig) bulk(id string, ok func(deadletter.Bulk) bool) deadletter.Bulk {
	r.t.Helper()
	var b deadletter.Bulk
	for range 600 {
		var err error
		b, err = r.db.Bulk(r.t.Context(), id)
		must(r.t, err)
		if ok(b) {
			return b
		}
		time.Sleep(50 * time.Millisecond)
	}
	r.t.Fatalf("the bulk is %+v", b)
	return b
}

func TestALetterIsKeptThoughItsWorkflowWasTerminated(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	run := r.accept("add Hallelujah to Focus")
	must(t, r.db.Finish(t.Context(), r.person, run.ID, agent.Progress{State: agent.Failed}))
	r.workers.Stop() // nobody keeps letters now
	r.workers = nil
	l := deadletter.Letter{PersonID: r.person, RunID: run.ID, Kind: fault.Internal, Message: "No.", Attempts: deadletter.Log(nil, deadletter.Attempt{At: time.Now(), Causes: []string{"status 418"}})}
	must(t, r.engine.StartLetter(t.Context(), l))
	must(t, r.temporal.TerminateWorkflow(t.Context(), workflows.DeadID(run.ID), "", "by hand"))
	r.finds("WorkflowType = 'DeadLetter' AND ExecutionStatus = 'Terminated'", 1)
	r.stop()
	r.start()
	reconciler := workflows.NewReconciler(r.db, r.engine, quiet())
	for range 2 {
		must(t, reconciler.Sweep(t.Context()))
	}
	if got := r.letter(); got.ID != run.ID || len(got.Causes()) != 1 || got.Causes()[0] != "status 418" {
		t.Errorf("kept %+v", got)
	}
}
