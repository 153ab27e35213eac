package server

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/live"
	"segue/internal/share"
	"segue/web/templates/partial"
)

// Snapshot is the whole visible state of a run: what a page shows and a stream
// sends. Its readers share it.
type Snapshot struct {
	Run      agent.Run
	Progress agent.Progress
	Undone   *agent.Run // the run that this one has taken back, nil when it has not

	mu    sync.Mutex
	cards map[look]*card
}

// look is how a snapshot is shown to one kind of readers.
type look struct {
	full   bool   // with every detail
	public string // address of the share page, whose readers see what share.Public lets through; "" for the run's person
	names  bool   // and songs by name
}

// card is a snapshot as a stream sends it, made once for all its readers.
type card struct {
	once    sync.Once
	message live.Message
	err     error
}

func newSnapshot(run agent.Run, p agent.Progress) *Snapshot {
	return &Snapshot{Run: run, Progress: p, cards: map[look]*card{}}
}

// seen is the run in one look.
func (s *Snapshot) seen(as look) partial.RunView {
	v := partial.RunView{Run: s.Run, Progress: s.Progress, Full: as.full, Public: as.public, Now: time.Now()}
	if as.public != "" {
		v.Run, v.Progress = share.Public(s.Run, s.Progress, as.names)
	}
	return v
}

// message returns the card of the run in one look.
func (s *Snapshot) message(as look) (live.Message, error) {
	c := s.card(as)
	c.once.Do(func() {
		v := s.seen(as)
		v.Live = true
		var html bytes.Buffer
		c.err = partial.Run(v).Render(context.Background(), &html)
		if c.err == nil && s.Undone != nil && as == (look{}) {
			c.err = partial.Undone(newSnapshot(*s.Undone, outcome(*s.Undone)).seen(as)).Render(context.Background(), &html)
		}
		if c.err == nil {
			c.message = live.NewMessage(s.SnapshotVersion(), html.Bytes())
		}
	})
	return c.message, c.err
}

func (s *Snapshot) card(as look) *card {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, made := s.cards[as]
	if !made {
		c = &card{}
		s.cards[as] = c
	}
	return c
}

// SnapshotVersion rises with every visible change; it is 0 until the run has
// started. Reaching the ledger counts as one, though the engine's number stays.
func (s *Snapshot) SnapshotVersion() int64 {
	if s.Final() {
		return s.Progress.Version + 1
	}
	return s.Progress.Version
}

// Final reports whether the run has ended and the ledger knows how. A run that
// the engine alone calls final may still be on its way into the ledger.
func (s *Snapshot) Final() bool { return s.Run.State.Final() }

// snapshots is where streams and pages get the state of a run: the ledger when
// it is final there, the engine while it runs, and the ledger again before the
// engine knows it. It is the live.Source of the hub.
type snapshots struct {
	ledger interface {
		Run(ctx context.Context, personID, runID string) (agent.Run, error)
	}
	engine watcher
}

// watch follows one run for the hub.
type watch struct {
	Watch
	all           *snapshots
	person, runID string
}

// Watch starts to follow the run that key names.
func (s *snapshots) Watch(key string) live.Watch[*Snapshot] {
	personID, runID, _ := strings.Cut(key, "/")
	return &watch{Watch: s.engine.Watch(runID), all: s, person: personID, runID: runID}
}

// runKey names a run to the hub. The person is part of it, so that a watcher reads
// the ledger as the person too.
func runKey(r agent.Run) string { return r.PersonID + "/" + r.ID }

// Snapshot returns the state of the run.
func (w *watch) Snapshot(ctx context.Context) (*Snapshot, error) {
	run, err := w.all.ledger.Run(ctx, w.person, w.runID)
	if err != nil {
		return nil, err
	}
	snap, err := snapshot(ctx, run, w.Progress)
	if err != nil {
		return nil, err
	}
	return w.all.withUndone(ctx, snap)
}

// withUndone adds to the last snapshot of an undo the run that it has taken back.
func (s *snapshots) withUndone(ctx context.Context, snap *Snapshot) (*Snapshot, error) {
	if snap.Run.State != agent.Done || snap.Run.UndoOf == "" {
		return snap, nil
	}
	undone, err := s.ledger.Run(ctx, snap.Run.PersonID, snap.Run.UndoOf)
	if err != nil {
		return nil, fmt.Errorf("read what run %s has taken back: %w", snap.Run.ID, err)
	}
	snap.Undone = &undone
	return snap, nil
}

// of returns the state of a run as just read from the ledger.
func (s *snapshots) of(ctx context.Context, run agent.Run) (*Snapshot, error) {
	return snapshot(ctx, run, func(ctx context.Context) (agent.Progress, error) { return s.engine.Progress(ctx, run.ID) })
}

func snapshot(
	ctx context.Context, run agent.Run, progress func(context.Context) (agent.Progress, error),
) (*Snapshot, error) {
	if run.State.Final() {
		return newSnapshot(run, outcome(run)), nil
	}
	p, err := progress(ctx)
	switch {
	case err == nil:
		return newSnapshot(run, p), nil
	case fault.KindOf(err) == fault.NotFound:
		return newSnapshot(run, accepted(run)), nil
	}
	return nil, fmt.Errorf("read progress of run %s: %w", run.ID, err)
}

// outcome is the last snapshot of a run that has ended.
func outcome(run agent.Run) agent.Progress {
	if run.Outcome == nil {
		return agent.Progress{RunID: run.ID, State: run.State, StartedAt: run.AcceptedAt, EndedAt: run.EndedAt}
	}
	p := *run.Outcome
	p.State = run.State
	return p
}

// accepted is what a run looks like before the engine knows it.
func accepted(run agent.Run) agent.Progress {
	return agent.Progress{
		RunID: run.ID,
		State: agent.Accepted,
		Steps: []agent.Stage{{Name: agent.Understanding, State: agent.Accepted, Since: run.AcceptedAt}},
	}
}
