package workflows

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// TraceInput names a run whose earlier life has to be told.
type TraceInput struct {
	PersonID string `json:"person_id"`
	RunID    string `json:"run_id"`
}

// Traced is what the ledger knows of the songs that a run has put into a playlist or taken out:
// of the playlist it has changed last.
type Traced struct {
	Playlist music.Playlist `json:"playlist,omitzero"`
	Tasks    []agent.Task   `json:"tasks,omitempty"`
	Begun    []Write        `json:"begun,omitempty"`   // removals after which rows that stay may have to be put back
	Trimmed  bool           `json:"trimmed,omitempty"` // repeated rows were removed, which are no tasks
	Undoes   bool           `json:"undoes,omitempty"`  // the run takes another one back
	Left     time.Duration  `json:"left,omitempty"`    // until reading can tell what became of all; 0 when all is known
}

// Prefixes of keys, see rowKey and trimKey.
const (
	undoPrefix = "undo-"
	trimPrefix = "trim-"
)

// Trace returns what a run has changed so far, without names. Requests that nobody has heard of are
// proved by reading the playlist, once Spotify has had the time to apply and show them.
func (a *Activities) Trace(ctx context.Context, in TraceInput) (Traced, error) {
	run, err := a.Ledger.Run(ctx, in.PersonID, in.RunID)
	if err != nil {
		return Traced{}, err
	}
	out := Traced{Undoes: run.UndoOf != ""}
	all, err := a.Attempts.Traces(ctx, in.PersonID, in.RunID)
	if err != nil || len(all) == 0 {
		return out, err
	}
	out.Playlist = music.Playlist{ID: all[len(all)-1].PlaylistID, Name: "the playlist"}
	songs := slices.DeleteFunc(all, func(r agent.AttemptRecord) bool { return r.PlaylistID != out.Playlist.ID })
	out.Left, err = a.hearOut(ctx, in.PersonID, out.Playlist.ID, songs)
	for _, r := range songs {
		if r.State != agent.AttemptNotApplied {
			out.take(in, r)
		}
	}
	return out, err
}

// take sorts an attempt that was applied, or may have been.
func (t *Traced) take(in TraceInput, r agent.AttemptRecord) {
	key := strings.TrimPrefix(r.Key, Write{RunID: in.RunID}.id())
	change := Write{PersonID: in.PersonID, RunID: in.RunID, Key: key, URI: r.URIs[0], Position: Append}
	_, err := strconv.Atoi(strings.TrimPrefix(key, undoPrefix))
	undone := err == nil && strings.HasPrefix(key, undoPrefix)
	switch {
	case err == nil && undone == t.Undoes:
		t.Tasks = append(t.Tasks, traced(r, strings.TrimPrefix(key, undoPrefix)))
		if undone && r.Kind == agent.AttemptOut {
			t.Begun = append(t.Begun, change)
		}
	case strings.HasPrefix(key, trimPrefix) && r.Kind == agent.AttemptOut:
		t.Trimmed, change.Trim = true, true
		if strings.HasSuffix(key, "-1") {
			change.Keep = 1
		}
		t.Begun = append(t.Begun, change)
	}
}

// traced is the song of an attempt.
func traced(r agent.AttemptRecord, key string) agent.Task {
	uri := r.URIs[0]
	t := agent.Task{
		Key: key, Song: music.Song{TrackID: trackID(uri)}, State: agent.Done, Result: agent.Added, Double: len(r.Stood) > 0,
		Match: &music.Match{Verdict: music.Auto, Choices: []music.Choice{{Track: music.Track{ID: trackID(uri), URI: uri}}}},
	}
	if r.Kind == agent.AttemptOut {
		t.Result, t.Double = agent.Removed, false
		if len(r.Stood) > 0 {
			t.Position = r.Stood[0] + 1
		}
	}
	return t
}

func trackID(uri string) string { return uri[strings.LastIndexByte(uri, ':')+1:] }

// hearOut settles attempts at songs of one playlist that nobody has heard the end of, by one
// complete read; while such a request may still turn up it returns for how long, and changes nothing.
func (a *Activities) hearOut(ctx context.Context, personID, playlistID string, songs []agent.AttemptRecord) (left time.Duration, err error) {
	open := false
	for _, r := range songs {
		if r.State == agent.AttemptOpen {
			open, left = true, max(left, unseen-r.Age)
		}
	}
	if !open || left > 0 {
		return left, nil
	}
	uris, err := a.read(ctx, personID, playlistID, true)
	if err != nil {
		return 0, err
	}
	at := rowsOf(uris)
	for i := range songs {
		if r := &songs[i]; r.State == agent.AttemptOpen {
			r.State = became(*r, len(at.find(r.URIs).Positions))
			if err := a.Attempts.SettleAttempts(ctx, personID, []string{r.Key}, r.State); err != nil {
				return 0, err
			}
		}
	}
	return 0, nil
}

// became is the state of an attempt after which the song has so many rows.
func became(r agent.AttemptRecord, rows int) string {
	applied := rows > len(r.Stood)
	if r.Kind == agent.AttemptOut {
		applied = rows < max(1, len(r.Stood))
	}
	if applied {
		return agent.AttemptApplied
	}
	return agent.AttemptNotApplied
}

// Name asks Spotify what the songs of an earlier life and their playlist are called, and where they stand.
func (a *Activities) Name(ctx context.Context, in TraceInput, past Traced) (Traced, error) {
	playlist, err := a.Library.Playlist(ctx, in.PersonID, past.Playlist.ID)
	if err != nil {
		return past, err
	}
	past.Playlist = playlist
	items, err := a.Library.Items(ctx, in.PersonID, playlist.ID)
	if err != nil {
		return past, err
	}
	for i := range past.Tasks {
		if err := a.name(ctx, in.PersonID, &past.Tasks[i], items); err != nil {
			return past, err
		}
	}
	return past, nil
}

func (a *Activities) name(ctx context.Context, personID string, task *agent.Task, items []music.Item) error {
	track := &task.Match.Choices[0].Track
	for i, item := range items {
		if item.Track != nil && item.URI == track.URI {
			*track = *item.Track
			if task.Result == agent.Added {
				task.Position = i + 1
			}
		}
	}
	if track.Title == "" {
		found, err := a.Catalogue.Track(ctx, personID, track.ID)
		if err != nil {
			return unless(fault.NotFound, err)
		}
		*track = found
	}
	task.Song = songOf(*track)
	return nil
}

// HearRows keeps which of the found rows of a list were added by requests whose end the list has
// not heard of. While one may still turn up it returns for how long.
func (a *Activities) HearRows(ctx context.Context, in RowsInput) (left time.Duration, err error) {
	rows, err := a.Lists.ListRows(ctx, in.PersonID, in.of(), agent.RowFilter{States: []agent.RowState{agent.RowFound}})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	songs, err := a.Attempts.Traces(ctx, in.PersonID, in.of())
	if err != nil || len(songs) == 0 {
		return 0, err
	}
	if left, err = a.hearOut(ctx, in.PersonID, in.PlaylistID, songs); err != nil || left > 0 {
		return left, err
	}
	var added []agent.Row
	for _, row := range rows {
		id := in.change(row, UpdateAppend).id()
		for _, s := range songs {
			if s.Key == id && s.State == agent.AttemptApplied {
				row.State = agent.RowAdded
				added = append(added, row)
			}
		}
	}
	_, err = a.Lists.SaveRows(ctx, in.PersonID, in.of(), agent.RowFound, added)
	return 0, err
}

// BegunBack returns the rows that a run which takes a list back has begun to take out.
func (a *Activities) BegunBack(ctx context.Context, in RowsInput) ([]int, error) {
	songs, err := a.Attempts.Traces(ctx, in.PersonID, in.RunID)
	var at []int
	for _, s := range songs {
		key := strings.TrimPrefix(s.Key, Write{RunID: in.RunID, Key: undoPrefix}.id())
		if n, unread := strconv.Atoi(key); unread == nil && s.Kind == agent.AttemptOut {
			at = append(at, n)
		}
	}
	return at, err
}
