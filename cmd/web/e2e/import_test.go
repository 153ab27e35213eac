package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestAListIsImportedAndReviewed(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.login(s)
	b.do(chromedp.Navigate(s.url + "/import"))
	b.accessible("import")
	b.do(chromedp.SetValue("#text", "Queen - Bohemian Rhapsody\nToto - Africa\nHallelujah\nQueen - Bohemian Rhapsody"))
	b.press(`[data-testid="import"] button`)
	b.sees(`[data-testid="wanted"]`, "Bohemian Rhapsody by Queen")
	b.accessible("preview")
	b.do(chromedp.SetValue("#name", "Brought"))
	b.press(`[data-testid="start"] button`)
	b.sees(`[data-testid="listing"]`, "2 added")
	b.sees(`[data-testid="listing"]`, "Review 1")
	b.press(`[data-testid="listing"] a`)
	b.sees(`[data-testid="rows"]`, "Hallelujah")
	b.accessible("review")
	b.press(`[data-testid="row-question"] button`)
	b.sees(`[data-testid="run"]`, "Added 3 songs to Brought")
	b.accessible("list-done")
	if n := s.times("Brought", "Bohemian Rhapsody"); n != 1 {
		t.Errorf("%d times in the playlist, want once", n)
	}
}

func TestAListSurvivesAKill(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]bool{"with Temporal's file": false, "without Temporal's file": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, b := newSegue(t, "EMULATOR_LATENCY=10ms,10ms,400ms"), browser(t)
			titles, lines := repertoire(t, 300)
			b.login(s)
			b.do(chromedp.Navigate(s.url+"/import"), chromedp.SetValue("#text", strings.Join(lines, "\n")))
			b.press(`[data-testid="import"] button`)
			b.sees("h1", "300 songs to import")
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
			if added < 250 {
				t.Errorf("%d of 300 songs are there", added)
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
