package store

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
)

func TestAStepIsFoundOnItsBasisUntilTheRunEnds(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	run := db.attempt(t)
	keep := func(number int, basis string, s agent.Step) {
		t.Helper()
		noError(t, db.KeepStep(t.Context(), run.PersonID, run.RunID, number, basis, s))
	}
	want := func(number int, basis string, want *agent.Step) {
		t.Helper()
		if got, err := db.Step(t.Context(), run.PersonID, run.RunID, number, basis); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("step %d on %q is %+v, want %+v; %v", number, basis, got, want, err)
		}
	}
	first := agent.Step{Calls: []agent.Call{{ID: "1", Tool: "t", Args: json.RawMessage(`{"a":1}`), Effect: agent.Write}}, Usage: agent.Usage{Input: 7, Time: time.Second}}
	last := agent.Step{Say: "Done.", Done: true, Agent: "single"}
	keep(0, "", first)
	keep(1, "1:ok", last)
	want(0, "", &first)
	want(1, "1:ok", &last)
	want(1, "1:denied", nil) // it went another way
	want(2, "1:ok", nil)
	other, err := db.Step(t.Context(), "somebody", run.RunID, 0, "")
	if err != nil || other != nil {
		t.Errorf("somebody else finds %+v, %v", other, err)
	}
	wantKind(t, db.KeepStep(t.Context(), "somebody", run.RunID, 0, "", last), fault.NotFound)
	keep(0, "", last)
	want(1, "1:ok", nil) // what followed from another step
	noError(t, db.Finish(t.Context(), run.PersonID, run.RunID, agent.Progress{State: agent.Done}))
	want(0, "", nil)
}
