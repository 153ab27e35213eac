package workflows

import (
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"segue/internal/fault"
)

// faceless shows nothing.
type faceless struct{}

func (faceless) waits(*fault.Error, int, int, time.Time) {}
func (faceless) resumes()                                {}
func (faceless) each(func(*stageFace))                   {}

func TestATryThatEndedWithItsWorkerIsRepeatedSoon(t *testing.T) {
	t.Parallel()
	lost := temporal.NewHeartbeatTimeoutError()
	for name, c := range map[string]struct {
		err      error
		failures int
		want     time.Duration // of all pauses
	}{
		"the worker died":            {lost, 4, 4 * 2 * time.Second},
		"the service did not answer": {fault.New(fault.Unavailable, "", nil), 4, (2 + 4 + 8 + 16) * time.Second},
		"it took too long":           {temporal.NewTimeoutError(enumspb.TIMEOUT_TYPE_START_TO_CLOSE, nil), 4, (2 + 4 + 8 + 16) * time.Second},
		"the try ends the worker":    {lost, 11, 9*2*time.Second + 2*parkFirst},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var suite testsuite.WorkflowTestSuite
			env := suite.NewTestWorkflowEnvironment()
			var took time.Duration
			env.ExecuteWorkflow(func(ctx workflow.Context) error {
				w, left, began := newWaker(true), c.failures, workflow.Now(ctx)
				err := w.persist(ctx, writePatience, faceless{}, func() error {
					if left--; left < 0 {
						return nil
					}
					return c.err
				})
				took = workflow.Now(ctx).Sub(began)
				return err
			})
			if err := env.GetWorkflowError(); err != nil || took != c.want {
				t.Errorf("pauses of %v in all, want %v; %v", took, c.want, err)
			}
		})
	}
}

func TestALoginIsWaitedForUntilTheRunWasStopped(t *testing.T) {
	t.Parallel()
	out := fault.New(fault.Unauthorised, "Log in again.", nil)
	stopped := writePatience
	stopped.login = giveUpAfter
	for name, c := range map[string]struct {
		p      patience
		waited time.Duration
		again  bool
	}{
		"a month":             {writePatience, 30 * 24 * time.Hour, true},
		"stopped, an hour":    {stopped, time.Hour, true},
		"stopped, a day over": {stopped, giveUpAfter, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, again := c.p.pause(out, 1, c.waited); again != c.again {
				t.Errorf("again %v, want %v", again, c.again)
			}
		})
	}
}

func TestWhoeverWaitsForTheNextTryHasNothingToDo(t *testing.T) {
	t.Parallel()
	for _, kind := range []fault.Kind{fault.RateLimited, fault.Unavailable, fault.Internal} {
		f := fault.New(kind, "No.", nil)
		if got := troubleOf(f, time.Now()); got.Do != nothingToDo || got.Kept == "" {
			t.Errorf("%s, tried again: %+v", kind, got)
		}
		if got := troubleOf(f, noTime); got.Do == nothingToDo {
			t.Errorf("%s, given up: %+v", kind, got)
		}
	}
}
