package e2e

import (
	"net/http"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestADeadLetterIsRetriedAndDiscardedOnItsPage(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.login(s) // the first demo listener is the admin
	b.do(chromedp.Navigate(s.url + "/admin/dlq"))
	b.sees(`[data-testid="none"]`, "Nothing waits here.")
	b.accessible("letters-none")

	s.trouble(http.MethodPost, "faults", `{"path":"/search$","status":418,"count":-1}`)
	b.do(chromedp.Navigate(s.url + "/c"))
	b.say(bohemian)
	b.sees(last, "Send it again.")
	b.do(chromedp.Navigate(s.url + "/admin/dlq"))
	b.until(`!!document.querySelector('[data-testid="letter"], [data-testid="news"]')`) // the letter follows the run
	b.do(chromedp.Navigate(s.url + "/admin/dlq"))
	b.sees(`[data-testid="letter"]`, "Add Bohemian Rhapsody by Queen to Road Trip")
	b.accessible("letters")
	b.tabTo(`[data-testid="letter"] a`)
	b.key("\r")
	b.sees(`[data-testid="causes"]`, "status 418")
	b.sees(`[data-testid="attempts"]`, "searching")
	b.accessible("letter")

	b.do(chromedp.SendKeys(`input[name="reason"]`, "Not worth it\r"))
	b.sees(`[data-testid="fate"]`, "Discarded: Not worth it")
	b.press(`form[action$="/restore"] button`)
	s.trouble(http.MethodDelete, "faults", "")
	b.press(`form[action$="/retry"] button`)
	b.sees(`[data-testid="fate"]`, "Retried by Ada")
	b.do(chromedp.Navigate(s.url + "/admin/audit"))
	b.sees(`[data-testid="audit"]`, "Retried")
	b.accessible("audit")

	b.do(chromedp.Navigate(s.url+"/c"), chromedp.Click(`a[href^="/c/"]`))
	b.sees(last, "Added to Road Trip")
	if n := s.times("Road Trip", "Bohemian Rhapsody"); n != 1 {
		t.Errorf("%d times in the playlist, want once", n)
	}
	b.do(chromedp.Navigate(s.url + "/admin/dlq?state=resolved"))
	b.sees(`[data-testid="letter"]`, "Resolved")
}
