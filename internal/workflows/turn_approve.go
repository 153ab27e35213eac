package workflows

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

const (
	approvalLimit = 24 * time.Hour // without an answer until then everything stays as it is
	manySongs     = 20             // added by one turn; more are asked about
	mostTasks     = 50             // of one turn, see agent.Progress
)

// deed is what a call is about to do: the call as it will run, and in words.
type deed struct {
	call     agent.Call
	playlist agent.PlaylistRef // whose songs change, if there is one
	text     string
	plan     []string
	idle     bool // nothing would change
}

// id is bound to what runs and to what is shown: an answer to anything else is refused.
func (d deed) id() string {
	sum := sha256.Sum256([]byte(d.call.Tool + "\n" + string(d.call.Args) + "\n" + d.text + "\n" + strings.Join(d.plan, "\n")))
	return fmt.Sprintf("approve-%s-%x", d.call.ID, sum[:8])
}

// approve asks the person before what takes something away or changes much, and
// returns the call that was shown. denied is the question that was not answered with
// yes. Its error is one of finding out what would be done.
func (t *turn) approve(ctx workflow.Context, call agent.Call) (shown agent.Call, denied string, err error) {
	first := call.Effect == agent.Read || !undoable(t.p) && !t.undoes
	ask := t.needsApproval(call)
	if first && !ask {
		return call, "", nil
	}
	changed := t.p.Playlist
	d, err := t.deed(ctx, call)
	if err == nil && !first {
		err = t.fits(d, changed)
	}
	ask = ask && !d.idle
	if err == nil && ask && t.trustable(d) {
		ask, err = t.distrusted(ctx, d)
	}
	if err != nil || !ask {
		return d.call, "", err
	}
	return t.consult(ctx, d)
}

// consult puts what is about to be done to the person.
func (t *turn) consult(ctx workflow.Context, d deed) (shown agent.Call, denied string, err error) {
	f := t.step(ctx, agent.Asking)
	q := &agent.Question{ID: d.id(), Text: d.text, Plan: d.plan, Options: []agent.Option{{ID: agent.Approve}}}
	if t.trustable(d) {
		q.Options = append(q.Options, agent.Option{ID: agent.Always})
	}
	option, err := t.ask(ctx, f, q, approvalLimit)
	switch {
	case err != nil:
		return d.call, "", err
	case option == agent.Always:
		if err := workflow.ExecuteLocalActivity(local(ctx, saveLimit), acts.Trust, t.trust(d)).Get(ctx, nil); err != nil {
			return d.call, "", err
		}
	case option != agent.Approve:
		f.done("to leave it")
		return d.call, q.ID, nil
	}
	f.done("to do it")
	return d.call, "", nil
}

// trustable reports whether the person may let this happen unasked from now on. Not
// so when names from the catalogue may have put the model up to it.
func (t *turn) trustable(d deed) bool {
	return d.playlist.ID != "" && (t.in.Model != nil || t.in.Given != nil) && !t.wary()
}

func (t *turn) trust(d deed) TrustInput {
	return TrustInput{PersonID: t.in.PersonID, Tool: d.call.Tool, Playlist: d.playlist}
}

// distrusted reports whether the person wants to be asked about this.
func (t *turn) distrusted(ctx workflow.Context, d deed) (bool, error) {
	var trusted bool
	err := workflow.ExecuteLocalActivity(local(ctx, saveLimit), acts.Trusted, t.trust(d)).Get(ctx, &trusted)
	return !trusted, err
}

// fits refuses what would make a turn that has changed something impossible to take back as one.
func (t *turn) fits(d deed, changed *music.Playlist) error {
	switch {
	case t.undoes, d.call.Tool == agent.Undo:
		return fault.New(fault.Conflict, "Taking something back is for a message of its own.", nil)
	case d.call.Tool == agent.CreatePlaylist, d.playlist.ID != "" && changed != nil && d.playlist.ID != changed.ID:
		return fault.New(fault.Conflict, "One message can change one playlist. Ask for the other one in a new message.", nil)
	}
	return nil
}

// needsApproval reports whether the person is asked first. A call without an
// effect is not the model's: it is what a person has pressed a button for.
func (t *turn) needsApproval(call agent.Call) bool {
	switch {
	case call.Effect == "" || call.Effect == agent.Read:
		return false
	case call.Effect == agent.Destructive, call.Tool == agent.SyncList, t.wary():
		return true
	case call.Tool == agent.CreatePlaylist:
		return len(t.existing()) >= manyProposed
	case call.Tool == agent.SyncSongs:
		a, err := argsOf[agent.SyncSongsArgs](call)
		return err == nil && !t.offer.covers(a) && (len(a.Songs)+len(t.p.Tasks) > manySongs || t.ownChoice(a) >= manyProposed)
	}
	return false
}

// argsOf decodes the arguments of a call.
func argsOf[A any](call agent.Call) (args A, err error) {
	_, err = with(call, func(a A) (agent.PlaylistRef, error) { args = a; return agent.PlaylistRef{}, nil })
	return args, err
}

// deed finds out what a call would do. What it names is settled here, so that
// nothing else is meant when it runs.
func (t *turn) deed(ctx workflow.Context, call agent.Call) (deed, error) {
	if call.Of != "" {
		return errand(call), nil
	}
	switch call.Tool {
	case agent.SyncSongs, agent.RemoveSongs:
		return t.change(ctx, call)
	case agent.DedupePlaylist:
		return t.doubles(ctx, call)
	case agent.ReorderPlaylist:
		return t.moves(ctx, call)
	case agent.RenamePlaylist:
		return t.renaming(ctx, call)
	case agent.Undo:
		return t.reversal(ctx, call)
	case agent.SyncList:
		return t.bringing(ctx, call)
	case agent.CancelRun, agent.RetryRun, agent.RememberRule:
		return t.ordered(ctx, call)
	case agent.CreatePlaylist:
		return t.founding(call)
	case agent.SetDefault:
		call, a, err := placed(ctx, t, call, func(a *agent.SetDefaultArgs) *agent.PlaylistRef { return &a.Playlist })
		return deed{call: call, text: "Make this your default playlist?", plan: []string{a.Playlist.Name}}, err
	}
	return deed{}, fault.New(fault.Invalid, "There is no such tool.", nil)
}

// placed decodes the arguments of a call, looks up the playlist that they name, and
// writes them again with its id.
func placed[A any](ctx workflow.Context, t *turn, call agent.Call, named func(*A) *agent.PlaylistRef) (agent.Call, A, error) {
	a, err := argsOf[A](call)
	if err != nil {
		return call, a, err
	}
	playlist, err := t.findPlaylist(ctx, *named(&a), true)
	if err != nil {
		return call, a, err
	}
	*named(&a) = refTo(playlist)
	call.Args, err = encoded(a)
	return call, a, err
}

// encoded returns arguments in their one form.
func encoded(args any) (json.RawMessage, error) {
	// Structs of strings, numbers and slices are always written the same way.
	//workflowcheck:ignore
	return json.Marshal(args)
}

// change is adding songs to a playlist or removing them.
func (t *turn) change(ctx workflow.Context, call agent.Call) (deed, error) {
	a, err := argsOf[agent.SyncSongsArgs](call) // those of RemoveSongs are the first two
	if err != nil {
		return deed{}, err
	}
	if len(t.p.Tasks)+len(a.Songs) > mostTasks {
		return deed{}, fault.New(fault.Conflict, fmt.Sprintf("One message can change %d songs. Ask for the others in a new message.", mostTasks), nil)
	}
	playlist, err := t.findPlaylist(ctx, a.Playlist, true)
	if err != nil {
		return deed{}, err
	}
	d := deed{call: call, playlist: refTo(playlist), text: fmt.Sprintf("Add %s to %s?", count(len(a.Songs), "song"), playlist.Name)}
	a.Playlist = refTo(playlist)
	if d.call.Args, err = encoded(a); err != nil {
		return deed{}, err
	}
	if call.Tool == agent.RemoveSongs {
		d.text = fmt.Sprintf("Remove %s from %s?", count(len(a.Songs), "song"), playlist.Name)
		d.call.Args, err = encoded(agent.RemoveSongsArgs{Songs: a.Songs, Playlist: a.Playlist})
	}
	for _, song := range a.Songs {
		d.plan = append(d.plan, t.nameOf(song))
	}
	if call.Tool == agent.SyncSongs && t.ownChoice(a) >= manyProposed {
		d.plan = append(d.plan, t.leftOut()...)
	}
	return d, err
}

// nameOfTask says which song a task was about: the recording, where one was decided on.
func nameOfTask(task agent.Task) string {
	if task.Match != nil {
		if pick, ok := task.Match.Pick(); ok {
			return pick.Track.Title + " by " + pick.Track.ArtistNames()
		}
	}
	return task.Song.String()
}

// nameOf says which song is meant. An id outranks the title that a model gives it.
func (t *turn) nameOf(song music.Song) string {
	if song.TrackID == "" {
		return song.String()
	}
	if name, ok := t.names[song.TrackID]; ok {
		return name
	}
	return "the song behind the link that ends in " + song.TrackID
}

// reversal is taking back what a run has done.
func (t *turn) reversal(ctx workflow.Context, call agent.Call) (deed, error) {
	a, err := argsOf[agent.UndoArgs](call)
	if err != nil {
		return deed{}, err
	}
	in := OutcomeInput{PersonID: t.in.PersonID, RunID: a.RunID, By: t.in.RunID}
	var past agent.Progress
	if err := workflow.ExecuteLocalActivity(local(ctx, saveLimit), acts.Past, in).Get(ctx, &past); err != nil {
		return deed{}, err
	}
	d := deed{call: call, text: "Take this back?"}
	for _, task := range past.Tasks {
		switch task.Result {
		case agent.Added:
			d.plan = append(d.plan, nameOfTask(task)+" goes out of "+past.Playlist.Name)
		case agent.Removed:
			d.plan = append(d.plan, nameOfTask(task)+" goes back into "+past.Playlist.Name)
		}
	}
	if past.Renamed != nil {
		d.plan = append(d.plan, past.Renamed.To+" is called "+past.Renamed.From+" again")
	}
	if past.Moved != nil {
		d.plan = append(d.plan, "The songs of "+past.Playlist.Name+" go back into their old order")
	}
	return d, nil
}
