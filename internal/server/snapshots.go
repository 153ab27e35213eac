package server

import (
	"context"
	"fmt"
	"strings"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
)

// Snapshot is the whole visible state of a run: what a page shows and a stream sends.
type Snapshot struct {
	Run      agent.Run
	Progress agent.Progress
}

// SnapshotVersion rises with every visible change; it is 0 until the run has
// started. Reaching the ledger counts as one, though the engine's number stays.
func (s Snapshot) SnapshotVersion() int64 {
	if s.Final() {
		return s.Progress.Version + 1
	}
	return s.Progress.Version
}

// Final reports whether the run has ended and the ledger knows how. A run that
// the engine alone calls final may still be on its way into the ledger.
func (s Snapshot) Final() bool { return s.Run.State.Final() }

// firstLook is how often the ledger is asked about a run that the engine does not know yet.
const firstLook = 100 * time.Millisecond

// snapshots is where streams and pages get the state of a run: the ledger when
// it is final there, the engine while it runs, and the ledger again before the
// engine knows it. It is the live.Source of the hub.
type snapshots struct {
	ledger interface {
		Run(ctx context.Context, personID, runID string) (agent.Run, error)
	}
	engine watcher
}

// runKey names a run to the hub. The person is part of it, so that a watcher reads
// the ledger as the person too.
func runKey(r agent.Run) string { return r.PersonID + "/" + r.ID }

// Snapshot returns the state of the run that key names.
func (s *snapshots) Snapshot(ctx context.Context, key string) (Snapshot, error) {
	personID, runID, _ := strings.Cut(key, "/")
	run, err := s.ledger.Run(ctx, personID, runID)
	if err != nil {
		return Snapshot{}, err
	}
	return s.of(ctx, run)
}

// of returns the state of a run as just read from the ledger.
func (s *snapshots) of(ctx context.Context, run agent.Run) (Snapshot, error) {
	if run.State.Final() {
		return Snapshot{Run: run, Progress: outcome(run)}, nil
	}
	p, err := s.engine.Progress(ctx, run.ID)
	switch {
	case err == nil:
		return Snapshot{Run: run, Progress: p}, nil
	case fault.KindOf(err) == fault.NotFound:
		return Snapshot{Run: run, Progress: accepted(run)}, nil
	}
	return Snapshot{}, fmt.Errorf("read progress of run %s: %w", run.ID, err)
}

// Wait returns when the state may have changed.
func (s *snapshots) Wait(ctx context.Context, key string) error {
	_, runID, _ := strings.Cut(key, "/")
	err := s.engine.Wait(ctx, runID)
	if fault.KindOf(err) != fault.NotFound {
		return err
	}
	select { // no bell rings for a run that has not started: look again soon
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(firstLook):
		return nil
	}
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
