package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/music"
)

func TestReviewShowsWhatEachOpenRunAsksAndOnlyToItsPerson(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada, ben := s.login("ada"), s.login("ben")
	song, list := ada.say("add Hallelujah to Focus"), ada.say("add Creep to Gym")
	p := asking(song.ID)
	p.Tasks[0].Steps = []agent.Stage{{Name: agent.Matching, State: agent.Waiting, Since: time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)}}
	s.engine.set(p)
	s.engine.set(agent.Progress{RunID: list.ID, Version: 1, State: agent.Waiting, Title: "Adding 1 song to Gym", Question: &agent.Question{
		ID: "playlist", Text: "Which Gym?", Options: []agent.Option{{ID: "p1", Playlist: &music.Playlist{Name: "Gym"}}, {ID: "p2", Playlist: &music.Playlist{Name: "Gym"}}},
	}})

	doc := ada.get("/review").wants(http.StatusOK).says("2 questions wait for you.").says("Which Gym?").says("8 May 2026").page()
	first := doc.Find(`[data-testid="first"]`)
	if got := first.Find("h2").Text(); got != "Hallelujah" {
		t.Errorf("the oldest is not the first, but %q", got)
	}
	if action := first.Find("form").AttrOr("action", ""); action != "/runs/"+song.ID+"/answer" {
		t.Errorf("answers go to %q", action)
	}
	if n := first.Find(`button[name="option"][value="t1"][data-key="1"]`).Length(); n != 1 {
		t.Errorf("%d buttons for the key 1", n)
	}
	if n := doc.Find(`[data-testid="rest"] [data-key]`).Length(); n != 0 {
		t.Errorf("%d keys on questions further down", n)
	}
	ada.get("/runs").wants(http.StatusOK).says("2 waiting")
	ada.get("/c").says("2 waiting")
	ben.get("/review").wants(http.StatusOK).says("Nothing waits for you.")

	later, _ := first.Find(`[data-key="s"]`).Attr("href")
	if got := ada.get(later).page().Find(`[data-testid="first"] h2`).Text(); got != "Adding 1 song to Gym" {
		t.Errorf("after what is put off comes %q", got)
	}
}

func TestAnAnswerInReviewReachesItsRunAndBringsTheNext(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("add Hallelujah to Focus")
	s.engine.set(asking(run.ID))
	back := "/review?" + url.Values{"after": {"r.q"}}.Encode()
	ada.post("/runs/"+run.ID+"/answer", "question", "song-1", "option", "t1", "remember", "1", "back", back).redirects(back)
	if got := s.engine.answers; len(got) != 1 || got[0] != (agent.Answer{Question: "song-1", Option: "t1", Remember: true}) {
		t.Errorf("answers %+v", got)
	}
}

func TestRowsOfAListAreReviewedWithTheRest(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	rows := []agent.Row{{Song: music.Song{Title: "Creep"}, State: agent.RowOpen}, {Song: music.Song{Title: "Hallelujah"}, State: agent.RowOpen}}
	run, _, err := s.db.AcceptList(t.Context(), agent.NewList{PersonID: ada.id, Key: "k", Text: "Import 2 songs", Playlist: agent.PlaylistRef{ID: "p", Name: "Gym"}, Rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	unclear := agent.Row{Position: 2, Song: rows[1].Song, State: agent.RowReview, Match: &music.Match{Verdict: music.Ask, Choices: []music.Choice{{Track: music.Track{ID: "t1", Title: "Hallelujah"}, Confidence: 0.6}}}}
	if _, err := s.db.SaveRows(t.Context(), ada.id, run.ID, agent.RowOpen, []agent.Row{unclear}); err != nil {
		t.Fatal(err)
	}
	form := ada.get("/review").wants(http.StatusOK).says("1 question waits for you.").page().Find(`[data-testid="first"] form`)
	path := form.AttrOr("action", "")
	if want := fmt.Sprintf("/runs/%s/rows/2", run.ID); path != want {
		t.Fatalf("answers go to %q, want %q", path, want)
	}
	ada.post(path, "option", "t1", "back", "/review").redirects("/review")
	ada.get("/review").says("Nothing waits for you.")
	if got := s.engine.woken; len(got) != 1 || got[0] != run.ID {
		t.Errorf("woken %v", got)
	}
}

func TestReviewSaysWhatWaitsForALogin(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("add Hallelujah to Focus")
	s.engine.set(agent.Progress{RunID: run.ID, Version: 1, State: agent.Waiting, Trouble: &agent.Trouble{What: "No.", Reconnect: true}})
	doc := ada.get("/review").wants(http.StatusOK).page()
	if link := doc.Find(`a[href="/login?return_to=%2Freview"]`); link.Length() != 1 {
		t.Error("no way to log in")
	}
	if strings.Contains(doc.Text(), "Nothing waits") {
		t.Error("says that nothing waits")
	}
}
