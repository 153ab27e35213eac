package workflows

import (
	"context"
	"strings"
	"sync"
	"time"

	"segue/internal/agent"
)

// Drafts are the answers that a language model is writing, by run. They live in
// one process and are lost with it: what counts is the step that is recorded.
// The zero value is ready, and so is nil, which keeps none.
type Drafts struct {
	mu    sync.Mutex
	heard int64 // pieces so far, of all runs
	open  map[string]*draft
	bells map[string]map[bells]bool
}

// bells are those of one who follows a run: first rings with the first words of an
// answer, more with all that come behind.
type bells struct{ first, more chan<- struct{} }

// draft is an answer so far, and how many pieces had been heard with its last one.
type draft struct {
	text  strings.Builder
	heard int64
}

// hear takes a piece of the answer of a run, and tells those who follow it.
func (d *Drafts) hear(runID string, piece agent.Delta) {
	if d == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open == nil {
		d.open = map[string]*draft{}
	}
	if d.open[runID] == nil {
		d.open[runID] = &draft{}
	}
	now := d.open[runID]
	d.heard++
	if now.heard = d.heard; piece.Reset {
		now.text.Reset()
	}
	first := now.text.Len() == 0 && piece.Text != ""
	now.text.WriteString(piece.Text)
	for b := range d.bells[runID] {
		if first {
			toll(b.first)
		} else {
			toll(b.more)
		}
	}
}

// keepStopped is for how long the draft of a stopped run is there to be kept.
const keepStopped = time.Minute

// end forgets the draft of a run: its step is recorded, or was given up. A run that
// was stopped may still ask for it.
func (d *Drafts) end(ctx context.Context, runID string) {
	switch {
	case d == nil:
	case ctx.Err() != nil:
		time.AfterFunc(keepStopped, func() { d.drop(runID) })
	default:
		d.drop(runID)
	}
}

func (d *Drafts) drop(runID string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.open, runID)
}

// text returns the draft of a run.
func (d *Drafts) text(runID string) string {
	if d == nil {
		return ""
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := d.open[runID]; now != nil {
		return now.text.String()
	}
	return ""
}

// heardShift is where the pieces stand in a version: above all that the engine counts to.
const heardShift = 32

// show puts the draft in the place of the answer. Each piece makes a version of its own.
func (d *Drafts) show(p *agent.Progress) {
	if d == nil || p.State.Final() {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := d.open[p.RunID]; now != nil {
		p.Say, p.Version = now.text.String(), p.Version+now.heard<<heardShift
	}
}

// follow rings the bells at each piece until leave is called.
func (d *Drafts) follow(runID string, b bells) (leave func()) {
	if d == nil {
		return func() {}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bells == nil {
		d.bells = map[string]map[bells]bool{}
	}
	if d.bells[runID] == nil {
		d.bells[runID] = map[bells]bool{}
	}
	d.bells[runID][b] = true
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if delete(d.bells[runID], b); len(d.bells[runID]) == 0 {
			delete(d.bells, runID)
		}
	}
}
