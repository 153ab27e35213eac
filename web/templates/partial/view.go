// Package partial holds the pieces that the page and the stream render alike:
// the run card, track rows, questions and the error card.
package partial

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/a-h/templ"

	"segue/internal/agent"
	"segue/internal/music"
)

// RunView is a run as it is shown at one moment.
type RunView struct {
	Run      agent.Run
	Progress agent.Progress // the newest snapshot; of a final run its Outcome
	Live     bool           // connect to /runs/{id}/events while the run is not final
	Full     bool           // the page of the run itself: every step, time and reason is open
	Public   string         // address of the share page that shows the run to anybody, without anything to press; "" on its person's pages
	Refused  *Refusal       // an answer that was not taken; nil when none was
	Now      time.Time
}

// Refusal is an answer that was not taken, as it stands in its form again.
type Refusal struct {
	Question string // id of the question
	Link     string // as pasted, "" when none was
	Remember bool   // the box was ticked
	Why      string // a sentence
}

// refusal is that of the question's answer, zero when there is none.
func (v RunView) refusal(q agent.Question) Refusal {
	if v.Refused == nil || v.Refused.Question != q.ID {
		return Refusal{}
	}
	return *v.Refused
}

func (v RunView) id() string { return "run-" + v.Run.ID }

func (v RunView) state() agent.State {
	if v.Progress.State == "" {
		return v.Run.State
	}
	return v.Progress.State
}

// Final reports whether nothing more will happen by itself.
func (v RunView) Final() bool { return v.state().Final() }

// Waiting reports whether nothing happens until the person does something.
func (v RunView) Waiting() bool { return v.state() == agent.Waiting }

// Moving reports whether the run goes on by itself, or will.
func (v RunView) Moving() bool { return !v.Final() && !v.Waiting() }

// standings are what the styles of the page around the card go by: whether the run
// is open, and whether it has left something behind that writing its message anew
// would not take back.
func (v RunView) standings() templ.Attributes {
	is := templ.Attributes{}
	switch {
	case v.stopping():
		is["data-open"] = "stopping"
	case v.Moving():
		is["data-open"] = "moving"
	case !v.Final():
		is["data-open"] = "waiting"
	}
	switch {
	case v.Final() && v.Progress.Undoable && !v.undone():
		is["data-left"] = "undoable"
	case v.changed() || v.made():
		is["data-left"] = "for good"
	}
	return is
}

// made reports whether the run has made a playlist.
func (v RunView) made() bool {
	return slices.ContainsFunc(v.Progress.Steps, func(s agent.Stage) bool { return s.Name == agent.Creating && s.State == agent.Done })
}

// stopping reports whether the run has been stopped and is still about to end.
func (v RunView) stopping() bool { return v.Progress.Stopping && !v.Final() }

func (v RunView) undone() bool { return v.Run.UndoneBy != "" }

// says reports whether the answer is to be shown: what a stop has left is told no more once it is taken back.
func (v RunView) says() bool {
	p := v.Progress
	return p.Say != "" && p.Say != p.Title && (!v.undone() || p.Strategy != "" || v.state() != agent.Cancelled)
}

// back is the page that the card's forms return to.
func (v RunView) back() string {
	if v.Full {
		return "/runs/" + v.Run.ID
	}
	return "/c/" + v.Run.ConversationID
}

func (v RunView) events() string {
	if v.Public != "" {
		return v.Public + "/events"
	}
	if v.Full {
		return "/runs/" + v.Run.ID + "/events?full=1"
	}
	return "/runs/" + v.Run.ID + "/events"
}

// boxed reports whether there is more to show than the words that were said.
func (v RunView) boxed() bool {
	p := v.Progress
	spoken := v.state() == agent.Done || v.state() == agent.Cancelled && p.Say != ""
	return v.Full || v.Public != "" || !spoken || v.undone() || len(p.Tasks) > 0 || len(p.Playlists) > 0 || len(p.Tracks) > 0 ||
		p.Playlist != nil || p.Trouble != nil
}

// alone reports whether the playlist itself is all that a finished run has to show.
func (v RunView) alone() bool {
	p := v.Progress
	return v.state() == agent.Done && p.Playlist != nil && len(p.Tasks) == 0 && len(p.Tracks) == 0 && len(p.Playlists) == 0
}

// single returns the only task of a run that has just one.
func (v RunView) single() (agent.Task, bool) {
	if len(v.Progress.Tasks) != 1 {
		return agent.Task{}, false
	}
	return v.Progress.Tasks[0], true
}

// steps are the stages of the run itself, with those of its only task.
func (v RunView) steps() []agent.Stage {
	if task, ok := v.single(); ok {
		return slices.Concat(v.Progress.Steps, task.Steps)
	}
	return v.Progress.Steps
}

// took is for how long a step that is done was the one at work: until the next one
// began. 0 when that is not known or not worth telling.
func (v RunView) took(s agent.Stage) time.Duration {
	const least = 50 * time.Millisecond
	if s.State != agent.Done || s.Since.IsZero() {
		return 0
	}
	end := v.Progress.EndedAt
	for _, other := range v.steps() {
		if other.Since.After(s.Since) && (end.IsZero() || other.Since.Before(end)) {
			end = other.Since
		}
	}
	if d := end.Sub(s.Since); d >= least {
		return d
	}
	return 0
}

// questions are all that the run waits for a person to decide, its own first.
func (v RunView) questions() []agent.Question {
	if v.Final() {
		return nil
	}
	return v.Progress.Questions()
}

// trouble is what a person must know of a run: what the run itself met, or else
// what holds up the first of its songs that wait.
func (v RunView) trouble() *agent.Trouble {
	if v.Progress.Trouble != nil || v.Final() {
		return v.Progress.Trouble
	}
	for _, t := range v.Progress.Tasks {
		if t.Trouble != nil && !t.State.Final() {
			return t.Trouble
		}
	}
	return nil
}

// told reports whether the card says already what a song of it met.
func (v RunView) told(t agent.Trouble) bool {
	shown := v.trouble()
	return shown != nil && shown.What == t.What && shown.Do == t.Do
}

// folded splits the tasks of a long finished run: what a person must see, and
// what went as asked, which one click shows.
func (v RunView) folded() (shown, hidden []agent.Task) {
	const short = 5
	tasks := v.Progress.Tasks
	if len(tasks) <= short || v.Full {
		return tasks, nil
	}
	for _, t := range tasks {
		if t.Result == agent.Added || t.Result == agent.Removed {
			hidden = append(hidden, t)
		} else {
			shown = append(shown, t)
		}
	}
	if len(hidden) <= short {
		return tasks, nil
	}
	return shown, hidden
}

// changed reports whether the run has left something in a playlist.
func (v RunView) changed() bool {
	if v.undone() {
		return false
	}
	if v.Progress.Undoable {
		return true
	}
	for _, t := range v.Progress.Tasks {
		if (t.Result == agent.Added || t.Result == agent.Removed) && !t.Reversed {
			return true
		}
	}
	return false
}

// usual is how long a change takes at most when Spotify answers.
const usual = 8 * time.Second

// changing is since when the run has been waiting for a change that it wants of
// Spotify, zero while it does not. Lists are at it all the time.
func (v RunView) changing() (since time.Time) {
	if v.Final() || v.Progress.List != nil {
		return since
	}
	steps := v.Progress.Steps
	for _, t := range v.Progress.Tasks {
		steps = slices.Concat(steps, t.Steps)
	}
	for _, s := range steps {
		if s.State == agent.Running && !retrying(s) && slices.Contains(changes, s.Name) && (since.IsZero() || s.Since.Before(since)) {
			since = s.Since
		}
	}
	return since
}

// draft is the page with text put into the composer, to be read before it is sent.
func (v RunView) draft(text string) string {
	return "/c/" + v.Run.ConversationID + "?draft=" + url.QueryEscape(text)
}

// track is the one a task was settled with.
func track(t agent.Task) (music.Choice, bool) {
	if t.Match == nil || len(t.Match.Choices) == 0 {
		return music.Choice{}, false
	}
	switch t.Result {
	case agent.Added, agent.AlreadyThere, agent.Removed, agent.NotThere:
		return t.Match.Choices[0], true
	}
	return t.Match.Pick()
}

// ruled reports whether the person's own rule settled the task.
func ruled(t agent.Task) bool { return t.Match != nil && t.Match.Method == "rule" }

// others are the recordings that were considered and not taken.
func others(t agent.Task) []music.Choice {
	if t.Match == nil {
		return nil
	}
	if _, ok := track(t); ok {
		return t.Match.Choices[1:]
	}
	return t.Match.Choices
}

// around cuts a title where a playlist is named in it, so that the name can be a link.
func around(title, name string) (before, after string, found bool) {
	at := strings.LastIndex(title, name)
	if name == "" || at < 0 {
		return title, "", false
	}
	return title[:at], title[at+len(name):], true
}
