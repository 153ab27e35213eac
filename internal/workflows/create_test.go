package workflows

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
	"segue/internal/store"
)

// workshop is a Spotify in which playlists are made.
type workshop struct {
	*shelf
	mu      sync.Mutex
	lists   []music.Playlist
	lost    bool             // the answer to the next request
	late    bool             // which is applied only later
	coming  []music.Playlist // later
	refused bool             // the next request
}

// arrive applies what is late.
func (w *workshop) arrive() { w.lists = append(w.lists, w.coming...) }

func (w *workshop) Playlists(context.Context, string) ([]music.Playlist, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.lists), nil
}

func (w *workshop) Playlist(_ context.Context, _, id string) (music.Playlist, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.lists {
		if p.ID == id {
			return p, nil
		}
	}
	return music.Playlist{}, fault.New(fault.NotFound, "There is no such playlist.", nil)
}

func (w *workshop) Create(_ context.Context, _, name, _ string) (music.Playlist, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.refused {
		w.refused = false
		return music.Playlist{}, fault.New(fault.Forbidden, "Not now.", nil)
	}
	p := music.Playlist{ID: fmt.Sprint("made", len(w.lists)), Name: name, Editable: true}
	if w.late {
		w.coming = append(w.coming, p)
	} else {
		w.lists = append(w.lists, p)
	}
	if w.lost {
		w.lost, w.late = false, false
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
			a := &Activities{Library: spotify, Attempts: db, Ledger: db, Logger: slog.New(slog.DiscardHandler)}
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
	s := newStudio(t)
	in := s.asks(t, "old")
	s.spotify.refused = true
	if made, err := s.Create(t.Context(), in); fault.KindOf(err) != fault.Forbidden {
		t.Fatalf("made %+v, %v", made, err)
	}
	if made, err := s.Create(t.Context(), in); err != nil || made.ID != "made1" {
		t.Errorf("made %+v, %v", made, err)
	}
}

// studio makes playlists on a real ledger.
type studio struct {
	*Activities
	db      *store.DB
	spotify *workshop
}

func newStudio(t *testing.T) studio {
	t.Helper()
	db, spotify := openLedger(t), &workshop{lists: []music.Playlist{{ID: "old", Name: "Road Trip"}}}
	return studio{&Activities{Library: spotify, Attempts: db, Ledger: db, Logger: slog.New(slog.DiscardHandler)}, db, spotify}
}

// asks accepts one more request for a new Road Trip; before are those that its run has seen.
func (s studio) asks(t *testing.T, before ...string) CreateInput {
	t.Helper()
	run, _, err := s.db.Accept(t.Context(), store.NewMessage{PersonID: "ada", Text: "make Road Trip", Key: rand.Text()})
	if err != nil {
		t.Fatal(err)
	}
	return CreateInput{PersonID: "ada", RunID: run.ID, Key: "create-1", Name: "Road Trip", Before: before}
}

func TestWhoAsksForTheSameNameMeanwhileGetsThatPlaylist(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lost  bool // the answer to the first
		late  bool // and it is applied only later
		fills bool // the first has put songs in by then
	}{
		"answered":                         {},
		"answered, songs are in by now":    {fills: true},
		"the answer was lost":              {lost: true},
		"the answer was lost, not applied": {lost: true, late: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStudio(t)
			first, second := s.asks(t, "old"), s.asks(t, "old")
			s.spotify.lost, s.spotify.late = c.lost, c.late
			if made, err := s.Create(t.Context(), first); (err != nil) != c.lost {
				t.Fatalf("made %+v, %v", made, err)
			}
			if c.late {
				made, err := s.Create(t.Context(), second)
				if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != fault.Unavailable || f.RetryAfter <= 0 || f.RetryAfter > lookAgain {
					t.Fatalf("made %+v, %v while the first may still be applied", made, err)
				}
				s.spotify.arrive()
			}
			if c.fills {
				s.spotify.lists[1].Total = 3
			}
			for _, in := range []CreateInput{second, first, second} {
				if made, err := s.Create(t.Context(), in); err != nil || made.ID != "made1" {
					t.Errorf("made %+v, %v; want the one of the first request", made, err)
				}
			}
			if n := len(s.spotify.lists); n != 2 {
				t.Errorf("%d playlists, want the old one and one more", n)
			}
		})
	}
}

func TestTwentyWhoAskAtOnceMakeOnePlaylist(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	var all sync.WaitGroup
	for range 20 {
		in := s.asks(t, "old")
		all.Go(func() {
			for range 100 {
				made, err := s.Create(t.Context(), in)
				if fault.KindOf(err) == fault.Unavailable {
					time.Sleep(time.Millisecond) // the workflow waits as long as it is told
					continue
				}
				if err != nil || made.ID != "made1" {
					t.Errorf("made %+v, %v", made, err)
				}
				return
			}
			t.Error("never made")
		})
	}
	all.Wait()
	if n := len(s.spotify.lists); n != 2 {
		t.Errorf("%d playlists, want the old one and one more", n)
	}
}

func TestAPlaylistThatIsBeingMadeIsFoundOnceItIsThere(t *testing.T) {
	t.Parallel()
	s := newStudio(t)
	s.spotify.lists = nil
	s.spotify.lost, s.spotify.late = true, true
	if made, err := s.Create(t.Context(), s.asks(t)); err == nil {
		t.Fatalf("made %+v", made)
	}
	look := FindInput{PersonID: "ada", Ref: agent.PlaylistRef{Name: "Road Trip"}, Editable: true}
	if found, err := s.FindPlaylist(t.Context(), look); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("found %+v, %v, want to wait", found, err)
	}
	look.PersonID = "bob" // whose name it is not
	if found, err := s.FindPlaylist(t.Context(), look); fault.KindOf(err) != fault.NotFound {
		t.Errorf("found %+v, %v for somebody else", found, err)
	}
	s.spotify.arrive()
	look.PersonID = "ada"
	if found, err := s.FindPlaylist(t.Context(), look); err != nil || len(found.Playlists) != 1 || found.Playlists[0].ID != "made0" {
		t.Errorf("found %+v, %v", found, err)
	}
}
