package server_test

import (
	"net/http"
	"strings"
	"testing"

	"segue/internal/agent"
	"segue/internal/match"
	"segue/internal/music"
)

// corrected runs a song to its end, with the first of two recordings added unasked.
func corrected(t *testing.T, s *site, b *browser, m *music.Match) agent.Run {
	t.Helper()
	run := b.say("add Hallelujah to Focus")
	result := agent.Added
	if m.Verdict == music.None {
		result = agent.NotFound
	}
	finish(t, s, run, agent.Progress{State: agent.Done, Title: "Added to Focus", Tasks: []agent.Task{
		{Key: "1", Song: music.Song{Title: "Hallelujah"}, State: agent.Done, Result: result, Match: m},
		{Key: "2", Song: music.Song{TrackID: "t"}, State: agent.Done, Result: agent.Added, Match: &music.Match{Method: "link"}},
	}})
	return run
}

func unasked() *music.Match {
	return &music.Match{Verdict: music.Auto, Method: "text", Choices: []music.Choice{
		{Track: music.Track{ID: "buckley", Title: "Hallelujah"}, Confidence: 0.97},
		{Track: music.Track{ID: "cohen", Title: "Hallelujah", Artists: []music.Artist{{Name: "Leonard Cohen"}}}, Confidence: 0.6},
	}}
}

func TestAWrongVersionIsCorrectedForTheNextTime(t *testing.T) {
	t.Parallel()
	change, known, _ := withSpotify(t)
	for name, c := range map[string]struct {
		match        *music.Match
		option, link string
		want         string
	}{
		"another recording":       {unasked(), "cohen", "", "cohen"},
		"a link":                  {unasked(), "", "spotify:track:" + known.ID, known.ID},
		"not on Spotify":          {unasked(), agent.NotOnSpotify, "", "none"},
		"a link to one not found": {&music.Match{Verdict: music.None, Method: "none"}, "", "spotify:track:" + known.ID, known.ID},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, change)
			ada := s.login("ada")
			run := corrected(t, s, ada, c.match)
			if n := ada.get("/runs/" + run.ID).page().Find(`[data-testid="amend"]`).Length(); n != 1 {
				t.Errorf("%d songs can be corrected, want the one without a link", n)
			}
			ada.post("/runs/"+run.ID+"/correct", "task", "1", "option", c.option, "link", c.link).redirects("/rules?after=" + run.ID)
			if a := ada.get("/rules?after=" + run.ID).wants(http.StatusOK).says("Remembered."); listed(a) != 1 {
				t.Error("it is not among the choices")
			}
			rule, found, err := s.db.RuleFor(t.Context(), ada.id, match.Key(music.Song{Title: "hallelujah"}))
			id := "none"
			if rule.Track != nil {
				id = rule.Track.ID
			}
			if err != nil || !found || id != c.want {
				t.Errorf("remembered %+v, %v, want %s", rule, err, c.want)
			}
			a := s.login("ben").get("/rules?after=" + run.ID).wants(http.StatusOK)
			if strings.Contains(a.body, run.ConversationID) {
				t.Error("somebody else learns of the conversation")
			}
		})
	}
}

func TestWhatIsNoCorrectionIsRefused(t *testing.T) {
	t.Parallel()
	change, _, _ := withSpotify(t)
	s := newSite(t, change)
	ada := s.login("ada")
	running := ada.say("add One to Focus")
	ada.post("/runs/"+running.ID+"/correct", "task", "1", "option", "cohen").wants(http.StatusConflict).says("not finished yet")
	run := corrected(t, s, ada, unasked())
	path := "/runs/" + run.ID + "/correct"
	for _, key := range []string{"", "2", "99", `"><script>`} {
		ada.post(path, "task", key, "option", "cohen").wants(http.StatusBadRequest).says("nothing to correct")
	}
	for option, link := range map[string]string{"": "", "somebody": "", "none": "", "cohen": "https://open.spotify.com/album/0000000000000000000000"} {
		doc := ada.post(path, "task", "1", "option", option, "link", link).wants(http.StatusUnprocessableEntity).page()
		if doc.Find(`details[open][data-testid="amend"] [data-testid="refused"]`).Length() != 1 {
			t.Errorf("%q, %q: no reason in the form", option, link)
		}
	}
	if _, total, err := s.db.Rules(t.Context(), ada.id, "", 0, 1); total != 0 || err != nil {
		t.Errorf("%d rules, %v", total, err)
	}
}
