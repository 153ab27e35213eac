package server_test

import (
	"net/http"
	"strings"
	"testing"

	"segue/internal/deadletter"
	"segue/internal/server"
)

func TestSec26_LoginsAreInTheAuditAndTokensAreNot(t *testing.T) {
	t.Parallel()
	s, _, _, admin := office(t)
	ada := s.login("ada")
	ada.post("/logout").wants(http.StatusSeeOther)
	ada.post("/logout").wants(http.StatusSeeOther) // nobody is logged in any more
	ada = s.login("ada")
	ada.post("/account/logout-everywhere").redirects("/")
	ada = s.login("ada")
	ada.post("/account/disconnect", "confirm", "yes").wants(http.StatusSeeOther)
	s.browser().get("/callback?code=secret-code&state=secret-state").wants(http.StatusBadRequest)
	entries, err := s.db.Audit(t.Context(), deadletter.Trail{}, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range entries {
		if e.ActorID == "id-ada" || e.ActorID == "" {
			told = append(told, strings.TrimSpace(e.Action+" "+e.Note))
		}
		if strings.Contains(e.Subject+e.Note, "secret") {
			t.Errorf("%+v", e)
		}
	}
	if want := "login_failed the way back did not fit (state)|disconnect|login|logout everywhere|login|logout|login"; strings.Join(told, "|") != want {
		t.Errorf("it tells %q", told)
	}
	admin.get("/admin/audit?actor=id-ada").says("Somebody who has left").says("Disconnected")
	admin.get("/admin/audit?action=login_failed").says("Nobody known").says("(state)")
}

func TestTheAuditIsFilteredByAddress(t *testing.T) {
	t.Parallel()
	s, viewer, _, _ := office(t)
	s.login("ada")
	lines := func(query string, status int) int {
		t.Helper()
		return viewer.get("/admin/audit" + query).wants(status).page().Find(`[data-testid="entry-of-audit"]`).Length()
	}
	all := lines("", http.StatusOK)
	for query, want := range map[string]int{
		"?actor=id-ada": 1, "?actor=id-vera&action=login": 1, "?action=login": all, "?action=retry": 0, "?actor=nobody": 0,
		"?actor=%27%20OR%201=1--": 0, "?before=1": 0, "?before=x": all,
	} {
		if got := lines(query, http.StatusOK); got != want {
			t.Errorf("%s lists %d lines, want %d", query, got, want)
		}
	}
	if got := lines("?action=nonsense", http.StatusUnprocessableEntity); got != all {
		t.Errorf("a filter that is not understood lists %d", got)
	}
	viewer.get("/admin/audit?actor=" + `"><script>x</script>`).says("No line is like this.")
}

func TestSec19_FailedLoginsFromOneAddressAreLimited(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *server.Options, _ *http.Server) { o.Limits.Logins = 3 })
	b := s.browser()
	for range 3 {
		b.get("/callback?state=x").wants(http.StatusBadRequest)
	}
	b.get("/callback?state=x").wants(http.StatusTooManyRequests)
	if entries, err := s.db.Audit(t.Context(), deadletter.Trail{Action: deadletter.ActionNoLogin}, 0, 100); err != nil || len(entries) != 3 {
		t.Errorf("%d lines, %v", len(entries), err)
	}
}
