package server

import (
	"net/netip"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"segue/internal/fault"
)

// maxLimited is how many keys a limiter remembers; beyond it somebody is forgotten.
const maxLimited = 10_000

// limiter allows each key so many events a minute, all of them at once if need be.
type limiter struct {
	perMinute int

	mu   sync.Mutex
	seen map[string]*rate.Limiter
}

func newLimiter(perMinute int) *limiter {
	return &limiter{perMinute: perMinute, seen: make(map[string]*rate.Limiter)}
}

// take counts one event of the key and returns 0, or how long to wait until the next is allowed.
func (l *limiter) take(key string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	one, known := l.seen[key]
	if !known {
		l.makeRoom(now)
		one = rate.NewLimiter(rate.Limit(float64(l.perMinute)/60), l.perMinute)
		l.seen[key] = one
	}
	r := one.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}

// makeRoom forgets who has used nothing lately, and anybody when that frees nobody.
func (l *limiter) makeRoom(now time.Time) {
	if len(l.seen) < maxLimited {
		return
	}
	for key, one := range l.seen {
		if one.TokensAt(now) >= float64(l.perMinute) {
			delete(l.seen, key)
		}
	}
	for key := range l.seen {
		if len(l.seen) < maxLimited {
			return
		}
		delete(l.seen, key)
	}
}

// byAddress refuses requests beyond the limiter's rate, counted by address.
func byAddress(l *limiter, sentence string) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if wait := l.take(network(c.RealIP()), time.Now()); wait > 0 {
				return &fault.Error{Kind: fault.RateLimited, Message: sentence, RetryAfter: wait}
			}
			return next(c)
		}
	}
}

// network counts an IPv6 network as one: whoever has one address of a /64 has them all.
func network(address string) string {
	a, err := netip.ParseAddr(address)
	if err != nil || a.Unmap().Is4() {
		return address
	}
	whole, err := a.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return whole.String()
}

// streams counts open event streams.
type streams struct {
	most, each int

	mu    sync.Mutex
	total int
	open  map[string]int // by person
}

// enter counts one more stream of the person; leave it exactly once when ok.
func (s *streams) enter(personID string) (leave func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.total >= s.most || s.open[personID] >= s.each {
		return nil, false
	}
	s.total++
	s.open[personID]++
	return func() { s.leave(personID) }, true
}

// full reports whether nobody of that key can enter now.
func (s *streams) full(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.total >= s.most || s.open[key] >= s.each
}

// viewers counts the open streams of the public: all, those of a link and those of an address.
type viewers struct{ links, addresses *streams }

func newViewers(l Limits) *viewers {
	return &viewers{
		links:     &streams{most: l.Viewers, each: l.ViewersPerLink, open: make(map[string]int)},
		addresses: &streams{most: l.Viewers, each: l.ViewersPerAddress, open: make(map[string]int)},
	}
}

// enter counts one more stream; leave it exactly once when ok.
func (v *viewers) enter(linkID, address string) (leave func(), ok bool) {
	leaveLink, ok := v.links.enter(linkID)
	if !ok {
		return nil, false
	}
	leaveAddress, ok := v.addresses.enter(address)
	if !ok {
		leaveLink()
		return nil, false
	}
	return func() { leaveAddress(); leaveLink() }, true
}

func (v *viewers) full(linkID, address string) bool {
	return v.links.full(linkID) || v.addresses.full(address)
}

func (s *streams) leave(personID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total--
	if s.open[personID]--; s.open[personID] == 0 {
		delete(s.open, personID)
	}
}
