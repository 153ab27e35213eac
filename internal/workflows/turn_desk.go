package workflows

import (
	"fmt"
	"strconv"
	"time"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// deskLimit is for an activity that asks or starts other runs.
const deskLimit = 30 * time.Second

// atDesk runs the tool of a call that is about no playlist.
func (t *turn) atDesk(ctx workflow.Context, call agent.Call) error {
	switch call.Tool {
	case agent.RunStatus:
		return takes(call, func(a agent.RunStatusArgs) error { return t.runStatus(ctx, a) })
	case agent.CancelRun:
		return takes(call, func(a agent.RunArgs) error { return t.cancelRun(ctx, a) })
	case agent.RetryRun:
		return takes(call, func(a agent.RunArgs) error { return t.retryRun(ctx, a) })
	case agent.RememberRule:
		return takes(call, func(a agent.RememberRuleArgs) error { return t.rememberRule(ctx, a) })
	case agent.AskPerson:
		return takes(call, func(a agent.AskPersonArgs) error { return t.askPerson(ctx, a) })
	default:
		return fault.New(fault.Invalid, "There is no such tool.", nil)
	}
}

// takes decodes the arguments of a call for a tool that is about no playlist.
func takes[A any](call agent.Call, tool func(A) error) error {
	args, err := argsOf[A](call)
	if err != nil {
		return err
	}
	return tool(args)
}

// runStatus shows how requests stand.
func (t *turn) runStatus(ctx workflow.Context, a agent.RunStatusArgs) error {
	t.p.Title = "Your newest requests"
	if a.RunID != "" {
		t.p.Title = "How it stands"
	}
	f := t.step(ctx, agent.Reading)
	in := DeskInput{PersonID: t.in.PersonID, By: t.in.RunID, RunID: a.RunID}
	t.p.Runs = nil
	if err := t.reach(ctx, f, acts.Status, in, &t.p.Runs); err != nil {
		return err
	}
	f.done(count(len(t.p.Runs), "request"))
	return nil
}

// cancelRun stops another request of the person's; what it has added stays.
func (t *turn) cancelRun(ctx workflow.Context, a agent.RunArgs) error {
	t.p.Title = "Stopping a request"
	f := t.step(ctx, agent.Stopping)
	var line agent.Line
	err := t.handIn(ctx, f, acts.CancelRun, DeskInput{PersonID: t.in.PersonID, By: t.in.RunID, RunID: a.RunID}, &line)
	if err != nil {
		return err
	}
	t.p.Title, t.p.Runs = "Stopped", []agent.Line{line}
	f.done("")
	return nil
}

// retryRun does again what has failed of a request.
func (t *turn) retryRun(ctx workflow.Context, a agent.RunArgs) error {
	t.p.Title = "Trying it again"
	f := t.step(ctx, agent.Starting)
	var lines []agent.Line
	err := t.handIn(ctx, f, acts.RetryRun, DeskInput{PersonID: t.in.PersonID, By: t.in.RunID, RunID: a.RunID}, &lines)
	if err != nil {
		return err
	}
	t.p.Runs = lines
	f.done(count(len(lines), "request"))
	return nil
}

// handIn runs an activity that changes requests, all of which may be repeated.
func (t *turn) handIn(ctx workflow.Context, f *stageFace, activity, in, out any) error {
	return t.persist(ctx, writePatience, f, func() error {
		return workflow.ExecuteActivity(once(ctx, deskLimit), activity, in).Get(ctx, out)
	})
}

// rememberRule makes a rule of the person's.
func (t *turn) rememberRule(ctx workflow.Context, a agent.RememberRuleArgs) error {
	t.p.Title = "Remembering " + a.Title
	f := t.step(ctx, agent.Remembering)
	in := RememberInput{PersonID: t.in.PersonID, Song: a.Song()}
	if a.TrackID != "" {
		in.Track = &music.Track{}
		if err := t.reach(ctx, f, acts.Track, TrackInput{PersonID: t.in.PersonID, ID: a.TrackID}, in.Track); err != nil {
			return err
		}
	}
	if err := workflow.ExecuteLocalActivity(local(ctx, saveLimit), acts.Remember, in).Get(ctx, nil); err != nil {
		return err
	}
	t.p.Title, t.p.Tracks = a.Song().String()+" is not on Spotify for you from now on", nil
	if in.Track != nil {
		t.p.Title, t.p.Tracks = a.Song().String()+" is this one from now on", []music.Track{*in.Track}
	}
	f.done("")
	return nil
}

// askPerson lets the person choose between answers of the planner's.
func (t *turn) askPerson(ctx workflow.Context, a agent.AskPersonArgs) error {
	f := t.step(ctx, agent.Asking)
	q := &agent.Question{ID: "choice-" + strconv.Itoa(len(t.calls)), Text: a.Question}
	for i, answer := range a.Answers {
		q.Options = append(q.Options, agent.Option{ID: strconv.Itoa(i + 1), Text: answer})
	}
	option, err := t.ask(ctx, f, q, answerLimit)
	if err != nil {
		return err
	}
	f.done("")
	t.chosen = "none of these"
	if i, err := strconv.Atoi(option); err == nil && i >= 1 && i <= len(a.Answers) {
		t.chosen = a.Answers[i-1]
	}
	return nil
}

// syncList brings the list in the message as a request of its own. A person is
// shown it first, also when no model was between.
func (t *turn) syncList(ctx workflow.Context, call agent.Call) (agent.PlaylistRef, error) {
	if call.Effect == "" {
		shown, ok, err := t.submit(ctx, call)
		if err != nil || !ok {
			return agent.PlaylistRef{}, err
		}
		call = shown
	}
	a, err := argsOf[agent.SyncListArgs](call)
	if err != nil {
		return agent.PlaylistRef{}, err
	}
	playlist, err := t.playlist(ctx, a.Playlist)
	if err != nil {
		return agent.PlaylistRef{}, err
	}
	f := t.step(ctx, agent.Starting)
	in := MessageInput{PersonID: t.in.PersonID, RunID: t.in.RunID, Header: a.Header, Playlist: refTo(playlist)}
	var line agent.Line
	if err := t.handIn(ctx, f, acts.BringList, in, &line); err != nil {
		return refTo(playlist), err
	}
	t.p.Title, t.p.Runs = line.Title, []agent.Line{line}
	f.done("")
	return refTo(playlist), nil
}

// ordered is what stopping a request, doing one again or remembering a song would do.
func (t *turn) ordered(ctx workflow.Context, call agent.Call) (deed, error) {
	if call.Tool == agent.RememberRule {
		a, err := argsOf[agent.RememberRuleArgs](call)
		meant := "not on Spotify"
		if a.TrackID != "" {
			meant = t.nameOf(music.Song{TrackID: a.TrackID})
		}
		return deed{call: call, text: "Remember this from now on?", plan: []string{a.Song().String() + " is " + meant}}, err
	}
	a, err := argsOf[agent.RunArgs](call)
	if err != nil {
		return deed{}, err
	}
	f := t.step(ctx, agent.Reading)
	var lines []agent.Line
	in := DeskInput{PersonID: t.in.PersonID, By: t.in.RunID, RunID: a.RunID}
	if err := t.reach(ctx, f, acts.Status, in, &lines); err != nil {
		return deed{}, err
	}
	f.done("")
	d := deed{call: call, text: "Stop this request?", plan: []string{lines[0].Title}}
	if call.Tool == agent.RetryRun {
		d.text = "Do again what has failed of this?"
	}
	return d, nil
}

// bringing is what bringing the list in the message would do.
func (t *turn) bringing(ctx workflow.Context, call agent.Call) (deed, error) {
	call, a, err := placed(ctx, t, call, func(a *agent.SyncListArgs) *agent.PlaylistRef { return &a.Playlist })
	if err != nil {
		return deed{}, err
	}
	f := t.step(ctx, agent.Reading)
	in := MessageInput{PersonID: t.in.PersonID, RunID: t.in.RunID, Header: a.Header}
	var l ListInMessage
	if err := t.reach(ctx, f, acts.ReadList, in, &l); err != nil {
		return deed{}, err
	}
	f.done(count(l.Songs, "song"))
	d := deed{call: call, playlist: a.Playlist, text: fmt.Sprintf("Bring %s into %s?", count(l.Songs, "song"), a.Playlist.Name), plan: l.First}
	if more := l.Songs - len(l.First); more > 0 {
		d.plan = append(d.plan, "and "+count(more, "more song"))
	}
	if l.Failed > 0 {
		d.plan = append(d.plan, count(l.Failed, "line")+" cannot be read and will be left out")
	}
	return d, nil
}
