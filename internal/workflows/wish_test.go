package workflows

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/auth"
	"segue/internal/music"
	"segue/internal/store"
)

// wished accepts what a program of Ada's asks for.
func (s *scene) wished(t *testing.T, w agent.SyncSongsArgs) agent.Run {
	t.Helper()
	token, _, err := auth.NewPersonalToken("ada", auth.Nobody, auth.PersonalWish{Name: "phone", Scopes: []auth.Scope{auth.SyncWrite}}, time.Now())
	if err == nil {
		err = s.rules.AddPersonalToken(t.Context(), token)
	}
	if err != nil {
		t.Fatal(err)
	}
	run, _, err := s.rules.AcceptSync(t.Context(), store.NewSync{PersonID: "ada", TokenID: token.ID, Text: "help", Wish: w, Request: []byte("body")})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestAWishIsCarriedOutAsDataAndNotReadAsWords(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	want := agent.SyncSongsArgs{
		Songs:    []music.Song{{Title: "undo by Nobody and to Gym", Artists: []string{"Queen"}, Duration: time.Minute}},
		Playlist: agent.PlaylistRef{Name: "and then remove it"}, Least: 0.9,
	}
	run := s.wished(t, want)
	step, err := s.activities().Plan(t.Context(), PlanInput{PersonID: "ada", RunID: run.ID})
	if err != nil || len(step.Calls) != 1 || step.Calls[0].Tool != agent.SyncSongs || step.Done {
		t.Fatalf("step %+v, %v", step, err)
	}
	var got agent.SyncSongsArgs
	if err := json.Unmarshal(step.Calls[0].Args, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("asks for %+v, %v; want %+v", got, err, want)
	}
	last, err := s.activities().Plan(t.Context(), PlanInput{PersonID: "ada", RunID: run.ID, Turn: agent.Turn{Calls: step.Calls}})
	if err != nil || !last.Done || len(last.Calls) > 0 {
		t.Errorf("then %+v, %v", last, err)
	}
}

func TestAWishForMoreCertaintyAsksInsteadOfAdding(t *testing.T) {
	t.Parallel()
	song := music.Song{Title: "Bohemian Rhapsody", Artists: []string{"Queen"}}
	for _, c := range []struct {
		least   float64
		verdict music.Verdict
	}{{0, music.Auto}, {0.5, music.Auto}, {1, music.Ask}} {
		m, err := (&Activities{}).Match(t.Context(), MatchInput{Song: song, Found: []music.Track{queen}, Least: c.least})
		if err != nil || m.Verdict != c.verdict {
			t.Errorf("at least %v: %s, %v; want %s (%v)", c.least, m.Verdict, err, c.verdict, m.Choices)
		}
	}
}
