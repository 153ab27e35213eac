package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// open goes to an address at the width of a desk.
func (b *tab) open(address string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(address))
}

// shares makes a link to the newest run of the conversation.
func (b *tab) shares(s *segue) (run, link string) {
	b.t.Helper()
	run, err := eval[string](b, `document.querySelector('[data-testid="run"]').id.replace("run-", "/runs/")`)
	if err != nil {
		b.t.Fatal(err)
	}
	b.open(s.url + run)
	b.press(`[data-testid="share-form"] button`)
	b.sees(`#made`, s.url+"/s/")
	link, err = eval[string](b, `document.querySelector("#made").innerText`)
	if err != nil {
		b.t.Fatal(err)
	}
	return run, link
}

const card = `[data-testid="shared"] [data-testid="card"]`

func TestSomebodyWithTheLinkSeesItLiveUntilItIsRevoked(t *testing.T) {
	t.Parallel()
	s, ada, ben, scriptless := newSegue(t), browser(t), browser(t), browser(t, chromedp.Flag("blink-settings", "scriptEnabled=false"))
	ada.login(s)
	ada.say("add Hallelujah to Focus")
	ada.sees(last, "Which one did you mean?")
	run, link := ada.shares(s)
	ada.accessible("share-made-e2e")

	ben.open(link)
	ben.sees(card, "Waiting for an answer")
	ben.until(`document.querySelector("#pill").dataset.state === "live"`)
	ben.accessible("shared-waiting")
	ben.theme("light")
	if asked, err := eval[bool](ben, `!!document.querySelector("form") || document.body.innerText.includes("Ada")`); err != nil || asked {
		t.Errorf("a stranger finds a form or a name: %v", err)
	}
	scriptless.open(link)
	scriptless.sees(card, "Waiting for an answer")

	ben.press("#pause")
	ben.until(`document.querySelector("#pill").dataset.state === "paused"`)
	ben.shoot("shared-paused")
	ada.open(s.url + run)
	ada.press(`[data-testid="question"] [data-testid="option"] input`)
	ada.press(`[data-testid="question"] button`)
	ada.sees(`[data-testid="outcome"]`, "Hallelujah")
	ben.sees(card, "Waiting for an answer") // paused is paused
	ben.press("#pause")
	ben.sees(card, "1 added")
	ben.sees(`[data-testid="outcome"]`, "Chosen by hand")
	ben.accessible("shared-done-e2e")
	scriptless.sees(card, "1 added") // it has loaded itself again

	ada.open(s.url + "/settings/shares")
	ada.sees(`[data-testid="share"]`, "Opened 2 times")
	ada.press(`a[href^="/settings/shares?revoke="]`)
	ada.press(`[data-testid="confirm"] button`)
	ada.sees(`[data-testid="share"]`, "Revoked")
	ben.open(link)
	ben.sees(`[data-testid="problem"]`, "This link is over.")
	ben.accessible("shared-over-e2e")
	if secret := link[strings.LastIndex(link, "/")+1:]; strings.Contains(s.out.String(), secret) {
		t.Error("the log holds the secret of the link")
	}
}

func TestAPageThatListensIsToldWhenItsLinkIsRevoked(t *testing.T) {
	t.Parallel()
	s, ada, ben := newSegue(t), browser(t), browser(t)
	ada.login(s)
	ada.say("add Hallelujah to Focus")
	ada.sees(last, "Which one did you mean?")
	_, link := ada.shares(s)
	ben.open(link)
	ben.until(`document.querySelector("#pill").dataset.state === "live"`)
	ada.open(s.url + "/settings/shares")
	ada.press(`a[href^="/settings/shares?revoke="]`)
	ada.press(`[data-testid="confirm"] button`)
	ada.sees(`[data-testid="share"]`, "Revoked")
	ben.sees(`[data-testid="problem"]`, "This link is over.") // with the next heartbeat, without a hand
}

func TestALinkToAListShowsItsRowsByPage(t *testing.T) {
	t.Parallel()
	s, ada, ben := newSegue(t), browser(t), browser(t)
	ada.login(s)
	ada.do(chromedp.Navigate(s.url + "/import"))
	lines := []string{"Queen - Bohemian Rhapsody"}
	for i := range 59 {
		lines = append(lines, fmt.Sprintf("Nobody Known %d - A Song That Is Nowhere %d", i, i))
	}
	ada.do(chromedp.SetValue("#text", strings.Join(lines, "\n")))
	ada.press(`[data-testid="import"] button`)
	ada.do(chromedp.WaitVisible("#name"), chromedp.SetValue("#name", "Brought"))
	ada.press(`[data-testid="start"] button`)
	ada.sees(`[data-testid="listing"]`, "added")
	_, link := ada.shares(s)
	ben.open(link)
	ben.sees(`[data-testid="row"]`, "Bohemian Rhapsody")
	ben.press(`nav[aria-label="Pages"] a`)
	ben.sees(`[data-testid="row"]`, "A Song That Is Nowhere 58")
	ben.accessible("shared-list-e2e")
}
