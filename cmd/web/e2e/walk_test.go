package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

const (
	last     = `[data-testid="run"]:is([data-testid="entry"]:last-of-type *)`
	bohemian = "add Bohemian Rhapsody by Queen to Road Trip"
	slow     = "EMULATOR_LATENCY=2s,150ms,150ms"
)

func TestANewcomersWalk(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.do(chromedp.Navigate(s.url))
	b.accessible("home")
	b.login(s)
	b.accessible("empty")
	b.say(bohemian)
	b.sees(last, "Search")
	b.sees(last, "Added to Road Trip")
	b.sees(last, "Sure")
	b.accessible("done")
	if n := s.times("Road Trip", "Bohemian Rhapsody"); n != 1 {
		t.Errorf("%d times in the playlist, want once", n)
	}
	b.say("add Bohemian Rhapsody by Queen to Nowhere At All")
	b.sees(last, "You have no playlist called Nowhere At All")
	b.accessible("error")
	b.press(`form[action$="/undo"] button`)
	b.sees(last, "Taken back from Road Trip")
	if n := s.times("Road Trip", "Bohemian Rhapsody"); n != 0 {
		t.Errorf("%d times in the playlist after Undo, want none", n)
	}
	b.do(chromedp.Navigate(s.url + "/account"))
	b.accessible("account")
}

func TestQuestionsAreAnsweredAndStopStops(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.login(s)
	b.say("add Hallelujah to Focus")
	b.sees(last, "Which one did you mean?")
	b.accessible("question")
	b.press(last + ` [data-testid="option"] input`)
	b.press(`form[action$="/answer"] button`)
	b.sees(last, "Added to Focus")
	if n := s.times("Focus", "Hallelujah"); n != 1 {
		t.Errorf("%d times in the playlist, want once", n)
	}
	b.say("add Karma Police by Radiohead to Gym")
	b.sees(last, "You have 2 playlists called Gym")
	b.press(`form[action$="/cancel"] button`)
	b.sees(last, "Stopped")
	if n := s.times("Gym", "Karma Police"); n != 0 {
		t.Errorf("%d times in a playlist after Stop, want none", n)
	}
}

func TestAKillInTheMiddleLosesNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		step string // seen before the kill
		lose bool   // Temporal's file goes too
	}{
		"while searching":                   {"Searching Spotify", false},
		"while searching, without Temporal": {"Searching Spotify", true},
		"while adding":                      {"Adding it to the playlist", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, b := newSegue(t, slow), browser(t)
			b.login(s)
			b.say(bohemian)
			b.sees(last, c.step)
			s.kill()
			if c.lose {
				files, _ := filepath.Glob(filepath.Join(s.dir, "temporal-*"))
				for _, f := range files {
					if err := os.Remove(f); err != nil {
						t.Fatal(err)
					}
				}
			}
			s.start()
			b.sees(last, "Added to Road Trip") // the same page, which was never reloaded
			if n := s.times("Road Trip", "Bohemian Rhapsody"); n != 1 {
				t.Errorf("%d times in the playlist, want once", n)
			}
		})
	}
}

func TestEverythingWorksWithoutJavaScript(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t, chromedp.Flag("blink-settings", "scriptEnabled=false"))
	b.login(s)
	b.do(chromedp.SendKeys(`#text`, bohemian), chromedp.Click(`#composer button`))
	b.sees(last, "Added to Road Trip")
	b.press(`form[action$="/undo"] button`)
	b.sees(last, "Taken back from Road Trip")
	if n := s.times("Road Trip", "Bohemian Rhapsody"); n != 0 {
		t.Errorf("%d times in the playlist after Undo, want none", n)
	}
}

func TestCtrlCEndsSoonWithAStreamOpen(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t, slow), browser(t)
	b.login(s)
	b.say("add Hallelujah to Focus")
	b.sees(last, "Which one did you mean?")
	code, took := s.interrupt()
	if code != 0 || took > 20*time.Second {
		t.Errorf("exit code %d after %v, want 0 within 20 s", code, took)
	}
}

func TestWhatCannotWorkIsRefusedWithASentence(t *testing.T) {
	t.Parallel()
	s := newSegue(t)
	other := t.TempDir()
	file := filepath.Join(other, "file")
	damaged := t.TempDir()
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(damaged, "app.db"), []byte(strings.Repeat("not a database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ env, says []string }{
		"port in use":         {[]string{"ADDR=" + strings.TrimPrefix(s.url, "http://"), "DATA_DIR=" + other}, []string{"cannot listen on", "ADDR"}},
		"second process":      {[]string{"ADDR=127.0.0.1:0", "DATA_DIR=" + s.dir}, []string{"another Segue is running"}},
		"folder not writable": {[]string{"ADDR=127.0.0.1:0", "DATA_DIR=" + file}, []string{"DATA_DIR", "Choose a folder"}},
		"damaged app.db":      {[]string{"ADDR=127.0.0.1:0", "DATA_DIR=" + damaged}, []string{"damaged"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			said := refuses(t, c.env...)
			for _, want := range c.says {
				if !strings.Contains(said, want) {
					t.Errorf("said %q, want %q in it", said, want)
				}
			}
		})
	}
}
