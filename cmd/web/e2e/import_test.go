package e2e

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestAListIsImportedAndReviewed(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t, "APPLE_LOOKUP_URL="+lookup(t)), browser(t)
	b.login(s)
	b.do(chromedp.Navigate(s.url + "/import"))
	b.accessible("import")
	b.do(chromedp.SetValue("#text", "Queen - Bohemian Rhapsody\nhttps://music.apple.com/us/album/africa/1?i=42\nHallelujah\nQueen - Bohemian Rhapsody"))
	b.press(`[data-testid="import"] button`)
	b.sees(`[data-testid="wanted"]`, "Bohemian Rhapsody by Queen")
	b.accessible("preview")
	b.do(chromedp.SetValue("#name", "Brought"))
	b.press(`[data-testid="start"] button`)
	b.sees(`[data-testid="listing"]`, "2 added")
	b.sees(`[data-testid="listing"]`, "Review 1")
	b.until(`["matched 2", "review 1"].every(tab => [...document.querySelectorAll("[data-count]")].some(c => c.dataset.count + " " + c.textContent === tab))`)
	b.press(`[data-testid="listing"] a`)
	b.sees(`[data-testid="rows"]`, "Hallelujah")
	b.accessible("review-rows")
	b.do(chromedp.SetValue(`[data-testid="search-other"] [type="search"]`, "Hallelujah Rufus Wainwright"))
	b.press(`[data-testid="search-other"] button`)
	b.sees(`[data-testid="found"]`, "Found on Spotify for “Hallelujah Rufus Wainwright”")
	b.accessible("review-found")
	b.do(chromedp.KeyEvent("1"))
	b.sees(`[data-testid="run"]`, "Added 3 songs to Brought")
	b.accessible("list-done")
	if n := s.times("Brought", "Bohemian Rhapsody") + s.times("Brought", "Africa"); n != 2 {
		t.Errorf("%d times in the playlist, want each once", n)
	}
}

func TestAListIsBroughtFromTheChat(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	_, lines := repertoire(t, 60)
	b.login(s)
	b.do(chromedp.SetValue("#text", strings.Join(lines, "\n")), chromedp.SendKeys("#text", " "))
	b.sees(`[data-testid="long"]`, "This looks like a whole list.")
	b.accessible("chat-long")
	b.press(`[data-testid="long"] button`)
	b.sees("h1", "60 songs to import")
	b.do(chromedp.Navigate(s.url + "/c"))
	b.until(`document.querySelector("#long").hidden && document.querySelector("#text").value === ""`)
	b.do(chromedp.Evaluate[chromedp.Void](`{
		const files = new DataTransfer();
		files.items.add(new File(["Queen - Bohemian Rhapsody\nToto - Africa"], "songs.txt"));
		document.querySelector("#composer").dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
	}`))
	b.sees("h1", "2 songs to import")
}

func TestASongOfAppleMusicIsAddedByItsLink(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t, "APPLE_LOOKUP_URL="+lookup(t)), browser(t)
	b.login(s)
	b.say("add https://music.apple.com/us/album/africa/1?i=42 to Focus")
	b.sees(`[data-testid="run"]`, "TOTO")
	b.until(`document.querySelector('[data-testid="run"]').dataset.state === "done"`)
	if n := s.times("Focus", "Africa"); n != 1 {
		t.Errorf("%d times in the playlist, want once", n)
	}
}

// lookup is Apple's service with one song; it returns its address.
func lookup(t *testing.T) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprint(w, `{"results":[{"kind":"song","trackId":42,"trackName":"Africa","artistName":"TOTO"}]}`)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestAListSurvivesAKill(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]bool{"with Temporal's file": false, "without Temporal's file": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, b := newSegue(t, "EMULATOR_LATENCY=10ms,10ms,400ms"), browser(t)
			titles, lines := repertoire(t, 150)
			b.login(s)
			b.do(chromedp.Navigate(s.url+"/import"), chromedp.SetValue("#text", strings.Join(lines, "\n")))
			b.press(`[data-testid="import"] button`)
			b.sees("h1", "150 songs to import")
			b.do(chromedp.SetValue("#name", "Brought"))
			b.press(`[data-testid="start"] button`)
			b.sees(`[data-testid="listing"]`, " added")
			s.kill()
			if lose {
				s.forget()
			}
			s.start()
			b.until(`(t => / added/.test(t) && !/\d (to go|found)/.test(t))(document.querySelector('[data-testid="listing"]').innerText)`)
			added := 0
			for _, title := range titles {
				n := s.times("Brought", title)
				if added += n; n > 1 {
					t.Errorf("%s is there %d times", title, n)
				}
			}
			b.sees(`[data-testid="listing"]`, fmt.Sprintf("%d added", added))
			if added < 120 {
				t.Errorf("%d of 150 songs are there", added)
			}
		})
	}
}

// forget removes Temporal's file.
func (s *segue) forget() {
	s.t.Helper()
	files, _ := filepath.Glob(filepath.Join(s.dir, "temporal-*"))
	for _, f := range files {
		if err := os.Remove(f); err != nil {
			s.t.Fatal(err)
		}
	}
}

// repertoire returns n songs of the built-in catalogue, each title once, and as lines.
func repertoire(t *testing.T, n int) (titles, lines []string) {
	t.Helper()
	files, err := filepath.Glob("../../../internal/spotify/emulator/assets/catalogue/*.tsv")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(content)) {
			f := strings.Split(line, "\t")
			if len(f) < 3 || strings.HasPrefix(line, "#") || strings.ContainsAny(f[0]+f[1], "¦-(") || seen[f[0]] {
				continue
			}
			seen[f[0]], titles, lines = true, append(titles, f[0]), append(lines, f[1]+" - "+f[0])
		}
	}
	return titles[:n], lines[:n]
}
