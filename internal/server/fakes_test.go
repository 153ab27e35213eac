package server_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"segue/internal/agent"
	"segue/internal/auth"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/match"
	"segue/internal/music"
	"segue/internal/schedule"
	"segue/internal/server"
	"segue/internal/store"
)

// ledger is the real store; the conversion is the one that cmd/web makes.
type ledger struct{ *store.DB }

func (l ledger) Accept(ctx context.Context, m server.NewMessage) (agent.Run, bool, error) {
	return l.DB.Accept(ctx, store.NewMessage(m))
}

func (l ledger) AcceptSync(ctx context.Context, s server.NewSync) (agent.Run, bool, error) {
	return l.DB.AcceptSync(ctx, store.NewSync(s))
}

func (l ledger) Remember(ctx context.Context, personID string, song music.Song, track *music.Track) error {
	return l.SaveRule(ctx, personID, music.Rule{Key: match.Key(song), Song: song, Track: track})
}

// engine holds the progress of runs as a test sets it.
type engine struct {
	mu       sync.Mutex
	started  []string
	answers  []agent.Answer
	woken    []string
	undos    []bool // of each cancel
	bulks    []string
	due      []string     // schedules that were told to run
	broken   error        // of StartTurn
	refuse   func() error // what Cancel answers; nil for yes
	progress map[string]agent.Progress
	bell     chan struct{}
}

func newEngine() *engine {
	return &engine{progress: map[string]agent.Progress{}, bell: make(chan struct{})}
}

func (e *engine) set(p agent.Progress) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.progress[p.RunID] = p
	close(e.bell)
	e.bell = make(chan struct{})
}

func (e *engine) starts() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.started...)
}

func (e *engine) StartTurn(_ context.Context, run agent.Run) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.broken != nil {
		return e.broken
	}
	e.started = append(e.started, run.ID)
	return nil
}

func (e *engine) StartBulk(_ context.Context, b deadletter.Bulk) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.bulks = append(e.bulks, b.ID)
	return e.broken
}

func (e *engine) TriggerSchedule(_ context.Context, s schedule.Schedule) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.due = append(e.due, s.ID)
	return e.broken
}

func (e *engine) Progress(_ context.Context, runID string) (agent.Progress, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p, known := e.progress[runID]
	if !known {
		return p, fault.New(fault.NotFound, "", nil)
	}
	return p, nil
}

// visit is a watch on the engine; a ring since the last Progress is kept.
type visit struct {
	e     *engine
	runID string
	bell  chan struct{}
}

func (e *engine) Watch(runID string) server.Watch { return &visit{e: e, runID: runID} }

func (v *visit) Progress(ctx context.Context) (agent.Progress, error) {
	v.e.mu.Lock()
	v.bell = v.e.bell
	v.e.mu.Unlock()
	return v.e.Progress(ctx, v.runID)
}

func (v *visit) Wait(ctx context.Context) error {
	select {
	case <-v.bell:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (v *visit) Close() {}

func (e *engine) Answer(ctx context.Context, runID string, a agent.Answer) error {
	if _, err := e.Progress(ctx, runID); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answers = append(e.answers, a)
	return nil
}

func (e *engine) Wake(_ context.Context, runID string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.woken = append(e.woken, runID)
	return nil
}

func (e *engine) Cancel(ctx context.Context, runID string, undo bool) error {
	if _, err := e.Progress(ctx, runID); err != nil {
		return err
	}
	if e.refuse != nil {
		return e.refuse()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.undos = append(e.undos, undo)
	return nil
}

// logins is a Spotify that knows who comes by the code it sends back.
type logins struct{ db *store.DB }

func (l logins) Begin(_ context.Context, returnTo string) (authorizeURL, cookie string, err error) {
	return "https://accounts.example/authorize?" + url.Values{"to": {returnTo}}.Encode(), "tied " + returnTo, nil
}

func (l logins) Finish(ctx context.Context, cookie string, q url.Values) (auth.Person, string, error) {
	to, ok := strings.CutPrefix(cookie, "tied ")
	switch {
	case q.Get("code") == "panic":
		panic("of a test")
	case !ok:
		return auth.Person{}, "/", fault.New(fault.Invalid, "This login did not start in this browser.", nil)
	}
	p, err := l.db.SavePerson(ctx, auth.Person{ID: "id-" + q.Get("code"), SpotifyID: q.Get("code"), Name: q.Get("code"), CreatedAt: time.Now()})
	return p, to, err
}

// clock can be put forward.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// site is a whole server over TCP: real routes, sessions and store.
type site struct {
	t      testing.TB
	url    string
	db     *store.DB
	engine *engine
	server *server.Server
	clock  *clock
	log    *syncBuffer
}

type syncBuffer struct {
	mu sync.Mutex
	b  strings.Builder
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// newSite starts a site; change may alter its options and its http.Server.
func newSite(tb testing.TB, change ...func(*server.Options, *http.Server)) *site {
	tb.Helper()
	s := &site{t: tb, engine: newEngine(), clock: &clock{}, log: &syncBuffer{}}
	db, err := store.Open(tb.Context(), filepath.Join(tb.TempDir(), "app.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	s.db = db
	secret := make([]byte, 32)
	for i := range secret {
		secret[i] = byte(i)
	}
	keys, err := auth.NewKeyRing(auth.Key{ID: "test", Secret: secret})
	if err != nil {
		tb.Fatal(err)
	}
	sessions, err := auth.NewSessions(auth.SessionsOptions{Store: db, Keys: keys, Now: s.clock.now})
	if err != nil {
		tb.Fatal(err)
	}
	o := server.Options{
		Ledger: ledger{db}, Engine: s.engine, Logins: logins{db}, Sessions: sessions, Bearers: auth.NewBearers(db, s.clock.now),
		Logger:         slog.New(slog.NewJSONHandler(s.log, nil)),
		AccountsOrigin: "https://accounts.example",
		Limits:         server.Limits{Heartbeat: 20 * time.Millisecond},
	}
	var limits http.Server
	for _, f := range change {
		f(&o, &limits)
	}
	s.server = server.New(o)
	ts := httptest.NewUnstartedServer(s.server.Handler())
	ts.Config = s.server.HTTP()
	if limits.ReadTimeout > 0 {
		ts.Config.ReadTimeout, ts.Config.WriteTimeout = limits.ReadTimeout, limits.WriteTimeout
	}
	ts.Start()
	s.url = ts.URL
	tb.Cleanup(func() {
		s.server.Close()
		ts.Close()
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// browser keeps cookies and follows no redirects.
type browser struct {
	site *site
	http *http.Client
	id   string // of the person who is logged in
}

func (s *site) browser() *browser {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &browser{site: s, http: &http.Client{
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// login returns a browser in which name has logged in.
func (s *site) login(name string) *browser {
	s.t.Helper()
	b := s.browser()
	b.get("/login?return_to=/c").wants(http.StatusSeeOther)
	b.get("/callback?code=" + name).redirects("/c")
	b.id = "id-" + name
	return b
}

func (b *browser) do(method, path string, form url.Values, header ...string) answer {
	b.site.t.Helper()
	req, err := http.NewRequestWithContext(b.site.t.Context(), method, b.site.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.site.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for pair := range slices.Chunk(header, 2) {
		req.Header.Set(pair[0], pair[1])
	}
	res, err := b.http.Do(req)
	if err != nil {
		b.site.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.site.t.Fatal(err)
	}
	return answer{t: b.site.t, what: method + " " + path, Response: res, body: string(body)}
}

func (b *browser) get(path string, header ...string) answer {
	b.site.t.Helper()
	return b.do(http.MethodGet, path, nil, header...)
}

func (b *browser) post(path string, fields ...string) answer {
	b.site.t.Helper()
	form := url.Values{}
	for pair := range slices.Chunk(fields, 2) {
		form.Set(pair[0], pair[1])
	}
	return b.do(http.MethodPost, path, form)
}

// say sends a message into a new conversation and returns its run.
func (b *browser) say(text string) agent.Run {
	b.site.t.Helper()
	to := b.post("/c", "text", text).wants(http.StatusSeeOther).Header.Get("Location")
	id := strings.TrimSuffix(strings.TrimPrefix(to, "/c/"), "#latest")
	runs, err := b.site.db.Runs(b.site.t.Context(), b.id, id, "")
	if err != nil {
		b.site.t.Fatal(err)
	}
	return runs[len(runs)-1]
}

// answer is a response that was read.
type answer struct {
	*http.Response
	t    testing.TB
	what string
	body string
}

func (a answer) wants(status int) answer {
	a.t.Helper()
	if a.StatusCode != status {
		a.t.Errorf("%s: status %d, want %d\n%.400s", a.what, a.StatusCode, status, a.body)
	}
	return a
}

func (a answer) redirects(to string) {
	a.t.Helper()
	a.wants(http.StatusSeeOther)
	if got := a.Header.Get("Location"); got != to {
		a.t.Errorf("%s: leads to %q, want %q", a.what, got, to)
	}
}

func (a answer) page() *goquery.Document {
	a.t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	if err != nil {
		a.t.Fatal(err)
	}
	return doc
}

func (a answer) says(text string) answer {
	a.t.Helper()
	if got := a.page().Text(); !strings.Contains(got, text) {
		a.t.Errorf("%s: does not say %q:\n%.600s", a.what, text, got)
	}
	return a
}
