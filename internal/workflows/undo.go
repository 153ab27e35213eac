package workflows

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
)

// undo takes out what a run has put in. Spotify takes out every row of a song
// at once, so a song that has other rows too is done alone: where those stood is
// on disk before, and they are put back. All others go in one request.
func (w *writer) undo(ctx workflow.Context, changes []Write) []WriteOutcome {
	b := newBatch(changes)
	for i, c := range changes {
		if out, ok := w.past(c.id()); ok {
			b.set(i, out)
		}
	}
	var err error
	if changes[0].Of != "" {
		err = w.calm(ctx, changes[0])
	}
	if err == nil {
		err = w.lookBack(ctx, b)
	}
	if err == nil {
		err = b.planned()
	}
	if err != nil {
		return b.end(err)
	}
	var together []int
	for _, i := range b.outFirst(b.todo()) {
		s := *b.seen[i]
		_, stay := b.split(i, s)
		rows, _, _ := w.tally(ctx, changes[i])
		switch {
		case s.out():
			b.set(i, w.putBack(ctx, b, i))
		case len(s.Positions) == 0 && rows == 0:
			b.set(i, absent(s))
		case len(stay) > 0:
			b.set(i, w.takeOut(ctx, b, i))
		default:
			together = append(together, i)
		}
	}
	return b.end(w.takeOutAll(ctx, b, together))
}

// lookBack reads the playlist until it shows what the writer itself has changed
// lately, for what stays is told from what goes by it.
func (w *writer) lookBack(ctx workflow.Context, b *batch) error {
	for try := 0; ; try++ {
		at := b.todo()
		if len(at) == 0 {
			return nil
		}
		seen, err := w.lookAll(ctx, b.pick(at), true)
		if err != nil {
			return err
		}
		behind := false
		for n, i := range at {
			b.seen[i] = &seen[n]
			rows, _, known := w.tally(ctx, b.changes[i])
			behind = behind || known && len(seen[n].Positions) != rows
		}
		if !behind || try == len(quiet) {
			return nil
		}
		if err := workflow.Sleep(ctx, quiet[try]); err != nil {
			return err
		}
	}
}

// split tells the rows that the run has put in from those that stay: of those that
// stood there before the removal, or stand there now, the ones nearest to where they were put.
func (b *batch) split(i int, s Seen) (mine, stay []int) {
	stay = slices.Clone(s.Positions)
	if s.sent() {
		stay = slices.Clone(s.Stood)
	}
	if b.changes[i].Trim {
		keep := min(b.changes[i].Keep, len(stay))
		return stay[keep:], stay[:keep]
	}
	for n, c := range b.changes {
		if len(stay) == 0 || b.outcomes[n] != nil || !sameRecording(c, b.changes[i]) {
			continue
		}
		at := nearest(stay, c.Position)
		mine = append(mine, stay[at])
		stay = slices.Delete(stay, at, at+1)
	}
	slices.Sort(mine)
	return mine, stay
}

// nearest returns the index of the row that is nearest to position, the later of
// two; the last one for Append.
func nearest(rows []int, position int) int {
	best := len(rows) - 1
	for i, row := range slices.Backward(rows) {
		if position != Append && distance(row, position) < distance(rows[best], position) {
			best = i
		}
	}
	return best
}

func distance(a, b int) int { return max(a-b, b-a) }

// takeOutAll removes songs of which no row stays.
func (w *writer) takeOutAll(ctx workflow.Context, b *batch, at []int) error {
	if len(at) == 0 {
		return nil
	}
	if err := w.dropAll(ctx, b, at); err != nil {
		return err
	}
	for _, i := range at {
		mine, _ := b.split(i, *b.seen[i])
		b.set(i, WriteOutcome{Result: agent.Removed, Positions: mine, URI: b.changes[i].URI})
	}
	return nil
}

// takeOut removes a song and puts the rows back that stay.
func (w *writer) takeOut(ctx workflow.Context, b *batch, i int) WriteOutcome {
	gone, err := false, error(nil)
	if b.seen[i].sent() { // and may be applied yet
		gone, err = w.gone(ctx, b.pick([]int{i}))
	}
	if err == nil && !gone {
		err = w.dropAll(ctx, b, []int{i})
	}
	if err != nil {
		return refused(err)
	}
	if !b.seen[i].sent() {
		b.seen[i].Stood = b.seen[i].Positions
	}
	b.seen[i].Attempt = agent.AttemptApplied
	return w.putBack(ctx, b, i)
}

// dropAll sends one removal until it is answered. Removing again does no harm by
// itself; but where rows are to be put back, a removal that may still be applied would take them.
func (w *writer) dropAll(ctx workflow.Context, b *batch, at []int) error {
	in := DropAllInput{PlaylistID: w.id, Changes: b.pick(at), Stood: make([][]int, len(at))}
	for n, i := range at {
		in.Stood[n] = b.seen[i].Positions
	}
	for try := 0; ; try++ {
		err := workflow.ExecuteActivity(once(ctx, postLimit), acts.DropAll, in).Get(ctx, nil)
		if err == nil || !unheard(err) {
			return err
		}
		if try == len(quiet) {
			w.leave(ctx, true, in.Changes...)
			return err
		}
		if gone, err := w.gone(ctx, in.Changes); gone || err != nil {
			if err != nil {
				w.leave(ctx, true, in.Changes...)
			}
			return err
		}
	}
}

// gone looks, for as long as a removal may take to be applied and shown, whether it was.
func (w *writer) gone(ctx workflow.Context, changes []Write) (bool, error) {
	for _, pause := range quiet {
		if err := workflow.Sleep(ctx, pause); err != nil {
			return false, err
		}
		seen, err := w.lookAll(ctx, changes, true)
		if err != nil {
			return false, err
		}
		if !slices.ContainsFunc(seen, func(s Seen) bool { return len(s.Positions) > 0 }) {
			return true, w.settleAll(ctx, changes, agent.AttemptApplied)
		}
	}
	return false, nil
}

// putBack ends the undo of a song whose removal was applied: the rows that stay
// are put where they come to stand without those that went.
func (w *writer) putBack(ctx workflow.Context, b *batch, i int) WriteOutcome {
	change := b.changes[i]
	mine, stay := b.split(i, *b.seen[i])
	if len(stay) > 0 && b.seen[i].Attempt == agent.AttemptOpen {
		if err := w.settleAll(ctx, []Write{change}, agent.AttemptApplied); err != nil {
			return refused(err)
		}
	}
	for n, row := range stay {
		before := 0
		for _, m := range mine {
			if m < row {
				before++
			}
		}
		back := Write{
			PersonID: change.PersonID, RunID: change.RunID, Key: backKey(change.Key, n+1),
			URI: change.URI, Position: row - before, Again: true,
		}
		w.count(ctx, []WriteOutcome{{Result: agent.Removed, URI: change.URI, Others: n}})
		if out := w.add(ctx, back); out.Fault != nil {
			return stranded(out)
		}
	}
	return WriteOutcome{Result: agent.Removed, Positions: mine, URI: change.URI, Others: len(stay)}
}

// outFirst puts what a trim has taken out in an earlier life before the rest, the row
// that comes back nearest to the top first: those behind it were told with it in its place.
func (b *batch) outFirst(at []int) []int {
	row := func(i int) int {
		if s := b.seen[i]; b.changes[i].Trim && s.out() && len(s.Stood) > 0 {
			return s.Stood[0]
		}
		return math.MaxInt
	}
	slices.SortStableFunc(at, func(i, j int) int { return cmp.Compare(row(i), row(j)) })
	return at
}

// out reports whether the rows were taken out by an earlier request.
func (s Seen) out() bool {
	return s.Attempt == agent.AttemptApplied || s.Attempt == agent.AttemptOpen && len(s.Positions) == 0
}

// stranded reports a row that was to stay and is out. What no retry cures becomes an
// operator's to know of, for who asked can do nothing about it.
func stranded(out WriteOutcome) WriteOutcome {
	if f := out.Fault; final(f.Kind) && f.Kind != fault.Unauthorised {
		f.Kind, f.Message = fault.Exhausted, "A song that was to stay is out of the playlist and could not be put back. "+f.Message
	}
	return out
}

// backKey names the n-th row that is put back after a removal.
func backKey(key string, n int) string { return fmt.Sprintf("%s-back-%d", key, n) }

// planned refuses what was planned for other rows than there are. What an earlier life
// has begun goes on: the rows are no longer those of the plan by its own doing.
func (b *batch) planned() error {
	todo := b.todo()
	if slices.ContainsFunc(todo, func(i int) bool { return b.seen[i].sent() }) {
		return nil
	}
	for _, i := range todo {
		if of := b.changes[i].Of; of != "" && of != b.seen[i].Print {
			return otherRows()
		}
	}
	return nil
}
