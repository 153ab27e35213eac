package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/music"
)

// gatherFor is the longest that a song waits for others to be added with it.
const gatherFor = 8 * time.Second

// addSongs adds the songs that are found, in the order asked for and many at once:
// a song waits a moment for those behind it, since each request costs some more to
// look at. A song that asks the person is passed by and added when the answer is there.
func (t *turn) addSongs(ctx workflow.Context, playlist music.Playlist, from int, start func(upTo int)) error {
	next, asked, found := from, []int(nil), []*agent.Task(nil)
	moved := func() bool { return t.moved(next, asked) }
	var since time.Time // when the first of found was
	for next < len(t.p.Tasks) || len(asked) > 0 {
		start(next + ahead)
		if err := workflow.Await(ctx, moved); err != nil {
			return err
		}
		ready, err := t.ready(ctx, &next, &asked)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			since = workflow.Now(ctx)
		}
		found = append(found, ready...)
		more := next < len(t.p.Tasks) && len(found) > 0 && len(found) < MaxBatch
		if more {
			if more, err = t.gather(ctx, since, moved); err != nil {
				return err
			}
		}
		if more {
			continue
		}
		if err := t.addAll(ctx, playlist, found); err != nil {
			return err
		}
		found = nil
	}
	return nil
}

// gather waits for another song, for songs that have been found since then; more is false when none came in time.
func (t *turn) gather(ctx workflow.Context, since time.Time, moved func() bool) (more bool, err error) {
	if workflow.GetVersion(ctx, "gather", workflow.DefaultVersion, 1) != 1 {
		return false, nil
	}
	return workflow.AwaitWithTimeout(ctx, gatherFor-workflow.Now(ctx).Sub(since), moved)
}

// ready returns the songs to be added now: those answered, then those from next on
// that are found. Songs that ask are passed by and join asked.
func (t *turn) ready(ctx workflow.Context, next *int, asked *[]int) (ready []*agent.Task, err error) {
	if ready, *asked, err = t.answered(ctx, *asked); err != nil {
		return nil, err
	}
	for ; *next < len(t.p.Tasks) && t.settled(*next); *next++ {
		if !t.ended(*next) {
			*asked = append(*asked, *next)
			continue
		}
		if ready, err = t.found(ctx, ready, *next); err != nil {
			return nil, err
		}
	}
	return ready, nil
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

// addAll adds up to MaxBatch songs and checks that they are there.
func (t *turn) addAll(ctx workflow.Context, playlist music.Playlist, tasks []*agent.Task) error {
	if len(tasks) == 0 {
		return nil
	}
	if err := t.mark(ctx, playlist); err != nil {
		return err
	}
	return t.move(ctx, move{
		stage: agent.Adding, check: agent.Verifying, effect: agent.Added, send: acts.Append, changes: t.changes,
		agrees: func(rows, others int) bool { return rows > others },
	}, playlist, tasks)
}

// mark sets the search attribute that is known only now.
func (t *turn) mark(ctx workflow.Context, playlist music.Playlist) error {
	if t.marked {
		return nil
	}
	t.marked = true
	return workflow.UpsertTypedSearchAttributes(ctx, keyword(AttrPlaylistID).ValueSet(playlist.ID))
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
