package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
)

const (
	idleEnd   = 5 * time.Minute // a writer without work ends
	remember  = 200             // outcomes kept, also through continue-as-new
	readLimit = 30 * time.Second
	postLimit = 30 * time.Second
)

// quiet are the waits before each read that proves an unknown write, 45 s in
// all: Spotify may apply a request late and show it later still. Only when the
// whole time has passed and two reads agree is a write taken as not applied.
var quiet = []time.Duration{
	time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second, 15 * time.Second, 2 * time.Second,
}

// Playlist is the only writer of a playlist. It takes changes as updates, does
// them one after the other, reads before each write, never repeats a write
// whose outcome is unknown before reading has proved it was not applied, and ends when idle.
func Playlist(ctx workflow.Context, in WriterInput) error {
	w := &writer{id: in.PlaylistID, done: in.Done}
	if err := w.take(ctx, UpdateAdd, w.add); err != nil {
		return err
	}
	if err := w.take(ctx, UpdateRemove, w.remove); err != nil {
		return err
	}
	return w.serve(ctx)
}

// writer is a running Playlist.
type writer struct {
	id    string
	queue []*job
	done  []WriteOutcome // newest last
}

// job is a change that waits for its turn.
type job struct {
	do      func(workflow.Context, Write) WriteOutcome
	change  Write
	outcome *WriteOutcome
}

// take registers the handler of one kind of change.
func (w *writer) take(ctx workflow.Context, name string, do func(workflow.Context, Write) WriteOutcome) error {
	return workflow.SetUpdateHandler(ctx, name, func(ctx workflow.Context, change Write) (WriteOutcome, error) {
		if past, ok := w.past(change.id()); ok {
			return past, nil
		}
		j := &job{do: do, change: change}
		w.queue = append(w.queue, j)
		err := workflow.Await(ctx, func() bool { return j.outcome != nil })
		if err != nil {
			return WriteOutcome{}, err
		}
		return *j.outcome, nil
	})
}

// serve works the queue off until there is nothing to do.
func (w *writer) serve(ctx workflow.Context) error {
	for {
		busy, err := workflow.AwaitWithTimeout(ctx, idleEnd, func() bool { return len(w.queue) > 0 })
		if err != nil {
			return err
		}
		if !busy && workflow.AllHandlersFinished(ctx) {
			return nil
		}
		for len(w.queue) > 0 {
			w.next(ctx)
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
				return err
			}
			return workflow.NewContinueAsNewError(ctx, Playlist, WriterInput{PlaylistID: w.id, Done: w.done})
		}
	}
}

// next does the oldest change. The same change twice in the queue is done once.
func (w *writer) next(ctx workflow.Context) {
	j := w.queue[0]
	w.queue = w.queue[1:]
	out, known := w.past(j.change.id())
	if !known {
		out = j.do(ctx, j.change)
		out.ID = j.change.id()
		if out.Fault == nil {
			w.done = append(w.done, out)
			w.done = w.done[max(0, len(w.done)-remember):]
		}
	}
	j.outcome = &out
}

func (w *writer) past(id string) (WriteOutcome, bool) {
	for _, out := range w.done {
		if out.ID == id {
			return out, true
		}
	}
	return WriteOutcome{}, false
}

// add puts one track in, unless the recording is there. It posts at most once
// for each time that reading has proved the track absent.
func (w *writer) add(ctx workflow.Context, change Write) WriteOutcome {
	seen, err := w.look(ctx, change)
	for err == nil {
		switch {
		case len(seen.Positions) > 0:
			return present(seen)
		case seen.Attempt == agent.AttemptApplied: // confirmed in an earlier life; what is not seen yet, or gone since, is not added again
			return WriteOutcome{Result: agent.Added, URI: change.URI}
		case seen.Attempt == agent.AttemptOpen: // sent, and nobody heard the end
			seen, err = w.prove(ctx, change)
		default:
			err = w.post(ctx, change)
			if err == nil {
				return WriteOutcome{Result: agent.Added, URI: change.URI}
			}
			if fromTemporal(err).Unsure {
				seen.Attempt, err = agent.AttemptOpen, nil
			}
		}
	}
	return refused(err)
}

// present reports a track that reading has found: added when this very change has sent it.
func present(seen Seen) WriteOutcome {
	out := WriteOutcome{Result: agent.AlreadyThere, Positions: seen.Positions, URI: seen.URIs[0]}
	if seen.Attempt == agent.AttemptOpen || seen.Attempt == agent.AttemptApplied {
		out.Result = agent.Added
	}
	return out
}

func refused(err error) WriteOutcome { return WriteOutcome{Fault: payload(fromTemporal(err))} }

func (w *writer) post(ctx workflow.Context, change Write) error {
	in := PostInput{PlaylistID: w.id, Change: change}
	return workflow.ExecuteActivity(once(ctx, postLimit), acts.Post, in).Get(ctx, nil)
}

// look reads the whole playlist and reports where the recording stands, and
// what is known of earlier attempts at this change.
func (w *writer) look(ctx workflow.Context, change Write) (Seen, error) {
	in := LookInput{PersonID: change.PersonID, PlaylistID: w.id, URIs: change.uris(), Attempt: change.id()}
	var seen Seen
	err := workflow.ExecuteLocalActivity(glance(ctx, readLimit), acts.Look, in).Get(ctx, &seen)
	return seen, err
}

// prove finds out whether a write of unknown outcome was applied, and settles the attempt.
func (w *writer) prove(ctx workflow.Context, change Write) (Seen, error) {
	var seen Seen
	for _, pause := range quiet {
		if err := workflow.Sleep(ctx, pause); err != nil {
			return seen, err
		}
		var err error
		if seen, err = w.look(ctx, change); err != nil {
			return seen, err
		}
		if len(seen.Positions) > 0 {
			return seen, w.settle(ctx, change, agent.AttemptApplied)
		}
	}
	seen.Attempt = agent.AttemptNotApplied
	return seen, w.settle(ctx, change, agent.AttemptNotApplied)
}

func (w *writer) settle(ctx workflow.Context, change Write, state string) error {
	in := SettleInput{PersonID: change.PersonID, Key: change.id(), State: state}
	return workflow.ExecuteLocalActivity(local(ctx, readLimit), acts.Settle, in).Get(ctx, nil)
}

// remove takes every row of the recording out. Removing is idempotent, so an
// unknown outcome is simply looked at and, if need be, sent again.
func (w *writer) remove(ctx workflow.Context, change Write) WriteOutcome {
	seen, err := w.look(ctx, change)
	if err != nil {
		return refused(err)
	}
	if len(seen.Positions) == 0 {
		return absent(seen)
	}
	if change.Most > 0 && len(seen.Positions) > change.Most {
		return refused(fault.New(fault.Conflict,
			"The song stands there more than once by now, and Spotify can only remove all of them.", nil))
	}
	out := WriteOutcome{Result: agent.Removed, Positions: seen.Positions, URI: seen.URIs[0]}
	for try := 1; ; try++ {
		in := DropInput{PlaylistID: w.id, Change: change, URIs: seen.URIs}
		err := workflow.ExecuteActivity(once(ctx, postLimit), acts.Drop, in).Get(ctx, nil)
		if err == nil {
			return out
		}
		if !fromTemporal(err).Unsure || try == len(quiet) {
			return refused(err)
		}
		if err := workflow.Sleep(ctx, quiet[try-1]); err != nil {
			return refused(err)
		}
	}
}

// absent reports a recording that is not there: removed when this very change has sent the removal.
func absent(seen Seen) WriteOutcome {
	if seen.Attempt == agent.AttemptOpen || seen.Attempt == agent.AttemptApplied {
		return WriteOutcome{Result: agent.Removed}
	}
	return WriteOutcome{Result: agent.NotThere}
}
