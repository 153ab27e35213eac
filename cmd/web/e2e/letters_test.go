package e2e

import (
	"fmt"
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

// write puts a text into a field, in place of what is there.
func (b *tab) write(selector, text string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`(e => e && (e.value = %q, true))(document.querySelector(%q))`, text, selector))
}

// letters makes dead letters of messages and opens their list.
func (b *tab) letters(s *segue, messages ...string) {
	b.t.Helper()
	s.trouble(http.MethodPost, "faults", `{"path":"/search$","status":418,"count":-1}`)
	b.do(chromedp.Navigate(s.url + "/c"))
	for _, m := range messages {
		b.say(m)
		b.sees(last, "Send it again.")
	}
	b.until(fmt.Sprintf(`fetch("/admin/dlq").then(r => r.text()).then(html => html.includes(">%d letters<"))`, len(messages)))
	s.trouble(http.MethodDelete, "faults", "")
	b.do(chromedp.Navigate(s.url + "/admin/dlq"))
}

// shortcut presses a single key of an admin page, once its script has told of keys.
func (b *tab) shortcut(key string) {
	b.t.Helper()
	b.until(`document.readyState === "complete" && !!document.querySelector("[data-keys]:not([hidden])")`)
	b.key(key)
}

func TestALetterIsFoundEditedAndRetriedByKeys(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.login(s)
	b.letters(s, "add Creep by Radiohead to Road Trip", "add Hallelujah by Nobody to Focus")
	b.shortcut("?")
	b.until(`document.querySelector("#keys").matches(":popover-open")`)
	b.accessible("keys")
	b.shortcut("?")
	b.shortcut("/")
	b.until(`document.activeElement.name === "q"`)
	b.write(`[name="q"]`, "creep")
	b.key("\r")
	b.until(`location.search.includes("q=creep") && document.querySelectorAll("[data-row]").length === 1`)
	b.shortcut("j")
	b.shortcut("o")
	b.sees(`h1`, "Add Creep by Radiohead to Road Trip")
	b.shortcut("e")
	b.until(`!!document.querySelector("#input-year")`)
	b.accessible("edit")
	b.write(`#input-year`, "93")
	b.press(`[data-testid="edit"] button`)
	b.sees(`[data-testid="refused"]`, "Look at: Year.")
	b.sees(`[data-testid="wrong"]`, "Year must be a year such as 1994, or 0.")
	b.accessible("edit-wrong")
	b.press(`[data-testid="json"] summary`)
	b.write(`#input`, `{"title": "Creep", "playlist": 7}`)
	b.press(`[data-testid="json"] button`)
	b.sees(`[data-testid="refused"]`, "There is no field \"playlist\".")
	b.until(`document.querySelector("#input").value === '{"title": "Creep", "playlist": 7}'`)
	b.accessible("edit-refused")
	again, err := eval[string](b, `location.href`)
	if err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Navigate(again))
	b.until(`document.querySelector("#input-title")?.value === "Creep"`)
	b.write(`#input-title`, "Karma Police")
	b.press(`[data-testid="edit"] button`)
	b.sees(`[data-testid="changes"]`, "Karma Police")
	b.accessible("edit-diff")
	b.press(`[data-testid="diff"] button`)
	b.sees(`[data-testid="fate"]`, "Retried by Ada")
	b.do(chromedp.Navigate(s.url + "/admin/audit?action=edit"))
	b.sees(`[data-testid="audit"]`, "title")
	b.do(chromedp.Navigate(s.url+"/c"), chromedp.Click(`a[href^="/c/"]`))
	b.sees(last, "Added to Road Trip")
	if n := s.times("Road Trip", "Karma Police"); n != 1 {
		t.Errorf("%d times in the playlist, want once", n)
	}
}

func TestManyLettersAreDiscardedThroughAKillAndOneIsRestored(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.login(s)
	b.letters(s, "add Creep by Radiohead to Road Trip", "add Karma Police by Radiohead to Focus", "add No Surprises by Radiohead to Focus", bohemian)
	b.do(chromedp.Navigate(s.url + "/admin/dlq?q=radiohead"))
	b.press(`[data-testid="all"] a[href*="act=discard"]`)
	b.sees(`h1`, "Discard all 3 letters")
	b.sees(`[data-testid="scope"]`, "with the text “radiohead”")
	b.accessible("bulk-form")
	b.write(`[name="reason"]`, "Not worth it")
	b.press(`[name="dry"]`)
	b.sees(`[data-testid="outcomes"]`, "3 letters would be discarded.")
	b.accessible("bulk-tried")
	b.write(`[name="rate"]`, "1")
	b.do(chromedp.SendKeys(`[name="reason"]`, "\r"))
	b.until(`/[1-3] left/.test(document.querySelector('[data-testid="counts"]')?.innerText)`) // not at its end
	s.kill()
	s.start()
	b.until(`document.querySelector('[data-testid="progress"]').innerText.includes("Done")`) // the page is the same, and hears of it
	b.sees(`[data-testid="counts"]`, "3 done, 0 refused, 0 left")
	b.accessible("bulk-done")
	b.do(chromedp.Navigate(s.url + "/admin/dlq"))
	b.sees(`[data-testid="letter"]`, "Bohemian Rhapsody")
	b.until(`document.querySelectorAll('[data-testid="letter"]').length === 1`)
	b.do(chromedp.Navigate(s.url + "/admin/dlq?state=discarded&q=creep"))
	b.shortcut("j")
	b.shortcut("o")
	b.press(`form[action$="/restore"] button`)
	b.sees(`[data-testid="actions"]`, "Retry")
	b.do(chromedp.Navigate(s.url + "/admin/audit?action=bulk_end"))
	b.sees(`[data-testid="audit"]`, "3 done, 0 refused, 0 left")
}
