package workflows

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// otherRows refuses what was planned for other rows than there are.
func otherRows() *fault.Error {
	return fault.New(fault.Conflict, "The playlist was changed after the plan for it was made.", nil)
}

// dedupe takes out of a playlist the rows that repeat a recording, as the person has agreed to.
func (t *turn) dedupe(ctx workflow.Context, call agent.Call) (agent.PlaylistRef, error) {
	t.p.Title = "Looking for duplicates"
	shown, ok, err := t.agreed(ctx, call)
	if err != nil || !ok {
		return t.current(), err
	}
	a, err := argsOf[agent.DedupeArgs](shown)
	if err != nil {
		return t.current(), err
	}
	playlist, err := t.playlist(ctx, a.Playlist)
	if err != nil {
		return a.Playlist, err
	}
	return refTo(playlist), t.trim(ctx, playlist, *a.Plan)
}

// doubles is the plan of a call of dedupe_playlist.
func (t *turn) doubles(ctx workflow.Context, call agent.Call) (deed, error) {
	a, err := argsOf[agent.DedupeArgs](call)
	if err != nil {
		return deed{}, err
	}
	playlist, err := t.findPlaylist(ctx, a.Playlist, true)
	if err != nil {
		return deed{}, err
	}
	found, err := t.findDoubles(ctx, playlist)
	if err != nil {
		return deed{}, err
	}
	n := len(found.Plan.Rows)
	d := deed{call: call, playlist: refTo(playlist), idle: n == 0}
	switch {
	case d.idle && found.Plan.More > 0:
		return d, fault.New(fault.Conflict, fmt.Sprintf("A song stands there more than %d times, which is more than one message can take out.", mostTasks), nil)
	case d.idle:
		if len(t.p.Tasks) == 0 { // an earlier life has left none to be ended
			t.p.Title = "No duplicates in " + playlist.Name
			t.bump()
		}
		return d, nil
	}
	d.text, d.plan = fmt.Sprintf("Remove %s from %s?", count(n, "duplicate"), playlist.Name), found.lines()
	a.Playlist, a.Plan = d.playlist, &found.Plan
	d.call.Args, err = encoded(a)
	return d, err
}

// findDoubles looks through the playlist. What an earlier life of the run has begun to
// remove, as it was told to, is brought to its end first: rows may be out that must stay.
func (t *turn) findDoubles(ctx workflow.Context, playlist music.Playlist) (DoublesOutput, error) {
	for {
		f := t.step(ctx, agent.Reading)
		in := DoublesInput{
			PersonID: t.in.PersonID, RunID: t.in.RunID, PlaylistID: playlist.ID, Begun: t.trims, Most: mostTasks - len(t.p.Tasks),
		}
		var found DoublesOutput
		if err := t.reach(ctx, f, acts.PlanDoubles, in, &found); err != nil {
			return found, err
		}
		f.done(found.note())
		t.trims = found.Named
		if len(found.Begun) == 0 {
			return found, nil
		}
		if err := t.trim(ctx, playlist, agent.Doubles{Rows: found.Begun}); err != nil {
			return found, err
		}
	}
}

func (o DoublesOutput) note() string {
	note := count(o.Total, "song")
	if n := len(o.Alike); n > 0 {
		note += fmt.Sprintf(", %d alike but not the same", n)
	}
	return note
}

// lines say which rows go and which stay, and what is left out.
func (o DoublesOutput) lines() []string {
	var lines []string
	told := map[int]bool{} // recordings, by the row that stays
	for _, d := range o.Plan.Rows {
		if !told[d.First] {
			told[d.First] = true
			lines = append(lines, goes(d, o.Plan.Rows))
		}
	}
	for _, l := range o.Alike {
		lines = append(lines, fmt.Sprintf("Left alone: %s, rows %d and %d: %s", l.Name, l.Other+1, l.Row+1, l.Why))
	}
	if slices.ContainsFunc(o.Plan.Rows, func(d agent.Double) bool { return d.Keep > 0 }) {
		lines = append(lines, "Spotify removes all rows of a track at once. The ones that stay are put back where they were, dated today.")
	}
	if o.Plan.More > 0 {
		lines = append(lines, count(o.Plan.More, "more duplicate")+" will be left; ask again afterwards")
	}
	return lines
}

// goes says which rows of a recording go.
func goes(d agent.Double, all []agent.Double) string {
	var rows []string
	for _, e := range all {
		if e.First == d.First {
			rows = append(rows, strconv.Itoa(e.Row+1))
		}
	}
	what := "row " + rows[0] + " goes"
	if len(rows) > 1 {
		what = "rows " + strings.Join(rows, ", ") + " go"
	}
	return fmt.Sprintf("%s: %s, row %d stays", nameOf(d.Track), what, d.First+1)
}

// trim takes rows out, and puts them on the list of what the run has done.
func (t *turn) trim(ctx workflow.Context, playlist music.Playlist, plan agent.Doubles) error {
	t.p.Title = fmt.Sprintf("Removing %s from %s", count(len(plan.Rows), "duplicate"), playlist.Name)
	songs := make([]music.Song, len(plan.Rows))
	for i, d := range plan.Rows {
		songs[i] = songOf(d.Track)
	}
	from := t.tasks(songs)
	tasks := t.p.Tasks[from:]
	rows := map[string]agent.Double{}
	todo := make([]*agent.Task, len(tasks))
	for i := range tasks {
		d := plan.Rows[i]
		tasks[i].Double, tasks[i].Match = true, repeated(d)
		rows[tasks[i].Key], todo[i] = d, &tasks[i]
	}
	// From the end, so that no row that is to be put back has moved by then.
	slices.SortStableFunc(todo, func(a, b *agent.Task) int { return cmp.Compare(rows[b.Key].First, rows[a.Key].First) })
	err := t.move(ctx, move{
		stage: agent.Removing, check: agent.Leaving, effect: agent.Removed, send: acts.TakeBack,
		changes: func(left []*agent.Task) []Write { return t.trimming(tasks, left, rows, plan.Of) },
		agrees:  func(rows, others int) bool { return rows <= others },
	}, playlist, todo)
	out := 0
	for i := range tasks {
		tasks[i].Position = plan.Rows[i].Row + 1 - out
		if tasks[i].Result == agent.Removed {
			out++
		}
	}
	if t.p.Title = fmt.Sprintf("Removed %s from %s", count(out, "duplicate"), playlist.Name); out < len(tasks) {
		t.p.Title = fmt.Sprintf("Removed %d of %s from %s", out, count(len(tasks), "duplicate"), playlist.Name)
	}
	t.bump()
	return err
}

// trimming are the changes that take out what is left of a plan. Once some of it was
// done the rows are no longer those it was made for.
func (t *turn) trimming(all []agent.Task, left []*agent.Task, rows map[string]agent.Double, of string) []Write {
	if slices.ContainsFunc(all, func(task agent.Task) bool { return task.Result == agent.Removed }) {
		of = ""
	}
	out := make([]Write, len(left))
	for i, task := range left {
		d := rows[task.Key]
		out[i] = Write{
			PersonID: t.in.PersonID, RunID: cmp.Or(d.Run, t.in.RunID), Key: d.Key, URI: d.Track.URI, Position: d.Row, Trim: true, Keep: d.Keep, Of: of,
		}
	}
	return out
}

// repeated tells why a row goes.
func repeated(d agent.Double) *music.Match {
	why := fmt.Sprintf("It repeated row %d.", d.First+1)
	return &music.Match{Verdict: music.Auto, Choices: []music.Choice{{Track: d.Track, Confidence: 1}}, Reasons: []string{why}}
}

func songOf(t music.Track) music.Song {
	song := music.Song{Title: t.Title}
	for _, a := range t.Artists {
		song.Artists = append(song.Artists, a.Name)
	}
	return song
}
