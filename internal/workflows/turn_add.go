package workflows

import (
	"slices"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// addSongs adds the songs that are found, as many at once as are ready, in the
// order asked for. A song that asks the person is passed by and added when the answer is there.
func (t *turn) addSongs(ctx workflow.Context, playlist music.Playlist, from int, start func(upTo int)) error {
	next, asked := from, []int(nil)
	for next < len(t.p.Tasks) || len(asked) > 0 {
		start(next + ahead)
		if err := workflow.Await(ctx, func() bool { return t.moved(next, asked) }); err != nil {
			return err
		}
		var ready []*agent.Task
		var err error
		if ready, asked, err = t.answered(ctx, asked); err != nil {
			return err
		}
		for ; next < len(t.p.Tasks) && t.settled(next); next++ {
			if !t.ended(next) {
				asked = append(asked, next)
				continue
			}
			if ready, err = t.found(ctx, ready, next); err != nil {
				return err
			}
		}
		if err := t.addAll(ctx, playlist, ready); err != nil {
			return err
		}
	}
	return nil
}

// moved reports whether the next song is settled or an answer has come in.
func (t *turn) moved(next int, asked []int) bool {
	return next < len(t.p.Tasks) && t.settled(next) || slices.ContainsFunc(asked, t.ended)
}

// ended reports whether a song that was started is found, or given up.
func (t *turn) ended(i int) bool { return t.songs[t.p.Tasks[i].Key].IsReady() }

// settled reports whether a song is found, or known to wait for the person.
func (t *turn) settled(i int) bool {
	key := t.p.Tasks[i].Key
	_, started := t.songs[key]
	return started && (t.ended(i) || t.asking[key])
}

// answered splits the songs that asked into those to be added now and those that still ask.
func (t *turn) answered(ctx workflow.Context, asked []int) (ready []*agent.Task, still []int, err error) {
	for _, i := range asked {
		if !t.ended(i) {
			still = append(still, i)
			continue
		}
		if ready, err = t.found(ctx, ready, i); err != nil {
			return nil, nil, err
		}
	}
	return ready, still, nil
}

// found takes over what a song has become and appends it when it is to be added.
func (t *turn) found(ctx workflow.Context, ready []*agent.Task, i int) ([]*agent.Task, error) {
	task := &t.p.Tasks[i]
	if err := t.takeOver(ctx, task); err != nil {
		return nil, err
	}
	if !task.State.Final() {
		ready = append(ready, task)
	}
	return ready, nil
}

// addAll adds up to MaxBatch songs and checks that they are there. A write under
// way is not cancelled, only the pauses between tries are: afterwards it is known what happened.
func (t *turn) addAll(ctx workflow.Context, playlist music.Playlist, tasks []*agent.Task) error {
	if len(tasks) == 0 {
		return nil
	}
	if err := t.mark(ctx, playlist); err != nil {
		return err
	}
	var added []*agent.Task
	left, try := tasks, 0
	shown := crowd{agent.Adding, &left, t.bump}.enter(ctx)
	err := t.hear(ctx, shown, func() (bool, error) {
		out, err := t.append(ctx, playlist, left, try)
		if err != nil {
			return unheard(err), err
		}
		try++
		var done []*agent.Task
		done, left, err = t.sort(ctx, left, out.Songs)
		added = append(added, done...)
		return false, err
	})
	for _, task := range left {
		_ = t.settle(ctx, task, err) // a cancellation is the turn's, and returned below
	}
	t.verifyAll(ctx, playlist, added)
	if temporal.IsCanceledError(err) {
		return err
	}
	return nil
}

// mark sets the search attribute that is known only now.
func (t *turn) mark(ctx workflow.Context, playlist music.Playlist) error {
	if t.marked {
		return nil
	}
	t.marked = true
	return workflow.UpsertTypedSearchAttributes(ctx, keyword(AttrPlaylistID).ValueSet(playlist.ID))
}

// append hands songs to the writer of the playlist, once.
func (t *turn) append(ctx workflow.Context, playlist music.Playlist, tasks []*agent.Task, try int) (BatchOutcome, error) {
	in := AppendInput{PlaylistID: playlist.ID, Batch: Batch{Changes: t.changes(tasks)}, Try: try}
	safe, _ := workflow.NewDisconnectedContext(ctx)
	var out BatchOutcome
	err := workflow.ExecuteActivity(queued(safe), acts.Append, in).Get(safe, &out)
	return out, err
}

func (t *turn) changes(tasks []*agent.Task) []Write {
	out := make([]Write, len(tasks))
	for i, task := range tasks {
		pick, _ := task.Match.Pick()
		out[i] = Write{
			PersonID: t.in.PersonID, RunID: t.in.RunID, Key: task.Key, URI: pick.Track.URI, Twins: pick.Twins, Position: Append,
		}
	}
	return out
}

// sort takes over the outcomes of a batch. Songs that may be sent again are
// left, with the fault that says when; a song that was refused for good ends here.
func (t *turn) sort(
	ctx workflow.Context, tasks []*agent.Task, outcomes []WriteOutcome,
) (added, left []*agent.Task, err error) {
	for i, task := range tasks {
		out := outcomes[i]
		f := taskFace(task, agent.Adding, t.bump)
		switch {
		case out.Fault != nil && final(out.Fault.Kind) && out.Fault.Kind != fault.Unauthorised:
			_ = t.settle(ctx, task, out.Fault.err()) // never a cancellation
		case out.Fault != nil:
			left, err = append(left, task), out.Fault.err()
		case out.Result == agent.Added:
			task.Result = agent.Added
			f.done("")
			added = append(added, task)
		default:
			task.Result, task.Position = out.Result, first(out.Positions)
			f.done("already there")
			_ = t.settle(ctx, task, nil)
		}
	}
	return added, left, err
}

// verifyAll looks until every track is seen, all in one reading. Spotify has
// confirmed the write, so a song that is still not seen is reported as added, with a note.
func (t *turn) verifyAll(ctx workflow.Context, playlist music.Playlist, tasks []*agent.Task) {
	if len(tasks) == 0 {
		return
	}
	ctx, _ = workflow.NewDisconnectedContext(ctx) // what was added is reported, stopped or not
	faces := crowd{agent.Verifying, &tasks, t.bump}.enter(ctx)
	note := "Spotify has confirmed it but does not show it yet"
	for _, pause := range looks {
		var seen []Seen
		err := t.persist(ctx, readPatience, faces, func() error {
			in := LookAllInput{PlaylistID: playlist.ID, Changes: t.changes(tasks)}
			return workflow.ExecuteLocalActivity(glance(ctx, verifyLimit), acts.LookAll, in).Get(ctx, &seen)
		})
		if err != nil {
			note = "Spotify has confirmed it" // that the look failed for good changes nothing
			break
		}
		if tasks = t.shown(ctx, tasks, seen); len(tasks) == 0 {
			return
		}
		_ = workflow.Sleep(ctx, pause) // a disconnected context is not cancelled
	}
	for _, task := range tasks {
		taskFace(task, agent.Verifying, t.bump).done(note)
		_ = t.settle(ctx, task, nil)
	}
}

// shown ends the tasks whose track was seen and returns the others.
func (t *turn) shown(ctx workflow.Context, tasks []*agent.Task, seen []Seen) (left []*agent.Task) {
	for i, task := range tasks {
		if len(seen[i].Positions) == 0 {
			left = append(left, task)
			continue
		}
		task.Position = first(seen[i].Positions)
		taskFace(task, agent.Verifying, t.bump).done("")
		_ = t.settle(ctx, task, nil)
	}
	return left
}
