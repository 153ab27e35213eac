package e2e

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// typed returns the commands that docs/api.md shows, but for the line that a reader fills in.
func typed(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	var script strings.Builder
	for line := range strings.Lines(string(text)) {
		if command, ok := strings.CutPrefix(line, "    "); ok && !strings.HasPrefix(command, "export ") {
			script.WriteString(command)
		}
	}
	return script.String()
}

func TestWhatTheDocumentationTypesWorks(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.login(s)
	g := b.token(s)
	before := s.times("Dinner", "Africa")
	out := g.types(typed(t))
	for _, says := range []string{`"success":true`, `"track_count":2`, `"state":"added"`, `"kind":"list"`, `"kind":"undo"`} {
		if !strings.Contains(out, says) {
			t.Errorf("nothing answered %s:\n%s", says, out)
		}
	}
	if n := s.times("Dinner", "Africa"); n != before {
		t.Errorf("%d times in the playlist after it was taken back, want %d", n, before)
	}
	if n := s.times("Dinner", "Karma Police"); n != 1 {
		t.Errorf("the song by itself is %d times in the playlist, want once", n)
	}
}

// types runs a script, which must not fail, and returns what it says.
func (g *gadget) types(script string) string {
	g.site.t.Helper()
	shell := exec.CommandContext(g.site.t.Context(), "sh", "-e")
	shell.Env = []string{"PATH=" + os.Getenv("PATH"), "SEGUE=" + g.site.url, "TOKEN=" + g.token}
	shell.Stdin = strings.NewReader(script)
	out, err := shell.CombinedOutput()
	if err != nil {
		g.site.t.Errorf("%v:\n%s\n%s", err, script, out)
	}
	return string(out)
}

func TestTheCommandsOnThePageOfTheAPIWork(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.login(s)
	g := b.token(s)
	b.do(chromedp.Navigate(s.url + "/docs/api"))
	commands, err := eval[[]string](b, `Array.from(document.querySelectorAll('[data-testid="call"] pre'), p => p.textContent)`)
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, command := range commands {
		if strings.Contains(command, "/4kq2n7w5") || strings.Contains(command, "/dlq") || strings.Contains(command, "/circuits") {
			continue // about something that is not here, or for an administrator
		}
		command = strings.Replace(command, "segue_…", g.token, 1)
		g.types(strings.Replace(command, "curl ", "curl --silent --show-error --fail-with-body ", 1))
		ran++
	}
	if ran < 5 {
		t.Errorf("only %d commands on the page: %q", ran, commands)
	}
}

func TestAListThatAProgramSendsSurvivesAKillAndIsStopped(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.login(s)
	g := b.token(s)
	s.trouble(http.MethodPost, "faults", `{"path":"/search$","latency":"300ms","count":-1}`)
	var tracks []string
	for _, song := range []string{"Africa/Toto", "Karma Police/Radiohead", "Bohemian Rhapsody/Queen", "Wonderwall/Oasis"} {
		title, artist, _ := strings.Cut(song, "/")
		tracks = append(tracks, fmt.Sprintf(`{"track_name": %q, "artist": %q}`, title, artist))
	}
	status, v := g.call(http.MethodPost, "/api/v1/sync/batch", `{"playlist_id": "Dinner", "tracks": [`+strings.Join(tracks, ", ")+`]}`)
	if status != http.StatusAccepted || v["track_count"] != 4.0 {
		t.Fatalf("%d %v", status, v)
	}
	address := v["status_url"].(string)
	time.Sleep(200 * time.Millisecond)
	s.kill()
	s.start()
	counts := g.counts(address)
	for range 300 {
		if counts["open"] == 0.0 && counts["found"] == 0.0 {
			break
		}
		time.Sleep(200 * time.Millisecond)
		counts = g.counts(address)
	}
	for _, title := range []string{"Africa", "Karma Police", "Bohemian Rhapsody"} {
		if n := s.times("Dinner", title); n != 1 {
			t.Errorf("%s is %d times in the playlist, want once; %v", title, n, counts)
		}
	}
	b.do(chromedp.Navigate(v["web_url"].(string)))
	b.sees("main", "Karma Police")
	id := v["workflow_id"].(string)
	if counts["review"] != 0.0 { // it waits for a person, who stops it
		if status, v := g.call(http.MethodPost, "/api/v1/runs/"+id+"/cancel", ""); status != http.StatusOK {
			t.Errorf("%d %v", status, v)
		}
	}
	g.ends("/api/v1/runs/" + id)
	status, v = g.call(http.MethodPost, "/api/v1/runs/"+id+"/undo", "")
	if status != http.StatusAccepted {
		t.Fatalf("%d %v", status, v)
	}
	if undo := g.ends("/api/v1/runs/" + v["new_workflow_id"].(string)); undo["status"] != "completed" || s.times("Dinner", "Karma Police") != 0 {
		t.Errorf("taken back: %v", undo)
	}
}

func (g *gadget) counts(address string) map[string]any {
	g.site.t.Helper()
	_, v := g.call(http.MethodGet, address, "")
	counts, _ := v["counts"].(map[string]any)
	return counts
}
