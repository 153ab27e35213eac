package workflows

import (
	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// move is a change that the writer makes to several songs in one request.
type move struct {
	stage, check string                            // names of the stages: changing, and looking at it
	effect       string                            // the result of a song that was changed
	send         any                               // the activity that hands a batch over
	changes      func(tasks []*agent.Task) []Write // what is wanted of the writer
	agrees       func(rows, others int) bool       // whether reading shows the effect on a recording, given its other rows
}

// move changes up to MaxBatch songs and checks that it shows. A write under way is not
// cancelled, only the pauses between tries are: afterwards it is known what
// happened. Only a cancellation is its error.
func (t *turn) move(ctx workflow.Context, m move, playlist music.Playlist, tasks []*agent.Task) error {
	var done []*agent.Task
	others := map[string]int{}
	left, try := tasks, 0
	shown := crowd{m.stage, &left, t.bump}.enter(ctx)
	err := t.hear(ctx, shown, func() (open bool, err error) {
		in := AppendInput{PlaylistID: playlist.ID, Batch: Batch{Changes: m.changes(left)}, Try: try}
		safe, _ := workflow.NewDisconnectedContext(ctx)
		var out BatchOutcome
		if err := workflow.ExecuteActivity(queued(safe), m.send, in).Get(safe, &out); err != nil {
			return unheard(err), err
		}
		try++
		for i, task := range left {
			others[task.Key] = out.Songs[i].Others
		}
		var moved []*agent.Task
		moved, left, open, err = t.sort(ctx, m, left, out.Songs)
		done = append(done, moved...)
		return open, err
	})
	for _, task := range left {
		_ = t.settle(ctx, task, err) // a cancellation is the turn's, and returned below
	}
	t.verifyAll(ctx, m, playlist, done, others)
	if isCancelled(err) {
		return err
	}
	return nil
}

// sort takes over the outcomes of a batch. Songs that may be sent again are
// left, with the fault that says when, and whether one of them may have been done; a song
// that was refused for good ends here.
func (t *turn) sort(
	ctx workflow.Context, m move, tasks []*agent.Task, outcomes []WriteOutcome,
) (moved, left []*agent.Task, open bool, err error) {
	for i, task := range tasks {
		out := outcomes[i]
		f := taskFace(task, m.stage, t.bump)
		switch {
		case out.Fault != nil && final(out.Fault.Kind) && out.Fault.Kind != fault.Unauthorised:
			_ = t.settle(ctx, task, out.Fault.err()) // never a cancellation
		case out.Fault != nil:
			left, err = append(left, task), out.Fault.err()
			open = open || out.Fault.Unsure
		case out.Result == m.effect:
			task.Result = m.effect
			f.done("")
			moved = append(moved, task)
		default:
			task.Result, task.Position = out.Result, first(out.Positions)
			f.done(notes[out.Result])
			_ = t.settle(ctx, task, nil)
		}
	}
	return moved, left, open, err
}

// notes are what a stage says of a song that it had nothing to do for.
var notes = map[string]string{agent.AlreadyThere: "already there", agent.NotThere: "not there"}

// verifyAll looks until every track shows the effect, all in one reading. Spotify has
// confirmed the write, so a song that still does not is reported as done, with a note.
func (t *turn) verifyAll(ctx workflow.Context, m move, playlist music.Playlist, tasks []*agent.Task, others map[string]int) {
	if len(tasks) == 0 {
		return
	}
	ctx, _ = workflow.NewDisconnectedContext(ctx) // what was done is reported, stopped or not
	faces := crowd{m.check, &tasks, t.bump}.enter(ctx)
	note := "Spotify has confirmed it but does not show it yet"
	for _, pause := range looks {
		var seen []Seen
		err := t.persist(ctx, readPatience, faces, func() error {
			in := LookAllInput{PlaylistID: playlist.ID, Changes: m.changes(tasks)}
			return workflow.ExecuteLocalActivity(glance(ctx, verifyLimit), acts.LookAll, in).Get(ctx, &seen)
		})
		if err != nil {
			note = "Spotify has confirmed it" // that the look failed for good changes nothing
			break
		}
		if tasks = t.shown(ctx, m, tasks, seen, others); len(tasks) == 0 {
			return
		}
		_ = workflow.Sleep(ctx, pause) // a disconnected context is not cancelled
	}
	for _, task := range tasks {
		taskFace(task, m.check, t.bump).done(note)
		_ = t.settle(ctx, task, nil)
	}
}

// shown ends the tasks whose effect was seen and returns the others.
func (t *turn) shown(
	ctx workflow.Context, m move, tasks []*agent.Task, seen []Seen, others map[string]int,
) (left []*agent.Task) {
	for i, task := range tasks {
		rows := seen[i].Positions
		if !m.agrees(len(rows), others[task.Key]) {
			left = append(left, task)
			continue
		}
		if m.effect == agent.Added {
			task.Position = rows[len(rows)-1] + 1
		}
		taskFace(task, m.check, t.bump).done("")
		_ = t.settle(ctx, task, nil)
	}
	return left
}
