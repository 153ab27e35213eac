package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
)

const (
	bringLimit  = 2 * time.Minute // of one look at a source
	bringTries  = 3               // of them, when whoever has it is away
	bringPause  = time.Minute     // after the first, doubled
	bringMost   = 10 * time.Minute
	followLeast = 2 * time.Second // between looks at the request that it became
	followMost  = 5 * time.Minute
	followShare = 8              // a look waits for this part of how long it has taken so far
	followEnd   = 24 * time.Hour // what is still under way then is left alone
)

// RepeatInput starts a Repeat: the schedule by its id in the ledger.
type RepeatInput struct {
	ScheduleID string `json:"schedule_id"`
	PersonID   string `json:"person_id"`
}

// Repeat is one time that a schedule is due. It has the ledger accept a request,
// like one that the person makes, and stays until that is done, so that the next
// time is left out meanwhile. Its workflow id names the time: whatever is begun
// twice under one id comes to one request.
func Repeat(ctx workflow.Context, in RepeatInput) error {
	due := DueInput{RepeatInput: in, Key: workflow.GetInfo(ctx).WorkflowExecution.ID}
	runID, err := bring(ctx, due)
	if err != nil {
		why := *payload(fromTemporal(err))
		if err := workflow.ExecuteActivity(stubborn(ctx, stepLimit, 0), acts.MissDue, due, why).Get(ctx, nil); err != nil {
			return err
		}
	}
	if runID != "" {
		if err := follow(ctx, FollowInput{PersonID: in.PersonID, RunID: runID}); err != nil {
			return err
		}
	}
	return workflow.ExecuteActivity(stubborn(ctx, stepLimit, 0), acts.CloseDue, in).Get(ctx, nil)
}

// bring has the request accepted, and returns which; "" when there is nothing to do.
func bring(ctx workflow.Context, due DueInput) (runID string, err error) {
	for try := 1; ; try++ {
		err = workflow.ExecuteActivity(once(ctx, bringLimit), acts.BringDue, due).Get(ctx, &runID)
		if err == nil || isCancelled(err) {
			return runID, err
		}
		f := fromTemporal(err)
		if try == bringTries || final(f.Kind) || f.RetryAfter > bringMost {
			return "", err
		}
		if err := workflow.Sleep(ctx, max(f.RetryAfter, doubled(bringPause, bringMost, try))); err != nil {
			return "", err
		}
	}
}

// follow waits until the request is done, or waits for nothing but its person.
func follow(ctx workflow.Context, in FollowInput) error {
	began := workflow.Now(ctx)
	for taken := time.Duration(0); taken < followEnd; taken = workflow.Now(ctx).Sub(began) {
		if err := workflow.Sleep(ctx, min(max(followLeast, taken/followShare), followMost)); err != nil {
			return err
		}
		var done bool
		err := workflow.ExecuteActivity(stubborn(ctx, stepLimit, 0), acts.FollowDue, in).Get(ctx, &done)
		if err != nil || done {
			return err
		}
	}
	return nil
}

// missed says what went wrong in the words of a schedule.
func missed(f *fault.Error) *agent.Trouble {
	t := troubleOf(f, time.Time{})
	t.Kept, t.Do = "Nothing was changed. It is tried again the next time it is due.", "If it goes on like this, delete the schedule and make it anew."
	if f.Kind == fault.Unauthorised {
		t.Do = "Log in with Spotify again."
	}
	if f.Kind == fault.RateLimited || f.Kind == fault.Unavailable {
		t.Do = nothingToDo
	}
	return t
}
