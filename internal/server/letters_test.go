package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"segue/internal/agent"
	"segue/internal/auth"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/guard"
	"segue/internal/music"
	"segue/internal/server"
)

// office is a site with a viewer, an operator and an admin.
func office(t *testing.T) (s *site, viewer, operator, admin *browser) {
	t.Helper()
	breakers := guard.Breakers{guard.NewBreaker(guard.BreakerOptions{Name: "api.spotify.com"})}
	s = newSite(t, func(o *server.Options, _ *http.Server) {
		o.Roles = auth.Roles{"vera": auth.Viewer, "olga": auth.Operator, "ann": auth.Admin}
		o.Circuits = breakers
	})
	return s, s.login("vera"), s.login("olga"), s.login("ann")
}

// letter makes a letter about a song of a run of the person.
func (b *browser) letter(song string) deadletter.Letter {
	b.site.t.Helper()
	return b.letterFor(song, deadletter.Input{Tool: agent.SyncSongs, Song: music.Song{Title: song}, Playlist: deadletter.Playlist{ID: "p1", Name: "Road Trip"}})
}

// letterFor makes a letter with this input.
func (b *browser) letterFor(song string, in deadletter.Input) deadletter.Letter {
	b.site.t.Helper()
	run := b.say("add " + song + " to Road Trip")
	t, db := b.site.t, b.site.db
	if err := db.Finish(t.Context(), run.PersonID, run.ID, agent.Progress{State: agent.Failed}); err != nil {
		t.Fatal(err)
	}
	id, _, err := db.SaveLetter(t.Context(), deadletter.Letter{
		PersonID: run.PersonID, RunID: run.ID, Task: "1", WorkflowID: "turn-" + run.ID, Step: agent.Adding, Kind: fault.Internal, Message: "No luck.",
		Attempts: []deadletter.Attempt{{At: time.Now(), Kind: fault.Internal, Message: "No luck.", Causes: []string{"status 418"}}},
		Input:    in,
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.site.read(id)
}

func (s *site) read(id string) deadletter.Letter {
	s.t.Helper()
	l, err := s.db.Letter(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return l
}

func lettersIn(a answer) int { return a.page().Find(`[data-testid="letter"]`).Length() }

func TestOperatorsAreLedToTheWorkflowWhereTemporalHasPages(t *testing.T) {
	t.Parallel()
	const at = "https://temporal.example/namespaces/default/workflows"
	for _, address := range []string{at, ""} {
		s := newSite(t, func(o *server.Options, _ *http.Server) {
			o.Roles, o.Workflows = auth.Roles{"vera": auth.Viewer, "olga": auth.Operator}, address
		})
		l := s.login("ada").letter("Creep")
		for name, want := range map[string]bool{"vera": false, "olga": address != ""} {
			links := s.login(name).get("/admin/dlq/" + l.ID).wants(http.StatusOK).page().Find(`a[href="` + at + `/` + l.WorkflowID + `"]`)
			if got := links.Length() == 1; got != want {
				t.Errorf("with pages at %q %s is led there: %v", address, name, got)
			}
		}
	}
}

func TestSec16_RolesDecideWhatOperatorsMayDo(t *testing.T) {
	t.Parallel()
	s, viewer, operator, admin := office(t)
	ada := s.login("ada")
	l := ada.letter("Creep")
	path := "/admin/dlq/" + l.ID
	for _, b := range []*browser{viewer, operator, admin} {
		b.get("/admin/dlq").wants(http.StatusOK).says("Creep")
		b.get(path).wants(http.StatusOK).says("status 418")
		b.get("/admin/audit").wants(http.StatusOK)
	}
	for name, c := range map[string]struct {
		who   *browser
		forms []string
	}{
		"viewer": {viewer, nil}, "operator": {operator, []string{"retry"}}, "admin": {admin, []string{"retry", "discard"}},
	} {
		var forms []string
		c.who.get(path).page().Find(`[data-testid="actions"] form`).Each(func(_ int, f *goquery.Selection) {
			forms = append(forms, strings.TrimPrefix(f.AttrOr("action", ""), path+"/"))
		})
		if fmt.Sprint(forms) != fmt.Sprint(c.forms) {
			t.Errorf("%s is offered %v, want %v", name, forms, c.forms)
		}
	}
	viewer.post(path+"/retry", "version", "1").wants(http.StatusForbidden)
	operator.post(path+"/discard", "version", "1", "reason", "x").wants(http.StatusForbidden)
	operator.post(path+"/restore", "version", "1").wants(http.StatusForbidden)
	viewer.post("/admin/circuits/reset", "name", "api.spotify.com").wants(http.StatusForbidden)
	if got := s.read(l.ID); got.Version != 1 {
		t.Errorf("changed by somebody who may not: %+v", got)
	}
	admin.get("/admin/audit").says("Was refused").says("as viewer")
	ada.get(path).wants(http.StatusNotFound)
	if a := ada.get("/admin/dlq").wants(http.StatusNotFound); a.body == "" || strings.Contains(a.body, "Creep") {
		t.Error("somebody without a role sees a letter")
	}
}

func TestALetterIsRetriedOnceAndTheSecondIsTold(t *testing.T) {
	t.Parallel()
	s, _, operator, admin := office(t)
	l := s.login("ada").letter("Creep")
	path := "/admin/dlq/" + l.ID
	before := len(s.engine.starts())
	var won, lost atomic.Int32
	var wg sync.WaitGroup
	for _, b := range []*browser{operator, admin} {
		wg.Go(func() {
			switch a := b.post(path+"/retry", "version", "1"); a.StatusCode {
			case http.StatusSeeOther:
				won.Add(1)
			case http.StatusConflict:
				a.says("already retried by")
				lost.Add(1)
			default:
				t.Errorf("status %d", a.StatusCode)
			}
		})
	}
	wg.Wait()
	got := s.read(l.ID)
	if starts := s.engine.starts(); won.Load() != 1 || lost.Load() != 1 || len(starts) != before+1 || starts[before] != got.RetryRun {
		t.Fatalf("%d won, %d lost, started %v: %+v", won.Load(), lost.Load(), starts, got)
	}
	admin.get(path).says("Retried by")
	if err := s.db.Finish(t.Context(), l.PersonID, got.RetryRun, agent.Progress{State: agent.Done}); err != nil {
		t.Fatal(err)
	}
	admin.get(path).says("and settled by that run")
	admin.post(path+"/retry", "version", "3").wants(http.StatusConflict).says("resolved already")
	if a := admin.get("/admin/dlq"); lettersIn(a) != 0 {
		t.Error("a resolved letter still waits")
	}
}

func TestALetterIsDiscardedForAReasonAndRestored(t *testing.T) {
	t.Parallel()
	s, _, _, admin := office(t)
	l := s.login("ada").letter("Creep")
	path := "/admin/dlq/" + l.ID
	admin.post(path+"/discard", "version", "1", "reason", " ").wants(http.StatusUnprocessableEntity).says("Say why")
	admin.post(path+"/discard", "version", "nonsense", "reason", "x").wants(http.StatusConflict).says("has changed")
	admin.post(path+"/discard", "version", "1", "reason", "the <b>song</b> is gone").redirects(path)
	admin.get(path).says("Discarded: the <b>song</b> is gone")
	admin.post(path+"/retry", "version", "2").wants(http.StatusConflict).says("Restore it first")
	admin.get("/admin/dlq?state=discarded").says("Creep")
	admin.post(path+"/restore", "version", "2").redirects(path)
	admin.post(path+"/restore", "version", "3").wants(http.StatusConflict).says("nothing to put back")
	admin.get("/admin/audit").says("Discarded").says("Restored").says("the <b>song</b> is gone")
}

func TestALetterOfSomebodyWhoHasLeftSaysSo(t *testing.T) {
	t.Parallel()
	s, _, _, admin := office(t)
	ada := s.login("ada")
	l := ada.letter("Creep")
	ada.post("/account/disconnect", "confirm", "yes").wants(http.StatusSeeOther)
	for _, act := range []string{"retry", "discard", "restore"} {
		admin.post("/admin/dlq/"+l.ID+"/"+act, "version", "1", "reason", "x").wants(http.StatusNotFound).says("the person has left")
	}
	admin.get("/admin/dlq/" + l.ID).wants(http.StatusNotFound).says("the person has left")
	admin.get("/admin/dlq?state=every").says("No letter is like this.")
}

func TestLettersAreLookedThroughByAddress(t *testing.T) {
	t.Parallel()
	s, viewer, _, _ := office(t)
	viewer.get("/admin/dlq").wants(http.StatusOK).says("Nothing waits here.")
	one := s.login("ada").letter("Song of the sea")
	for path, want := range map[string]int{
		"": 1, "?state=every": 1, "?state=resolved": 0, "?kind=internal": 1, "?kind=exhausted": 0, "?step=adding": 1, "?q=SEA": 1, "?q=zz": 0,
		"?playlist=p1": 1, "?person=" + one.PersonID: 1, "?fingerprint=" + one.Fingerprint: 1, "?since=2001-01-01": 1, "?until=2001-01-01": 0,
		"?q=%00%25": 0, "?q=%27%20OR%201=1--": 0, "?step=" + strings.Repeat("%F0%9F%8E%B5", 500): 0, "?after=x": 1, "?unknown=1": 1,
	} {
		if a := viewer.get("/admin/dlq" + path).wants(http.StatusOK); lettersIn(a) != want {
			t.Errorf("%.60s lists %d, want %d", path, lettersIn(a), want)
		}
	}
	for path, says := range map[string]string{"?state=x": "no such state", "?kind=rate_limited": "no such kind", "?since=never": "not a day"} {
		viewer.get("/admin/dlq" + path).wants(http.StatusUnprocessableEntity).says(says)
		viewer.get("/admin/dlq/new" + path).wants(http.StatusBadRequest)
	}
	if a := viewer.get(`/admin/dlq?q="><script>x</script>`); a.page().Find("main script").Length() != 0 {
		t.Error("what was looked for became markup")
	}
	if strings.Contains(s.log.String(), "sea") || strings.Contains(s.log.String(), "SEA") {
		t.Error("what was looked for is in the log")
	}
}

func TestAnOpenPageHearsOfNewLetters(t *testing.T) {
	t.Parallel()
	s, viewer, _, _ := office(t)
	ada := s.login("ada")
	ada.letter("One")
	news, _ := viewer.get("/admin/dlq?state=every").page().Find("#news").Attr("hx-get")
	if a := viewer.get(news).wants(http.StatusOK); strings.TrimSpace(a.body) != "" {
		t.Errorf("no news, but %q", a.body)
	}
	time.Sleep(2 * time.Millisecond) // times are kept to the millisecond
	ada.letter("Two")
	ada.letter("Three")
	a := viewer.get(news, "HX-Request-Type", "partial").says("2 new: show")
	if to := a.page().Find("a").AttrOr("href", ""); to != "/admin/dlq?state=every" {
		t.Errorf("leads to %q", to)
	}
}

func TestManyLettersArePagedByPlace(t *testing.T) {
	t.Parallel()
	s, viewer, _, _ := office(t)
	ada := s.login("ada")
	run := ada.say("x")
	for i := range 60 {
		_, _, err := s.db.SaveLetter(t.Context(), deadletter.Letter{PersonID: run.PersonID, RunID: run.ID, Task: fmt.Sprint(i), Kind: fault.Internal, Message: "No."})
		if err != nil {
			t.Fatal(err)
		}
	}
	first := viewer.get("/admin/dlq").says("60 letters")
	older := first.page().Find(`a[rel="next"]`).AttrOr("href", "")
	second := viewer.get(older)
	if lettersIn(first) != 50 || lettersIn(second) != 10 || second.page().Find(`a[rel="next"]`).Length() != 0 {
		t.Errorf("%d and %d letters by %q", lettersIn(first), lettersIn(second), older)
	}
}

func TestABreakerIsShownAndReset(t *testing.T) {
	t.Parallel()
	gate := guard.NewGate(guard.GateOptions{Name: "api"})
	breaker := guard.NewBreaker(guard.BreakerOptions{Name: "api.spotify.com", Gate: gate})
	s := newSite(t, func(o *server.Options, _ *http.Server) {
		o.Roles, o.Circuits = auth.Roles{"olga": auth.Operator}, guard.Breakers{breaker}
	})
	olga := s.login("olga")
	olga.get("/admin/dlq").says("Closed: calls go through")
	for range 6 {
		_ = breaker.Do(func() error { return fault.New(fault.Unavailable, "", nil) })
	}
	olga.get("/admin/dlq").says("Open: calls are held back").says("6 failures")
	olga.post("/admin/circuits/reset", "name", "nothing").wants(http.StatusNotFound)
	olga.post("/admin/circuits/reset", "name", "api.spotify.com").redirects("/admin/dlq")
	olga.get("/admin/dlq").says("Closed: calls go through")
	olga.get("/admin/audit").says("Closed the breaker").says("api.spotify.com")
	if state := breaker.State().State; state != "closed" {
		t.Errorf("it is %s", state)
	}
	gate.Shut(t.Context(), 13*time.Hour, "The daily allowance is used up.")
	olga.get("/admin/dlq").says("Paused: the service has asked for that").says("until")
}

func TestSec16_StrangersAreAskedToLogInFirst(t *testing.T) {
	t.Parallel()
	s, _, _, _ := office(t)
	s.browser().get("/admin/dlq?state=every").redirects("/?return_to=" + url.QueryEscape("/admin/dlq?state=every"))
	s.browser().post("/admin/dlq/x/retry").wants(http.StatusUnauthorized)
}

func TestSec16_OperatorsHaveLoggedInLately(t *testing.T) {
	t.Parallel()
	s, _, operator, _ := office(t)
	l := s.login("ada").letter("Creep")
	s.clock.forward(14 * time.Minute)
	operator.get("/admin/dlq").wants(http.StatusOK)
	s.clock.forward(2 * time.Minute)
	operator.get("/admin/dlq?kind=internal").redirects("/login?return_to=" + url.QueryEscape("/admin/dlq?kind=internal"))
	operator.get("/admin/dlq/new", "HX-Request-Type", "partial").wants(http.StatusUnauthorized)
	operator.post("/admin/dlq/"+l.ID+"/retry", "version", "1").wants(http.StatusUnauthorized).says("more than 15 minutes old")
	operator.get("/c").wants(http.StatusOK)
	operator.get("/login?return_to=/admin/dlq").wants(http.StatusSeeOther)
	operator.get("/callback?code=olga").redirects("/admin/dlq")
	operator.get("/admin/dlq").wants(http.StatusOK)
}

func TestALettersPageFollowsARetryAndTellsWhatWasDone(t *testing.T) {
	t.Parallel()
	s, viewer, operator, _ := office(t)
	l := s.login("ada").letter("Creep")
	path := "/admin/dlq/" + l.ID
	if _, asks := viewer.get(path).says("Nothing yet.").page().Find("#letter").Attr("hx-get"); asks {
		t.Error("a letter that waits asks for itself, and would take away what is typed")
	}
	operator.post(path+"/retry", "version", "1").redirects(path)
	asks := viewer.get(path).says("olga · Retried").page().Find("#letter").AttrOr("hx-get", "")
	run := s.read(l.ID).RetryRun
	if err := s.db.Finish(t.Context(), l.PersonID, run, agent.Progress{State: agent.Done}); err != nil {
		t.Fatal(err)
	}
	part := viewer.get(asks, "HX-Request-Type", "partial").wants(http.StatusOK).says("settled by that run")
	if _, more := part.page().Find("#letter").Attr("hx-get"); more || strings.Contains(part.body, "<html") {
		t.Errorf("it goes on asking, or is a whole page: %s", part.body)
	}
	viewer.get("/admin/audit?subject=" + l.ID).says("Retried")
}
