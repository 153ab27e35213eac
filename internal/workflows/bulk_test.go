package workflows

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
)

// bulk makes n letters and a bulk that retries them.
func (s *scene) bulk(t *testing.T, n, rate int) deadletter.Bulk {
	t.Helper()
	for i := range n {
		run := s.accept(t, fmt.Sprint("add ", i))
		if err := s.rules.Finish(t.Context(), "ada", run.ID, agent.Progress{State: agent.Failed}); err != nil {
			t.Fatal(err)
		}
		l := newLetter("ada", run.ID, troubleOf(fault.New(fault.Internal, "No.", nil), noTime), time.Now())
		if _, _, err := s.rules.SaveLetter(t.Context(), l); err != nil {
			t.Fatal(err)
		}
	}
	b, err := s.rules.StartBulk(t.Context(), deadletter.Bulk{By: "op", Act: deadletter.ActRetry, Rate: rate, AsOf: time.Now()}, "k")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// goesOn runs the workflow of a bulk to its end and returns the bulk and how long that took on the workflow's clock.
func (s *scene) goesOn(t *testing.T, b deadletter.Bulk) (deadletter.Bulk, time.Duration) {
	t.Helper()
	began := s.Now()
	s.ExecuteWorkflow(Bulk, BulkInput{ID: b.ID, Rate: b.Rate})
	if err := s.GetWorkflowError(); !s.IsWorkflowCompleted() || err != nil {
		t.Fatalf("completed %v, %v", s.IsWorkflowCompleted(), err)
	}
	got, err := s.rules.Bulk(t.Context(), b.ID)
	if err != nil {
		t.Fatal(err)
	}
	return got, s.Now().Sub(began)
}

func TestABulkKeepsToItsRate(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.buries(nil)
	got, took := s.goesOn(t, s.bulk(t, 7, 2))
	if got.Done != 7 || got.State != deadletter.BulkDone || took < 3*time.Second || took > 5*time.Second {
		t.Errorf("%+v after %s, want seven letters in three to five seconds", got, took)
	}
}

func TestABulkThatIsStartedAgainGoesOn(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.buries(nil)
	b := s.bulk(t, 5, 1)
	if _, err := s.rules.StepBulk(t.Context(), b.ID, 3); err != nil { // what an earlier life of the workflow has done
		t.Fatal(err)
	}
	if got, took := s.goesOn(t, b); got.Done != 5 || took > 3*time.Second {
		t.Errorf("%+v after %s", got, took)
	}
	open, err := s.rules.Unfinished(t.Context(), 50)
	if err != nil || len(open) != 5 {
		t.Errorf("%d runs, %v; want one for each letter", len(open), err)
	}
}

func TestACancelledBulkEndsWithinASecond(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.buries(nil)
	b := s.bulk(t, 30, 1)
	s.RegisterDelayedCallback(func() {
		if err := s.rules.CancelBulk(t.Context(), b.ID, "op"); err != nil {
			t.Error(err)
		}
	}, 3500*time.Millisecond)
	if got, took := s.goesOn(t, b); got.State != deadletter.BulkCancelled || got.Done < 3 || got.Done > 5 || took > 5*time.Second {
		t.Errorf("%+v after %s", got, took)
	}
}

func TestALongBulkStartsAFreshHistory(t *testing.T) {
	t.Parallel()
	s := &testsuite.WorkflowTestSuite{}
	env := s.NewTestWorkflowEnvironment()
	steps := 0
	env.RegisterActivityWithOptions(func(context.Context, BulkInput) (bool, error) { steps++; return true, nil },
		activity.RegisterOptions{Name: "Step"})
	env.ExecuteWorkflow(Bulk, BulkInput{ID: "b", Rate: 1})
	if err := env.GetWorkflowError(); !workflow.IsContinueAsNewError(err) || steps != bulkSteps {
		t.Errorf("%v after %d steps", err, steps)
	}
}
