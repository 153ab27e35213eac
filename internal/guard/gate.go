// Package guard stands between us and the services of others. A Gate holds
// calls back for as long as the service has asked for, in all processes and
// over restarts; a Breaker holds them back while the service fails.
//
// Neither ever waits: a call that may not go out gets a fault with RetryAfter,
// so that whoever asked can wait without holding anything.
package guard

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"segue/internal/fault"
)

const (
	goodFor   = time.Second     // how long what was read of a gate is believed
	saveLimit = 5 * time.Second // of one attempt to store a gate
)

// Gates keeps the gates of all processes.
type Gates interface {
	// Gate returns until when the gate is shut and why; the zero time when it never was.
	Gate(ctx context.Context, name string) (until time.Time, reason string, err error)
	// ShutGate shuts the gate until then or a moment later, unless it is shut for longer already.
	ShutGate(ctx context.Context, name string, until time.Time, reason string) error
}

// GateOptions configure a Gate.
type GateOptions struct {
	Name   string           // what is paused, the same in all processes
	Gates  Gates            // nil = the pause is known to this process only
	Logger *slog.Logger     // nil = silence
	Now    func() time.Time // nil = time.Now
}

// Gate is shut when a service asks for a pause. All that know it by the same
// name keep to the pause: this process at once, others within a second, later ones from their start on.
type Gate struct {
	name   string
	gates  Gates
	logger *slog.Logger
	now    func() time.Time

	mu     sync.Mutex
	until  time.Time // no call before this moment
	reason string    // for people
	read   time.Time // when the store was last asked
}

// NewGate returns a gate, open as far as this process knows. It reads nothing yet.
func NewGate(o GateOptions) *Gate {
	g := &Gate{name: o.Name, gates: o.Gates, logger: cmp.Or(o.Logger, slog.New(slog.DiscardHandler)), now: o.Now}
	if g.now == nil {
		g.now = time.Now
	}
	return g
}

// Pass returns nil when the gate is open, else a fault RateLimited whose
// RetryAfter is what is left of the pause. A gate that cannot be read may be
// shut: the fault is Unavailable then.
func (g *Gate) Pass(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	err := g.sync(ctx)
	if left := g.until.Sub(g.now()); left > 0 {
		return Held(left, g.reason)
	}
	return err
}

// Until returns until when the gate is shut, as far as can be read; the zero time when it is open. A nil Gate is open.
func (g *Gate) Until(ctx context.Context) time.Time {
	if g == nil {
		return time.Time{}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if _ = g.sync(ctx); !g.until.After(g.now()) {
		return time.Time{}
	}
	return g.until
}

// sync takes over a longer pause from the store, and hands ours over when the
// store does not have it because an earlier attempt to save it failed.
func (g *Gate) sync(ctx context.Context) error {
	now := g.now()
	if g.gates == nil || !g.read.IsZero() && now.Sub(g.read) < goodFor {
		return nil
	}
	until, reason, err := g.gates.Gate(ctx, g.name)
	if err != nil {
		return fault.New(fault.Unavailable, "Segue cannot look up just now whether it may call.", err)
	}
	g.read = now
	switch {
	case until.Sub(now) > longest: // stored under a clock that was wrong
	case until.After(g.until):
		g.until, g.reason = until, reason
	case g.until.After(now) && until.Before(g.until):
		g.save(ctx, g.until, g.reason)
	}
	return nil
}

// Shut shuts the gate for d, unless it is shut for longer already, and reports
// whether it was open. The reason is a sentence for people. The pause is stored when Shut returns, though ctx has ended.
func (g *Gate) Shut(ctx context.Context, d time.Duration, reason string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	wasOpen := !g.until.After(now)
	if until := now.Add(d); until.After(g.until) {
		g.until, g.reason = until, reason
		g.save(ctx, until, reason)
	}
	return wasOpen
}

func (g *Gate) save(ctx context.Context, until time.Time, reason string) {
	if g.gates == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveLimit)
	defer cancel()
	if err := g.gates.ShutGate(ctx, g.name, until, reason); err != nil {
		g.logger.ErrorContext(ctx, "pause not stored", "gate", g.name, "until", until, "error", err)
	}
}

// Held is the fault of a call that did not go out because of the pace: RateLimited, to be tried after left.
func Held(left time.Duration, reason string) *fault.Error {
	f := fault.New(fault.RateLimited, reason, nil)
	f.RetryAfter = left
	return f
}
