package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/music"
)

var noTime time.Time

func isCancelled(err error) bool { return temporal.IsCanceledError(err) }

// undo takes back what a finished run has changed: the last change first,
// nothing that was there before.
func (t *turn) undo(ctx workflow.Context, a agent.UndoArgs) (agent.PlaylistRef, error) {
	t.p.Title, t.undoes = "Taking it back", true
	in := OutcomeInput{PersonID: t.in.PersonID, RunID: a.RunID, By: t.in.RunID}
	var past agent.Progress
	if err := workflow.ExecuteLocalActivity(local(ctx, saveLimit), acts.Outcome, in).Get(ctx, &past); err != nil {
		return agent.PlaylistRef{}, err
	}
	playlist := *past.Playlist
	t.p.Playlist = &playlist
	for _, task := range past.Tasks {
		if reversible(task) {
			task.Steps, task.State, task.Question, task.Trouble = nil, agent.Accepted, nil, nil
			t.p.Tasks = append(t.p.Tasks, task)
		}
	}
	t.bump()
	if err := t.rearrangeBack(ctx, playlist, past); err != nil {
		return refTo(playlist), err
	}
	t.p.Title = undoHeadline(past, t.p.Tasks, playlist.Name)
	t.bump()
	return refTo(playlist), nil
}

// rearrangeBack takes back the changes of songs, of their order and of the name, those that came last first.
func (t *turn) rearrangeBack(ctx workflow.Context, playlist music.Playlist, past agent.Progress) error {
	late := past.Moved != nil && past.Moved.Since > 0
	if late {
		if err := t.orderBack(ctx, playlist, past.Moved); err != nil {
			return err
		}
	}
	if t.takeBack(ctx, playlist, t.p.Tasks); ctx.Err() != nil {
		return ctx.Err()
	}
	if !late {
		if err := t.orderBack(ctx, playlist, past.Moved); err != nil {
			return err
		}
	}
	if past.Renamed != nil {
		return t.renameBack(ctx, *past.Renamed)
	}
	return nil
}

// leave takes back what a stopped turn has changed, when that was asked for, and
// says what stays of it, "" when it has changed nothing.
func (t *turn) leave(ctx workflow.Context) string {
	s := summarise(t.p.Tasks)
	switch {
	case s.added+s.removed == 0 || t.p.Playlist == nil:
		return ""
	case t.stop.Undo && t.reverses(ctx, s):
		return t.reverseAll(ctx)
	case t.undoes:
		return "What was taken back before the stop stays so."
	case s.added == 0:
		return "What was removed before the stop stays removed."
	default:
		return "What was added before the stop is still in " + t.p.Playlist.Name + "."
	}
}

// reverses reports whether a stop takes back what the turn has done: anything but what an
// undo has taken back. Turns of earlier builds took back what was added, and nothing else.
func (t *turn) reverses(ctx workflow.Context, s summary) bool {
	if workflow.GetVersion(ctx, "stop-reverses", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return s.added > 0
	}
	return !t.undoes
}

// reverseAll takes back what a stopped turn has changed, and says whether all of it was.
func (t *turn) reverseAll(ctx workflow.Context) string {
	title := t.p.Title
	t.p.Title = "Taking it back"
	t.bump()
	var changed []*agent.Task
	for i := range t.p.Tasks {
		if reversible(t.p.Tasks[i]) {
			changed = append(changed, &t.p.Tasks[i])
		}
	}
	t.takeBack(ctx, *t.p.Playlist, t.p.Tasks)
	t.p.Title = title
	kept := 0
	for _, task := range changed {
		if task.Reversed = !failed(*task); failed(*task) {
			kept++
		}
	}
	if kept > 0 {
		return fmt.Sprintf("%d of %s could not be taken back. Undo tries it again.", kept, count(len(changed), "change"))
	}
	return "What was changed before the stop has been taken back."
}

// takeBack reverses the effects of the tasks, last first. What cannot be taken
// back is told on its task and does not stop the others.
func (t *turn) takeBack(ctx workflow.Context, playlist music.Playlist, tasks []agent.Task) {
	together := workflow.GetVersion(ctx, "undo-together", workflow.DefaultVersion, 1) == 1
	var added []*agent.Task // that are taken out in one request
	for i := len(tasks) - 1; i >= 0; i-- {
		task := &tasks[i]
		effect := task.Result
		if effect != agent.Added && effect != agent.Removed {
			continue
		}
		task.State = agent.Running
		if together && effect == agent.Added {
			if added = append(added, task); len(added) < MaxBatch {
				continue
			}
		}
		if err := t.takeOutAll(ctx, playlist, added); err != nil {
			return
		}
		added = nil
		if together && effect == agent.Added {
			continue
		}
		if err := t.settle(ctx, task, t.reverse(ctx, playlist, task, effect)); err != nil {
			return
		}
	}
	_ = t.takeOutAll(ctx, playlist, added) // only a cancellation, which the turn sees by itself
}

// takeOutAll takes up to MaxBatch songs out again; only a cancellation is its error.
func (t *turn) takeOutAll(ctx workflow.Context, playlist music.Playlist, tasks []*agent.Task) error {
	if len(tasks) == 0 {
		return nil
	}
	return t.move(ctx, move{
		stage: agent.Removing, check: agent.Leaving, effect: agent.Removed, send: acts.TakeBack, changes: t.reversals,
		agrees: func(rows, others int) bool { return rows <= others },
	}, playlist, tasks)
}

// reversals are the changes that take songs out of where they were put.
func (t *turn) reversals(tasks []*agent.Task) []Write {
	out := make([]Write, len(tasks))
	for i, task := range tasks {
		pick, _ := task.Match.Pick()
		out[i] = Write{
			PersonID: t.in.PersonID, RunID: t.in.RunID, Key: "undo-" + task.Key, URI: pick.Track.URI, Position: task.Position - 1,
		}
	}
	return out
}

// reverse removes what was added, or adds what was removed at its old place.
func (t *turn) reverse(ctx workflow.Context, playlist music.Playlist, task *agent.Task, effect string) error {
	pick, ok := task.Match.Pick()
	if !ok {
		return nil
	}
	kind, stage := UpdateRemove, agent.Removing
	change := Write{
		PersonID: t.in.PersonID, RunID: t.in.RunID, Key: "undo-" + task.Key, URI: pick.Track.URI, Most: 1, Position: Append,
	}
	if effect == agent.Removed {
		kind, stage = UpdateAdd, agent.Adding
		change.Twins, change.Position, change.Again = pick.Twins, max(0, task.Position-1), task.Double
	}
	f := taskFace(task, stage, t.bump).enter(ctx)
	out, err := t.write(ctx, f, playlist.ID, kind, change)
	if err != nil {
		return err
	}
	task.Result = out.Result
	f.done("")
	switch out.Result {
	case agent.Removed:
		return t.verifyGone(ctx, playlist.ID, task, &music.Choice{Track: pick.Track})
	case agent.Added:
		return t.verifyBack(ctx, playlist.ID, task, &music.Choice{Track: pick.Track})
	default:
		return nil
	}
}
