package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
)

// auditTries are the looks of an audit, the last a day after the first.
const auditTries = 30

// doubt notes a song that was sent twice. Both requests may have been applied,
// if Spotify took longer than anybody has seen it take; that is looked at later.
func (w *writer) doubt(ctx workflow.Context, change Write, stood []int) {
	if workflow.GetVersion(ctx, "audit", workflow.DefaultVersion, 1) == 1 {
		w.audits = append(w.audits, Audit{Change: change, Before: len(stood), At: workflow.Now(ctx).Add(unseen)})
	}
}

// rest is how long a writer without work waits: until an audit is due, or until it ends.
func (w *writer) rest(ctx workflow.Context) time.Duration {
	if len(w.audits) == 0 {
		return idleEnd
	}
	due := w.audits[0].At
	for _, a := range w.audits {
		if a.At.Before(due) {
			due = a.At
		}
	}
	return min(idleEnd, max(time.Millisecond, due.Sub(workflow.Now(ctx))))
}

// audit looks at what is due. A song that stands there twice by our doing is
// left as it is, for Spotify can only take out all rows of a song, and told to an operator.
func (w *writer) audit(ctx workflow.Context) error {
	now := workflow.Now(ctx)
	all := w.audits
	w.audits = nil
	for _, due := range all {
		if due.At.After(now) {
			w.audits = append(w.audits, due)
			continue
		}
		seen, err := w.lookAll(ctx, []Write{due.Change}, true)
		if err != nil {
			w.later(ctx, due)
			continue
		}
		if rows := len(seen[0].Positions); rows > due.Before+1 {
			if err := w.tellTwice(ctx, due, rows); err != nil {
				return err
			}
		}
	}
	return nil
}

// later puts an audit off that could not look, for a day in all.
func (w *writer) later(ctx workflow.Context, due Audit) {
	if due.Tries++; due.Tries > auditTries {
		workflow.GetLogger(ctx).Warn("a song that was sent twice could not be looked at", "run", due.Change.RunID)
		return
	}
	due.At = workflow.Now(ctx).Add(doubled(unseen, time.Hour, due.Tries))
	w.audits = append(w.audits, due)
}

// tellTwice makes a letter of a song that was added twice.
func (w *writer) tellTwice(ctx workflow.Context, due Audit, rows int) error {
	trouble := &agent.Trouble{
		Kind: string(fault.Internal),
		What: fmt.Sprintf("Spotify applied a request after it could no longer be told: the song stands there %d times instead of %d.",
			rows, due.Before+1),
	}
	l := newLetter(due.Change.PersonID, due.Change.RunID, trouble, workflow.Now(ctx))
	l.Task, l.Step = due.Change.Key, agent.Verifying
	return bury(ctx, []deadletter.Letter{l.Seal()})
}
