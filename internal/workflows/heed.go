package workflows

import (
	"cmp"
	"slices"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/music"
)

// stopOf is the stop that is on record for a run, nil for none.
func stopOf(run agent.Run) *Cancel {
	if run.Stop == "" {
		return nil
	}
	return &Cancel{Undo: run.Stop == agent.StopUndo}
}

// hearOut asks what became of an earlier life until all of it is known. A login is not waited
// for without end: who stops something need not come back for it.
func (w *waker) hearOut(ctx workflow.Context, shown face, ask func(workflow.Context) (left time.Duration, err error)) error {
	look := readPatience
	look.login = giveUpAfter
	for {
		var left time.Duration
		err := w.persist(ctx, look, shown, func() (err error) {
			left, err = ask(once(ctx, searchLimit))
			return err
		})
		if err != nil || left <= 0 {
			return err
		}
		if err := workflow.Sleep(ctx, left); err != nil {
			return err
		}
	}
}

// life names the turn to the activities that look at its earlier lives.
func (t *turn) life() TraceInput { return TraceInput{PersonID: t.in.PersonID, RunID: t.in.RunID} }

// trace returns what the ledger knows of the turn's changes, once all of it is known.
func (t *turn) trace(ctx workflow.Context, shown face) (past Traced, err error) {
	err = t.hearOut(ctx, shown, func(ctx workflow.Context) (time.Duration, error) {
		past = Traced{} // decoding leaves alone what is not there
		err := workflow.ExecuteActivity(ctx, acts.Trace, t.life()).Get(ctx, &past)
		return past.Left, err
	})
	return past, err
}

// heed ends a turn that was stopped in an earlier life, of which only the ledger knows:
// nothing is planned any more, and what was changed is told, and taken back, by its attempts.
// Its error is that of a turn that was stopped.
func (t *turn) heed(ctx workflow.Context) error {
	f := t.step(ctx, agent.Reading)
	past, err := t.trace(ctx, f)
	if err != nil {
		t.p.Say = "Spotify did not say what was added before the stop. Whatever was added is still there. Look at the playlist in Spotify."
	}
	t.undoes = past.Undoes
	if past.Trimmed {
		t.p.Say = "Duplicates that were removed before the stop stay removed."
	}
	if err == nil && len(past.Begun) > 0 {
		err = t.complete(ctx, f, past)
	}
	if err == nil && len(past.Tasks) > 0 {
		t.recognise(ctx, past)
	}
	f.done("")
	return temporal.NewCanceledError()
}

// remember adds to the songs of a turn that is stopped those that an earlier life has put in or
// taken out, and this one has not come to: they are told, and taken back, with the others.
func (t *turn) remember(ctx workflow.Context) {
	past, err := t.trace(ctx, runFace(&t.p, agent.Reading, t.bump))
	if err != nil || t.p.Playlist != nil && t.p.Playlist.ID != past.Playlist.ID {
		return
	}
	past.Tasks = slices.DeleteFunc(past.Tasks, func(p agent.Task) bool {
		return slices.ContainsFunc(t.p.Tasks, func(now agent.Task) bool { return now.Key == p.Key && now.Result != "" })
	})
	if len(past.Tasks) == 0 {
		return
	}
	mine := slices.DeleteFunc(t.p.Tasks, func(now agent.Task) bool {
		return slices.ContainsFunc(past.Tasks, func(p agent.Task) bool { return p.Key == now.Key })
	})
	t.recognise(ctx, past)
	t.p.Tasks = append(t.p.Tasks, mine...)
}

// complete brings removals to an end that were begun: rows that were to stay are put back.
func (t *turn) complete(ctx workflow.Context, f *stageFace, past Traced) error {
	in := AppendInput{PlaylistID: past.Playlist.ID}
	for in.Batch.Changes = range slices.Chunk(past.Begun, MaxBatch) {
		err := t.hear(ctx, f, func() (bool, error) {
			var out BatchOutcome
			in.Try++
			if err := workflow.ExecuteActivity(queued(ctx), acts.TakeBack, in).Get(ctx, &out); err != nil {
				return unheard(err), err
			}
			for _, song := range out.Songs {
				if song.Fault != nil {
					return song.Fault.Unsure, song.Fault.err()
				}
			}
			return false, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// recognise shows an earlier life, with the names of its songs if Spotify says them at once.
func (t *turn) recognise(ctx workflow.Context, past Traced) {
	var named Traced
	if err := workflow.ExecuteActivity(once(ctx, searchLimit), acts.Name, t.life(), past).Get(ctx, &named); err == nil {
		past = named
	}
	t.p.Playlist, t.p.Tasks = &past.Playlist, past.Tasks
	t.bump()
}

// heed ends a list that was stopped in an earlier life. Its error is that of one that was stopped.
func (l *list) heed(ctx workflow.Context) error {
	next, err := l.look(ctx)
	if err != nil {
		return err
	}
	if next.Playlist.ID != "" {
		l.p.Playlist = &music.Playlist{ID: next.Playlist.ID, Name: next.Playlist.Name}
	}
	if l.p.Playlist != nil {
		shown := runFace(&l.p, agent.Reading, l.bump).enter(ctx)
		err = l.catchUp(ctx, shown)
		shown.done("")
	}
	return cmp.Or(err, temporal.NewCanceledError())
}

// catchUp hears the end of what an earlier life has sent.
func (l *list) catchUp(ctx workflow.Context, shown face) error {
	if l.in.UndoOf == "" {
		return l.hearOut(ctx, shown, func(ctx workflow.Context) (left time.Duration, err error) {
			err = workflow.ExecuteActivity(ctx, acts.HearRows, l.rows(nil)).Get(ctx, &left)
			return left, err
		})
	}
	var begun []int
	if err := workflow.ExecuteLocalActivity(local(ctx, readLimit), acts.BegunBack, l.rows(nil)).Get(ctx, &begun); err != nil {
		return err
	}
	for rows := range slices.Chunk(begun, MaxBatch) {
		if err := l.send(ctx, shown, acts.TakeBackRows, rows); err != nil {
			return err
		}
	}
	return nil
}
