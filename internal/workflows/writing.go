package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
)

// writeLimit bounds one request to the writer: proving an unknown outcome takes
// the quiet time and some reads, and others may be in the queue before it.
const writeLimit = 10 * time.Minute

// taskLimit is what a workflow task may take, which is also what a killed process costs
// those it was at: until then nobody misses it.
const taskLimit = 5 * time.Second

// acts only names the activities; it is nil.
var acts *Activities

// once are the options of an activity that is tried once: its retries are the
// workflow's. Its priority is the workflow's too, named so that the activity can tell.
func once(ctx workflow.Context, limit time.Duration) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		Priority:            workflow.GetInfo(ctx).Priority,
		StartToCloseTimeout: limit,
		HeartbeatTimeout:    heartbeat,
		RetryPolicy:         &temporal.RetryPolicy{MaximumAttempts: 1},
	})
}

// queued are once's for an activity that does nothing but wait for a writer. It
// has a queue of its own: a writer needs a place for its own activities, which those that wait for it must not take.
func queued(ctx workflow.Context) workflow.Context {
	return workflow.WithTaskQueue(once(ctx, writeLimit), WaitQueue)
}

// thinking are once's for a call of the language model.
func thinking(ctx workflow.Context) workflow.Context {
	return workflow.WithTaskQueue(once(ctx, thinkLimit), ModelQueue)
}

// local are the options of a short activity that runs inside the workflow task
// and only touches our own store; it is repeated until it succeeds.
func local(ctx workflow.Context, limit time.Duration) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		ScheduleToCloseTimeout: time.Hour,
		StartToCloseTimeout:    limit,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: time.Minute,
		},
	})
}

// soon is local for what may be left undone: it is given up when limit has passed.
func soon(ctx workflow.Context, limit time.Duration) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{ScheduleToCloseTimeout: limit})
}

// glance are the options of a short read inside the workflow task, tried once:
// it costs no task of its own, and whoever looks decides about patience.
func glance(ctx workflow.Context, limit time.Duration) workflow.Context {
	return workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{
		StartToCloseTimeout: limit,
		RetryPolicy:         &temporal.RetryPolicy{MaximumAttempts: 1},
	})
}

// write asks the writer for a change and waits for it with the patience of a
// write. The try counts requests that came back with a fault: the same request
// may be sent again without harm, a new one has another update id.
func (w *waker) write(
	ctx workflow.Context, shown face, playlistID, kind string, change Write,
) (WriteOutcome, error) {
	var out WriteOutcome
	try := 0
	err := w.hear(ctx, shown, func() (open bool, err error) {
		safe, _ := workflow.NewDisconnectedContext(ctx)
		in := WriteInput{PlaylistID: playlistID, Kind: kind, Change: change, Try: try}
		out = WriteOutcome{} // decoding adds to what is there, and a fault must not outlive its try
		err = workflow.ExecuteActivity(queued(safe), acts.Write, in).Get(safe, &out)
		if err == nil && out.Fault != nil {
			try++
			return false, out.Fault.err()
		}
		return unheard(err), err
	})
	return out, err
}

// hear sends something with the patience of a write and says how it ended. A stop
// ends the pauses, but what may have been done is heard before the stop is told: send
// reports whether that is open.
func (w *waker) hear(ctx workflow.Context, shown face, send func() (open bool, err error)) error {
	open := false
	try := func() (err error) {
		if ctx.Err() != nil && !open {
			return temporal.NewCanceledError()
		}
		open, err = send()
		return err
	}
	err := w.persist(ctx, writePatience, shown, try)
	if open && temporal.IsCanceledError(err) {
		safe, _ := workflow.NewDisconnectedContext(ctx)
		last := writePatience
		last.login = giveUpAfter // who stops something need not come back for it
		err = w.persist(safe, last, shown, try)
	}
	return err
}

// validAnswer checks an answer against the open question.
func validAnswer(q *agent.Question, a agent.Answer) error {
	if q == nil || q.ID != a.Question {
		return fault.New(fault.Conflict, "This question has been settled already.", nil)
	}
	if a.Option == agent.NoneOfThese {
		return nil
	}
	if q.Memorable && (a.Option == agent.NotOnSpotify || a.Track != nil && a.Track.ID == a.Option && a.Track.URI != "") {
		return nil
	}
	for _, o := range q.Options {
		if o.ID == a.Option {
			return nil
		}
	}
	return fault.New(fault.Invalid, "This was not one of the choices.", nil)
}
