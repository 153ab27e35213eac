package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// gadget is a program on somebody's phone.
type gadget struct {
	site  *segue
	token string
}

// token creates a personal token on its page and returns who uses it.
func (b *tab) token(s *segue) *gadget {
	b.t.Helper()
	b.do(chromedp.Navigate(s.url + "/settings/tokens"))
	b.write("#name", "My phone")
	b.write("#playlist", "Road Trip")
	b.press(`[data-testid="create"] button`)
	b.sees(`[data-testid="token"]`, "My phone")
	text, err := eval[string](b, `document.querySelector("#made").value`)
	if err != nil || len(text) != 49 {
		b.t.Fatalf("%d characters, %v", len(text), err)
	}
	return &gadget{s, text}
}

// call sends a request and returns status and answer.
func (g *gadget) call(method, path, body string) (int, map[string]any) {
	g.site.t.Helper()
	r, err := http.NewRequestWithContext(g.site.t.Context(), method, g.site.url+path, strings.NewReader(body))
	if err != nil {
		g.site.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+g.token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		g.site.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var v map[string]any
	if err := json.NewDecoder(answer.Body).Decode(&v); err != nil {
		g.site.t.Fatal(err)
	}
	return answer.StatusCode, v
}

// end asks for the status of a song until it is final.
func (g *gadget) end(id any) map[string]any {
	g.site.t.Helper()
	return g.ends("/api/v1/sync/" + id.(string))
}

// ends asks for what stands at an address until it is final.
func (g *gadget) ends(address string) map[string]any {
	g.site.t.Helper()
	for range 120 {
		if _, v := g.call(http.MethodGet, address, ""); v["status"] != "running" {
			return v
		}
		time.Sleep(500 * time.Millisecond)
	}
	g.site.t.Fatal("it never ended")
	return nil
}

func TestAProgramAddsASongOnceAndThePersonSeesIt(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.login(s)
	g := b.token(s)
	b.accessible("tokens-made")

	b.do(chromedp.Navigate(s.url + "/settings/shortcuts"))
	b.sees(`[data-testid="silent"]`, "Nothing has arrived")
	b.accessible("shortcuts")
	status, v := g.call(http.MethodPost, "/api/v1/sync", `{"track_name": "Bohemian Rhapsody"}`)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("without an artist: %d %v", status, v)
	}
	b.sees(`[data-testid="refused"]`, "artist: Field required")
	song := `{"track_name": "Bohemian Rhapsody", "artist": "Queen"}`
	status, v = g.call(http.MethodPost, "/api/v1/sync?wait=10", song)
	result, _ := v["result"].(map[string]any)
	if status != http.StatusOK || v["status"] != "completed" || result["success"] != true {
		t.Fatalf("%d %v", status, v)
	}
	b.sees(`[data-testid="heard"]`, "Added Bohemian Rhapsody")
	b.accessible("shortcuts-heard")
	if status, again := g.call(http.MethodPost, "/api/v1/sync", song); status != http.StatusAccepted || again["workflow_id"] != v["workflow_id"] || again["deduplicated"] != true {
		t.Errorf("a second tap: %d %v", status, again)
	}
	if n := s.times("Road Trip", "Bohemian Rhapsody"); n != 1 {
		t.Errorf("%d times in the playlist, want once", n)
	}
	b.do(chromedp.Navigate(s.url + "/c"))
	b.sees(`[data-testid="history"]`, "My phone")

	b.do(chromedp.Navigate(s.url + "/docs/api"))
	b.accessible("docs")
	b.do(chromedp.Navigate(s.url + "/settings/tokens"))
	b.do(chromedp.Click(`a[href^="/settings/tokens?revoke="]`))
	b.press(`[data-testid="confirm"] button`)
	b.sees(`[data-testid="none"]`, "You have no tokens.")
	if status, v := g.call(http.MethodPost, "/api/v1/sync", song); status != http.StatusUnauthorized {
		t.Errorf("revoked: %d %v", status, v)
	}
}

func TestASongThatAProgramAskedForSurvivesAKill(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.login(s)
	g := b.token(s)
	s.trouble(http.MethodPost, "faults", `{"path":"/search$","latency":"1s","count":-1}`)
	status, v := g.call(http.MethodPost, "/api/v1/sync", `{"track_name": "Karma Police", "artist": "Radiohead", "playlist_id": "Dinner"}`)
	if status != http.StatusAccepted {
		t.Fatalf("%d %v", status, v)
	}
	time.Sleep(300 * time.Millisecond)
	s.kill()
	s.start()
	if got := g.end(v["workflow_id"]); got["status"] != "completed" {
		t.Errorf("ended %v", got)
	}
	if n := s.times("Dinner", "Karma Police"); n != 1 {
		t.Errorf("%d times in the playlist, want once", n)
	}
}

func TestAnUnclearSongIsAskedAboutWhereTheProgramPointsTo(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.login(s)
	g := b.token(s)
	status, v := g.call(http.MethodPost, "/api/v1/sync?wait=10", `{"track_name": "Bohemian Rhapsody", "artist": "Queen", "match_threshold": 1}`)
	if text, _ := v["text"].(string); status != http.StatusAccepted || !strings.Contains(text, "choose one") {
		t.Fatalf("%d %v", status, v)
	}
	_, now := g.call(http.MethodGet, v["status_url"].(string), "")
	if progress, _ := now["progress"].(map[string]any); now["status"] != "running" || progress["current_step"] != "waiting_for_answer" {
		t.Errorf("%v", now)
	}
	b.do(chromedp.Navigate(v["web_url"].(string)))
	b.press(`[data-testid="question"] button`)
	if got := g.end(v["workflow_id"]); got["status"] != "completed" {
		t.Errorf("ended %v", got)
	}
	if n := s.times("Road Trip", "Bohemian Rhapsody"); n != 1 {
		t.Errorf("%d times in the playlist, want once", n)
	}
}
