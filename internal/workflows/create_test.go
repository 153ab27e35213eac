package workflows

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
	"segue/internal/store"
)

// workshop is a Spotify in which playlists are made.
type workshop struct {
	*shelf
	lists []music.Playlist
	lost  bool // the answer to the next request
}

func (w *workshop) Playlists(context.Context, string) ([]music.Playlist, error) {
	return slices.Clone(w.lists), nil
}

func (w *workshop) Playlist(_ context.Context, _, id string) (music.Playlist, error) {
	for _, p := range w.lists {
		if p.ID == id {
			return p, nil
		}
	}
	return music.Playlist{}, fault.New(fault.NotFound, "There is no such playlist.", nil)
}

func (w *workshop) Create(_ context.Context, _, name, _ string) (music.Playlist, error) {
	p := music.Playlist{ID: fmt.Sprint("made", len(w.lists)), Name: name, Editable: true}
	w.lists = append(w.lists, p)
	if w.lost {
		w.lost = false
		return music.Playlist{}, unsure()
	}
	return p, nil
}

// The engine's database is lost, so the run asks anew which namesakes there are: its own is among them.
func TestAPlaylistIsMadeOnceThoughItsRunBeginsAnew(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lost   bool // the answer
		filled int  // songs it has by then
	}{
		"answered":                      {},
		"answered, songs are in by now": {filled: 2},
		"the answer was lost":           {lost: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := openLedger(t)
			run, _, err := db.Accept(t.Context(), store.NewMessage{PersonID: "ada", Text: "make Road Trip", Key: "k"})
			if err != nil {
				t.Fatal(err)
			}
			spotify := &workshop{lists: []music.Playlist{{ID: "old", Name: "Road Trip"}}, lost: c.lost}
			a := &Activities{Library: spotify, Attempts: db, Logger: slog.New(slog.DiscardHandler)}
			life := func() (made music.Playlist, err error) {
				in := CreateInput{PersonID: "ada", RunID: run.ID, Key: "create-1", Name: "Road Trip"}
				if in.Before, err = a.BeforeCreate(t.Context(), in); err == nil {
					made, err = a.Create(t.Context(), in)
				}
				return made, err
			}
			if made, err := life(); (err != nil) != c.lost {
				t.Fatalf("made %+v, %v", made, err)
			}
			spotify.lists[1].Total = c.filled
			for range 2 {
				if made, err := life(); err != nil || made.ID != "made1" {
					t.Errorf("made %+v, %v; want the one of the first life", made, err)
				}
			}
			if len(spotify.lists) != 2 {
				t.Errorf("%d playlists, want the old one and one more", len(spotify.lists))
			}
		})
	}
}

func TestAPlaylistThatWasRefusedIsMadeByTheNextTry(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.book.states["run-create"], s.book.uris = agent.AttemptNotApplied, map[string][]string{"run-create": {"Road Trip"}}
	spotify := &workshop{lists: []music.Playlist{{ID: "old", Name: "Road Trip"}}}
	a := &Activities{Library: spotify, Attempts: s.book, Logger: slog.New(slog.DiscardHandler)}
	made, err := a.Create(t.Context(), CreateInput{PersonID: "ada", RunID: "run", Key: "create", Name: "Road Trip", Before: []string{"old"}})
	if err != nil || made.ID != "made1" {
		t.Errorf("made %+v, %v", made, err)
	}
}
