package workflows

import (
	"context"
	"errors"
	"maps"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
)

const (
	startLimit = 10 * time.Minute // for which a run is tried to be started while the engine answers
	tellLimit  = 5 * time.Second  // of telling it a stop
)

// startRuns starts the runs, and tells of their stops. One that fails for a reason
// of its own holds up no other.
func (r *Reconciler) startRuns(ctx context.Context) error {
	runs, err := r.ledger.Unfinished(ctx, reconcileMost)
	if err != nil {
		return err
	}
	open := make(map[string]bool, len(runs))
	bulks := r.startBulks(ctx, open)
	for _, run := range runs {
		open[run.ID] = true
		err := r.bring(ctx, run)
		if err == nil {
			delete(r.failing, run.ID)
			continue
		}
		if away := r.engine.Healthy(ctx); away != nil {
			return errors.Join(bulks, err, away)
		}
		r.fails(ctx, run, err)
	}
	gone := func(id string) bool { return !open[id] }
	maps.DeleteFunc(r.known, func(id string, _ bool) bool { return gone(id) })
	maps.DeleteFunc(r.told, func(id string, _ bool) bool { return gone(id) })
	maps.DeleteFunc(r.failing, func(id string, _ time.Time) bool { return gone(id) })
	return bulks
}

// bring starts a run that the engine does not know, and tells the engine of a stop that it may not
// have heard. One that the engine has ended without telling the ledger ends here, as failed.
func (r *Reconciler) bring(ctx context.Context, run agent.Run) error {
	if !r.known[run.ID] {
		err := r.engine.StartTurn(ctx, run)
		if fault.KindOf(err) == fault.Conflict {
			return r.abandon(ctx, run, endedOutside, "the workflow was ended from outside")
		}
		if err != nil {
			return err
		}
		r.known[run.ID] = true
	}
	if run.Stop == "" || r.told[run.ID] {
		return nil
	}
	ctx, done := context.WithTimeout(ctx, tellLimit)
	defer done()
	err := r.engine.Cancel(ctx, run.ID, run.Stop == agent.StopUndo)
	if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Conflict { // it is at its end
		return nil
	}
	r.told[run.ID] = err == nil
	return err
}

// fails tells, once, of a run that cannot be brought on its way. One that has not been started for
// startLimit ends as failed, with a letter: waiting for it any longer helps nobody.
func (r *Reconciler) fails(ctx context.Context, run agent.Run, err error) {
	since, again := r.failing[run.ID]
	if !again {
		since = time.Now()
		r.failing[run.ID] = since
		r.logger.ErrorContext(ctx, "run not started; it is tried again", "run", run.ID, "kind", fault.KindOf(err), "error", err)
	}
	if r.known[run.ID] || time.Since(since) < startLimit {
		return
	}
	if err := r.abandon(ctx, run, "This request could not be started.", "the engine refused the run"); err != nil {
		r.logger.ErrorContext(ctx, "run not given up", "run", run.ID, "error", err)
	}
}

// startBulks starts every bulk that is not at its end and that the engine does not know.
func (r *Reconciler) startBulks(ctx context.Context, open map[string]bool) error {
	bulks, err := r.ledger.OpenBulks(ctx)
	if err != nil {
		return err
	}
	for _, b := range bulks {
		open[b.ID] = true
		if r.known[b.ID] {
			continue
		}
		if err := r.engine.StartBulk(ctx, b); err != nil {
			return err
		}
		r.known[b.ID] = true
	}
	return nil
}
