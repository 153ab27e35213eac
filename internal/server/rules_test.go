package server_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"segue/internal/match"
	"segue/internal/music"
)

// remember gives a person a rule and returns it as stored.
func (s *site) remember(person string, song music.Song, track *music.Track) music.Rule {
	s.t.Helper()
	key := match.Key(song)
	if err := s.db.SaveRule(s.t.Context(), person, music.Rule{Key: key, Song: song, Track: track}); err != nil {
		s.t.Fatal(err)
	}
	rule, found, err := s.db.RuleFor(s.t.Context(), person, key)
	if err != nil || !found {
		s.t.Fatal(found, err)
	}
	return rule
}

func listed(a answer) int { return a.page().Find(`[data-testid="rule"]`).Length() }

func TestYourChoicesAreYoursAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada, ben := s.login("ada"), s.login("ben")
	ada.get("/rules").wants(http.StatusOK).says("Nothing is remembered.")
	rule := s.remember(ada.id, music.Song{Title: "Hallelujah"}, &music.Track{ID: "t", Title: "Hallelujah", Artists: []music.Artist{{Name: "Leonard Cohen"}}})
	if a := ada.get("/rules").wants(http.StatusOK).says("Leonard Cohen"); listed(a) != 1 {
		t.Errorf("%d listed, want 1", listed(a))
	}
	for _, page := range []string{"/rules", "/rules?q=hallelujah", "/rules?dropped=" + rule.ID} {
		if a := ben.get(page).wants(http.StatusOK); strings.Contains(a.body, "Cohen") || strings.Contains(a.body, "Hallelujah") {
			t.Errorf("somebody else sees it at %s", page)
		}
	}
	ben.post("/rules/" + rule.ID + "/delete").wants(http.StatusNotFound)
	ben.post("/rules/" + rule.ID + "/restore").wants(http.StatusNotFound)
	ben.post("/account/disconnect", "confirm", "yes").wants(http.StatusSeeOther)
	if a := ada.get("/rules"); listed(a) != 1 {
		t.Error("somebody else deleted it")
	}
	ada.post("/account/disconnect", "confirm", "yes").wants(http.StatusSeeOther)
	if a := s.login("ada").get("/rules").wants(http.StatusOK); listed(a) != 0 {
		t.Error("it outlives the account")
	}
}

func TestAChoiceIsForgottenAndCanBePutBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	rule := s.remember(ada.id, music.Song{Title: "One & <Only>", Artists: []string{"U2"}}, nil)
	path := "/rules/" + rule.ID
	for range 2 { // pressing twice is once
		ada.post(path+"/delete", "q", "only", "page", "1").redirects("/rules?dropped=" + rule.ID + "&q=only")
	}
	a := ada.get("/rules?dropped=" + rule.ID + "&q=only").wants(http.StatusOK).says("“One & <Only> by U2” is forgotten.")
	if listed(a) != 0 || a.page().Find(`form[action="`+path+`/restore"]`).Length() != 1 {
		t.Errorf("listed %d, or no way back", listed(a))
	}
	ada.post(path+"/restore", "q", "only").redirects("/rules?q=only")
	if a := ada.get("/rules?q=only"); listed(a) != 1 || a.page().Find(`[data-testid="dropped"]`).Length() != 0 {
		t.Error("it was not put back")
	}
	ada.get("/rules?dropped=" + rule.ID).wants(http.StatusOK) // an old address has nothing to say
	ada.post("/rules/none/delete").wants(http.StatusNotFound).says("not remembered any more")
}

func TestYourChoicesCanBeLookedThrough(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	for i := range 51 {
		s.remember(ada.id, music.Song{Title: fmt.Sprintf("Song %d of the sea", i)}, nil)
	}
	for path, want := range map[string]int{
		"/rules": 50, "/rules?page=2": 1, "/rules?page=x": 50, "/rules?page=-1": 50, "/rules?q=of+the+sea": 50,
		"/rules?q=SONG+7+": 1, "/rules?q=%00%25": 0, "/rules?q=%27%20OR%201=1--": 0, "/rules?q=" + strings.Repeat("%F0%9F%8E%B5", 500): 0,
		"/rules?q=%ff%fe&page=99999999999999999999": 50,
	} {
		if a := ada.get(path).wants(http.StatusOK); listed(a) != want {
			t.Errorf("%.60s lists %d, want %d", path, listed(a), want)
		}
	}
	ada.get("/rules?page=9&q=sea").redirects("/rules?page=2&q=sea")
	html := ada.get(`/rules?q="><script>x</script>`).wants(http.StatusOK)
	if html.page().Find("main script").Length() != 0 {
		t.Error("what was looked for became markup")
	}
	if strings.Contains(s.log.String(), "sea") {
		t.Error("what was looked for is in the log")
	}
}
