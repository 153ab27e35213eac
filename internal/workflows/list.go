package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/music"
)

const (
	listTurns = 60        // looks at a list until its history begins anew; each is some 40 events
	idleLook  = time.Hour // how often a list that waits looks by itself, in case that nobody could wake it
)

// ListInput starts a SyncList. The rest carries what it knows through continue-as-new.
type ListInput struct {
	RunID    string          `json:"run_id"`
	PersonID string          `json:"person_id"`
	UndoOf   string          `json:"undo_of,omitempty"` // the run whose list is taken back; "" to bring the run's own
	Stop     *Cancel         `json:"stop,omitempty"`    // it was stopped in an earlier life; nil = it was not
	Past     *agent.Progress `json:"past,omitempty"`
	Try      int             `json:"try,omitempty"`  // requests to the writer that came back with a fault
	Asked    time.Time       `json:"asked,omitzero"` // since when it has waited for answers in vain
}

// SyncList serves a run that brings a whole list. The rows are the ledger's: they
// are looked for by activities, several at a time, and added in their order, up to
// MaxBatch in one request, while the next are being looked for. Rows that are
// unclear wait there for the person and hold up nobody. Nothing is lost with this
// workflow: one that is started anew goes on where the rows say.
func SyncList(ctx workflow.Context, in ListInput) error {
	l := newList(ctx, in)
	work, err := l.handle(ctx)
	if err != nil {
		return err
	}
	err = l.run(work)
	if workflow.IsContinueAsNewError(err) {
		return err
	}
	l.finish(work, err)
	return l.save(ctx)
}

// list is a running SyncList.
type list struct {
	waker
	in       ListInput
	p        agent.Progress
	stop     *Cancel
	refused  int       // rows that could not be taken back
	began    time.Time // of what Rate is measured over
	searched int       // rows that were looked for before
}

func newList(ctx workflow.Context, in ListInput) *list {
	l := &list{in: in, stop: in.Stop, waker: newWaker(true), searched: -1, began: workflow.Now(ctx)}
	l.p = agent.Progress{RunID: in.RunID, Version: 1, State: agent.Running, Stopping: in.Stop != nil, StartedAt: l.began}
	if in.Past != nil {
		l.p = *in.Past
	}
	return l
}

func (l *list) bump() { l.p.Version++ }

// handle answers queries, signals and updates. The context it returns ends when the run is stopped.
func (l *list) handle(ctx workflow.Context) (workflow.Context, error) {
	work, cancel := workflow.WithCancel(ctx)
	err := workflow.SetQueryHandler(ctx, QueryProgress, func() (agent.Progress, error) { return l.p, nil })
	if err != nil {
		return nil, err
	}
	l.listen(ctx, func(workflow.Context) {})
	return work, workflow.SetUpdateHandlerWithOptions(ctx, UpdateCancel, func(_ workflow.Context, c Cancel) error {
		if l.stop == nil {
			l.stop, l.p.Stopping = &c, true
			l.bump()
			cancel()
		}
		return nil
	}, stoppable(&l.p))
}

// run works the list off.
func (l *list) run(ctx workflow.Context) error {
	if l.in.Stop != nil {
		return l.heed(ctx)
	}
	if err := l.locate(ctx); err != nil {
		return err
	}
	if l.in.UndoOf != "" {
		return l.takeBack(ctx, l.in.UndoOf)
	}
	for range listTurns {
		seen := l.calls
		next, err := l.look(ctx)
		switch {
		case err != nil:
			return err
		case next.Paused:
			err = l.wait(ctx, agent.Parked, seen)
		case len(next.Open)+len(next.Found) > 0:
			err = l.work(ctx, next)
		case next.Counts[agent.RowReview] > 0:
			err = l.ask(ctx, seen)
		default:
			return nil
		}
		if err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return workflow.NewContinueAsNewError(ctx, SyncList, ListInput{
		RunID: l.in.RunID, PersonID: l.in.PersonID, Past: &l.p, Try: l.in.Try, Asked: l.in.Asked,
	})
}

// rows names rows of the list to an activity.
func (l *list) rows(positions []int) RowsInput {
	in := RowsInput{PersonID: l.in.PersonID, RunID: l.in.RunID, Of: l.in.UndoOf, Positions: positions, Try: l.in.Try}
	if l.p.Playlist != nil {
		in.PlaylistID = l.p.Playlist.ID
	}
	return in
}

// look reads how the list stands, and shows it.
func (l *list) look(ctx workflow.Context) (ListState, error) {
	var next ListState
	err := workflow.ExecuteLocalActivity(local(ctx, readLimit), acts.LookAtList, l.rows(nil)).Get(ctx, &next)
	if err != nil {
		return next, err
	}
	done := next.Counts.Total() - next.Counts[agent.RowOpen]
	if l.searched < 0 {
		l.searched = done
	}
	shown := &agent.ListProgress{Counts: next.Counts, Paused: next.Paused}
	if passed := workflow.Now(ctx).Sub(l.began); passed > 0 {
		shown.Rate = float64(done-l.searched) / passed.Seconds()
	}
	l.p.List, l.p.Undoable = shown, l.in.UndoOf == "" && next.Counts[agent.RowAdded] > 0
	l.bump()
	return next, nil
}

// locate finds the playlist, or makes it, once.
func (l *list) locate(ctx workflow.Context) error {
	if l.p.Playlist != nil {
		return nil
	}
	next, err := l.look(ctx)
	if err != nil {
		return err
	}
	l.p.Title = "Adding " + count(next.Counts.Total(), "song") + " to " + next.Playlist.Name
	if l.in.UndoOf != "" {
		l.p.Title = "Taking the list back from " + next.Playlist.Name
	}
	if next.Playlist.ID == "" {
		return l.create(ctx, next.Playlist.Name)
	}
	shown := runFace(&l.p, agent.Finding, l.bump).enter(ctx)
	in := FindInput{PersonID: l.in.PersonID, Ref: next.Playlist, Editable: true}
	var found FindOutput
	err = l.persist(ctx, readPatience, shown, func() error {
		return workflow.ExecuteActivity(l.inBulk(ctx, searchLimit), acts.FindPlaylist, in).Get(ctx, &found)
	})
	if err == nil {
		l.p.Playlist = &found.Playlists[0]
		shown.done(l.p.Playlist.Name)
	}
	return err
}

// create makes the playlist and has the ledger remember which it is.
func (l *list) create(ctx workflow.Context, name string) error {
	shown := runFace(&l.p, agent.Creating, l.bump).enter(ctx)
	in := CreateInput{PersonID: l.in.PersonID, RunID: l.in.RunID, Key: "create", Name: name}
	err := l.persist(ctx, readPatience, shown, func() error {
		return workflow.ExecuteActivity(l.inBulk(ctx, searchLimit), acts.BeforeCreate, in).Get(ctx, &in.Before)
	})
	if err != nil {
		return err
	}
	var made music.Playlist
	err = l.persist(ctx, writePatience, shown, func() error {
		return workflow.ExecuteActivity(l.inBulk(ctx, postLimit), acts.Create, in).Get(ctx, &made)
	})
	if err != nil {
		return err
	}
	shown.done("")
	l.p.Playlist = &made
	return workflow.ExecuteLocalActivity(local(ctx, saveLimit), acts.NoteListPlaylist, l.rows(nil), refTo(made)).Get(ctx, nil)
}

// inBulk is once for a run that nobody waits for.
func (l *list) inBulk(ctx workflow.Context, limit time.Duration) workflow.Context {
	options := workflow.GetActivityOptions(once(ctx, limit))
	options.Priority = temporal.Priority{PriorityKey: inBulk, FairnessKey: l.in.PersonID}
	return workflow.WithActivityOptions(ctx, options)
}
