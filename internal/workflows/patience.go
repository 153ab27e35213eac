package workflows

import (
	"errors"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
)

// patience says how long a step is tried again and how it tells so. Retries are
// durable timers of the workflow, not of the activity: they cost no slot, a
// query sees them and a signal can end them early.
type patience struct {
	tries       int           // tries that are shown as such; afterwards the step is parked
	first, most time.Duration // pause after the first try, doubled up to most
	login       time.Duration // how long a login is waited for; 0 = until there is one
}

// The policies of the house.
var (
	searchPatience = patience{tries: 3, first: time.Second, most: 10 * time.Second}
	readPatience   = patience{tries: 3, first: time.Second, most: 10 * time.Second}
	writePatience  = patience{tries: 10, first: 2 * time.Second, most: time.Minute}
	thinkPatience  = patience{tries: 3, first: 2 * time.Second, most: 30 * time.Second}
)

const (
	parkFirst   = 15 * time.Second // least pause of a parked step
	parkMost    = 5 * time.Minute
	parkShare   = 16          // a parked step pauses for this part of what it has waited: late by 6 % at most, some 340 tries a day
	loginPause  = time.Minute // how often a step that waits for a login looks by itself
	giveUpAfter = 24 * time.Hour
	leastPause  = time.Second
)

// pause returns how long to wait after the attempt-th failure, and whether to try again at all.
func (p patience) pause(f *fault.Error, attempt int, waited time.Duration) (time.Duration, bool) {
	switch f.Kind {
	case fault.RateLimited:
		return max(f.RetryAfter, leastPause), true
	case fault.Unauthorised:
		return loginPause, p.login == 0 || waited < p.login
	case fault.Unavailable:
		again := waited < giveUpAfter
		switch {
		case f.RetryAfter > 0: // whoever refused knows when the next try makes sense
			return max(f.RetryAfter, leastPause, min(waited/parkShare, parkMost)), again
		case attempt < p.tries:
			return doubled(p.first, p.most, attempt), true
		default:
			return min(max(parkFirst, waited/parkShare), parkMost), again
		}
	case fault.Internal:
		return doubled(p.first, p.most, attempt), attempt < p.tries
	case fault.Invalid, fault.Forbidden, fault.NotFound, fault.Conflict, fault.Exhausted:
		return 0, false
	}
	return 0, false
}

// doubled returns first·2^(n-1), at most most.
func doubled(first, most time.Duration, n int) time.Duration {
	for range n - 1 {
		if first *= 2; first >= most {
			return most
		}
	}
	return first
}

// waker counts the signals that end a pause early, and remembers what failed between pauses.
type waker struct {
	calls  int
	alert  bool                            // a wake that comes while a step is tried counts too; not so in runs of earlier builds
	failed map[string][]deadletter.Attempt // by key of the task, "" for the run itself
}

// newWaker returns a waker of a run that this build has started, or of an earlier one.
func newWaker(ours bool) waker {
	return waker{alert: ours, failed: map[string][]deadletter.Attempt{}}
}

// note remembers a failed attempt, in case it is one of the last; told a second time, it is still one.
func (w *waker) note(task, step string, f *fault.Error, at time.Time) {
	if past := w.failed[task]; len(past) > 0 && past[len(past)-1].At.Equal(at) {
		return
	}
	w.failed[task] = deadletter.Log(w.failed[task], deadletter.Attempt{
		At: at, Step: step, Kind: f.Kind, Message: f.Message, Causes: deadletter.Causes(f.Err),
	})
}

// listen counts SignalWake for ever and calls each on every one.
func (w *waker) listen(ctx workflow.Context, each func(workflow.Context)) {
	signals := workflow.GetSignalChannel(ctx, SignalWake)
	workflow.Go(ctx, func(ctx workflow.Context) {
		for {
			signals.Receive(ctx, nil)
			w.calls++
			each(ctx)
		}
	})
}

// rest waits for d or for a wake after those seen; a cancelled context ends it with an error.
func (w *waker) rest(ctx workflow.Context, d time.Duration, seen int) error {
	if !w.alert {
		seen = w.calls
	}
	_, err := workflow.AwaitWithTimeout(ctx, d, func() bool { return w.calls != seen })
	return err
}

// face is where a step shows what it is waiting for.
type face interface {
	// waits is called with the trouble at hand before each pause, resumes after it.
	waits(f *fault.Error, attempt, tries int, until time.Time)
	resumes()
	// each calls do with every stage that is shown.
	each(do func(*stageFace))
}

// persist calls do until it succeeds, the fault is final, patience ends or ctx is cancelled.
func (w *waker) persist(ctx workflow.Context, p patience, shown face, do func() error) error {
	began := workflow.Now(ctx)
	for attempt := 1; ; attempt++ {
		seen := w.calls
		err := do()
		if err == nil || temporal.IsCanceledError(err) {
			return err
		}
		f := fromTemporal(err)
		now := workflow.Now(ctx)
		shown.each(func(s *stageFace) { w.note(s.task, s.name, f, now) })
		pause, again := p.pause(f, attempt, now.Sub(began))
		if !again {
			return f
		}
		if orphaned(err) && attempt < p.tries {
			pause = p.first
		}
		shown.waits(f, attempt, p.tries, now.Add(pause))
		if err := w.rest(ctx, pause, seen); err != nil {
			return err
		}
		shown.resumes()
	}
}

// orphaned reports whether a try ended with the worker that made it. That says
// nothing of the service it called, so nobody has to be spared. After some such
// tries it may be the try that ends the worker.
func orphaned(err error) bool {
	timeout, ok := errors.AsType[*temporal.TimeoutError](err)
	return ok && timeout.TimeoutType() == enumspb.TIMEOUT_TYPE_HEARTBEAT
}

// holdUp marks a stage as waiting for time or for the person, and returns the
// trouble to show once it is more than a quick retry.
func holdUp(stage *agent.Stage, f *fault.Error, attempt, tries int, until time.Time) *agent.Trouble {
	stage.Again = until
	if f.Kind == fault.Unavailable && f.RetryAfter == 0 && attempt < tries {
		stage.State, stage.Attempt, stage.Tries = agent.Running, attempt+1, tries
		stage.Note = f.Message
		return nil
	}
	stage.State, stage.Attempt, stage.Tries = agent.Parked, 0, 0
	if f.Kind == fault.Unauthorised {
		stage.State = agent.Waiting
	}
	return troubleOf(f, until)
}

// goOn undoes holdUp.
func goOn(stage *agent.Stage) {
	stage.State, stage.Again, stage.Note = agent.Running, time.Time{}, ""
}
