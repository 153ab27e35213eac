package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
)

// batch is a list of songs on their way behind the last row of a playlist. The
// changes of several requests may be in it; their order is kept.
type batch struct {
	changes  []Write
	outcomes []*WriteOutcome // nil while it is not known
	seen     []*Seen         // by the last read; nil before the first
	open     []bool          // sent, and nobody has heard the end
	resent   []bool          // sent once more, since the first request was proved not applied
	twin     []int           // index of the last change before it for the same recording, or -1
}

func newBatch(changes []Write) *batch {
	b := &batch{
		changes:  changes,
		outcomes: make([]*WriteOutcome, len(changes)),
		seen:     make([]*Seen, len(changes)),
		open:     make([]bool, len(changes)),
		resent:   make([]bool, len(changes)),
		twin:     make([]int, len(changes)),
	}
	for i, c := range changes {
		b.twin[i] = i - 1
		for b.twin[i] >= 0 && !sameRecording(c, changes[b.twin[i]]) {
			b.twin[i]--
		}
	}
	return b
}

func sameRecording(a, b Write) bool {
	return slices.ContainsFunc(a.uris(), func(uri string) bool { return slices.Contains(b.uris(), uri) })
}

// todo returns the indices of changes without an outcome. A song that stands in
// the batch twice is done once, or one after the other when it is wanted again.
func (b *batch) todo() []int {
	var out []int
	for i, c := range b.changes {
		if b.outcomes[i] == nil && (b.twin[i] < 0 || c.Again && b.outcomes[b.twin[i]] != nil) {
			out = append(out, i)
		}
	}
	return out
}

// among returns those of todo of which is true.
func (b *batch) among(is func(i int) bool) []int {
	return slices.DeleteFunc(b.todo(), func(i int) bool { return !is(i) })
}

func (b *batch) unseen(i int) bool   { return b.seen[i] == nil }
func (b *batch) unproved(i int) bool { return b.open[i] }

// forget has changes looked for anew.
func (b *batch) forget(at []int) {
	for _, i := range at {
		b.seen[i] = nil
	}
}

// left returns how long it takes until reading can prove that none of these changes was applied.
func (b *batch) left(at []int) (longest time.Duration) {
	for _, i := range at {
		longest = max(longest, b.seen[i].Left)
	}
	return longest
}

func (b *batch) pick(at []int) []Write {
	out := make([]Write, len(at))
	for n, i := range at {
		out[n] = b.changes[i]
	}
	return out
}

// settled returns the outcomes that are known.
func (b *batch) settled() []WriteOutcome {
	var out []WriteOutcome
	for _, o := range b.outcomes {
		if o != nil {
			out = append(out, *o)
		}
	}
	return out
}

func (b *batch) set(i int, out WriteOutcome) {
	out.ID = b.changes[i].id()
	b.outcomes[i] = &out
}

// end gives every change an outcome: those left over the fault, a second
// mention of a song that of the first, which is there by then.
func (b *batch) end(err error) []WriteOutcome {
	out := make([]WriteOutcome, len(b.changes))
	for i := range b.changes {
		switch {
		case b.outcomes[i] != nil:
			out[i] = *b.outcomes[i]
		case b.twin[i] >= 0 && !b.changes[i].Again:
			out[i] = out[b.twin[i]]
			if out[i].Result == agent.Added {
				out[i].Result = agent.AlreadyThere
			}
		default:
			out[i] = refused(err)
		}
		out[i].ID = b.changes[i].id()
	}
	return out
}

// mostStalled is how often a request may come to nothing before those who wait are told.
const mostStalled = 7

// append puts songs behind the last row: one complete read, then one POST for
// all that is not there. Nothing is sent again before reading has proved that
// it was not applied.
func (w *writer) append(ctx workflow.Context, changes []Write) []WriteOutcome {
	b := newBatch(changes)
	for i, c := range changes {
		if out, ok := w.past(c.id()); ok {
			b.set(i, out)
		}
	}
	var err error
	for stalled := 0; err == nil; {
		rest := b.todo()
		news, open := b.among(b.unseen), b.among(b.unproved)
		switch {
		case len(rest) == 0:
			return b.end(nil)
		case len(news) > 0 && w.leaving(ctx, b.pick(news)) > 0:
			err = workflow.Sleep(ctx, w.leaving(ctx, b.pick(news)))
		case len(news) > 0:
			w.count(ctx, b.settled())
			err = w.survey(ctx, b, news, false)
		case len(open) > 0:
			err = w.proveAll(ctx, b, open)
		case w.pending(ctx, b.pick(rest)) > 0: // one may have been sent for another request
			err = workflow.Sleep(ctx, w.pending(ctx, b.pick(rest)))
			b.forget(rest)
		case stalled == mostStalled:
			err = fault.New(fault.Unavailable, "The request to Spotify did not get through.", nil)
		default:
			err = w.postAll(ctx, b, rest)
			if stalled++; len(b.todo()) < len(rest) {
				stalled = 0
			}
		}
	}
	for _, i := range b.todo() {
		if b.open[i] {
			w.leave(ctx, false, b.changes[i])
		}
		if w.suspected(b.changes[i]) {
			b.set(i, unsureOf(err))
		}
	}
	return b.end(err)
}

// survey looks at the playlist once. What is there is done, what an earlier life
// has sent is done or open; a change whose attempt it finds there is settled.
func (w *writer) survey(ctx workflow.Context, b *batch, at []int, proof bool) error {
	seen, err := w.lookAll(ctx, b.pick(at), proof)
	if err != nil {
		return err
	}
	var proved []int
	for n, i := range at {
		s, change := seen[n], b.changes[i]
		b.seen[i] = &s
		rows, uri, known := w.tally(ctx, change)
		switch {
		case w.there(ctx, change, s):
			b.set(i, present(s))
			if s.Attempt == agent.AttemptOpen {
				proved = append(proved, i)
			}
		case s.Attempt == agent.AttemptApplied: // confirmed in an earlier life; what is not seen yet, or gone since, is not added again
			b.set(i, added(change, s.Stood))
		default:
			b.open[i] = s.Attempt == agent.AttemptOpen
			if known && rows > 0 && !b.open[i] && !change.Again {
				b.set(i, WriteOutcome{Result: agent.AlreadyThere, URI: uri})
			}
		}
		if b.resent[i] && b.outcomes[i] != nil {
			w.doubt(ctx, change, s.Stood)
		}
	}
	return w.settleAll(ctx, b.pick(proved), agent.AttemptApplied)
}

// proveAll finds out what became of changes whose request was sent and never
// answered: what is seen is done, what is not when the quiet time is over was not applied.
func (w *writer) proveAll(ctx workflow.Context, b *batch, open []int) error {
	pauses := proofs(ctx)
	for n := 0; n < len(pauses) || b.left(open) > 0; n++ { // some is left when the clock has jumped
		pause := b.left(open)
		if n < len(pauses) {
			pause = pauses[n]
		}
		if err := workflow.Sleep(ctx, pause); err != nil {
			return err
		}
		if err := w.survey(ctx, b, open, true); err != nil {
			return err
		}
		if open = b.among(b.unproved); len(open) == 0 {
			return nil
		}
	}
	for _, i := range open {
		b.open[i], b.resent[i] = false, true
	}
	return w.settleAll(ctx, b.pick(open), agent.AttemptNotApplied)
}

// postAll sends one request. When Spotify refuses it for one song of many, the
// halves are sent one after the other until that song is alone.
func (w *writer) postAll(ctx workflow.Context, b *batch, at []int) error {
	in := PostAllInput{PlaylistID: w.id, Changes: b.pick(at), Stood: make([][]int, len(at))}
	for n, i := range at {
		in.Stood[n] = w.stood(ctx, b.changes[i], *b.seen[i])
	}
	err := workflow.ExecuteActivity(once(ctx, postLimit), acts.PostAll, in).Get(ctx, nil)
	if err == nil {
		for n, i := range at {
			b.set(i, added(b.changes[i], in.Stood[n]))
			if b.resent[i] {
				w.doubt(ctx, b.changes[i], in.Stood[n])
			}
		}
		return nil
	}
	f := fromTemporal(err)
	switch {
	case unheard(err):
		for _, i := range at {
			b.open[i] = true
		}
		return nil
	case f.Kind != fault.Invalid:
		return f
	case len(at) == 1:
		b.set(at[0], refused(f))
		return nil
	}
	half := len(at) / 2
	if err := w.postAll(ctx, b, at[:half]); err != nil || len(b.among(b.unproved)) > 0 {
		return err // the second half waits until the outcome of the first is proved
	}
	return w.postAll(ctx, b, at[half:])
}

// lookAll reads the whole playlist and reports, in the order of the changes,
// where each recording stands and what is known of earlier attempts.
func (w *writer) lookAll(ctx workflow.Context, changes []Write, proof bool) ([]Seen, error) {
	var seen []Seen
	in := LookAllInput{PlaylistID: w.id, Changes: changes, Proof: proof}
	err := workflow.ExecuteLocalActivity(glance(ctx, readLimit), acts.LookAll, in).Get(ctx, &seen)
	return seen, err
}

func (w *writer) settleAll(ctx workflow.Context, changes []Write, state string) error {
	if len(changes) == 0 {
		return nil
	}
	in := SettleAllInput{Changes: changes, State: state}
	return workflow.ExecuteLocalActivity(local(ctx, readLimit), acts.SettleAll, in).Get(ctx, nil)
}
