package workflows

import (
	"encoding/json"
	"fmt"
	"strconv"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// use runs the tool of a call and returns the playlist it worked on.
func (t *turn) use(ctx workflow.Context, call agent.Call) (agent.PlaylistRef, error) {
	switch call.Tool {
	case agent.FindSongs:
		return with(call, func(a agent.FindSongsArgs) (agent.PlaylistRef, error) {
			return agent.PlaylistRef{}, t.findSongs(ctx, a)
		})
	case agent.SyncSongs:
		return with(call, func(a agent.SyncSongsArgs) (agent.PlaylistRef, error) { return t.syncSongs(ctx, a) })
	case agent.CreatePlaylist:
		return with(call, func(a agent.CreatePlaylistArgs) (agent.PlaylistRef, error) { return t.createPlaylist(ctx, call, a) })
	case agent.ListPlaylists:
		return agent.PlaylistRef{}, t.listPlaylists(ctx)
	case agent.ShowPlaylist:
		return with(call, func(a agent.ShowPlaylistArgs) (agent.PlaylistRef, error) { return t.showPlaylist(ctx, a) })
	case agent.RemoveSongs:
		return with(call, func(a agent.RemoveSongsArgs) (agent.PlaylistRef, error) { return t.removeSongs(ctx, a) })
	case agent.RenamePlaylist:
		return with(call, func(a agent.RenameArgs) (agent.PlaylistRef, error) { return t.rename(ctx, a) })
	case agent.DedupePlaylist:
		return t.dedupe(ctx, call)
	case agent.ReorderPlaylist:
		return t.reorder(ctx, call)
	case agent.SetDefault:
		return with(call, func(a agent.SetDefaultArgs) (agent.PlaylistRef, error) { return t.setDefault(ctx, a) })
	case agent.Undo:
		return with(call, func(a agent.UndoArgs) (agent.PlaylistRef, error) { return t.undo(ctx, a) })
	case agent.SyncList:
		return t.syncList(ctx, call)
	default:
		return agent.PlaylistRef{}, t.atDesk(ctx, call)
	}
}

// with decodes the arguments of a call for its tool.
func with[A any](call agent.Call, tool func(A) (agent.PlaylistRef, error)) (agent.PlaylistRef, error) {
	var args A
	// Decoding into a fresh value depends on the bytes alone.
	//workflowcheck:ignore
	if err := json.Unmarshal(call.Args, &args); err != nil {
		return agent.PlaylistRef{}, fault.New(fault.Invalid, "The request could not be read.", err)
	}
	return tool(args)
}

func refTo(p music.Playlist) agent.PlaylistRef { return agent.PlaylistRef{ID: p.ID, Name: p.Name} }

// createPlaylist makes a new private playlist. Creating is not idempotent, so
// an unknown outcome is looked up before anything is sent again.
func (t *turn) createPlaylist(
	ctx workflow.Context, call agent.Call, a agent.CreatePlaylistArgs,
) (agent.PlaylistRef, error) {
	t.p.Title = "Creating " + a.Name
	f := t.step(ctx, agent.Creating)
	in := CreateInput{PersonID: t.in.PersonID, RunID: t.in.RunID, Key: "create-" + call.ID, Name: a.Name}
	if err := t.reach(ctx, f, acts.BeforeCreate, in, &in.Before); err != nil {
		return agent.PlaylistRef{}, err
	}
	var made music.Playlist
	err := t.persist(ctx, writePatience, f, func() error {
		return workflow.ExecuteActivity(once(ctx, postLimit), acts.Create, in).Get(ctx, &made)
	})
	if err != nil {
		return agent.PlaylistRef{}, err
	}
	f.done("")
	if t.offer != nil {
		t.offer.playlist = made.ID
	}
	t.p.Playlist, t.p.Title = &made, "Created "+made.Name
	t.bump()
	return refTo(made), nil
}

// listPlaylists shows the person's playlists.
func (t *turn) listPlaylists(ctx workflow.Context) error {
	t.p.Title = "Your playlists"
	f := t.step(ctx, agent.Reading)
	in := FindInput{PersonID: t.in.PersonID, All: true}
	var found FindOutput
	if err := t.reach(ctx, f, acts.FindPlaylist, in, &found); err != nil {
		return err
	}
	t.p.Playlists = found.Playlists
	f.done(count(len(found.Playlists), "playlist"))
	return nil
}

// showPlaylist shows what is in a playlist, the first 100 tracks of it.
func (t *turn) showPlaylist(ctx workflow.Context, a agent.ShowPlaylistArgs) (agent.PlaylistRef, error) {
	t.p.Title = "What is in " + named(a.Playlist)
	playlist, err := t.findPlaylist(ctx, a.Playlist, false)
	if err != nil {
		return agent.PlaylistRef{}, err
	}
	t.p.Title = "What is in " + playlist.Name
	f := t.step(ctx, agent.Reading)
	in := LookInput{PersonID: t.in.PersonID, PlaylistID: playlist.ID}
	var shown ShowOutput
	if err := t.reach(ctx, f, acts.Show, in, &shown); err != nil {
		return refTo(playlist), err
	}
	t.p.Tracks, t.p.Playlist.Total = shown.Tracks, shown.Total
	f.done(count(shown.Total, "song"))
	return refTo(playlist), nil
}

func named(ref agent.PlaylistRef) string {
	if ref.Name == "" {
		return "the playlist"
	}
	return ref.Name
}

// setDefault remembers which playlist is meant when none is named.
func (t *turn) setDefault(ctx workflow.Context, a agent.SetDefaultArgs) (agent.PlaylistRef, error) {
	t.p.Title = "Setting your default playlist"
	playlist, err := t.findPlaylist(ctx, a.Playlist, true)
	if err != nil {
		return agent.PlaylistRef{}, err
	}
	in := DefaultInput{PersonID: t.in.PersonID, Playlist: refTo(playlist)}
	err = workflow.ExecuteLocalActivity(local(ctx, saveLimit), acts.SaveDefault, in).Get(ctx, nil)
	if err != nil {
		return refTo(playlist), err
	}
	t.p.Title = playlist.Name + " is your default playlist"
	t.bump()
	return refTo(playlist), nil
}

// tasks starts the list of tasks of this turn. A turn that adds twice goes on numbering.
func (t *turn) tasks(songs []music.Song) (from int) {
	from = len(t.p.Tasks)
	for i, s := range songs {
		key := strconv.Itoa(from + i + 1)
		t.p.Tasks = append(t.p.Tasks, agent.Task{Key: key, Song: s, State: agent.Accepted})
	}
	t.bump()
	return from
}

// removeSongs takes songs out of a playlist, every row of each.
func (t *turn) removeSongs(ctx workflow.Context, a agent.RemoveSongsArgs) (agent.PlaylistRef, error) {
	t.p.Title = fmt.Sprintf("Removing %s from %s", count(len(a.Songs), "song"), named(a.Playlist))
	playlist, err := t.findPlaylist(ctx, a.Playlist, true)
	if err != nil {
		return agent.PlaylistRef{}, err
	}
	from := t.tasks(a.Songs)
	t.intend(from, agent.RemoveSongs, playlist, 0)
	for i := from; i < len(t.p.Tasks); i++ {
		if err := t.settle(ctx, &t.p.Tasks[i], t.removeOne(ctx, playlist, &t.p.Tasks[i])); err != nil {
			return refTo(playlist), err
		}
	}
	t.p.Title = removeHeadline(t.p.Tasks, playlist.Name)
	t.bump()
	return refTo(playlist), nil
}

// settle ends a task of the turn with the error of its work; only a cancellation goes on up.
func (t *turn) settle(ctx workflow.Context, task *agent.Task, err error) error {
	defer t.bump()
	task.Question = nil
	switch {
	case err == nil:
		task.State, task.Trouble = agent.Done, nil
		return nil
	case isCancelled(err):
		task.State, task.Trouble = agent.Cancelled, nil
		closeStages(task.Steps, agent.Cancelled)
		return err
	default:
		f := fromTemporal(err)
		task.State, task.Trouble = agent.Failed, troubleOf(f, noTime)
		closeStages(task.Steps, agent.Failed)
		t.note(task.Key, failedStep(task.Steps), f, workflow.Now(ctx))
		return nil
	}
}

func (t *turn) removeOne(ctx workflow.Context, playlist music.Playlist, task *agent.Task) error {
	in := PickInput{
		PersonID: t.in.PersonID, PlaylistID: playlist.ID, Song: task.Song, Attempt: Write{RunID: t.in.RunID, Key: task.Key}.id(),
	}
	pick, err := t.pickIn(ctx, in, task)
	if err != nil || pick == nil {
		return err
	}
	f := taskFace(task, agent.Removing, t.bump).enter(ctx)
	change := Write{
		PersonID: t.in.PersonID, RunID: t.in.RunID, Key: task.Key,
		URI: pick.Track.URI, Twins: pick.Twins, Position: Append,
	}
	out, err := t.write(ctx, f, playlist.ID, UpdateRemove, change)
	if err != nil {
		return err
	}
	task.Result, task.Position = out.Result, first(out.Positions)
	f.done("")
	return t.verifyGone(ctx, playlist.ID, task, pick)
}

// pickIn finds the song among the items of the playlist, and asks when it is
// not clear. Without a pick the task has its result.
func (t *turn) pickIn(ctx workflow.Context, in PickInput, task *agent.Task) (*music.Choice, error) {
	f := taskFace(task, agent.Reading, t.bump).enter(ctx)
	var m music.Match
	if err := t.reach(ctx, f, acts.PickInPlaylist, in, &m); err != nil {
		return nil, err
	}
	task.Match = &m
	if m.Verdict == music.Ask {
		if err := t.askWhich(ctx, f, task); err != nil {
			return nil, err
		}
	}
	f.done("")
	if pick, ok := task.Match.Pick(); ok {
		return &pick, nil
	}
	if task.Result == "" {
		task.Result = agent.NotThere
	}
	return nil, nil
}

// askWhich puts the choices to the person.
func (t *turn) askWhich(ctx workflow.Context, f *stageFace, task *agent.Task) error {
	q := songQuestion(task.Key, *task.Match)
	q.ID = "remove-" + task.Key
	t.option, t.p.Question, task.State = "", q, agent.Waiting
	f.stage().State, t.p.State = agent.Waiting, agent.Waiting
	t.bump()
	answered, err := workflow.AwaitWithTimeout(ctx, answerLimit, func() bool { return t.option != "" })
	if err != nil {
		return err
	}
	t.p.Question, t.p.State, task.State = nil, agent.Running, agent.Running
	decided := music.Match{Verdict: music.None, Choices: task.Match.Choices}
	if answered && t.option != agent.NoneOfThese {
		decided = choose(*task.Match, t.option)
	} else {
		task.Result = agent.LeftOut
	}
	task.Match = &decided
	return nil
}

// verifyBack looks until the recording is seen again.
func (t *turn) verifyBack(ctx workflow.Context, playlistID string, task *agent.Task, pick *music.Choice) error {
	return t.verify(ctx, agent.Verifying, playlistID, task, pick, func(s Seen) bool { return len(s.Positions) > 0 })
}

// verifyGone looks until no row of the recording is seen any more.
func (t *turn) verifyGone(ctx workflow.Context, playlistID string, task *agent.Task, pick *music.Choice) error {
	return t.verify(ctx, agent.Leaving, playlistID, task, pick, func(s Seen) bool { return len(s.Positions) == 0 })
}

// verify looks until reading agrees with what Spotify has confirmed.
func (t *turn) verify(
	ctx workflow.Context, stage, playlistID string, task *agent.Task, pick *music.Choice, agrees func(Seen) bool,
) error {
	f := taskFace(task, stage, t.bump).enter(ctx)
	in := LookInput{PersonID: t.in.PersonID, PlaylistID: playlistID, URIs: append([]string{pick.Track.URI}, pick.Twins...)}
	for _, pause := range looks {
		var seen Seen
		if err := t.reach(ctx, f, acts.Look, in, &seen); err != nil {
			return err
		}
		if agrees(seen) {
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
