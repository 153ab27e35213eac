package page

import (
	"slices"
	"time"

	"segue/internal/agent"
	"segue/web/templates/layout"
	"segue/web/templates/ui"
)

// HistoryView is /runs.
type HistoryView struct {
	Person    layout.Person
	Filter    agent.HistoryFilter
	Runs      []agent.Past        // of this page, the newest first
	Playlists []agent.PlaylistRef // to filter by, the last used first
	Later     bool                // this is not the first page
	Next      string              // id of the run behind which the next page begins; "" when there is none
	Trouble   *agent.Trouble      // why the filter was not understood; nil when it was
	Now       time.Time
}

func (v HistoryView) frame() layout.Frame {
	return layout.Frame{Title: "Your requests", Person: v.Person, Here: "runs"}
}

// filtered reports whether not simply all runs are shown.
func (v HistoryView) filtered() bool { return v.Filter != (agent.HistoryFilter{}) }

// offered are the playlists to filter by; the one that is filtered by is always among them.
func (v HistoryView) offered() []agent.PlaylistRef {
	id := v.Filter.Playlist
	if id == "" || slices.ContainsFunc(v.Playlists, func(p agent.PlaylistRef) bool { return p.ID == id }) {
		return v.Playlists
	}
	return append([]agent.PlaylistRef{{ID: id, Name: "Another playlist"}}, v.Playlists...)
}

// runsAt is the address of the runs of a filter, behind a run; "" is the beginning.
func runsAt(f agent.HistoryFilter, after string) string {
	q := f.Query()
	if after != "" {
		q.Set("after", after)
	}
	if len(q) == 0 {
		return "/runs"
	}
	return "/runs?" + q.Encode()
}

// said is a word with its sign.
type said struct {
	word, icon string
	tone       ui.Tone
}

var pastStates = map[agent.State]said{
	agent.Running:   {"Going on", "running", ui.Active},
	agent.Done:      {"Done", "ok", ui.Good},
	agent.Failed:    {"Did not work", "alert", ui.Bad},
	agent.Cancelled: {"Stopped", "minus", ui.Calm},
}

// stood is how a run stands; one that was taken back says so.
func stood(p agent.Past) said {
	switch {
	case p.UndoneBy != "":
		return said{"Taken back", "undo", ui.Calm}
	case !p.State.Final():
		return pastStates[agent.Running]
	default:
		return pastStates[p.State]
	}
}

var pastKinds = map[agent.Kind]string{
	agent.ByMessage: "Message",
	agent.ByList:    "List",
	agent.ByUndo:    "Undo",
	agent.ByRetry:   "Second try",
	agent.ByProgram: "Program",
}

// asked is what was asked for, which a program may have left out.
func asked(p agent.Past) string {
	if p.Asked == "" {
		return "A request"
	}
	return p.Asked
}

// result is what has become of a run in a sentence, "" while it goes on.
func result(p agent.Past) string {
	if p.Outcome == nil {
		return ""
	}
	return p.Outcome.Title
}
