// Package server is the door to the browser: Echo's routes and middleware, the
// forms, the pages and the event streams. Handlers read, call and render; what
// they call stands behind small interfaces (deps.go). It holds no state of a
// person's: any process can answer any request.
package server

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/auth"
	"segue/internal/live"
	"segue/internal/mcp"
)

// Options are the parts and the values a Server is made of. Ledger, Engine,
// Tracks, Logins, Sessions, Bearers and Logger are required.
type Options struct {
	Ledger   ledger
	Engine   engine
	Tracks   tracks
	Logins   logins
	Sessions sessions
	Bearers  bearers
	Logger   *slog.Logger

	// Roles are who may open the admin pages; nobody may when it is empty.
	Roles auth.Roles
	// Workflows is where Temporal's own pages show workflows by their ids, without a trailing slash; letters link there unless it is "".
	Workflows string
	// Circuits are shown and closed there; nil means there are none.
	Circuits circuits
	// Playlists says whether a letter may be sent to another playlist of its person's.
	Playlists playlists
	// Documents are what schedules read lists from; nil means that they read none.
	Documents documents

	// Ready says what this process still waits for, nil when it can do its work; nil means always ready.
	Ready func(ctx context.Context) error
	// Suggest returns messages that the person could start with; nil, and no answer in half a second, means the usual ones.
	Suggest func(ctx context.Context, personID string) ([]string, error)
	// Allowance is what the language model may cost a person in a day; zero when nothing is counted.
	Allowance agent.Spending
	// Tools are what programs may call at /mcp; the address is absent without a crew.
	Tools mcp.Options
	// Demo says that Spotify is emulated.
	Demo bool
	// PublicURL is how browsers reach us, without a trailing slash; "" makes addresses relative.
	PublicURL string
	// Version is the program's, for /api/v1/health.
	Version string

	// AccountsOrigin is where logging in leads, "https://accounts.spotify.com" by default.
	AccountsOrigin string
	// ImageHosts are the origins of covers and pictures; Spotify's by default.
	ImageHosts []string
	// Secure says that browsers reach us over TLS: cookies are __Host- and Secure, HSTS is sent.
	Secure bool

	Limits Limits
}

// Limits bound what one person or one address may use. A zero value is the default.
type Limits struct {
	Logins            int           // per minute and address; 10
	Messages          int           // per minute and person; 20
	Calls             int           // of the API, per minute and token; 60
	StreamsPerPerson  int           // open at once; 20
	Streams           int           // open at once, over all people; 2,000
	Viewers           int           // of links, over all of them; 2,000
	ViewersPerLink    int           // 1,000
	ViewersPerAddress int           // 20
	Looks             int           // at pages of links, and at those of the API that need no token, per minute and address; 12 for each of ViewersPerAddress
	Guesses           int           // links and tokens that there are not, per minute and address; 20
	StreamLife        time.Duration // the server ends a stream after this; 5 minutes
	Heartbeat         time.Duration // on a silent stream; 10 s
}

// Server answers HTTP requests. Make it with New, end it with Close.
type Server struct {
	Options

	echo      *echo.Echo
	snapshots *snapshots
	hub       *live.Hub[*Snapshot]
	streams   *streams
	messages  *limiter
	links     *limiter // each costs a request to Spotify
	calls     *limiter // of the API, by token
	viewers   *viewers
	guesses   *limiter // of links and tokens, by address
	counts    counts   // of questions, by person

	closing chan struct{} // closed by Close: every stream ends
	once    sync.Once
}

// New builds the routes. It starts no listener; the hub of the streams lives until Close.
func New(o Options) *Server {
	o = withDefaults(o)
	s := &Server{
		Options:   o,
		snapshots: &snapshots{ledger: o.Ledger, engine: o.Engine},
		streams:   &streams{most: o.Limits.Streams, each: o.Limits.StreamsPerPerson, open: make(map[string]int)},
		messages:  newLimiter(o.Limits.Messages),
		links:     newLimiter(o.Limits.Messages),
		calls:     newLimiter(o.Limits.Calls),
		viewers:   newViewers(o.Limits),
		guesses:   newLimiter(o.Limits.Guesses),
		closing:   make(chan struct{}),
	}
	s.hub = live.New(s.snapshots, o.Logger)
	s.echo = s.routes()
	return s
}

// Handler returns everything behind one http.Handler.
func (s *Server) Handler() http.Handler { return s.echo }

// HTTP returns a server with the time and size limits of the house, without an
// address. Streams set their own write deadline, since WriteTimeout is absolute.
func (s *Server) HTTP() *http.Server {
	return &http.Server{
		Handler:           s.echo,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(s.Logger.Handler(), slog.LevelDebug),
	}
}

// Close ends every stream. Call it before http.Server.Shutdown, which would
// wait for them. Requests that come later are still answered, streams are not.
func (s *Server) Close() {
	s.once.Do(func() {
		close(s.closing)
		s.hub.Close()
	})
}

func withDefaults(o Options) Options {
	if o.AccountsOrigin == "" {
		o.AccountsOrigin = "https://accounts.spotify.com"
	}
	if o.ImageHosts == nil {
		o.ImageHosts = []string{"https://i.scdn.co", "https://mosaic.scdn.co", "https://image-cdn-ak.spotifycdn.com"}
	}
	if o.Ready == nil {
		o.Ready = func(context.Context) error { return nil }
	}
	l := &o.Limits
	orDefault(&l.Logins, 10)
	orDefault(&l.Messages, 20)
	orDefault(&l.Calls, 60)
	orDefault(&l.StreamsPerPerson, 20)
	orDefault(&l.Streams, 2000)
	orDefault(&l.Viewers, 2000)
	orDefault(&l.ViewersPerLink, 1000)
	orDefault(&l.ViewersPerAddress, 20)
	orDefault(&l.Looks, 12*l.ViewersPerAddress) // each of them without scripts, every 5 s
	orDefault(&l.Guesses, 20)
	orDefault(&l.StreamLife, 5*time.Minute)
	orDefault(&l.Heartbeat, 10*time.Second)
	return o
}

func orDefault[T comparable](v *T, otherwise T) {
	var zero T
	if *v == zero {
		*v = otherwise
	}
}
