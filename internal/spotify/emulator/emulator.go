package emulator

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"
)

// Options say what kind of Spotify to be. The zero value is a dev2026 Spotify
// in memory, without latency, lag or limits, with the built-in catalogue.
type Options struct {
	Profile      string   // dev2026 (default), devlegacy or extended
	Catalogue    string   // a TSV file, .gz or plain; "" = the built-in catalogue
	Seed         int64    // the same seed repeats the same noise, lag and chances
	RedirectURIs []string // registered; empty = any http URI on 127.0.0.1 or [::1]
	ClientID     string   // "" accepts any
	ClientSecret string   // "" accepts any, and none
	Latency      Latency
	Lag          Lag
	Rate         int    // Web API calls allowed in any 30 s per client id; 0 = unlimited
	Quota        int    // calls allowed in any 24 h per endpoint group; 0 = unlimited
	State        string // file that keeps people, tokens and playlists; "" = memory only
	Logger       *slog.Logger
}

// Latency is how long each class of Web API calls takes.
type Latency struct {
	Search, Read, Write time.Duration
}

// Lag is how long writes stay invisible to reads.
type Lag struct {
	Rows         Span    `json:"rows"`         // rows and details appear after 0 to this
	Tail         Span    `json:"tail"`         // … or up to this, with TailChance
	TailChance   float64 `json:"tail_chance"`  // 0 to 1
	Snapshot     Span    `json:"snapshot"`     // snapshot_id follows after 0 to this
	Intermediate bool    `json:"intermediate"` // half-way reads show a third snapshot_id
}

// DemoLag is what a person notices just enough to see "verifying" do something.
func DemoLag() Lag {
	return Lag{Rows: Span(300 * time.Millisecond), Tail: Span(time.Second), TailChance: 0.02, Snapshot: Span(2 * time.Second)}
}

// Emulator is one emulated Spotify. All its methods may be called concurrently.
type Emulator struct {
	opts      Options
	profile   profile
	logger    *slog.Logger
	catalogue *catalogue
	finder    *finder
	clock     *clock
	dice      *dice
	journal   *journal
	faults    *faults
	limiter   *limiter
	disk      *disk
	handler   http.Handler
	stop      chan struct{}
	stopOnce  sync.Once

	mu      sync.Mutex // guards what follows
	world   *world
	knobs   Knobs
	latency Latency
}

// New builds the emulator: loads the catalogue and, when Options.State names a
// file that exists, the people and playlists as they were.
func New(o Options) (*Emulator, error) {
	p, err := profileOf(o.Profile)
	if err != nil {
		return nil, err
	}
	c, err := openCatalogue(o.Catalogue)
	if err != nil {
		return nil, err
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	e := &Emulator{
		opts: o, profile: p, logger: o.Logger, catalogue: c,
		clock: &clock{}, dice: newDice(o.Seed), journal: &journal{}, limiter: newLimiter(),
		stop: make(chan struct{}), disk: &disk{path: o.State},
	}
	e.faults, e.finder = newFaults(e.dice), newFinder(c, e.dice)
	e.knobs, e.latency = knobsOf(o), o.Latency
	if e.world, err = e.disk.load(); err != nil {
		return nil, fmt.Errorf("emulator: the state file %s cannot be read (delete it to start afresh): %w", o.State, err)
	}
	if e.world == nil {
		e.world = e.seedWorld()
	}
	e.handler = e.routes()
	return e, e.persist()
}

// Handler serves accounts, Web API, covers and control.
func (e *Emulator) Handler() http.Handler { return e.handler }

// Close ends requests that hang on purpose and writes the state a last time.
func (e *Emulator) Close() error {
	e.stopOnce.Do(func() { close(e.stop) })
	return e.persist()
}

// Grant logs the listener in without a browser, as if they had consented to
// the scopes (none = all that Segue asks for). It returns empty tokens for an unknown listener.
func (e *Emulator) Grant(listener string, scopes ...string) (access, refresh string) {
	if len(scopes) == 0 {
		scopes = []string{scopeReadPrivate, scopeReadCollaborative, scopeModifyPrivate, scopeModifyPublic}
	}
	e.mu.Lock()
	if _, known := e.world.People[listener]; !known {
		e.mu.Unlock()
		return "", ""
	}
	g := e.world.consent(listener, e.opts.ClientID, scopes, e.clock.Now())
	access, refresh = e.world.issue(g, e.clock.Now()), g.Refresh
	e.world.Version++
	e.mu.Unlock()
	if err := e.persist(); err != nil {
		e.logger.Error("emulator state not written", "error", err)
	}
	return access, refresh
}
