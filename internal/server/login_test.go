package server_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/server"
)

func TestLoginLeadsToSpotifyAndBackToThePage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	b.get("/account").redirects("/?return_to=%2Faccount")
	b.get("/").wants(http.StatusOK)
	b.post("/login", "return_to", "/account").redirects("https://accounts.example/authorize?to=%2Faccount")
	b.get("/callback?code=ada&state=s").redirects("/account")
	b.get("/account").wants(http.StatusOK)
	b.get("/").redirects("/c")
}

func TestSec12_LoginNeverLeadsElsewhere(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *server.Options, _ *http.Server) { o.Limits.Logins = 1000 })
	for _, to := range []string{"//evil.example", "https://evil.example", `/\evil.example`, "/\t/evil.example", "javascript:alert(1)", "", "c"} {
		b := s.browser()
		b.post("/login", "return_to", to).wants(http.StatusSeeOther)
		b.get("/callback?code=ada&state=s").redirects("/c")
	}
}

func TestSec01_ALoginOfAnotherBrowserIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	b := s.browser()
	b.get("/callback?code=ada&state=s").wants(http.StatusBadRequest).says("did not start in this browser")
	b.get("/c").redirects("/?return_to=%2Fc")
	b.get("/login").wants(http.StatusSeeOther)
	b.get("/callback?code=ada&state=s").wants(http.StatusSeeOther)
	b.get("/callback?code=ada&state=s").wants(http.StatusBadRequest) // the cookie was good for one
}

func TestSec05_LoggingOutEndsTheSession(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	here, there := s.login("ada"), s.login("ada")
	a := here.post("/logout").wants(http.StatusSeeOther)
	if a.Header.Get("Clear-Site-Data") == "" {
		t.Error("no Clear-Site-Data")
	}
	here.get("/c").redirects("/?return_to=%2Fc")
	there.get("/c").wants(http.StatusOK)

	here = s.login("ada")
	here.post("/account/logout-everywhere").redirects("/")
	there.get("/c").redirects("/?return_to=%2Fc")
}

func TestSec05_AnIdleSessionEndsAndAFormIsToldSo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	s.clock.forward(25 * time.Hour)
	ada.get("/c").redirects("/?return_to=%2Fc")
	late := ada.post("/c", "text", "One & only?").wants(http.StatusUnauthorized).says("Your message comes back")
	ada.get(late.page().Find("[data-testid=login]").AttrOr("href", "")).wants(http.StatusSeeOther)
	back := ada.get("/callback?code=ada&state=s").wants(http.StatusSeeOther).Header.Get("Location")
	if got := ada.get(back).page().Find("textarea[name=text]").Text(); got != "One & only?" {
		t.Errorf("%s brings back %q", back, got)
	}

	s.clock.forward(25 * time.Hour)
	late = ada.post("/c", "text", strings.Repeat("a", 5000)).wants(http.StatusUnauthorized).says("Log in with Spotify, then do it again.")
	if href := late.page().Find("[data-testid=login]").AttrOr("href", ""); href != "/login" {
		t.Errorf("a long message leads to %s", href)
	}
}

func TestSec27_DisconnectingStopsRunsAndDeletesEverything(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada, ben := s.login("ada"), s.login("ben")
	mine, theirs := ada.say("my playlists"), ben.say("my playlists")
	for _, id := range []string{mine.ID, theirs.ID} {
		s.engine.set(running(id, 1))
	}
	ada.post("/account/disconnect").redirects("/account?confirm=disconnect")
	ada.get("/account?confirm=disconnect").wants(http.StatusOK)
	ada.post("/account/disconnect", "confirm", "yes").redirects("/")
	if len(s.engine.undos) != 1 {
		t.Errorf("%d runs stopped, want 1", len(s.engine.undos))
	}
	if _, err := s.db.Person(t.Context(), ada.id); err == nil {
		t.Error("the person is still there")
	}
	ada.get("/c").redirects("/?return_to=%2Fc")
	ben.get("/runs/" + theirs.ID).wants(http.StatusOK)
}

func TestSec19_LoginsAreCountedByAddress(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for range 10 {
		s.browser().get("/login").wants(http.StatusSeeOther)
	}
	a := s.browser().get("/login", "X-Forwarded-For", "203.0.113.9").wants(http.StatusTooManyRequests).says("many logins")
	if after := a.Header.Get("Retry-After"); after != "6" {
		t.Errorf("Retry-After %q, want 6", after)
	}
}

func TestANewLoginWakesThePersonsWaitingRuns(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.login("ada").post("/c", "text", "add A by B to C", "key", "1").wants(http.StatusSeeOther)
	mine := s.engine.starts()
	s.login("ben").post("/c", "text", "add A by B to C", "key", "1").wants(http.StatusSeeOther)
	s.login("ada")
	if woken := s.engine.woken; !slices.Equal(woken, mine) {
		t.Errorf("woken %v, want %v", woken, mine)
	}
}

func TestSongsThatAreThereAreAddedAgainForThoseWhoWantThat(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada, ben := s.login("ada"), s.login("ben")
	chosen := func(b *browser) string {
		value, _ := b.get("/account").wants(http.StatusOK).page().Find(`input[name="repeats"][checked]`).Attr("value")
		return value
	}
	ada.post("/account/repeats", "repeats", "again").redirects("/account#repeats")
	ada.post("/account/repeats", "repeats", "sometimes").wants(http.StatusBadRequest)
	if hers, his := chosen(ada), chosen(ben); hers != "again" || his != "leave" {
		t.Errorf("Ada's choice is %q and Ben's %q, want again and leave", hers, his)
	}
}
