package spotify

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"segue/internal/fault"
	"segue/internal/guard"
)

const (
	patience  = 2 * time.Second // the longest closed gate a read waits for in place
	longQueue = 5 * time.Second // nobody stands in the queue as long as this
	slowest   = rate.Limit(0.5) // calls per second, however often we were told off
	recovery  = rate.Limit(0.5) // calls per second regained with each clean minute
)

const crowded = "More is being asked of Spotify right now than it takes."

// pacer keeps the calls of the whole client id at a pace that Spotify bears: a
// queue before a token bucket, and a gate that a 429 shuts for everybody. It
// never holds a call for long: what would have to wait gets a fault that says how long.
type pacer struct {
	now     func() time.Time
	logger  *slog.Logger
	gate    *guard.Gate
	bulk    func(context.Context) bool
	full    rate.Limit // the pace when nothing was refused
	bucket  *rate.Limiter
	waiting queue

	mu      sync.Mutex
	lowered rate.Limit // the pace right after the last refusal
	since   time.Time  // when that was
}

func newPacer(o Options) *pacer {
	full := rate.Limit(o.Rate)
	if o.Rate <= 0 {
		full = rate.Inf
	}
	p := &pacer{
		now: o.Now, logger: o.Logger, gate: o.Gate, bulk: o.Bulk,
		full: full, lowered: full, bucket: rate.NewLimiter(full, max(o.Burst, 1)),
	}
	if p.gate == nil {
		p.gate = guard.NewGate(guard.GateOptions{Now: o.Now})
	}
	if p.bulk == nil {
		p.bulk = func(context.Context) bool { return false }
	}
	return p
}

// wait returns when a call may go out, or a fault that says when to try again.
// Only a read waits for a gate that opens soon.
func (p *pacer) wait(ctx context.Context, q call) error {
	if err := p.pass(ctx, q.reads()); err != nil {
		return err
	}
	if err := p.queue(ctx, q.person); err != nil {
		return err
	}
	return p.pass(ctx, q.reads()) // it may have been shut while we stood in the queue
}

func (p *pacer) pass(ctx context.Context, patient bool) error {
	for {
		err := p.gate.Pass(ctx)
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != fault.RateLimited || !patient || f.RetryAfter > patience {
			return err
		}
		if err := sleep(ctx, f.RetryAfter); err != nil {
			return err
		}
	}
}

// queue returns when the bucket has a token and it is the person's turn.
func (p *pacer) queue(ctx context.Context, person string) error {
	turn, left := p.enter(p.bulk(ctx), person)
	if left > 0 {
		return guard.Held(left, crowded)
	}
	timer := time.NewTimer(longQueue)
	defer timer.Stop()
	select {
	case <-turn:
		return nil
	case <-timer.C: // others have been let in before us
		if p.waiting.leave(turn) {
			return guard.Held(longQueue, crowded)
		}
		return nil
	case <-ctx.Done():
		p.waiting.leave(turn)
		return stopped(ctx)
	}
}

// enter takes a place in the queue, unless it would be reached too late: then
// it returns after how long one might be free. The channel is closed when it is our turn.
func (p *pacer) enter(bulk bool, person string) (turn chan struct{}, left time.Duration) {
	now := p.now()
	limit := p.limit(now)
	p.waiting.mu.Lock()
	defer p.waiting.mu.Unlock()
	p.bucket.SetLimitAt(now, limit)
	if p.waiting.empty() && p.bucket.AllowN(now, 1) {
		turn = make(chan struct{})
		close(turn)
		return turn, 0
	}
	place := p.waiting.ahead(bulk, person) + 1
	if left = time.Duration(float64(place) / float64(limit) * float64(time.Second)); left >= longQueue {
		return nil, left
	}
	if !p.waiting.served {
		p.waiting.served = true
		go p.serve()
	}
	return p.waiting.join(bulk, person), 0
}

// serve calls up one after the other as the bucket fills, until nobody waits.
func (p *pacer) serve() {
	for more := true; more; more = p.waiting.call() {
		now := p.now()
		p.bucket.SetLimitAt(now, p.limit(now))
		time.Sleep(p.bucket.ReserveN(now, 1).DelayFrom(now))
	}
}

// limit is the pace of this moment: what the last refusal left, and what was regained since.
func (p *pacer) limit(now time.Time) rate.Limit {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.limitLocked(now)
}

func (p *pacer) limitLocked(now time.Time) rate.Limit {
	return min(p.full, p.lowered+recovery*rate.Limit(now.Sub(p.since).Minutes()))
}

// slow shuts the gate after a 429, and halves the pace unless it is the daily
// quota that is used up. The refusals of one burst count once.
func (p *pacer) slow(ctx context.Context, f *fault.Error, quota bool) {
	if !p.gate.Shut(ctx, f.RetryAfter, f.Message) {
		return
	}
	p.logger.WarnContext(ctx, "spotify asks us to pause", slog.Duration("pause", f.RetryAfter), slog.Bool("quota", quota))
	if p.full == rate.Inf || quota {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	p.lowered, p.since = max(p.limitLocked(now)/2, min(slowest, p.full)), now
}
