package workflows

import (
	"cmp"
	"fmt"
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
	unseen    = 47 * time.Second // the longest that reads may lag behind a write; the sum of quiet
)

// quiet are the waits before each read that proves an unknown write, 45 s in
// all: Spotify may apply a request late and show it later still. Only when the
// whole time has passed and two reads agree is a write taken as not applied.
var quiet = []time.Duration{
	time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second,
	10 * time.Second, 10 * time.Second, 10 * time.Second, 2 * time.Second,
}

// quietBefore are those of earlier builds, and the waits before a removal is sent again.
var quietBefore = []time.Duration{
	time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second, 15 * time.Second, 2 * time.Second,
}

// proofs are the waits of a proof that begins now.
func proofs(ctx workflow.Context) []time.Duration {
	if workflow.GetVersion(ctx, "quiet", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return quietBefore
	}
	return quiet
}

// Playlist is the only writer of a playlist. It takes changes as updates, does
// them in the order in which they came, reads before each write, never repeats
// a write whose outcome is unknown before reading has proved it was not
// applied, and ends when idle. Songs to append that wait together are one request.
func Playlist(ctx workflow.Context, in WriterInput) error {
	w := newWriter(in)
	for _, kind := range []string{UpdateAdd, UpdateRemove, UpdateOrder} {
		if err := w.take(ctx, kind); err != nil {
			return err
		}
	}
	for _, kind := range []string{UpdateAppend, UpdateUndo} {
		if err := w.takeBatches(ctx, kind); err != nil {
			return err
		}
	}
	if in.Recalls {
		if err := w.recall(ctx); err != nil {
			return err
		}
	}
	return w.serve(ctx)
}

// writer is a running Playlist.
type writer struct {
	id      string
	queue   []*job
	done    []WriteOutcome   // newest last
	tallies map[string]Tally // by URI
	audits  []Audit
	stands  Stand
	doubts  []Doubt
	recalls bool
}

func newWriter(in WriterInput) *writer {
	w := &writer{id: in.PlaylistID, done: in.Done, tallies: in.Tallies, audits: in.Audits, stands: in.Stands, doubts: in.Doubts, recalls: in.Recalls}
	if w.tallies == nil {
		w.tallies = map[string]Tally{}
	}
	for _, uri := range workflow.DeterministicKeys(in.Fresh) {
		w.tallies[uri] = Tally{Rows: 1, At: in.Fresh[uri]}
	}
	return w
}

// carry is what a writer that continues as new takes along.
func (w *writer) carry() WriterInput {
	return WriterInput{PlaylistID: w.id, Done: w.done, Tallies: w.tallies, Audits: w.audits, Stands: w.stands, Doubts: w.doubts, Recalls: w.recalls}
}

// job is a request that waits for its turn.
type job struct {
	kind     string // UpdateAdd, UpdateRemove, UpdateOrder: one change; UpdateAppend, UpdateUndo: up to MaxBatch
	changes  []Write
	outcomes []WriteOutcome // one for each change, once it is done
}

// take registers the handler of one kind of change.
func (w *writer) take(ctx workflow.Context, kind string) error {
	return workflow.SetUpdateHandler(ctx, kind, func(ctx workflow.Context, change Write) (WriteOutcome, error) {
		if past, ok := w.past(change.id()); ok {
			return past, nil
		}
		out, err := w.enqueue(ctx, kind, []Write{change})
		if err != nil {
			return WriteOutcome{}, err
		}
		return out[0], nil
	})
}

// takeBatches registers the handler of one kind of batch.
func (w *writer) takeBatches(ctx workflow.Context, kind string) error {
	handle := func(ctx workflow.Context, b Batch) (BatchOutcome, error) {
		out, err := w.enqueue(ctx, kind, b.Changes)
		return BatchOutcome{Songs: out}, err
	}
	return workflow.SetUpdateHandlerWithOptions(ctx, kind, handle, workflow.UpdateHandlerOptions{
		Validator: func(b Batch) error {
			if n := len(b.Changes); n == 0 || n > MaxBatch {
				return fault.New(fault.Internal, "Something went wrong on our side.", fmt.Errorf("a batch of %d songs", n))
			}
			return nil
		},
	})
}

// enqueue waits until a request is done.
func (w *writer) enqueue(ctx workflow.Context, kind string, changes []Write) ([]WriteOutcome, error) {
	j := &job{kind: kind, changes: changes}
	w.queue = append(w.queue, j)
	err := workflow.Await(ctx, func() bool { return j.outcomes != nil })
	return j.outcomes, err
}

// serve works the queue off until there is nothing to do.
func (w *writer) serve(ctx workflow.Context) error {
	for {
		busy, err := workflow.AwaitWithTimeout(ctx, w.rest(ctx), func() bool { return len(w.queue) > 0 })
		if err != nil {
			return err
		}
		if err := w.audit(ctx); err != nil {
			return err
		}
		if !busy && len(w.audits) == 0 && workflow.AllHandlersFinished(ctx) {
			return nil
		}
		for len(w.queue) > 0 {
			w.next(ctx)
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			// What comes in meanwhile is done first: its handler would wait for ever.
			err := workflow.Await(ctx, func() bool { return len(w.queue) > 0 || workflow.AllHandlersFinished(ctx) })
			if err != nil || len(w.queue) == 0 {
				return cmp.Or(err, workflow.NewContinueAsNewError(ctx, Playlist, w.carry()))
			}
		}
	}
}

// next does the oldest request, together with those behind it that can share its calls.
func (w *writer) next(ctx workflow.Context) {
	jobs := w.ready()
	w.queue = w.queue[len(jobs):]
	var changes []Write
	for _, j := range jobs {
		changes = append(changes, j.changes...)
	}
	out := w.do(ctx, jobs[0].kind, changes)
	if jobs[0].kind != UpdateOrder {
		w.stands.Print = ""
	}
	for _, j := range jobs {
		j.outcomes, out = out[:len(j.changes)], out[len(j.changes):]
		w.count(ctx, j.outcomes)
		w.trust(j.outcomes)
		w.remember(j.outcomes)
	}
}

// ready returns the oldest request; when it appends, with the requests behind
// it that append for the same person, up to MaxBatch songs in all.
func (w *writer) ready() []*job {
	first := w.queue[0]
	songs := len(first.changes)
	for n, j := range w.queue[1:] {
		songs += len(j.changes)
		if first.kind != UpdateAppend || j.kind != UpdateAppend || songs > MaxBatch ||
			j.changes[0].PersonID != first.changes[0].PersonID {
			return w.queue[:n+1]
		}
	}
	return w.queue
}

// do does changes of one kind; what was done before is not done again.
func (w *writer) do(ctx workflow.Context, kind string, changes []Write) []WriteOutcome {
	switch kind {
	case UpdateAppend:
		return w.append(ctx, changes)
	case UpdateUndo:
		return w.undo(ctx, changes)
	}
	out, known := w.past(changes[0].id())
	switch {
	case known:
	case kind == UpdateAdd:
		out = w.add(ctx, changes[0])
	case kind == UpdateOrder:
		out = w.order(ctx, changes[0])
	default:
		out = w.remove(ctx, changes[0])
	}
	out.ID = changes[0].id()
	return []WriteOutcome{out}
}

// remember keeps the newest outcomes for requests that are sent again.
func (w *writer) remember(outcomes []WriteOutcome) {
	for _, out := range outcomes {
		if _, known := w.past(out.ID); !known && out.Fault == nil {
			w.done = append(w.done, out)
		}
	}
	w.done = w.done[max(0, len(w.done)-remember):]
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
	seen, err := w.lookLater(ctx, w.leaving(ctx, []Write{change}), change)
	open := false
	for err == nil {
		open = seen.Attempt == agent.AttemptOpen
		switch {
		case w.there(ctx, change, seen):
			return present(seen)
		case seen.Attempt == agent.AttemptApplied: // confirmed in an earlier life; what is not seen yet, or gone since, is not added again
			return added(change, seen.Stood)
		case open: // sent, and nobody heard the end
			seen, err = w.prove(ctx, change)
		case w.pending(ctx, []Write{change}) > 0: // it may have been sent for another request
			seen, err = w.lookLater(ctx, w.pending(ctx, []Write{change}), change)
		default:
			stood := w.stood(ctx, change, seen)
			err = w.post(ctx, change, stood)
			if err == nil {
				return added(change, stood)
			}
			if fromTemporal(err).Unsure {
				seen.Attempt, seen.Stood, err = agent.AttemptOpen, stood, nil
			}
		}
	}
	if open {
		w.leave(ctx, false, change)
	}
	if w.suspected(change) {
		return unsureOf(err)
	}
	return refused(err)
}

func added(change Write, stood []int) WriteOutcome {
	return WriteOutcome{Result: agent.Added, URI: change.URI, Others: len(stood)}
}

// present reports a track that reading has found: added when this very change has sent it.
func present(seen Seen) WriteOutcome {
	out := WriteOutcome{Result: agent.AlreadyThere, Positions: seen.Positions, URI: seen.URIs[0]}
	if seen.sent() {
		out.Result, out.Others = agent.Added, len(seen.Stood)
	}
	return out
}

func refused(err error) WriteOutcome { return WriteOutcome{Fault: payload(fromTemporal(err))} }

// unsureOf reports a change that may have been applied all the same.
func unsureOf(err error) WriteOutcome {
	out := refused(err)
	out.Fault.Unsure = true
	return out
}

func (w *writer) post(ctx workflow.Context, change Write, stood []int) error {
	in := PostInput{PlaylistID: w.id, Change: change, Stood: stood}
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

func (w *writer) lookLater(ctx workflow.Context, pause time.Duration, change Write) (Seen, error) {
	if pause > 0 {
		if err := workflow.Sleep(ctx, pause); err != nil {
			return Seen{}, err
		}
	}
	return w.look(ctx, change)
}

// prove finds out whether a write of unknown outcome was applied, and settles the attempt.
func (w *writer) prove(ctx workflow.Context, change Write) (Seen, error) {
	var seen Seen
	pauses := proofs(ctx)
	for n := 0; n < len(pauses) || seen.Left > 0; n++ { // some is left when the clock has jumped
		pause := seen.Left
		if n < len(pauses) {
			pause = pauses[n]
		}
		var err error
		if seen, err = w.lookLater(ctx, pause, change); err != nil {
			return seen, err
		}
		if w.there(ctx, change, seen) {
			return seen, w.settle(ctx, change, agent.AttemptApplied)
		}
	}
	if seen.Attempt == "" { // the request was not even prepared, let alone sent
		return seen, nil
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
	seen, err := w.lookForAll(ctx, change)
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
		in := DropInput{PlaylistID: w.id, Change: change, URIs: seen.URIs, Stood: seen.Positions}
		err := workflow.ExecuteActivity(once(ctx, postLimit), acts.Drop, in).Get(ctx, nil)
		if err == nil {
			return out
		}
		if !fromTemporal(err).Unsure {
			return refused(err)
		}
		w.leaveRemoval(ctx, change, seen.URIs)
		if try == len(quietBefore) {
			return refused(err)
		}
		if err := workflow.Sleep(ctx, quietBefore[try-1]); err != nil {
			return refused(err)
		}
	}
}

// lookForAll looks until reads show as many rows of the recording as the writer knows of.
func (w *writer) lookForAll(ctx workflow.Context, change Write) (Seen, error) {
	seen, err := w.look(ctx, change)
	for try := 0; err == nil && w.recalls && try < len(quiet); try++ {
		rows, _, known := w.tally(ctx, change)
		if !known || len(seen.Positions) >= rows {
			break
		}
		seen, err = w.lookLater(ctx, quiet[try], change)
	}
	return seen, err
}

// absent reports a recording that is not there: removed when this very change has sent the removal.
func absent(seen Seen) WriteOutcome {
	if seen.sent() {
		return WriteOutcome{Result: agent.Removed, Positions: seen.Stood}
	}
	return WriteOutcome{Result: agent.NotThere}
}
