package workflows

import (
	"context"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
)

// A writer knows what it has changed lately; reads may not show it yet. When the engine's
// database is lost that knowledge is too, and the next writer has it from the ledger.

// Recalled is what was changed in a playlist lately, before this writer began.
type Recalled struct {
	Counts map[string]Count `json:"counts,omitempty"` // by URI
	Doubts []Doubt          `json:"doubts,omitempty"`
}

// Count is how many rows a URI had after the newest change of it.
type Count struct {
	Rows int           `json:"rows"`
	Age  time.Duration `json:"age"` // since the change was sent
}

// Doubt is a request that was sent and never heard of: until it is Left older, it may still be applied and shown.
type Doubt struct {
	ID    string        `json:"id"`             // of the change, see Write
	Out   bool          `json:"out,omitempty"`  // it removes
	URIs  []string      `json:"uris"`           // that it adds or removes
	Left  time.Duration `json:"left"`           // when it was recalled
	Until time.Time     `json:"until,omitzero"` // by the clock of the workflow
}

// Recall returns what the ledger knows of a playlist's last changes.
func (a *Activities) Recall(ctx context.Context, playlistID string) (Recalled, error) {
	records, err := a.Attempts.Lately(ctx, playlistID, unseen)
	out := Recalled{Counts: map[string]Count{}}
	for _, r := range records {
		out.take(r)
	}
	return out, err
}

// take goes on to the next attempt.
func (r *Recalled) take(a agent.AttemptRecord) {
	switch {
	case a.Kind == "" || a.State == agent.AttemptNotApplied:
	case a.State == agent.AttemptOpen && a.Kind == agent.AttemptIn:
		r.Doubts = append(r.Doubts, Doubt{ID: a.Key, URIs: a.URIs, Left: unseen - a.Age})
	case a.State == agent.AttemptOpen:
		r.Doubts = append(r.Doubts, Doubt{ID: a.Key + "-out", Out: true, URIs: a.URIs, Left: unseen - a.Age})
		for _, uri := range a.URIs {
			delete(r.Counts, uri) // reading has to tell
		}
	default:
		rows := 0
		if a.Kind == agent.AttemptIn {
			rows = len(a.Stood) + 1
		}
		for _, uri := range a.URIs {
			r.Counts[uri] = Count{Rows: rows, Age: a.Age}
		}
	}
}

// recall learns from the ledger what an earlier writer has changed lately.
func (w *writer) recall(ctx workflow.Context) error {
	var known Recalled
	if err := workflow.ExecuteLocalActivity(local(ctx, readLimit), acts.Recall, w.id).Get(ctx, &known); err != nil {
		return err
	}
	now := workflow.Now(ctx)
	for _, uri := range workflow.DeterministicKeys(known.Counts) {
		if _, known := w.tallies[uri]; known {
			continue // through continue-as-new
		}
		w.tallies[uri] = Tally{Rows: known.Counts[uri].Rows, At: now.Add(-known.Counts[uri].Age)}
	}
	for _, d := range known.Doubts {
		w.suspect(ctx, d)
	}
	return nil
}

// suspect notes a request of unknown outcome: who asked comes back, and until then others may ask for the same.
func (w *writer) suspect(ctx workflow.Context, d Doubt) {
	if !w.recalls {
		return
	}
	now := workflow.Now(ctx)
	d.Until = now.Add(d.Left)
	w.doubts = append(slices.DeleteFunc(w.doubts, func(o Doubt) bool {
		return o.ID == d.ID || now.Sub(o.Until) > giveUpAfter // nobody comes back for it any more
	}), d)
}

// leave suspects changes whose outcome is not known when their turn ends.
func (w *writer) leave(ctx workflow.Context, out bool, changes ...Write) {
	for _, c := range changes {
		w.suspect(ctx, Doubt{ID: c.id(), Out: out, URIs: []string{c.URI}, Left: unseen})
	}
}

// leaveRemoval suspects a removal without an answer: it may be applied after one that was sent again,
// and would take what was put in meanwhile. No other outcome ends that doubt.
func (w *writer) leaveRemoval(ctx workflow.Context, change Write, uris []string) {
	w.suspect(ctx, Doubt{ID: change.id() + "-out", Out: true, URIs: uris, Left: unseen})
}

// suspected reports whether a change was sent in an earlier turn and nobody has heard its end yet.
func (w *writer) suspected(c Write) bool {
	return slices.ContainsFunc(w.doubts, func(d Doubt) bool { return d.ID == c.id() })
}

// trust ends the doubts about changes that have come to an end.
func (w *writer) trust(outcomes []WriteOutcome) {
	for _, out := range outcomes {
		if out.Fault == nil {
			w.doubts = slices.DeleteFunc(w.doubts, func(d Doubt) bool { return d.ID == out.ID })
		}
	}
}

// pending returns how long it may still turn up that one of these recordings was put in or taken
// out by a request that is not its own, of which nobody has heard the end.
func (w *writer) pending(ctx workflow.Context, changes []Write) time.Duration {
	return w.longest(ctx, changes, false)
}

// leaving is pending for what takes out: until then a row that is there may be gone the next moment.
func (w *writer) leaving(ctx workflow.Context, changes []Write) time.Duration {
	return w.longest(ctx, changes, true)
}

func (w *writer) longest(ctx workflow.Context, changes []Write, onlyOut bool) (left time.Duration) {
	for _, d := range w.doubts {
		if (d.Out || !onlyOut) && slices.ContainsFunc(changes, d.about) {
			left = max(left, d.Until.Sub(workflow.Now(ctx)))
		}
	}
	return left
}

func (d Doubt) about(c Write) bool {
	return d.ID != c.id() && slices.ContainsFunc(c.uris(), func(uri string) bool { return slices.Contains(d.URIs, uri) })
}
