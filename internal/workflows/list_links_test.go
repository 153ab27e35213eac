package workflows

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"segue/internal/agent"
	"segue/internal/apple"
	"segue/internal/intake"
	"segue/internal/music"
)

// lookup is Apple's service with songs of even numbers alone, which answers its first
// calls with a status; it returns what was asked.
func (s *scene) lookup(t *testing.T, first ...int) (asked func() []string) {
	t.Helper()
	var queries []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		queries = append(queries, r.URL.Query().Get("country"))
		if len(first) > 0 {
			w.WriteHeader(first[0])
			first = first[1:]
			return
		}
		var songs []string
		for id := range strings.SplitSeq(r.URL.Query().Get("id"), ",") {
			if strings.ContainsAny(id[len(id)-1:], "02468") {
				songs = append(songs, fmt.Sprintf(`{"kind":"song","trackId":%s,"trackName":"Song %s","artistName":"Mazzy Star"}`, id, id))
			}
		}
		fmt.Fprintf(w, `{"results":[%s]}`, strings.Join(songs, ","))
	}))
	t.Cleanup(srv.Close)
	client, err := apple.New(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	s.serving.Apple = client
	return func() []string { return queries }
}

func TestLinksOfAppleMusicAreLookedUpOnTheWay(t *testing.T) {
	t.Parallel()
	for name, first := range map[string][]int{"at once": nil, "after a refusal and an outage": {http.StatusForbidden, http.StatusBadGateway}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			asked := s.lookup(t, first...)
			s.shelf.tracks = []music.Track{{ID: "t2", URI: "spotify:track:t2", Title: "Song 2", Artists: []music.Artist{{Name: "Mazzy Star"}}}}
			c := s.clerk()
			run := s.bring(t, "https://music.apple.com/us/song/2", "https://music.apple.com/us/song/3", "https://music.apple.com/us/album/name/7?i=2")
			p := s.serves(t, run)
			wantCounts(t, p, agent.Counts{agent.RowAdded: 2, agent.RowFailed: 1})
			if len(c.order) != 2 || len(asked()) != 1+len(first) || p.Steps[1].Name != agent.LookingUp || p.Steps[1].State != agent.Done || p.Playlist.Total != road.Total+2 {
				t.Errorf("added %v, asked %v, steps %+v", c.order, asked(), p.Steps)
			}
			rows, err := s.rules.ListRows(t.Context(), "ada", run.ID, agent.RowFilter{})
			if err != nil {
				t.Fatal(err)
			}
			if rows[0].Song.Title != "Song 2" || rows[1].Song.Title != "https://music.apple.com/us/song/3" || rows[1].Trouble.What != "Apple Music does not know this link." || rows[1].Retryable() {
				t.Errorf("rows %+v", rows)
			}
		})
	}
}

func TestALinkStandsInItsRowUntilItIsLookedUp(t *testing.T) {
	t.Parallel()
	p, err := intake.Parse(strings.NewReader("Toto - Africa\nhttps://geo.music.apple.com/de/album/x/1?i=42&app=music\n"), intake.Choices{})
	if err != nil {
		t.Fatal(err)
	}
	rows := NewRows(p.Wanted())
	if len(rows) != 2 || rows[0].Song.Title != "Africa" || rows[1].Song.Title != "https://music.apple.com/de/song/42" || linked(rows[0]) || !linked(rows[1]) {
		t.Errorf("rows %+v", rows)
	}
}

func TestASongOfALinkIsLookedUpBeforeItsSearch(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.lookup(t, http.StatusServiceUnavailable)
	s.shelf.tracks = []music.Track{{ID: "t2", URI: "spotify:track:t2", Title: "Song 2", Artists: []music.Artist{{Name: "Mazzy Star"}}}}
	s.writing(WriteOutcome{Result: agent.Added})
	p := s.sync(t, music.Song{Title: "https://music.apple.com/us/song/2"})
	if p.Task.Result != agent.Added || p.Task.Song.String() != "Song 2 by Mazzy Star" {
		t.Errorf("%s: %s; %+v", p.Task.Song, p.Task.Result, p.Task.Trouble)
	}
}

func TestALinkThatNobodyKnowsFailsItsSong(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.lookup(t)
	p := s.sync(t, music.Song{Title: "https://music.apple.com/us/song/3"})
	if p.Task.State != agent.Failed || p.Task.Trouble.What != unknownLink {
		t.Errorf("%s: %+v", p.Task.State, p.Task.Trouble)
	}
}
