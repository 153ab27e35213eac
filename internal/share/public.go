package share

import (
	"fmt"
	"maps"
	"slices"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// Name stands for the id of a run wherever it is shown to the public.
const Name = "shared"

// Public is a run as a link shows it: new values into which only what may be
// seen is copied, so that a field which is added later is not seen. Without
// names, songs are numbered and no title or artist is in it.
//
// Left out on purpose are ids, what was said and asked, what the person may
// choose from, whatever an error says, and everything of the person's playlists
// but the name in the title.
func Public(run agent.Run, p agent.Progress, names bool) (agent.Run, agent.Progress) {
	seen := agent.Run{
		ID: Name, State: run.State, List: run.List, AcceptedAt: run.AcceptedAt, EndedAt: run.EndedAt,
		UndoOf: happened(run.UndoOf), UndoneBy: happened(run.UndoneBy),
	}
	shown := agent.Progress{
		RunID: Name, Version: p.Version, State: p.State, Title: title(p, names), Steps: stages(p.Steps),
		Trouble: trouble(p), Stopping: p.Stopping, StartedAt: p.StartedAt, EndedAt: p.EndedAt,
	}
	for i, t := range p.Tasks {
		shown.Tasks = append(shown.Tasks, task(i+1, t, names))
	}
	if names {
		for _, t := range p.Tracks {
			shown.Tracks = append(shown.Tracks, track(t))
		}
	}
	if l := p.List; l != nil {
		shown.List = &agent.ListProgress{Counts: maps.Clone(l.Counts), Paused: l.Paused, Rate: l.Rate}
	}
	return seen, shown
}

// Row is a row of a list as a link that shows names shows it.
func Row(r agent.Row) agent.Row {
	return agent.Row{Position: r.Position, Song: song(r.Song), State: r.State, Match: picked(r.Match, false)}
}

// happened keeps that there was such a run, and not which.
func happened(runID string) string {
	if runID == "" {
		return ""
	}
	return Name
}

// title says what the run is about; ours alone write titles, but they hold names.
func title(p agent.Progress, names bool) string {
	if names && p.Title != "" {
		return p.Title
	}
	n := len(p.Tasks)
	if p.List != nil {
		n = p.List.Counts.Total()
	}
	songs := fmt.Sprintf("%d songs", n)
	if n == 1 {
		songs = "1 song"
	}
	switch {
	case p.State.Final():
		return "" // how it ended says it
	case n == 0:
		return "Working on it"
	default:
		return "Working on " + songs
	}
}

// stages are the steps without their notes, which can be words of an error. The
// first is between the person and us alone.
func stages(all []agent.Stage) []agent.Stage {
	var shown []agent.Stage
	for _, s := range all {
		if s.Name == agent.Understanding {
			continue
		}
		shown = append(shown, agent.Stage{
			Name: stageName(s), State: s.State, Attempt: s.Attempt, Tries: s.Tries, Again: s.Again, Since: s.Since,
		})
	}
	return shown
}

func stageName(s agent.Stage) string {
	switch {
	case s.Name != agent.Asking:
		return s.Name
	case s.State == agent.Done:
		return "Chosen by hand"
	default:
		return "Waiting for a choice"
	}
}

func task(n int, t agent.Task, names bool) agent.Task {
	shown := agent.Task{
		Key: t.Key, State: t.State, Result: t.Result, Steps: stages(t.Steps), Position: t.Position, Reversed: t.Reversed,
		Song: music.Song{Title: fmt.Sprintf("Song %d", n)},
	}
	if names {
		shown.Song, shown.Match = song(t.Song), picked(t.Match, settled(t))
	}
	return shown
}

// settled reports whether a song ended with a recording.
func settled(t agent.Task) bool {
	switch t.Result {
	case agent.Added, agent.AlreadyThere, agent.Removed, agent.NotThere:
		return true
	}
	return false
}

func song(s music.Song) music.Song {
	return music.Song{Title: s.Title, Artists: slices.Clone(s.Artists), Album: s.Album, Version: s.Version}
}

// picked is the recording that was taken, without what else was considered and why.
func picked(m *music.Match, settled bool) *music.Match {
	if m == nil || len(m.Choices) == 0 || m.Verdict != music.Auto && !settled {
		return nil
	}
	c := m.Choices[0]
	return &music.Match{
		Verdict: music.Auto, Method: method(m.Method),
		Choices: []music.Choice{{Track: track(c.Track), Confidence: c.Confidence}},
	}
}

// method keeps that a person chose, and not whether once or for good.
func method(m string) string {
	if m == "rule" {
		return "person"
	}
	return m
}

func track(t music.Track) music.Track {
	shown := music.Track{
		Title: t.Title, Duration: t.Duration, Explicit: t.Explicit, URL: t.URL,
		Album: music.Album{Name: t.Album.Name, Release: t.Album.Release, Image: t.Album.Image},
	}
	for _, a := range t.Artists {
		shown.Artists = append(shown.Artists, music.Artist{Name: a.Name})
	}
	return shown
}

// trouble says no more than whether it goes on; what went wrong is the person's.
func trouble(p agent.Progress) *agent.Trouble {
	t := met(p)
	if t == nil {
		return nil
	}
	shown := agent.Trouble{Kind: string(fault.Unavailable), What: "This is held up.", Kept: "What is done so far is kept.", Do: "Whoever shared it sees why."}
	switch {
	case p.State.Final():
		shown.What = "This did not go as asked."
	case !t.Until.IsZero():
		shown.What, shown.Do, shown.Until = "This has to wait.", "Nothing to do.", t.Until
	}
	return &shown
}

// met is what the run has met, or else what holds up the first of its songs that wait.
func met(p agent.Progress) *agent.Trouble {
	if p.Trouble != nil || p.State.Final() {
		return p.Trouble
	}
	for _, t := range p.Tasks {
		if t.Trouble != nil && !t.State.Final() {
			return t.Trouble
		}
	}
	return nil
}
