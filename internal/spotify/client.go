// Package spotify is the adapter for Spotify's Web API as it is since 2026. It
// turns the wire into music's nouns and every failure into a fault, keeps the
// pace the API asks for, and says of each write whether it may have been
// applied. Reads go through zmb3/spotify over a RoundTripper that bridges what
// has changed since that library; writes are plain HTTP requests sent once.
//
// It never sends a market (tracks would be relinked), never follows a link of
// an answer, and never repeats a write that may have been applied.
package spotify

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	zmb3 "github.com/zmb3/spotify/v2"

	"segue/internal/fault"
	"segue/internal/guard"
)

// DefaultAPIURL is where Spotify's Web API lives.
const DefaultAPIURL = "https://api.spotify.com/v1/"

// MaxURIs is the most URIs one Add or Remove may carry.
const MaxURIs = 100

const (
	callTimeout = 10 * time.Second // of one HTTP exchange, body included
	maxBody     = 10 << 20         // bytes of an answer we are willing to hold
	idleConns   = 32               // kept open to the one host we talk to
)

// Tokens hands out access tokens of people.
type Tokens interface {
	// Token returns a valid access token, or a fault Unauthorised when a new login is needed.
	Token(ctx context.Context, personID string) (string, error)
	// Refresh returns another token than the stale one, which Spotify has refused.
	Refresh(ctx context.Context, personID, stale string) (string, error)
}

// Options configure a Client.
type Options struct {
	APIURL string           // base of the Web API; "" = DefaultAPIURL
	HTTP   *http.Client     // its transport is used; nil = a transport of our own
	Tokens Tokens           // required
	Logger *slog.Logger     // nil = silence
	Rate   float64          // calls per second of the whole client id; 0 = unlimited
	Burst  int              // calls that may go out at once; at least 1
	Now    func() time.Time // nil = time.Now

	Gate    *guard.Gate    // shut by a 429; nil = one of this client alone
	Breaker *guard.Breaker // nil = none
	// Bulk says of a call's context that nobody waits for it: the call then
	// queues behind those of people. Nil = never.
	Bulk func(context.Context) bool
}

// Client talks to the Web API for all people of one client id. It is safe for
// concurrent use; there should be one per process, since it keeps the pace.
type Client struct {
	api     string // base URL, ends in "/"
	http    *http.Client
	tokens  Tokens
	logger  *slog.Logger
	now     func() time.Time
	timeout time.Duration
	pace    *pacer
	breaker *guard.Breaker

	searchLimit atomic.Int32 // what Spotify last let us ask for

	memory memory

	mu     sync.Mutex
	people map[string]*person // by our person id
}

// New returns a Client. It makes no request.
func New(o Options) *Client {
	c := &Client{
		api:     strings.TrimSuffix(cmp.Or(o.APIURL, DefaultAPIURL), "/") + "/",
		http:    httpClient(o.HTTP),
		tokens:  o.Tokens,
		logger:  o.Logger,
		now:     o.Now,
		timeout: callTimeout,
		breaker: o.Breaker,
		people:  make(map[string]*person),
	}
	if c.logger == nil {
		c.logger = slog.New(slog.DiscardHandler)
	}
	if c.now == nil {
		c.now = time.Now
	}
	o.Now, o.Logger = c.now, c.logger
	c.pace = newPacer(o)
	c.searchLimit.Store(searchLimit)
	return c
}

// httpClient returns a client with the transport of base that follows no
// redirect: the API sends none, and a token must not travel to another host.
func httpClient(base *http.Client) *http.Client {
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	if base != nil && base.Transport != nil {
		c.Transport = base.Transport
		return c
	}
	if t, ok := http.DefaultTransport.(*http.Transport); ok {
		t = t.Clone()
		t.MaxIdleConnsPerHost = idleConns
		// A write on a connection that the other side has just closed is of
		// unknown outcome, so idle ones are given up early.
		t.IdleConnTimeout = 30 * time.Second
		tripAfterPost(t)
		c.Transport = t
	}
	return c
}

// reader returns zmb3's client for one person's reads.
func (c *Client) reader(personID string) *zmb3.Client {
	return zmb3.New(&http.Client{Transport: today{client: c, personID: personID}}, zmb3.WithBaseURL(c.api))
}

// base62 is what ids are made of; anything else must not get into a path.
var base62 = regexp.MustCompile(`^[0-9A-Za-z]{1,64}$`)

func checkID(id string) error {
	if !base62.MatchString(id) {
		return fault.New(fault.Invalid, "That is not a Spotify id.", nil)
	}
	return nil
}
