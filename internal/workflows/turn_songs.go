package workflows

import (
	"fmt"
	"strings"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/music"
)

// ahead is how many songs of a turn are searched at the same time.
const ahead = 8

// syncSongs finds each song by a SyncSong, resolves the playlist meanwhile, and
// adds the songs in the order asked for. A song that waits for the person does
// not hold up the ones after it.
func (t *turn) syncSongs(ctx workflow.Context, a agent.SyncSongsArgs) (agent.PlaylistRef, error) {
	t.p.Title = fmt.Sprintf("Adding %s to %s", count(len(a.Songs), "song"), named(a.Playlist))
	if t.in.Model != nil {
		t.p.Tracks = nil // what was looked up is shown by what becomes of it
	}
	from := t.tasks(a.Songs)
	songs, cancel := workflow.WithCancel(ctx)
	started := from
	start := func(upTo int) {
		for ; started < min(upTo, len(t.p.Tasks)); started++ {
			t.startSong(songs, &t.p.Tasks[started], a.Least)
		}
	}
	start(from + ahead)
	playlist, err := t.findPlaylist(ctx, a.Playlist, true)
	if err != nil {
		cancel()
		t.dropSongs(from)
		return agent.PlaylistRef{}, err
	}
	t.intend(from, agent.SyncSongs, playlist, a.Least)
	t.p.Title = fmt.Sprintf("Adding %s to %s", count(len(a.Songs), "song"), playlist.Name)
	add := t.releaseSongs
	if t.in.Batches {
		add = t.addSongs
	}
	if err := add(ctx, playlist, from, start); err != nil {
		return refTo(playlist), err
	}
	t.p.Title = addHeadline(t.p.Tasks[from:], playlist.Name)
	t.bump()
	return refTo(playlist), nil
}

// startSong starts the child of one task; its result replaces the task.
func (t *turn) startSong(ctx workflow.Context, task *agent.Task, least float64) {
	in := SongInput{RunID: t.in.RunID, PersonID: t.in.PersonID, Key: task.Key, Song: task.Song, Least: least, Find: t.in.Batches}
	if t.in.Model != nil {
		in.Model = t.in.Model.Matcher
	}
	ctx = workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
		WorkflowID:            SongID(in.RunID, in.Key),
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_REQUEST_CANCEL,
		WorkflowTaskTimeout:   taskLimit,
		WaitForCancellation:   true, // a stopped song still tells what it has done
		TypedSearchAttributes: temporal.NewSearchAttributes(
			keyword(AttrUserID).ValueSet(in.PersonID),
			keyword(AttrRunID).ValueSet(in.RunID),
			keyword(AttrTrackName).ValueSet(short(in.Song.Title)),
			keyword(AttrArtistName).ValueSet(short(strings.Join(in.Song.Artists, ", "))),
		),
	})
	task.State = agent.Running
	t.songs[task.Key] = workflow.ExecuteChildWorkflow(ctx, SyncSong, in)
	t.bump()
}

// short cuts a text to what a search attribute may hold.
func short(s string) string {
	if runes := []rune(s); len(runes) > 200 {
		return string(runes[:200])
	}
	return s
}

// releaseSongs lets the songs of a turn without Batches add, one after the other.
func (t *turn) releaseSongs(ctx workflow.Context, playlist music.Playlist, from int, start func(upTo int)) error {
	for i := from; i < len(t.p.Tasks); i++ {
		start(i + ahead)
		if err := t.release(ctx, t.p.Tasks[i].Key, playlist); err != nil {
			return err
		}
	}
	return t.awaitSongs(ctx, from)
}

// release lets one song add and waits until it is done or waits for the person.
func (t *turn) release(ctx workflow.Context, key string, playlist music.Playlist) error {
	child := t.songs[key]
	if err := child.GetChildWorkflowExecution().Get(ctx, nil); err != nil {
		return err
	}
	if err := child.SignalChildWorkflow(ctx, SignalProceed, playlist).Get(ctx, nil); err != nil && !child.IsReady() {
		return err // a song that has ended meanwhile needs no signal
	}
	return workflow.Await(ctx, func() bool { return child.IsReady() || t.asking[key] })
}

// awaitSongs waits for every song and takes over what became of it.
func (t *turn) awaitSongs(ctx workflow.Context, from int) error {
	for i := from; i < len(t.p.Tasks); i++ {
		if err := t.takeOver(ctx, &t.p.Tasks[i]); err != nil {
			return err
		}
	}
	return nil
}

// takeOver waits for the child of a task and replaces the task by its result.
func (t *turn) takeOver(ctx workflow.Context, task *agent.Task) error {
	child, ok := t.songs[task.Key]
	if !ok || task.State.Final() {
		return nil
	}
	var out SongProgress
	if err := child.Get(ctx, &out); err != nil {
		if ctx.Err() != nil {
			return err
		}
		return t.settle(ctx, task, err)
	}
	*task = out.Task
	t.failed[task.Key] = deadletter.Join(t.failed[task.Key], out.Failed)
	t.p.Version += out.Version
	t.bump()
	return nil
}

// collect takes over what is known of every song once the turn is ending.
func (t *turn) collect(ctx workflow.Context) {
	for i := range t.p.Tasks {
		task := &t.p.Tasks[i]
		_ = t.takeOver(ctx, task) // ctx is disconnected: nothing but the end of the child ends the wait
		if !task.State.Final() {
			task.State = agent.Cancelled
		}
	}
}

// dropSongs forgets tasks whose playlist could not be found; their children are cancelled.
func (t *turn) dropSongs(from int) {
	for i := from; i < len(t.p.Tasks); i++ {
		t.p.Tasks[i].State = agent.Cancelled
	}
	t.bump()
}
