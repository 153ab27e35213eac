package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
)

// batch is a list of songs on their way behind the last row of a playlist. The
// changes of several requests may be in it; their order is kept.
type batch struct {
	changes  []Write
	outcomes []*WriteOutcome // nil while it is not known
	open     []bool          // sent, and nobody has heard the end
	twin     []int           // index of an earlier change for the same recording, or -1
}

func newBatch(changes []Write) *batch {
	b := &batch{
		changes:  changes,
		outcomes: make([]*WriteOutcome, len(changes)),
		open:     make([]bool, len(changes)),
		twin:     make([]int, len(changes)),
	}
	for i, c := range changes {
		b.twin[i] = slices.IndexFunc(changes[:i], func(earlier Write) bool {
			return slices.ContainsFunc(c.uris(), func(uri string) bool { return slices.Contains(earlier.uris(), uri) })
		})
	}
	return b
}

// todo returns the indices of changes without an outcome; a song that stands in
// the batch twice is done once.
func (b *batch) todo() []int {
	var out []int
	for i := range b.changes {
		if b.outcomes[i] == nil && b.twin[i] < 0 {
			out = append(out, i)
		}
	}
	return out
}

// unproved returns those of todo that were sent.
func (b *batch) unproved() []int {
	return slices.DeleteFunc(b.todo(), func(i int) bool { return !b.open[i] })
}

func (b *batch) pick(at []int) []Write {
	out := make([]Write, len(at))
	for n, i := range at {
		out[n] = b.changes[i]
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
		case b.twin[i] >= 0:
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
	err := w.survey(ctx, b, b.todo())
	for err == nil {
		open, rest := b.unproved(), b.todo()
		switch {
		case len(rest) == 0:
			return b.end(nil)
		case len(open) > 0:
			err = w.proveAll(ctx, b, open)
		default:
			err = w.postAll(ctx, b, rest)
		}
	}
	return b.end(err)
}

// survey reads the playlist once. What is there is done, what an earlier life
// has sent is done or open; a change whose attempt it finds there is settled.
func (w *writer) survey(ctx workflow.Context, b *batch, at []int) error {
	seen, err := w.lookAll(ctx, b.pick(at))
	if err != nil {
		return err
	}
	var proved []int
	for n, i := range at {
		switch s := seen[n]; {
		case len(s.Positions) > 0:
			b.set(i, present(s))
			if s.Attempt == agent.AttemptOpen {
				proved = append(proved, i)
			}
		case s.Attempt == agent.AttemptApplied: // confirmed in an earlier life; what is not seen yet, or gone since, is not added again
			b.set(i, WriteOutcome{Result: agent.Added, URI: b.changes[i].URI})
		default:
			b.open[i] = s.Attempt == agent.AttemptOpen
			if uri := w.justAdded(ctx, b.changes[i]); uri != "" && !b.open[i] {
				b.set(i, WriteOutcome{Result: agent.AlreadyThere, URI: uri})
			}
		}
	}
	return w.settleAll(ctx, b.pick(proved), agent.AttemptApplied)
}

// proveAll finds out what became of changes whose request was sent and never
// answered: what is seen is done, what is not when the quiet time is over was not applied.
func (w *writer) proveAll(ctx workflow.Context, b *batch, open []int) error {
	for _, pause := range quiet {
		if err := workflow.Sleep(ctx, pause); err != nil {
			return err
		}
		if err := w.survey(ctx, b, open); err != nil {
			return err
		}
		if open = b.unproved(); len(open) == 0 {
			return nil
		}
	}
	for _, i := range open {
		b.open[i] = false
	}
	return w.settleAll(ctx, b.pick(open), agent.AttemptNotApplied)
}

// postAll sends one request. When Spotify refuses it for one song of many, the
// halves are sent one after the other until that song is alone.
func (w *writer) postAll(ctx workflow.Context, b *batch, at []int) error {
	in := PostAllInput{PlaylistID: w.id, Changes: b.pick(at)}
	err := workflow.ExecuteActivity(once(ctx, postLimit), acts.PostAll, in).Get(ctx, nil)
	if err == nil {
		for _, i := range at {
			b.set(i, WriteOutcome{Result: agent.Added, URI: b.changes[i].URI})
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
	if err := w.postAll(ctx, b, at[:half]); err != nil || len(b.unproved()) > 0 {
		return err // the second half waits until the outcome of the first is proved
	}
	return w.postAll(ctx, b, at[half:])
}

// lookAll reads the whole playlist and reports, in the order of the changes,
// where each recording stands and what is known of earlier attempts.
func (w *writer) lookAll(ctx workflow.Context, changes []Write) ([]Seen, error) {
	var seen []Seen
	in := LookAllInput{PlaylistID: w.id, Changes: changes}
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
