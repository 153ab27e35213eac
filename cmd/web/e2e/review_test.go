package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

func TestWhatWaitsIsReviewedWithOneKeyEach(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.login(s)
	b.say("add Hallelujah to Focus")
	b.sees(last, "Which one did you mean?")
	b.say("add Creep by Radiohead to Gym")
	b.sees(last, "You have 2 playlists called Gym")
	b.say("add Hallelujah to Dinner")
	b.sees(last, "Which one did you mean?")

	b.do(chromedp.Navigate(s.url + "/runs?state=running"))
	b.sees(`[data-testid="waiting"]`, "3")
	b.sees(`[data-testid="runs"]`, "add Hallelujah to Dinner")
	b.accessible("history")
	b.until(`(document.querySelector("main a").focus(), true)`) // where the picture is taken
	b.phone("history")
	b.press(`a[href="/review"]`)
	b.sees(`[data-testid="total"]`, "3 questions wait for you.")
	b.accessible("review-queue")
	b.until(`(document.querySelector("main a").focus(), true)`) // where the picture is taken
	b.phone("review-queue")

	b.shortcut("s") // later: the playlist is asked about first
	b.sees(`[data-testid="first"]`, "Gym")
	b.shortcut("1")
	b.sees(`[data-testid="total"]`, "2 questions wait for you.")
	b.shortcut("1") // Hallelujah, into Dinner or into Focus
	b.sees(`[data-testid="total"]`, "1 question waits for you.")
	b.shortcut("n")
	b.sees(`[data-testid="none"]`, "Nothing waits for you.")
	b.accessible("review-empty")

	b.ended(s, "add Creep by Radiohead to Gym")
	if n := s.times("Focus", "Hallelujah") + s.times("Dinner", "Hallelujah"); n != 1 {
		t.Errorf("%d times in both playlists, want once", n)
	}
}

// ended looks into the history, which does not move by itself, until the request is done.
func (b *tab) ended(s *segue, text string) {
	b.t.Helper()
	for range 60 {
		b.do(chromedp.Navigate(s.url + "/runs?state=done"))
		done, err := eval[bool](b, fmt.Sprintf(`document.body.innerText.includes(%q)`, text))
		if err != nil {
			b.t.Fatal(err)
		}
		if done {
			return
		}
		time.Sleep(500 * time.Millisecond)
	}
	b.t.Errorf("%s is never done", text)
}

func TestReviewWorksWithoutJavaScript(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t, chromedp.Flag("blink-settings", "scriptEnabled=false"))
	b.login(s)
	b.until(`(e => e && (e.value = "add Hallelujah to Focus", true))(document.querySelector("#text"))`)
	b.press(`#composer button`)
	b.sees(last, "Which one did you mean?")
	b.do(chromedp.Navigate(s.url + "/review"))
	b.press(`[data-testid="first"] [data-testid="option"]:nth-of-type(2)`)
	b.sees(`[data-testid="none"]`, "Nothing waits for you.")
}
