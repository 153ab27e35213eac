package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// thinkLimit is for one step: a call of the model may take a minute, and a
// transcript that is too long for it is cut and sent again.
const thinkLimit = 3 * time.Minute

// converse takes a turn that a language model plans to its end.
func (t *turn) converse(ctx workflow.Context) error {
	t.p.Strategy = t.in.Model.Strategy
	out, err := agent.Loop(ctx, &thinker{t}, t.in.Model.Limits)
	if err != nil {
		return err
	}
	t.p.Say, t.p.Suggestions, t.p.Usage = out.Say, out.Suggestions, out.Turn.Usage
	t.p.FromModel = out.Ending == agent.Answered && out.Say != "" && !t.wary()
	if out.Ending != agent.Answered && out.Ending != agent.Finished {
		t.p.Say, t.p.Trouble = "", cutShort(out.Ending)
	}
	t.bump()
	return nil
}

// breakOff keeps what the model has written of its answer when the turn is stopped.
// It is lost with the process that heard it.
func (t *turn) breakOff(ctx workflow.Context) (said string) {
	if err := workflow.ExecuteLocalActivity(soon(ctx, saveLimit), acts.Draft, t.in.RunID).Get(ctx, &said); err != nil {
		said = ""
	}
	t.p.Say, t.p.Suggestions, t.p.FromModel = said, nil, said != "" && !t.wary()
	return said
}

// cutShort tells of a turn that its model did not bring to an end.
func cutShort(ending agent.Ending) *agent.Trouble {
	trouble := &agent.Trouble{Kind: string(fault.Invalid), Kept: "What is done stays.", Do: "Ask for the rest in a new message."}
	switch ending {
	case agent.Stepped:
		trouble.What = "This took more steps than one message may take."
	case agent.Spent:
		trouble.What = "This used all the time or words that one message may use."
	default:
		trouble.What = "The language model could not work out how to do this."
		trouble.Do = "Say it in other words, or ask for one thing at a time."
	}
	return trouble
}

// ending tells of the fault that ended the turn. When a model plans, it is the
// model's, for those of tools are results.
func (t *turn) ending(f *fault.Error) *agent.Trouble {
	trouble := troubleOf(f, time.Time{})
	if t.in.Model != nil {
		trouble.Kept, trouble.Do = "Your request is saved in the conversation; what is done stays.", "Send it again when the language model answers."
	}
	return trouble
}

// thinker is the engine of a turn that a language model plans.
type thinker struct{ t *turn }

// Next asks the model, with patience.
func (e *thinker) Next(ctx workflow.Context, so agent.Turn) (agent.Step, error) {
	t := e.t
	t.p.Usage = so.Usage
	f := t.step(ctx, agent.Understanding)
	in := PlanInput{PersonID: t.in.PersonID, RunID: t.in.RunID, Strategy: t.in.Model.Strategy, Turn: so}
	var step agent.Step
	err := t.persist(ctx, thinkPatience, f, func() error {
		return workflow.ExecuteActivity(thinking(ctx), acts.Think, in).Get(ctx, &step)
	})
	if err != nil {
		return step, err
	}
	t.p.Say, t.p.Suggestions = step.Say, step.Suggestions
	f.done(fmt.Sprintf("%s: %s, %s", t.p.Strategy, step.Agent, count(so.Steps+1, "step")))
	return step, nil
}

// Use carries calls out; several only read, and go on at the same time.
func (e *thinker) Use(ctx workflow.Context, calls []agent.Call) ([]agent.Result, error) {
	if len(calls) > 1 {
		return e.t.together(ctx, calls)
	}
	result, err := e.t.carryOut(ctx, calls[0])
	return []agent.Result{result}, err
}

// notApproved is told to the model, with what the person says about it.
const notApproved = "The person did not approve of this, and everything was left as it is. Do not try the same again."

// carryOut runs one tool, if the person approves of it where that is needed. The
// fault of an earlier call is forgotten: it was the model's to tell of.
func (t *turn) carryOut(ctx workflow.Context, call agent.Call) (agent.Result, error) {
	t.p.Trouble, t.calls = nil, append(t.calls, call)
	if undoable(t.p) {
		defer func(changed *music.Playlist) { t.p.Playlist = changed }(t.p.Playlist) // an undo must know which it was
	}
	shown, denied, err := t.approve(ctx, call)
	switch {
	case err != nil:
		return t.result(ctx, agent.Result{CallID: call.ID}, err)
	case denied == "" && call.Of != "":
		return t.visit(ctx, shown)
	case denied != "":
		if len(t.p.Tasks) == 0 {
			t.p.Title = "Left as it was"
		}
		return agent.Result{CallID: call.ID, Code: agent.Denied, Note: notApproved, Question: denied}, nil
	}
	from := len(t.p.Tasks)
	result, err := t.call(ctx, shown)
	if err == nil && result.Code == agent.OK {
		t.describe(&result, call, from)
	}
	return result, err
}

// mostItems of a result are given to the model.
const mostItems = 50

// describe adds to the result what the model may know of it: handles, codes and counts.
func (t *turn) describe(r *agent.Result, call agent.Call, from int) {
	switch call.Tool {
	case agent.ListPlaylists:
		for _, p := range t.p.Playlists {
			r.Items = append(r.Items, agent.Item{Kind: "P", Value: p.ID, Text: p.Name})
		}
		r.Total = len(r.Items)
	case agent.ShowPlaylist:
		for _, track := range t.p.Tracks {
			r.Items = append(r.Items, t.item(track, "", 0))
		}
		r.Total = t.p.Playlist.Total
	case agent.FindSongs:
		r.Items = t.proposed()
	case agent.RunStatus, agent.CancelRun, agent.RetryRun, agent.SyncList:
		for _, line := range t.p.Runs {
			code := strings.TrimSuffix(string(line.State)+": "+line.Tally, ": ")
			r.Items = append(r.Items, agent.Item{Kind: "R", Value: line.RunID, Code: code, Text: line.Title})
		}
	case agent.AskPerson:
		r.Note = "The person chose: " + t.chosen
	case agent.SyncSongs, agent.RemoveSongs, agent.DedupePlaylist:
		for _, task := range t.p.Tasks[from:] {
			r.Items = append(r.Items, t.outcome(task))
		}
	}
	r.Items = r.Items[:min(len(r.Items), mostItems)]
}

// item gives out a handle of a track, and remembers what it stands for.
func (t *turn) item(track music.Track, code string, score int) agent.Item {
	name := track.Title + " by " + track.ArtistNames()
	t.names[track.ID] = name
	return agent.Item{Kind: "S", Value: track.ID, Code: code, Text: name, Score: score}
}

// outcome is what became of a song.
func (t *turn) outcome(task agent.Task) agent.Item {
	code := task.Result
	if code == "" {
		code = string(task.State)
	}
	if task.Match != nil {
		if pick, ok := task.Match.Pick(); ok {
			return t.item(pick.Track, code, int(100*pick.Confidence))
		}
	}
	return agent.Item{Kind: "S", Code: code}
}
