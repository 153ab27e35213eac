package e2e

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

const answer = last + ` form[action$="/answer"] button`

func TestAChoiceIsRememberedAndCanBeForgotten(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t)
	b.login(s)
	b.say("add Hallelujah to Focus")
	b.sees(last, "Which one did you mean?")

	b.do(chromedp.SendKeys(`input[name="link"]`, "https://open.spotify.com/album/2ODvWsOgouMbaA5xf0RkJe"))
	b.press(answer)
	b.sees(last, "leads to an album")
	b.until(`document.activeElement.name === "link"`) // the focus comes after the page
	b.accessible("link-refused")
	b.phone("link-refused")
	b.do(chromedp.Evaluate[chromedp.Void](`document.querySelector('input[name="link"]').value = ""`))

	b.press(last + ` [data-testid="option"]:nth-of-type(2) input`)
	b.press(answer)
	b.sees(last, "Added to Focus")
	b.sees(last, "Your choice")

	b.say("add hallelujah to Dinner") // the same song in other letters
	b.sees(last, "Added to Dinner")
	b.sees(last, "Your choice")
	b.shoot("rule-applied")

	b.do(chromedp.Navigate(s.url + "/rules"))
	b.sees(`[data-testid="rule"]`, "Used once")
	b.accessible("choices")
	b.press(`form[action$="/delete"] button`)
	b.sees(`[data-testid="dropped"]`, "Hallelujah")
	b.accessible("choice-forgotten")
	b.press(`form[action$="/restore"] button`)
	b.sees(`[data-testid="rule"]`, "Hallelujah")
	b.press(`form[action$="/delete"] button`)
	b.sees(`[data-testid="none"]`, "Nothing is remembered")

	b.do(chromedp.Navigate(s.url + "/c"))
	b.say("add Hallelujah to Road Trip")
	b.sees(last, "Which one did you mean?")
}

func TestASongThatIsNotOnSpotifyIsLeftOutFromThenOnWithoutJavaScript(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t, chromedp.Flag("blink-settings", "scriptEnabled=false"))
	b.login(s)
	say := func(text string) {
		t.Helper()
		b.until(fmt.Sprintf(`(e => e && (e.value = %q, true))(document.querySelector("#text"))`, text))
		b.press(`#composer button`)
		b.sees(`[data-testid="entry"]:last-of-type`, text)
	}
	say("add Hallelujah to Focus")
	b.sees(last, "Which one did you mean?")
	b.press(`input[value="not_on_spotify"]`)
	b.press(answer)
	b.sees(last, "You said it is not on Spotify.")
	say("add Hallelujah to Dinner")
	b.sees(last, "that it is not on Spotify.")
	if n := s.times("Dinner", "Hallelujah"); n != 0 {
		t.Errorf("%d times in the playlist, want none", n)
	}
	b.press(last + ` a[href="/rules"]`)
	b.sees(`[data-testid="rule"]`, "Not on Spotify")
	b.press(`form[action$="/delete"] button`)
	b.sees(`[data-testid="none"]`, "Nothing is remembered")
}

// phone leaves a picture of the page as a phone shows it, and fails when it scrolls sideways.
func (b *tab) phone(name string) {
	b.t.Helper()
	b.theme("light")
	b.do(chromedp.EmulateViewport(360, 740), chromedp.ScrollIntoView(`:focus`))
	b.shoot(name + "-phone")
	if wide, err := eval[int](b, `document.documentElement.scrollWidth`); err != nil || wide > 360 {
		b.t.Errorf("%s: %d px wide, %v", name, wide, err)
	}
	b.do(chromedp.EmulateViewport(1280, 900))
}
