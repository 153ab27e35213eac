package guard

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"

	"segue/internal/fault"
)

const (
	window   = 30 * time.Second // failures are counted over this, rolling
	bucket   = 5 * time.Second  // by which the window moves
	openFor  = 15 * time.Second // before a probe is sent
	inARow   = 5                // failures; one more opens the breaker
	enough   = 10               // calls in the window before their share of failures counts
	probing  = 2 * time.Second  // pause of calls that meet a probe under way
	farthest = time.Second      // those held back return within this of each other
)

// BreakerOptions configure a Breaker.
type BreakerOptions struct {
	Name    string       // of the service, for operators
	Message string       // what a person is told while it is open
	Logger  *slog.Logger // nil = silence
	Gate    *Gate        // before the same service, told by Breakers.States; nil = none
	// Changed, when set, is told of each change of state, in order. It must
	// return soon and may not call the Breaker, which is locked meanwhile.
	Changed func(State)
}

// Breaker holds calls back from a service that fails: after more than five
// failures in a row, or when half of ten calls or more have failed, within 30 s.
// After 15 s it lets one call through as a probe, whose outcome closes it or
// opens it again. It counts in this process alone.
//
// A fault Unavailable is a failure, also of a write whose outcome is unknown;
// RateLimited and a cancelled call say nothing; any other answer shows that the service works.
// A nil Breaker lets everything through.
type Breaker struct {
	options BreakerOptions
	circuit atomic.Pointer[gobreaker.CircuitBreaker[struct{}]]

	mu       sync.Mutex // never held while the circuit is called
	failures int        // that opened it
	until    time.Time  // when it will let a probe through
}

// State is what a Breaker says of itself.
type State struct {
	Name        string
	State       string    // closed, open, or half-open while it waits for a probe
	Failures    int       // that opened it; of the last 30 s while closed
	OpenUntil   time.Time // zero unless open
	PausedUntil time.Time // zero unless the service has asked for a pause; see Breakers.States
}

// NewBreaker returns a closed breaker.
func NewBreaker(o BreakerOptions) *Breaker {
	o.Logger = cmp.Or(o.Logger, slog.New(slog.DiscardHandler))
	b := &Breaker{options: o}
	b.circuit.Store(b.newCircuit())
	return b
}

func (b *Breaker) newCircuit() *gobreaker.CircuitBreaker[struct{}] {
	var circuit *gobreaker.CircuitBreaker[struct{}]
	circuit = gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
		Name: b.options.Name, MaxRequests: 1, Interval: window, BucketPeriod: bucket, Timeout: openFor,
		ReadyToTrip:  b.tooMany,
		IsSuccessful: func(err error) bool { return fault.KindOf(err) != fault.Unavailable },
		IsExcluded:   saysNothing,
		OnStateChange: func(_ string, from, to gobreaker.State) {
			if b.circuit.Load() == circuit { // not one that a Reset has replaced
				b.changed(from, to)
			}
		},
	})
	return circuit
}

func saysNothing(err error) bool {
	return fault.KindOf(err) == fault.RateLimited || errors.Is(err, context.Canceled)
}

// tooMany decides whether to open, after a failure.
func (b *Breaker) tooMany(c gobreaker.Counts) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures = int(c.TotalFailures)
	judged := c.TotalSuccesses + c.TotalFailures // those under way have not failed yet
	return c.ConsecutiveFailures > inARow || judged >= enough && 2*c.TotalFailures >= judged
}

func (b *Breaker) changed(from, to gobreaker.State) {
	b.mu.Lock()
	b.until = time.Time{}
	if to == gobreaker.StateOpen {
		b.until = time.Now().Add(openFor)
	}
	now := State{Name: b.options.Name, State: to.String(), Failures: b.failures, OpenUntil: b.until}
	b.mu.Unlock()
	level := slog.LevelInfo
	if to == gobreaker.StateOpen {
		level = slog.LevelWarn
	}
	b.options.Logger.Log(context.Background(), level, "breaker is "+now.State,
		"upstream", now.Name, "was", from.String(), "failures", now.Failures)
	if b.options.Changed != nil {
		b.options.Changed(now)
	}
}

// Do makes the call unless the breaker is open. Then it returns a fault
// Unavailable with the time until the next try in RetryAfter, and nothing was
// sent. The fault of a call that fails while the breaker opens gets the same RetryAfter.
func (b *Breaker) Do(call func() error) error {
	if b == nil {
		return call()
	}
	circuit := b.circuit.Load()
	_, err := circuit.Execute(func() (struct{}, error) { return struct{}{}, call() })
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gobreaker.ErrOpenState):
		return b.held(err, 0)
	case errors.Is(err, gobreaker.ErrTooManyRequests):
		return b.held(err, probing)
	}
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Unavailable && circuit.State() == gobreaker.StateOpen {
		f.RetryAfter = b.left()
	}
	return err
}

// Ready returns the fault that Do would return while the breaker is open, for
// callers that would otherwise queue in vain.
func (b *Breaker) Ready() error {
	if b == nil || b.circuit.Load().State() != gobreaker.StateOpen {
		return nil
	}
	return b.held(gobreaker.ErrOpenState, 0)
}

func (b *Breaker) held(cause error, more time.Duration) *fault.Error {
	f := fault.New(fault.Unavailable, b.options.Message, cause)
	f.RetryAfter = b.left() + more
	return f
}

// left is the time until a probe is let through. It is not the same for all,
// so that they do not come back as one.
func (b *Breaker) left() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return max(time.Until(b.until), 0) + time.Millisecond + rand.N(farthest) //nolint:gosec // no secret
}

// State returns the state of this moment.
func (b *Breaker) State() State {
	circuit := b.circuit.Load()
	state, counts := circuit.State(), circuit.Counts() // before the lock, which changed takes inside of theirs
	b.mu.Lock()
	defer b.mu.Unlock()
	now := State{Name: b.options.Name, State: state.String(), Failures: b.failures, OpenUntil: b.until}
	if state == gobreaker.StateClosed {
		now.Failures = int(counts.TotalFailures)
	}
	return now
}

// Reset closes the breaker and forgets its failures; calls under way are not counted any more.
func (b *Breaker) Reset() {
	was := b.circuit.Swap(b.newCircuit()).State()
	b.mu.Lock()
	b.failures = 0
	b.mu.Unlock()
	if was != gobreaker.StateClosed {
		b.changed(was, gobreaker.StateClosed)
	}
}
