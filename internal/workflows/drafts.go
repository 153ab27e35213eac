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
	open  map[string]*draft
	bells map[string]map[chan<- struct{}]bool
}

// draft is an answer so far, and in how many pieces it has come.
type draft struct {
	text   strings.Builder
	pieces int64
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
	if now.pieces++; piece.Reset {
		now.text.Reset()
	}
	now.text.WriteString(piece.Text)
	for bell := range d.bells[runID] {
		toll(bell)
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

// show puts the draft in the place of the answer. Each piece makes a version of its
// own, above all that the engine counts to.
func (d *Drafts) show(p *agent.Progress) {
	if d == nil || p.State.Final() {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := d.open[p.RunID]; now != nil {
		p.Say, p.Version = now.text.String(), p.Version+now.pieces<<32
	}
}

// follow rings the bell at each piece until leave is called.
func (d *Drafts) follow(runID string, bell chan<- struct{}) (leave func()) {
	if d == nil {
		return func() {}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.bells == nil {
		d.bells = map[string]map[chan<- struct{}]bool{}
	}
	if d.bells[runID] == nil {
		d.bells[runID] = map[chan<- struct{}]bool{}
	}
	d.bells[runID][bell] = true
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		if delete(d.bells[runID], bell); len(d.bells[runID]) == 0 {
			delete(d.bells, runID)
		}
	}
}
