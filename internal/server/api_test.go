package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/auth"
	"segue/internal/server"
)

// gadget is a program with a personal token.
type gadget struct {
	site  *site
	token auth.PersonalToken
	text  string
}

// gadget gives the person of the browser a token with these scopes; the role is that of the site.
func (b *browser) gadget(role auth.Role, scopes ...auth.Scope) *gadget {
	b.site.t.Helper()
	if len(scopes) == 0 {
		scopes = []auth.Scope{auth.SyncWrite, auth.SyncRead}
	}
	token, text, err := auth.NewPersonalToken(b.id, role, auth.PersonalWish{Name: "phone", Scopes: scopes, Days: 30}, b.site.clock.now())
	if err == nil {
		err = b.site.db.AddPersonalToken(b.site.t.Context(), token)
	}
	if err != nil {
		b.site.t.Fatal(err)
	}
	return &gadget{b.site, token, text.Reveal()}
}

// call sends a body, "" for none; header may replace the token.
func (g *gadget) call(method, path, body string, header ...string) answer {
	g.site.t.Helper()
	req, err := http.NewRequestWithContext(g.site.t.Context(), method, g.site.url+path, strings.NewReader(body))
	if err != nil {
		g.site.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if g.text != "" {
		req.Header.Set("Authorization", "Bearer "+g.text)
	}
	for pair := range slices.Chunk(header, 2) {
		req.Header.Set(pair[0], pair[1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		g.site.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		g.site.t.Fatal(err)
	}
	a := answer{t: g.site.t, what: method + " " + path, Response: res, body: string(text)}
	check(a, method, path)
	return a
}

func (g *gadget) get(path string) answer {
	g.site.t.Helper()
	return g.call(http.MethodGet, path, "")
}

func (g *gadget) post(path, body string, header ...string) answer {
	g.site.t.Helper()
	return g.call(http.MethodPost, path, body, header...)
}

// sync asks for a song and returns what was answered.
func (g *gadget) sync(body string) map[string]any {
	g.site.t.Helper()
	return g.post("/api/v1/sync", body).wants(http.StatusAccepted).json()
}

// json reads the answer as an object.
func (a answer) json() map[string]any {
	a.t.Helper()
	var v map[string]any
	d := json.NewDecoder(bytes.NewReader([]byte(a.body)))
	if err := d.Decode(&v); err != nil {
		a.t.Fatalf("%s: %v\n%.400s", a.what, err, a.body)
	}
	return v
}

const (
	aSong = `{"track_name": "Bohemian Rhapsody", "artist": "Queen", "playlist_id": "37i9dQZF1DXcBWIGoYBM5M"}`
	syncs = "/api/v1/sync"
)

func TestSec17_TheAPIOpensToALivingTokenAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	g := ada.gadget(auth.Nobody)
	g.post(syncs, aSong).wants(http.StatusAccepted)
	refused := func(what string, challenge string, a answer) {
		t.Helper()
		got := a.wants(http.StatusUnauthorized)
		if h := got.Header.Get("WWW-Authenticate"); h != challenge || got.json()["error"] != "unauthorised" {
			t.Errorf("%s: challenge %q, %v", what, h, got.json())
		}
	}
	const bare, invalid = `Bearer realm="segue"`, `Bearer realm="segue", error="invalid_token"`
	refused("none", bare, g.post(syncs, aSong, "Authorization", ""))
	refused("basic", bare, g.post(syncs, aSong, "Authorization", "Basic "+g.text))
	refused("another", invalid, g.post(syncs, aSong, "Authorization", "Bearer segue_"+strings.Repeat("A", 43)))
	refused("not one of ours", invalid, g.post(syncs, aSong, "Authorization", "Bearer x"))
	refused("a session", bare, ada.do(http.MethodPost, syncs, nil))
	g.post(syncs, aSong, "Authorization", "bearer "+g.text).wants(http.StatusAccepted)

	s.clock.forward(31 * 24 * time.Hour)
	refused("expired", invalid, g.post(syncs, aSong))
	s.clock.forward(-31 * 24 * time.Hour)
	if err := s.db.RevokePersonalToken(t.Context(), ada.id, g.token.ID); err != nil {
		t.Fatal(err)
	}
	refused("revoked", invalid, g.post(syncs, aSong))
	h := ada.gadget(auth.Nobody)
	if err := s.db.DeletePerson(t.Context(), ada.id); err != nil {
		t.Fatal(err)
	}
	refused("of somebody who has left", invalid, h.post(syncs, aSong))
	if log := s.log.String(); strings.Contains(log, g.text) || strings.Contains(log, h.text) || strings.Contains(log, "Bohemian") {
		t.Error("the log holds a token or a song")
	}
}

func TestSec17_ATokenInAnAddressIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	g := s.login("ada").gadget(auth.Nobody)
	for _, query := range []string{"?token=" + g.text, "?access_token=x", "?anything=" + g.text, "?api_key="} {
		a := g.post(syncs+query, aSong).wants(http.StatusBadRequest)
		if m := fmt.Sprint(a.json()["message"]); !strings.Contains(m, "does not belong into an address") || strings.Contains(m, "segue_1") {
			t.Errorf("%s: %s", query[:8], m)
		}
	}
	if strings.Contains(s.log.String(), g.text) {
		t.Error("the log holds the token")
	}
}

func TestATokenDoesWhatItsScopesSay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	writer, reader := ada.gadget(auth.Nobody, auth.SyncWrite), ada.gadget(auth.Nobody, auth.SyncRead)
	id := fmt.Sprint(writer.sync(aSong)["workflow_id"])
	for scope, a := range map[string]answer{
		"sync:write": reader.post(syncs, aSong),
		"sync:read":  writer.get(syncs + "/" + id),
		"admin:read": writer.get("/api/v1/dlq"),
	} {
		a.wants(http.StatusForbidden)
		if h := a.Header.Get("WWW-Authenticate"); !strings.Contains(h, `error="insufficient_scope", scope="`+scope+`"`) {
			t.Errorf("%s: %q", scope, h)
		}
	}
	reader.post(syncs+"/"+id+"/cancel", "").wants(http.StatusForbidden)
	reader.get(syncs + "/" + id).wants(http.StatusOK)
	if runs, _ := s.db.Unfinished(t.Context(), 9); len(runs) != 1 {
		t.Errorf("%d runs, want one", len(runs))
	}
}

func TestSec19_ATokenIsUsedSoOftenAMinute(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *server.Options, _ *http.Server) { o.Limits.Calls = 3 })
	ada := s.login("ada")
	g, other := ada.gadget(auth.Nobody), ada.gadget(auth.Nobody)
	for range 3 {
		g.post(syncs, aSong).wants(http.StatusAccepted)
	}
	a := g.post(syncs, aSong).wants(http.StatusTooManyRequests)
	if after := a.Header.Get("Retry-After"); after == "" || after == "0" || a.json()["error"] != "rate_limited" {
		t.Errorf("Retry-After %q, %v", after, a.json())
	}
	other.post(syncs, aSong).wants(http.StatusAccepted)
}

func TestErrorsOfTheAPIAreJSONWithThreeParts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	g := s.login("ada").gadget(auth.Nobody)
	for path, want := range map[string]struct {
		status int
		kind   string
	}{
		"/api/v1/sync/none": {http.StatusNotFound, "not_found"},
		"/api/v1/nowhere":   {http.StatusNotFound, "not_found"},
		"/api/v1/sync":      {http.StatusMethodNotAllowed, "method_not_allowed"},
	} {
		a := g.get(path).wants(want.status)
		body := a.json()
		message := fmt.Sprint(body["message"])
		if body["error"] != want.kind || body["detail"] != message || body["reference"] != a.Header.Get("X-Request-Id") ||
			strings.Count(message, ".") < 3 || !strings.HasPrefix(a.Header.Get("Content-Type"), "application/json") {
			t.Errorf("%s: %v", path, body)
		}
	}
	big := `{"track_name": "` + strings.Repeat("a", 1<<20) + `"}`
	g.post(syncs, big).wants(http.StatusRequestEntityTooLarge)
	g.post(syncs, aSong, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site").wants(http.StatusForbidden)
	if a := g.call(http.MethodOptions, syncs, "", "Origin", "https://evil.example", "Access-Control-Request-Method", "POST"); a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("another site is let in")
	}
}

func TestTheUseOfATokenIsNotedWithItsProblem(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	g := ada.gadget(auth.Nobody)
	noted := func() auth.PersonalToken {
		t.Helper()
		found, err := s.db.PersonalToken(t.Context(), g.token.Hash)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	g.post(syncs, `{"track_name": "Creep", "playlist_id": "Gym"}`).wants(http.StatusUnprocessableEntity)
	if got := noted(); got.Problem != "artist: Field required" || got.UsedAt.IsZero() {
		t.Errorf("noted %+v", got)
	}
	ada.get("/settings/tokens").wants(http.StatusOK).says("The last call was refused: artist: Field required")
	id := fmt.Sprint(g.sync(aSong)["workflow_id"])
	if got := noted(); got.Problem != "" || got.LastRun != id {
		t.Errorf("noted %+v", got)
	}
}
