package e2e

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// tab is a page of a Chromium of its own.
type tab struct {
	t   *testing.T
	ctx context.Context //nolint:containedctx // chromedp keeps the browser in it
}

// browser starts a Chromium; anything it complains about in its console, such
// as a violation of the content security policy, fails the test.
func browser(t *testing.T, more ...chromedp.ExecAllocatorOption) *tab {
	t.Helper()
	const chromium = "/usr/bin/chromium"
	if _, err := os.Stat(chromium); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("the browser tests need Chromium: apt install chromium")
		}
		t.Skip("no Chromium: apt install chromium")
	}
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(chromium), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox,
		chromedp.NoFirstRun, chromedp.Headless, chromedp.DisableGPU,
	}
	for _, flag := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync"} {
		options = append(options, chromedp.Flag(flag, true))
	}
	options = append(options, more...)
	var heard complaints
	ctx, cancel := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(heard.hear))
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx)
		cancel()
		for _, c := range heard.all() {
			t.Errorf("console: %s", c)
		}
	})
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	return &tab{t, ctx}
}

type complaints struct {
	mu   sync.Mutex
	said []string
}

func (c *complaints) hear(event any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		// A program that was killed is not the page's fault, nor is a form that was refused with a reason or a link that is over.
		if e.Entry.Level == log.EntryLevelError && !strings.Contains(e.Entry.Text, "net::ERR_") && !strings.Contains(e.Entry.Text, "status of 422") &&
			!strings.Contains(e.Entry.Text, "status of 410") {
			c.said = append(c.said, e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		said := e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			said += " " + x.Description
		}
		// The browser gives up its own transition between two pages when the next one is there too soon.
		if !strings.Contains(said, "Transition was aborted") {
			c.said = append(c.said, said)
		}
	}
}

func (c *complaints) all() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.said
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	limited, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(limited, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func eval[T any](b *tab, script string) (T, error) {
	limited, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	return chromedp.Run(limited, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
}

// sees waits until an element with the test id (and more of a selector) shows the text.
func (b *tab) sees(selector, text string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.innerText.includes(%q))`, selector, text))
}

// until waits for a condition, through any number of page loads. Half of a
// page does not count: what is its last entry today may not be when it is read.
func (b *tab) until(condition string) {
	b.t.Helper()
	deadline := time.Now().Add(100 * time.Second)
	for time.Now().Before(deadline) {
		if ok, err := eval[bool](b, `document.readyState !== "loading" && (`+condition+`)`); err == nil && ok {
			return
		}
		time.Sleep(30 * time.Millisecond)
	}
	seen, _ := eval[string](b, `document.body.innerText`)
	b.t.Fatalf("never: %s\nthe page says:\n%s", condition, seen)
}

// login goes through the consent page as Ada.
func (b *tab) login(s *segue) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(s.url), chromedp.Click(`a[href^="/login"], form[action^="/login"] button`),
		chromedp.Click(`[data-testid="listener-ada_emu"]`), chromedp.WaitVisible(`#text`))
}

// say writes a message with the keyboard and presses Enter.
func (b *tab) say(text string) {
	b.t.Helper()
	b.do(chromedp.SendKeys(`#text`, text+"\r"))
	b.sees(`[data-testid="entry"]:last-of-type`, text)
}

// press clicks a control of a card. Cards change while they stream, so the
// click goes to the element and not to a place on the screen.
func (b *tab) press(selector string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`(e => e && (e.click(), true))(document.querySelector(%q))`, selector))
}

func (b *tab) theme(name string) {
	b.t.Helper()
	b.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	}))
}

// accessible runs axe-core on the page in both themes.
func (b *tab) accessible(where string) {
	b.t.Helper()
	source, err := os.ReadFile("../../../node_modules/axe-core/axe.min.js")
	if err != nil {
		b.t.Fatal(err)
	}
	for _, scheme := range []string{"light", "dark"} {
		b.theme(scheme)
		b.do(chromedp.Evaluate[chromedp.Void](string(source)))
		found, err := eval[[]string](b, `axe.run({runOnly: ["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]}).then(r =>
			r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.html.slice(0, 160))))`)
		if err != nil {
			b.t.Fatal(err)
		}
		for _, line := range found {
			b.t.Errorf("%s, %s: %s", where, scheme, line)
		}
		b.shoot(where + "-" + scheme)
	}
}

// shoot leaves a picture in the folder SCREENSHOTS, if there is one.
func (b *tab) shoot(name string) {
	b.t.Helper()
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(folder+"/"+name+".png", picture, 0o600); err != nil {
		b.t.Fatal(err)
	}
}
