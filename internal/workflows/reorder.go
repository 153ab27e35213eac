package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// movesAtOnce are handed to the writer together; between them the turn can be stopped.
const movesAtOnce = 10

// reorder brings the rows of a playlist into another order, as the person has agreed to.
func (t *turn) reorder(ctx workflow.Context, call agent.Call) (agent.PlaylistRef, error) {
	t.p.Title = "Working out the new order"
	shown, ok, err := t.agreed(ctx, call)
	if err != nil || !ok {
		return t.current(), err
	}
	a, err := argsOf[agent.ReorderArgs](shown)
	if err != nil {
		return t.current(), err
	}
	playlist, err := t.playlist(ctx, a.Playlist)
	if err != nil {
		return a.Playlist, err
	}
	t.p.Title = "Reordering " + playlist.Name
	if err := t.shift(ctx, playlist, *a.Plan); err != nil {
		return refTo(playlist), err
	}
	t.p.Title = "Reordered " + playlist.Name
	t.bump()
	return refTo(playlist), nil
}

// moves is the plan of a call of reorder_playlist.
func (t *turn) moves(ctx workflow.Context, call agent.Call) (deed, error) {
	a, err := argsOf[agent.ReorderArgs](call)
	if err != nil {
		return deed{}, err
	}
	playlist, err := t.findPlaylist(ctx, a.Playlist, true)
	if err != nil {
		return deed{}, err
	}
	in := OrderInput{
		PersonID: t.in.PersonID, RunID: t.in.RunID, PlaylistID: playlist.ID, By: a.By, Descending: a.Descending, To: a.To, Begun: t.shifts,
	}
	d := deed{call: call, playlist: refTo(playlist), text: "Sort " + playlist.Name + " by " + a.By + "?"}
	if a.Song != nil {
		if in.URIs, err = t.whichRow(ctx, playlist, *a.Song); err != nil {
			return d, err
		}
		d.text = "Move a song in " + playlist.Name + "?"
	}
	f := t.step(ctx, agent.Reading)
	var found OrderOutput
	if err := t.reach(ctx, f, acts.PlanOrder, in, &found); err != nil {
		return d, err
	}
	f.done(count(found.Total, "song"))
	t.shifts = found.Named
	if d.idle = len(found.Plan.List) == 0; d.idle {
		t.p.Title = playlist.Name + " is in that order already"
		t.bump()
		return d, nil
	}
	d.plan = append(found.Lines, fmt.Sprintf("%s, a request each; %d of %s stay where they are",
		count(len(found.Plan.List), "move"), found.Stay, count(found.Total, "row")))
	a.Playlist, a.Plan = d.playlist, &found.Plan
	d.call.Args, err = encoded(a)
	return d, err
}

// whichRow finds out which recording of a playlist is meant, and returns its ids.
func (t *turn) whichRow(ctx workflow.Context, playlist music.Playlist, song music.Song) ([]string, error) {
	task := agent.Task{Key: "moving", Song: song}
	pick, err := t.pickIn(ctx, PickInput{PersonID: t.in.PersonID, PlaylistID: playlist.ID, Song: task.Song}, &task)
	switch {
	case err != nil:
		return nil, err
	case pick == nil:
		return nil, fault.New(fault.NotFound, song.String()+" is not in "+playlist.Name+".", nil)
	}
	return append([]string{pick.Track.URI}, pick.Twins...), nil
}

// shift hands moves to the writer, a few at a time. What was moved when it ends is
// noted, whatever ends it, and can be taken back.
func (t *turn) shift(ctx workflow.Context, playlist music.Playlist, plan agent.Moves) error {
	f := t.step(ctx, agent.Ordering)
	first, made, of := t.shifts+1, 0, plan.Of
	t.shifts += len(plan.List)
	for made < len(plan.List) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		next := plan.List[made:min(made+movesAtOnce, len(plan.List))]
		change := Write{
			PersonID: t.in.PersonID, RunID: t.in.RunID, Key: fmt.Sprintf("order-%d", first+made), Position: first + made, Of: of, Moves: next,
		}
		out, err := t.write(ctx, f, playlist.ID, UpdateOrder, change)
		t.noteMoves(plan.Of, next[:out.Made])
		if made += out.Made; err != nil {
			return brokenOff(err, made, len(plan.List))
		}
		of = next[len(next)-1].Then
		f.stage().Note = fmt.Sprintf("%d of %s", made, count(len(plan.List), "move"))
		t.bump()
	}
	f.done(count(made, "move"))
	return t.seeOrder(ctx, playlist, of)
}

// noteMoves adds to what this run has done to the order of rows. A run that undoes one has nothing to be taken back.
func (t *turn) noteMoves(of string, made []agent.Move) {
	if len(made) == 0 || t.undoes {
		return
	}
	if t.p.Moved == nil {
		t.p.Moved = &agent.Moves{Of: of, Since: len(t.p.Tasks)}
	}
	t.p.Moved.List = append(t.p.Moved.List, made...)
}

// brokenOff tells how far a new order got.
func brokenOff(err error, made, all int) error {
	if isCancelled(err) || made == 0 {
		return err
	}
	f := *fromTemporal(err)
	f.Message += fmt.Sprintf(" %d of %s were made.", made, count(all, "move"))
	return &f
}

// seeOrder looks until reading shows the new order.
func (t *turn) seeOrder(ctx workflow.Context, playlist music.Playlist, want string) error {
	f := t.step(ctx, agent.Verifying)
	for _, pause := range looks {
		same, err := t.same(ctx, f, playlist.ID, want)
		if err != nil {
			return err
		}
		if same {
			f.done("")
			return nil
		}
		if err := workflow.Sleep(ctx, pause); err != nil {
			return err
		}
	}
	f.done("Spotify has confirmed it but does not show it yet")
	return nil
}

// orderBack puts the rows back into the order they had before a run, for what is still there.
func (t *turn) orderBack(ctx workflow.Context, playlist music.Playlist, past *agent.Moves) error {
	if past == nil {
		return nil
	}
	f := t.step(ctx, agent.Reading)
	in := BackInput{PersonID: t.in.PersonID, PlaylistID: playlist.ID, Made: past.List}
	var plan agent.Moves
	if err := t.reach(ctx, f, acts.PlanBack, in, &plan); err != nil {
		return err
	}
	f.done("")
	return t.shift(ctx, playlist, plan)
}
