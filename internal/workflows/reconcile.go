package workflows

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
)

const (
	reconcileEvery = 2 * time.Second
	reconcileMost  = 10_000 // more than can be open at once
	sweepEvery     = 5 * time.Minute
	sweepOverlap   = 10 * time.Minute // what has ended is found a little later
	sweepMost      = 500              // ended runs that are looked at in one go
	letterGrace    = time.Minute      // that a letter takes at most, when nothing breaks
	lookBack       = 24 * time.Hour   // of the first sweep
)

const endedOutside = "This request was ended before it was done."

// KeepLetters is how long a letter stays once it is resolved or discarded, when nothing else is said.
const KeepLetters = 90 * 24 * time.Hour

// unfinished lists and ends runs; *store.DB satisfies it.
type unfinished interface {
	Unfinished(ctx context.Context, limit int) ([]agent.Run, error)
	UndoUnheeded(ctx context.Context) error
	Run(ctx context.Context, personID, runID string) (agent.Run, error)
	Finish(ctx context.Context, personID, runID string, p agent.Progress) error
	HasLetter(ctx context.Context, runID string) (bool, error)
	Unlettered(ctx context.Context, since, before time.Time, limit int) ([]agent.Run, error)
}

// letterdesk is what becomes of letters later; *store.DB satisfies it.
type letterdesk interface {
	OpenBulks(ctx context.Context) ([]deadletter.Bulk, error)
	PurgeLetters(ctx context.Context, before time.Time) (int, error)
}

// archive forgets runs that their people do not keep any longer; *store.DB satisfies it.
type archive interface {
	PurgeRuns(ctx context.Context, now time.Time, limit int) (deleted int, err error)
}

// records are all of these.
type records interface {
	unfinished
	letterdesk
	archive
	timetable
}

// starter starts what the ledger has accepted; *Client satisfies it.
type starter interface {
	StartTurn(ctx context.Context, run agent.Run) error
	StartLetter(ctx context.Context, l deadletter.Letter) error
	StartBulk(ctx context.Context, b deadletter.Bulk) error
	// Cancel tells a run that it is stopped; telling it again changes nothing.
	Cancel(ctx context.Context, runID string, undo bool) error
	Healthy(ctx context.Context) error
}

// wreckage lists what broke since a time; *Client satisfies it.
type wreckage interface {
	Broken(ctx context.Context, since time.Time) ([]Broken, error)
	LostLetters(ctx context.Context, since time.Time) ([]deadletter.Letter, error)
}

// engine is all of these.
type engine interface {
	starter
	wreckage
	timekeeper
}

// Reconciler sees to it that what the ledger has accepted runs: the ledger is
// the truth, the engine only its hands. What the engine has dropped becomes a letter.
type Reconciler struct {
	ledger  records
	engine  engine
	logger  *slog.Logger
	known   map[string]bool      // runs and bulks that were started by this process, or are known to the engine
	told    map[string]bool      // runs that have heard of their stop
	failing map[string]time.Time // runs that cannot be brought on their way, and since when
	posted  map[string]posted    // schedules, by id
	swept   time.Time            // when the last sweep began; zero before the first
	keep    time.Duration        // how long settled letters stay
}

// NewReconciler returns a reconciler over a ledger and an engine.
func NewReconciler(ledger records, engine engine, logger *slog.Logger) *Reconciler {
	return &Reconciler{ledger: ledger, engine: engine, logger: logger, known: map[string]bool{}, told: map[string]bool{}, failing: map[string]time.Time{}, posted: map[string]posted{}, keep: KeepLetters}
}

// Keep sets how long letters stay once they are resolved or discarded; KeepLetters by default.
func (r *Reconciler) Keep(d time.Duration) { r.keep = d }

// Run reconciles at once and then every two seconds, and sweeps every five minutes, until ctx ends.
func (r *Reconciler) Run(ctx context.Context) {
	tick := time.NewTicker(reconcileEvery)
	defer tick.Stop()
	for {
		err := r.Once(ctx)
		if time.Since(r.swept) >= sweepEvery {
			err = errors.Join(err, r.Sweep(ctx))
		}
		if err != nil && ctx.Err() == nil {
			r.logger.WarnContext(ctx, "reconcile", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Once starts every unfinished run that the engine does not know, those that take back
// what ended before it heard of its stop among them, and makes its schedules agree with the ledger's.
func (r *Reconciler) Once(ctx context.Context) error {
	return errors.Join(r.ledger.UndoUnheeded(ctx), r.startRuns(ctx), r.post(ctx, time.Now()))
}

// abandon ends a run in the ledger that no workflow serves, as failed, and makes a letter of it, which has the
// cause. Most often the run has simply ended since the ledger was read.
func (r *Reconciler) abandon(ctx context.Context, run agent.Run, what, cause string) error {
	now, err := r.ledger.Run(ctx, run.PersonID, run.ID)
	if err != nil || now.State.Final() {
		return err
	}
	r.logger.ErrorContext(ctx, "run ended outside the ledger", "run", run.ID, "cause", cause)
	f := fault.New(fault.Internal, what, nil)
	trouble, ended := troubleOf(f, time.Time{}), time.Now()
	err = r.ledger.Finish(ctx, run.PersonID, run.ID, agent.Progress{
		RunID: run.ID, Version: 1 << 32, State: agent.Failed, Title: "Not done",
		Trouble: trouble, StartedAt: run.AcceptedAt, EndedAt: ended,
	})
	if err != nil {
		return err
	}
	l := newLetter(run.PersonID, run.ID, trouble, ended)
	l.Attempts[0].Causes = []string{cause}
	return r.engine.StartLetter(ctx, l)
}

// Sweep makes a letter of every run whose workflow broke since the last sweep
// and that has none, starts again what broke while it kept a letter or acted on
// many, and forgets letters that were settled long ago and runs that are no longer
// kept. What fails is found again the next time.
func (r *Reconciler) Sweep(ctx context.Context) error {
	began := time.Now()
	since := r.swept
	if !since.IsZero() {
		since = since.Add(-sweepOverlap)
	}
	broken, err := r.engine.Broken(ctx, since)
	if err != nil {
		return err
	}
	for _, b := range broken {
		if err := r.bury(ctx, b); err != nil {
			return err
		}
	}
	if err := r.unlettered(ctx, since, began); err != nil {
		return err
	}
	if _, err := r.ledger.PurgeLetters(ctx, began.Add(-r.keep)); err != nil {
		return err
	}
	if err := r.forget(ctx, began); err != nil {
		return err
	}
	if err := r.resume(ctx, since); err != nil {
		return err
	}
	if err := r.compare(ctx); err != nil {
		return err
	}
	r.swept = began
	return nil
}

// forget deletes runs that are no longer kept, a batch at a time, so that no other write waits for long.
func (r *Reconciler) forget(ctx context.Context, now time.Time) error {
	for {
		if n, err := r.ledger.PurgeRuns(ctx, now, sweepMost); err != nil || n < sweepMost {
			return err
		}
	}
}

// unlettered makes letters of runs that have given something up and whose own
// letters were lost, as they are when the engine's database goes between the end of the run and its letter.
func (r *Reconciler) unlettered(ctx context.Context, since, now time.Time) error {
	if since.IsZero() {
		since = now.Add(-lookBack)
	}
	before := now.Add(-letterGrace)
	for {
		runs, err := r.ledger.Unlettered(ctx, since, before, sweepMost)
		if err != nil {
			return err
		}
		for _, run := range runs {
			since = run.EndedAt.Add(time.Millisecond)
			if trouble := lostTrouble(run); trouble != nil {
				if err := r.engine.StartLetter(ctx, newLetter(run.PersonID, run.ID, trouble, run.EndedAt)); err != nil {
					return err
				}
			}
		}
		if len(runs) < sweepMost {
			return nil
		}
	}
}

// lostTrouble returns what a run or the first of its songs has given up over, nil for nothing.
func lostTrouble(run agent.Run) *agent.Trouble {
	if run.Outcome == nil {
		return nil
	}
	if givenUp(run.Outcome.Trouble) {
		return run.Outcome.Trouble
	}
	for _, task := range run.Outcome.Tasks {
		if failed(task) && givenUp(task.Trouble) {
			return task.Trouble
		}
	}
	return nil
}

// resume starts again what broke on the way of letters themselves. Starting what runs is a no-op.
func (r *Reconciler) resume(ctx context.Context, since time.Time) error {
	lost, err := r.engine.LostLetters(ctx, since)
	for _, l := range lost {
		err = errors.Join(err, r.engine.StartLetter(ctx, l))
	}
	bulks, unread := r.ledger.OpenBulks(ctx)
	err = errors.Join(err, unread)
	for _, b := range bulks {
		err = errors.Join(err, r.engine.StartBulk(ctx, b))
	}
	return err
}

// bury makes a letter of one broken run, unless its person has left or it ended well before it broke.
func (r *Reconciler) bury(ctx context.Context, b Broken) error {
	run, err := r.ledger.Run(ctx, b.PersonID, b.RunID)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if !run.State.Final() {
		return r.abandon(ctx, run, endedOutside, "the workflow was ended from outside")
	}
	told, err := r.ledger.HasLetter(ctx, run.ID)
	if err != nil || told || run.Outcome == nil || !givenUp(run.Outcome.Trouble) {
		return err
	}
	return r.engine.StartLetter(ctx, newLetter(run.PersonID, run.ID, run.Outcome.Trouble, run.EndedAt))
}
