package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// trouble sends a command to the emulated Spotify.
func (s *segue) trouble(method, path, body string) {
	s.t.Helper()
	r, err := http.NewRequestWithContext(s.t.Context(), method, s.spy+"/_emulator/"+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode >= http.StatusBadRequest {
		s.t.Fatalf("%s %s: %s", method, path, answer.Status)
	}
}

func TestAnOutageOfHalfAMinuteIsWaitedFor(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.login(s)
	s.trouble(http.MethodPost, "faults", `{"path":"/v1/","status":503,"body":"<h1>Service Unavailable</h1>","count":-1}`)
	b.say(bohemian)
	b.sees(last, "again in")
	b.shoot("retrying")
	time.Sleep(30 * time.Second)
	b.sees(last, "goes on by itself")
	b.shoot("parked")
	s.trouble(http.MethodDelete, "faults", "")
	b.sees(last, "Added to Road Trip")
	if n := s.times("Road Trip", "Bohemian Rhapsody"); n != 1 {
		t.Errorf("%d times in the playlist, want once", n)
	}
}

func TestARevokedPermissionAsksForALoginAndThenGoesOn(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.login(s)
	s.trouble(http.MethodPost, "revoke", `{"person":"ada_emu"}`)
	b.say(bohemian)
	b.sees(last, "Log in to Spotify again")
	b.accessible("reconnect")
	b.press(last + ` a[href^="/login"]`)
	b.do(chromedp.Click(`[data-testid="listener-ada_emu"]`))
	b.sees(last, "Added to Road Trip")
	if n := s.times("Road Trip", "Bohemian Rhapsody"); n != 1 {
		t.Errorf("%d times in the playlist, want once", n)
	}
}

func TestTheKeyboardIsEnough(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.login(s)
	b.say("add Hallelujah to Focus")
	b.sees(last, "Which one did you mean?")
	b.tabTo(`[data-testid="option"] input`)
	b.key(" ")
	b.tabTo(`form[action$="/answer"] button`)
	b.key("\r")
	b.sees(last, "Added to Focus")
	b.tabTo(`form[action$="/undo"] button`)
	b.key("\r")
	b.sees(last, "Taken back from Focus")
	b.say("add Creep by Radiohead to Gym")
	b.sees(last, "You have 2 playlists called Gym")
	b.key(kb.Escape)
	b.sees(last, "Stopped")
}

// key presses a key wherever the focus is.
func (b *tab) key(keys string) {
	b.t.Helper()
	b.do(chromedp.KeyEvent(keys))
}

// tabTo presses Tab until an element has the focus.
func (b *tab) tabTo(selector string) {
	b.t.Helper()
	for range 80 {
		if at, err := eval[bool](b, `document.activeElement.matches(`+"`"+selector+"`"+`)`); err == nil && at {
			return
		}
		b.key(kb.Tab)
	}
	b.t.Fatalf("Tab never reaches %s", selector)
}
