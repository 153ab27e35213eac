package main

import (
	"slices"
	"testing"

	"segue/internal/agent"
	"segue/internal/workflows"
)

// The program dies after the ledger has the stop and before the engine hears of it.
func TestAStopOnRecordIsHeeded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		how  agent.Stop
		lose bool
	}{
		"kept":                                {agent.StopKeep, false},
		"taken back":                          {agent.StopUndo, false},
		"kept, without Temporal's file":       {agent.StopKeep, true},
		"taken back, without Temporal's file": {agent.StopUndo, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			before := r.rows("Focus")
			run := r.say("add to Focus:\nFade Into You by Mazzy Star\nHallelujah")
			r.until(run, func(p agent.Progress) bool {
				return len(p.Tasks) == 2 && p.Tasks[0].Result == agent.Added && p.Tasks[1].State == agent.Waiting
			})
			must(t, r.db.Stop(t.Context(), r.person, run.ID, c.how))
			r.stop()
			if c.lose {
				r.forget()
			}
			r.start()
			must(t, workflows.NewReconciler(r.db, r.engine, quiet()).Once(t.Context()))
			p := r.end(run)
			if p.State != agent.Cancelled || p.Tasks[0].Song.Title != "Fade Into You" || p.Undoable != (c.how == agent.StopKeep) {
				t.Errorf("ended %s, can be undone %v: %+v", p.State, p.Undoable, p.Tasks)
			}
			want := before
			if c.how == agent.StopKeep {
				want = append(slices.Clone(before), "Fade Into You")
			}
			if after := r.rows("Focus"); !slices.Equal(after, want) {
				t.Errorf("after the stop %v, want %v", after, want)
			}
		})
	}
}
