package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
)

// finish turns the error of run into the final state.
func (l *list) finish(ctx workflow.Context, err error) {
	after, _ := workflow.NewDisconnectedContext(ctx)
	if l.stop != nil && (err != nil || ctx.Err() != nil) {
		l.stopped(after)
	} else {
		l.ended(after, err)
	}
	if _, err := l.look(after); err == nil { // else the counts as they were are near enough
		l.p.List.Rate = 0
	}
	l.recount()
	l.p.EndedAt, l.p.Stopping = workflow.Now(after), false
	l.p.Title = l.headline()
	notAll(&l.p)
	l.bump()
}

// stopped ends the rows that have not had their turn, and takes back on demand what was added.
func (l *list) stopped(ctx workflow.Context) {
	_ = workflow.Sleep(ctx, time.Millisecond) // so that the stop is on record before the ledger hears of it; see turn.stopped
	closeStages(l.p.Steps, agent.Cancelled)
	l.p.Trouble = nil
	if l.in.UndoOf == "" {
		_ = l.end(ctx, agent.RowStopped, agent.RowOpen, agent.RowFound, agent.RowReview)
		if l.stop.Undo && l.p.Playlist != nil {
			if err := l.takeBack(ctx, ""); err != nil {
				l.p.Trouble = troubleOf(fromTemporal(err), time.Time{})
			}
		}
	}
	l.p.State = agent.Cancelled
}

func (l *list) ended(ctx workflow.Context, err error) {
	l.p.State, l.p.Trouble = agent.Done, nil
	if err == nil && l.refused > 0 && l.in.UndoOf != "" {
		err = fault.New(fault.Conflict, count(l.refused, "song")+" could not be taken back.", nil)
	}
	if err == nil {
		return
	}
	closeStages(l.p.Steps, agent.Failed)
	l.p.State, l.p.Trouble = agent.Failed, troubleOf(fromTemporal(err), time.Time{})
	if l.in.UndoOf == "" {
		_ = l.end(ctx, agent.RowStopped, agent.RowOpen, agent.RowFound, agent.RowReview)
	}
}

// recount brings the size of the playlist, as it was before, up to date.
func (l *list) recount() {
	if l.p.Playlist == nil || l.p.List == nil {
		return
	}
	if l.in.UndoOf != "" {
		l.p.Playlist.Total = max(0, l.p.Playlist.Total-l.p.List.Counts[agent.RowRemoved])
	} else {
		l.p.Playlist.Total += l.p.List.Counts[agent.RowAdded]
	}
}

// headline says in a line what became of the list.
func (l *list) headline() string {
	if l.p.Playlist == nil || l.p.List == nil {
		return l.p.Title
	}
	counts, name := l.p.List.Counts, l.p.Playlist.Name
	if l.in.UndoOf != "" || l.stop != nil && l.stop.Undo {
		return "Took back " + count(counts[agent.RowRemoved], "song") + " from " + name
	}
	return addLine(counts[agent.RowAdded], counts[agent.RowThere], counts.Total(), name)
}

// save writes the outcome to the ledger; it is repeated until the store takes it.
func (l *list) save(ctx workflow.Context) error {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	in := SaveInput{PersonID: l.in.PersonID, RunID: l.in.RunID, Outcome: l.p}
	return workflow.ExecuteLocalActivity(local(ctx, saveLimit), acts.Save, in).Get(ctx, nil)
}
