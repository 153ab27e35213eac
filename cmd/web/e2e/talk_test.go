package e2e

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	permissions "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"segue/internal/agent/llm/stub"
)

const (
	pace    = 20 * time.Millisecond // between the pieces of an answer
	said    = last + ` [data-testid="say"]`
	told    = `[data-testid="entry"]:last-of-type` // what was said last, and what became of it
	story   = "tell me a story"
	removal = "take that song of rain out of Road Trip"
)

// withModel runs Segue with a scripted language model.
func withModel(t *testing.T) (*segue, *stub.Server) {
	t.Helper()
	model := stub.New(stub.Options{Script: func(q stub.Request) stub.Reply {
		r := script(q)
		r.Latency, r.Pace = 300*time.Millisecond, pace
		return r
	}})
	server := httptest.NewServer(model)
	t.Cleanup(server.Close)
	return newSegue(t, "OPENAI_MODEL=stub", "OPENAI_API_KEY=key-of-the-test", "OPENAI_BASE_URL="+server.URL+"/v1"), model
}

// script is what the model says: it tells long stories, and asks before it removes.
func script(q stub.Request) stub.Reply {
	switch asked := q.Asked(); {
	case strings.Contains(asked, "story"):
		return stub.Reply{Text: "It was a **dark night**.\n\n" + strings.Repeat("And it rained on *and on*. ", 200)}
	case strings.Contains(asked, "song of rain") && q.Rounds() == 0:
		return stub.Reply{Text: "I will take it out.", Calls: []stub.Call{{
			Name: "remove_songs", Arguments: `{"songs":[{"title":"Africa","artists":["TOTO"]}],"playlist":{"name":"Road Trip"}}`,
		}}}
	case strings.Contains(asked, "song of rain"):
		return stub.Reply{Text: "That is settled."}
	default:
		return stub.Reply{Text: "You wrote " + asked + "."}
	}
}

// onEveryPage runs a script before any other on each page from now on.
func (b *tab) onEveryPage(source string) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: source})
		return err
	}))
}

// another opens a second tab of the same browser.
func (b *tab) another(url string) *tab {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	b.t.Cleanup(cancel)
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil { // opens it, for as long as ctx
		b.t.Fatal(err)
	}
	second := &tab{b.t, ctx}
	second.do(chromedp.Navigate(url))
	return second
}

func value[T any](b *tab, script string) T {
	b.t.Helper()
	got, err := eval[T](b, script)
	if err != nil {
		b.t.Fatal(err)
	}
	return got
}

func TestAnAnswerIsWrittenBeforeTheEyesAndStopKeepsIt(t *testing.T) {
	t.Parallel()
	s, _ := withModel(t)
	b := browser(t)
	b.login(s)
	b.onEveryPage(`addEventListener("htmx:sse:after:message", () => (window.messages = (window.messages || 0) + 1))`)
	b.say(story)
	b.sees(said, "It was a dark night.")
	b.until(`document.querySelector(` + "`" + said + " strong`" + `)?.innerText === "dark night"`)
	b.sees(`#composer button[form="stop"]`, "Stop")
	b.accessible("talk-streaming")
	length := func(b *tab) int {
		return value[int](b, `document.querySelector(`+"`"+said+"`"+`)?.innerText.length ?? 0`)
	}

	before := length(b)
	b.do(chromedp.Reload())
	b.until(`document.querySelector("#composer button[form=stop]").offsetParent !== null`) // the server's word, right after the reload
	if now := length(b); now < before {
		t.Errorf("%d characters after the reload, %d before", now, before)
	}
	second := b.another(value[string](b, `location.href`))
	second.sees(said, "dark night")
	b.until(fmt.Sprintf(`document.querySelector(%q).innerText.length > %d`, said, before+100))

	began := time.Now()
	heard := value[int](b, `window.messages`)
	time.Sleep(2 * time.Second)
	heard = value[int](b, `window.messages`) - heard
	t.Logf("%d pieces of text became %d messages", time.Since(began)/pace, heard)
	if heard > 14 {
		t.Errorf("%d messages in 2 s, at most five a second", heard)
	}

	b.do(chromedp.KeyEvent("\x1b")) // Escape
	b.sees(told+` [data-testid="cut"]`, "Stopped")
	kept := length(b)
	if kept < before {
		t.Errorf("%d characters after the stop, %d before", kept, before)
	}
	b.until(`document.querySelector("#composer [data-send]").offsetParent !== null`)
	second.sees(told+` [data-testid="cut"]`, "Stopped")
	b.do(chromedp.Reload())
	b.sees(told+` [data-testid="cut"]`, "Stopped")
	for name, view := range map[string]*tab{"after a reload": b, "in the second tab": second} {
		if n := length(view); n != kept {
			t.Errorf("%s: %d characters, want %d", name, n, kept)
		}
	}
	b.accessible("talk-stopped")
}

func TestTheFirstWordsAreThereAtOnce(t *testing.T) {
	t.Parallel()
	const rounds, messages = 2, 17 // a person may not send many more in a short time
	var waits []time.Duration
	for range rounds {
		waits = append(waits, firstWords(t, messages)...)
	}
	slices.Sort(waits)
	at := func(percent int) time.Duration { return waits[(len(waits)-1)*percent/100].Round(time.Millisecond) }
	t.Logf("first words at the browser after the model sent them: p50 %v, p95 %v, most %v (%d samples)", at(50), at(95), at(100), len(waits))
	if at(95) > 250*time.Millisecond {
		t.Errorf("p95 %v, want at most 100 ms on a quiet machine", at(95))
	}
}

// firstWords sends messages and returns how long the first words of each answer took from the model to the browser.
func firstWords(t *testing.T, messages int) []time.Duration {
	t.Helper()
	s, model := withModel(t)
	b := browser(t)
	b.login(s)
	b.onEveryPage(`new MutationObserver(() => {
		if (!window.firstWords && document.querySelector('[data-testid="say"]')?.innerText) window.firstWords = performance.timeOrigin + performance.now();
	}).observe(document, { childList: true, subtree: true, characterData: true })`)
	waits := make([]time.Duration, messages)
	for i := range waits {
		b.do(chromedp.Navigate(s.url + "/c"))
		b.say(fmt.Sprintf("number %d", i))
		b.sees(said, fmt.Sprintf("You wrote number %d.", i))
		records := model.Records()
		sent := records[len(records)-1].Wrote.Add(pace) // the piece behind the first is the first with text
		waits[i] = time.UnixMicro(int64(value[float64](b, `window.firstWords * 1000`))).Sub(sent)
	}
	return waits
}

func TestARemovalIsApprovedOrDeniedByKeyboard(t *testing.T) {
	t.Parallel()
	s, _ := withModel(t)
	b := browser(t)
	b.login(s)
	for _, c := range []struct {
		option string
		left   int
	}{{"none", 1}, {"approve", 0}} {
		b.say(removal)
		b.sees(last+` [data-testid="question"]`, "Remove 1 song from Road Trip?") // although words were shown before
		b.do(chromedp.Focus(last+` input[value="`+c.option+`"]`), chromedp.KeyEvent(" "), chromedp.KeyEvent("\r"))
		b.sees(told, "That is settled.")
		if n := s.times("Road Trip", "Africa"); n != c.left {
			t.Errorf("%s: %d times in the playlist, want %d", c.option, n, c.left)
		}
	}
}

// settled waits until nothing of the conversation goes on.
func (b *tab) settled() {
	b.t.Helper()
	b.until(`document.querySelector('[data-testid="run"]') && !document.querySelector("[data-open]")`)
}

// tries waits for what stands beside the newest message.
func (b *tab) tries(text, which string) {
	b.t.Helper()
	b.sees(told, text)
	b.sees(told+` [data-testid="tries"]`, which)
}

func TestAConversationBranchesAndIsFoundAgain(t *testing.T) {
	t.Parallel()
	for name, start := range map[string]func(*testing.T) *segue{
		"rules": func(t *testing.T) *segue { t.Helper(); return newSegue(t) },
		"model": func(t *testing.T) *segue { t.Helper(); s, _ := withModel(t); return s },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, b := start(t), browser(t)
			b.login(s)
			b.say("hello there")
			b.settled()
			b.say("what can you do")
			b.settled()
			b.do(chromedp.Focus(`#text`), chromedp.KeyEvent(kb.ArrowUp)) // the last message, to be written anew
			b.until(`document.activeElement.closest("[data-edit]") !== null`)
			b.accessible("talk-edit-" + name)
			b.until(`(document.activeElement.focus(), true)`)
			b.phone("talk-edit-" + name)
			b.do(chromedp.KeyEvent(" for me\r"))
			b.tries("what can you do for me", "2 of 2")
			b.sees(`[data-testid="log"]`, "hello there")
			b.settled()
			b.press(told + ` [data-testid="tries"] a`)
			b.tries("what can you do", "1 of 2")
			b.do(chromedp.Reload())
			b.tries("what can you do", "1 of 2")
			b.press(told + ` [data-testid="again"] button`)
			b.tries("what can you do", "3 of 3")
			b.settled()
			b.copies(told+` [data-copy^="text-"]`, "what can you do")
			b.accessible("talk-branch-" + name)

			b.do(chromedp.Focus(`#text`))
			b.key("/")
			b.until(`(e => e.id === "q" && (e.value = "", true))(document.activeElement)`) // the tool types what was taken for a key, too
			b.do(chromedp.KeyEvent("DO for\r"))
			b.sees(`[data-testid="hit"]`, "what can you do for me")
			b.accessible("talk-search-" + name)
			b.press(`[data-testid="hit"]`)
			b.tries("what can you do for me", "2 of 3")
		})
	}
}

// copies presses a button and looks into the clipboard.
func (b *tab) copies(selector, want string) {
	b.t.Helper()
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		allowed := permissions.SetPermissionParams{
			Permission: &permissions.PermissionDescriptor{Name: name}, Setting: permissions.PermissionSettingGranted,
		}
		b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, permissions.SetPermission, allowed)
			return err
		}))
	}
	b.press(selector)
	b.sees(`#status`, "Copied")
	if got := value[string](b, `navigator.clipboard.readText()`); got != want {
		b.t.Errorf("copied %q, want %q", got, want)
	}
}

func TestTryingAnAddAgainAddsNothingTwice(t *testing.T) {
	t.Parallel()
	s, b := newSegue(t), browser(t, chromedp.Flag("blink-settings", "scriptEnabled=false"))
	b.login(s)
	b.do(chromedp.SendKeys(`#text`, bohemian), chromedp.Click(`#composer [data-send]`))
	b.sees(last, "Added to Road Trip")
	const again = `[data-testid="again-after-all"]`
	b.press(again + ` summary`)
	b.sees(again, "What this has changed stays. Undo it first if you do not want both.")
	b.shoot("talk-again")
	b.press(again + ` form[action$="/messages"] button`)
	b.tries(bohemian, "2 of 2")
	b.sees(last, "Already")
	if n := s.times("Road Trip", "Bohemian Rhapsody"); n != 1 {
		t.Errorf("%d times in the playlist, want once", n)
	}
	b.press(`[data-testid="edit"] summary`)
	b.do(chromedp.SendKeys(`[data-testid="edit"] textarea`, " please"))
	b.press(`[data-testid="edit"] form button`)
	b.tries("please", "3 of 3")
	b.do(chromedp.SendKeys(`#q`, "rhapsody\r"))
	b.sees(`[data-testid="found"]`, "1 conversation.")
}
