package page_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"segue/web"
)

// policy is as strict as the one the program sends.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'"

// site serves the storybook as the program would.
func site(t *testing.T, more func(*http.ServeMux)) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("GET /static/", web.Handler())
	mux.HandleFunc("GET /image/{n}", cover)
	mux.HandleFunc("GET /s/{token}/events", hold)
	mux.HandleFunc("GET /runs/{id}/events", hold)
	for name, c := range pages() {
		mux.HandleFunc("GET /book/"+name, serve(c))
	}
	if more != nil {
		more(mux)
	}
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func serve(c templ.Component) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", policy)
		_ = c.Render(r.Context(), w)
	}
}

// hold is a stream in which nothing happens.
func hold(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	_, _ = fmt.Fprint(w, ": here\n\n")
	_ = http.NewResponseController(w).Flush()
	<-r.Context().Done()
}

func cover(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "image/svg+xml")
	hue := 47 * int(r.PathValue("n")[0])
	_, _ = fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><linearGradient id="g" x2="1" y2="1"><stop stop-color="hsl(%d 45%% 55%%)"/><stop offset="1" stop-color="hsl(%d 40%% 18%%)"/></linearGradient><rect width="64" height="64" fill="url(#g)"/></svg>`, hue%360, (hue+70)%360)
}

// browser starts a Chromium of its own, and fails the test on any complaint in its console.
func browser(t *testing.T) *tab {
	t.Helper()
	const chromium = "/usr/bin/chromium"
	for _, needed := range []string{chromium, "../../static/app.css", "../../static/vendor/htmx.js", "../../../node_modules/axe-core/axe.min.js"} {
		if _, err := os.Stat(needed); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("the browser tests need %s (npm ci, npm run build, apt install chromium)", filepath.Base(needed))
			}
			t.Skipf("no %s: npm ci, npm run build, apt install chromium", filepath.Base(needed))
		}
	}
	options := []chromedp.ExecAllocatorOption{chromedp.ExecPath(chromium), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.NoFirstRun, chromedp.Headless, chromedp.DisableGPU}
	for _, flag := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync"} {
		options = append(options, chromedp.Flag(flag, true))
	}
	var complaints list
	ctx, cancel := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx, chromedp.WithListener(complaints.hear))
	t.Cleanup(func() {
		_ = chromedp.Cancel(ctx)
		cancel()
		for _, c := range complaints.all() {
			t.Errorf("console: %s", c)
		}
	})
	if _, err := chromedp.Call(ctx, log.Enable, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	return &tab{t, ctx}
}

// list collects what a browser complains about, from another goroutine.
type list struct {
	mu   sync.Mutex
	said []string
}

func (l *list) hear(event any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e := event.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError && !strings.Contains(e.Entry.Text, "401") {
			l.said = append(l.said, e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		l.said = append(l.said, e.ExceptionDetails.Text)
	}
}

func (l *list) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.said
}

// tab is one page of a browser in one test.
type tab struct {
	t   *testing.T
	ctx context.Context
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	limited, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(limited, steps...); err != nil {
		b.t.Fatal(err)
	}
}

func eval[T any](b *tab, script string) T {
	b.t.Helper()
	limited, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	got, err := chromedp.Run(limited, chromedp.Evaluate[T](script, chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	return got
}

func theme(name string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return err
	})
}

// axe returns what axe-core finds on the page, a line each. Between themes only colours differ.
func (b *tab) axe(scheme string) []string {
	b.t.Helper()
	rules := `["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]`
	if scheme == "dark" {
		rules = `["color-contrast"]`
	}
	return eval[[]string](b, `axe.run({runOnly: `+rules+`}).then(r =>
		r.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.html.slice(0, 160) + " " + n.failureSummary)))`)
}

// TestEveryPageIsAccessibleInBothThemesAndOnAPhone walks the storybook. With
// SCREENSHOTS=<folder> it also leaves pictures to look at.
func TestEveryPageIsAccessibleInBothThemesAndOnAPhone(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("the storybook in a browser takes a minute")
	}
	url, b := site(t, nil), browser(t)
	source, err := os.ReadFile("../../../node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(pages())) {
		b.do(chromedp.EmulateViewport(1280, 900), theme("light"), chromedp.Navigate(url+"/book/"+name), chromedp.Evaluate[chromedp.Void](string(source)))
		for _, scheme := range []string{"light", "dark"} {
			b.do(theme(scheme))
			b.shoot(name + "-" + scheme)
			for _, line := range b.axe(scheme) {
				t.Errorf("%s %s: %s", name, scheme, line)
			}
		}
		b.do(theme("light"), chromedp.EmulateViewport(320, 640))
		if width := eval[int](b, `document.documentElement.scrollWidth`); width > 320 {
			t.Errorf("%s scrolls sideways on a phone: %d px wide", name, width)
		}
		b.do(chromedp.EmulateViewport(360, 740))
		b.shoot(name + "-phone")
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
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// script is a stream whose messages the test sends one by one.
type script struct {
	messages chan string
	mu       sync.Mutex
	opened   int
}

func (s *script) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.opened++
	s.mu.Unlock()
	w.Header().Set("Content-Type", "text/event-stream")
	_ = http.NewResponseController(w).Flush()
	for {
		select {
		case <-r.Context().Done():
			return
		case m, more := <-s.messages:
			if !more {
				return
			}
			_, _ = fmt.Fprint(w, m)
			_ = http.NewResponseController(w).Flush()
		}
	}
}

func (s *script) connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened
}

// message is an unnamed server-sent event that carries a component.
func message(t *testing.T, id int, c templ.Component) string {
	t.Helper()
	_, html := render(t, c)
	return fmt.Sprintf("id: %d\ndata: %s\n\n", id, strings.ReplaceAll(html, "\n", "\ndata: "))
}

func TestTheHistoryAndTheMenuOpenWithoutScripts(t *testing.T) {
	t.Parallel()
	url, b := site(t, nil), browser(t)
	source, err := os.ReadFile("../../../node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	opened := func(name string, width int64, button, panel string) {
		b.do(theme("dark"), chromedp.EmulateViewport(width, 740), chromedp.Navigate(url+"/book/chat-done"), chromedp.Evaluate[chromedp.Void](string(source)),
			chromedp.Click(button), chromedp.WaitVisible(panel))
		b.shoot(name)
		for _, line := range b.axe("light") {
			t.Errorf("%s: %s", name, line)
		}
	}
	opened("open-history", 360, `button[popovertarget="history"]`, "#history")
	opened("open-more", 360, `button[popovertarget="more"]`, "#more")
	opened("open-more-wide", 1280, `button[popovertarget="more"]`, "#more")
}
