package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
)

// Reads lag behind writes. What the writer has changed lately it knows better than they do.

// count notes what was changed just now, and forgets what reads show by now.
func (w *writer) count(ctx workflow.Context, outcomes []WriteOutcome) {
	now := workflow.Now(ctx)
	for _, uri := range workflow.DeterministicKeys(w.tallies) {
		if now.Sub(w.tallies[uri].At) >= unseen {
			delete(w.tallies, uri)
		}
	}
	for _, out := range outcomes {
		if _, past := w.past(out.ID); past {
			continue
		}
		switch out.Result {
		case agent.Added:
			w.tallies[out.URI] = Tally{Rows: out.Others + 1, At: now}
		case agent.Removed:
			w.tallies[out.URI] = Tally{Rows: out.Others, At: now}
		}
	}
}

// tally returns how many rows a recording has, and the id they have, when that
// was changed so recently that reads may not show it.
func (w *writer) tally(ctx workflow.Context, change Write) (rows int, uri string, known bool) {
	var newest Tally
	for _, id := range change.uris() {
		t, ok := w.tallies[id]
		if ok && workflow.Now(ctx).Sub(t.At) < unseen && !t.At.Before(newest.At) {
			newest, uri, known = t, id, true
		}
	}
	return newest.Rows, uri, known
}

// unknownRow stands for a row that is there and that no read has shown yet.
const unknownRow = -1

// stood returns the rows that a recording has now, of which reading may show others.
func (w *writer) stood(ctx workflow.Context, change Write, seen Seen) []int {
	rows := slices.Clone(seen.Positions)
	n, _, known := w.tally(ctx, change)
	if !known {
		return rows
	}
	for len(rows) < n {
		rows = append(rows, unknownRow)
	}
	return rows[:n]
}

// there reports whether reading shows what an add is to bring about: a row more
// than before it was sent or, when it was not, any row.
func (w *writer) there(ctx workflow.Context, change Write, seen Seen) bool {
	rows, _, known := w.tally(ctx, change)
	switch {
	case known && len(seen.Positions) > rows: // of which some may just have been taken out
		return false
	case seen.sent():
		return len(seen.Positions) > len(seen.Stood)
	default:
		return len(seen.Positions) > 0 && !change.Again
	}
}
