package workflows

import (
	"context"
	"log/slog"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
)

const (
	reconcileEvery = 2 * time.Second
	reconcileMost  = 500
)

// unfinished lists and ends runs; *store.DB satisfies it.
type unfinished interface {
	Unfinished(ctx context.Context, limit int) ([]agent.Run, error)
	Run(ctx context.Context, personID, runID string) (agent.Run, error)
	Finish(ctx context.Context, personID, runID string, p agent.Progress) error
}

// starter starts runs; *Client satisfies it.
type starter interface {
	StartTurn(ctx context.Context, run agent.Run) error
}

// Reconciler sees to it that what the ledger has accepted runs: the ledger is
// the truth, the engine only its hands.
type Reconciler struct {
	ledger unfinished
	engine starter
	logger *slog.Logger
	known  map[string]bool // started by this process or known to the engine
}

// NewReconciler returns a reconciler over a ledger and an engine.
func NewReconciler(ledger unfinished, engine starter, logger *slog.Logger) *Reconciler {
	return &Reconciler{ledger: ledger, engine: engine, logger: logger, known: map[string]bool{}}
}

// Run reconciles at once and then every two seconds until ctx ends.
func (r *Reconciler) Run(ctx context.Context) {
	tick := time.NewTicker(reconcileEvery)
	defer tick.Stop()
	for {
		if err := r.Once(ctx); err != nil && ctx.Err() == nil {
			r.logger.WarnContext(ctx, "reconcile", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Once starts every unfinished run that the engine does not know. A run that
// the engine has ended without telling the ledger ends here, as failed.
func (r *Reconciler) Once(ctx context.Context) error {
	runs, err := r.ledger.Unfinished(ctx, reconcileMost)
	if err != nil {
		return err
	}
	open := make(map[string]bool, len(runs))
	for _, run := range runs {
		open[run.ID] = true
		if r.known[run.ID] {
			continue
		}
		err := r.engine.StartTurn(ctx, run)
		switch {
		case err == nil:
			r.known[run.ID] = true
		case fault.KindOf(err) == fault.Conflict:
			err = r.abandon(ctx, run)
		}
		if err != nil {
			return err
		}
	}
	for id := range r.known {
		if !open[id] {
			delete(r.known, id)
		}
	}
	return nil
}

// abandon ends a run in the ledger whose workflow was ended from outside. Most
// often the run has simply ended since the ledger was read.
func (r *Reconciler) abandon(ctx context.Context, run agent.Run) error {
	now, err := r.ledger.Run(ctx, run.PersonID, run.ID)
	if err != nil || now.State.Final() {
		return err
	}
	r.logger.ErrorContext(ctx, "run ended outside the ledger", "run", run.ID)
	f := fault.New(fault.Internal, "This request was ended before it was done.", nil)
	return r.ledger.Finish(ctx, run.PersonID, run.ID, agent.Progress{
		RunID: run.ID, Version: 1 << 32, State: agent.Failed, Title: "Not done",
		Trouble: troubleOf(f, time.Time{}), StartedAt: run.AcceptedAt, EndedAt: time.Now(),
	})
}
