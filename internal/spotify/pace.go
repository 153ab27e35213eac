package spotify

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"segue/internal/fault"
)

const (
	patience  = 2 * time.Second // the longest closed gate a read waits for in place
	longQueue = 5 * time.Second // the longest a call stands in the queue of the token bucket
	slowest   = rate.Limit(0.5) // calls per second, however often we were told off
	recovery  = rate.Limit(0.5) // calls per second regained with each clean minute
)

// pacer keeps the calls of the whole client id at a pace that Spotify bears: a
// token bucket, and a gate that a 429 closes for everybody. It never holds a
// call for long: what would have to wait gets a fault that says how long.
type pacer struct {
	now    func() time.Time
	logger *slog.Logger
	full   rate.Limit // the pace when nothing was refused
	bucket *rate.Limiter

	mu       sync.Mutex
	shutTill time.Time  // no call before this moment
	why      string     // it is shut, for people
	lowered  rate.Limit // the pace right after the last refusal
	since    time.Time  // when that was
}

func newPacer(perSecond float64, burst int, now func() time.Time, logger *slog.Logger) *pacer {
	full := rate.Limit(perSecond)
	if perSecond <= 0 {
		full = rate.Inf
	}
	return &pacer{now: now, logger: logger, full: full, lowered: full, bucket: rate.NewLimiter(full, max(burst, 1))}
}

// wait returns when a call may go out, or a fault RateLimited. Only a patient
// caller, one that reads, waits for a gate that opens soon.
func (p *pacer) wait(ctx context.Context, patient bool) error {
	if err := p.gate(ctx, patient); err != nil {
		return err
	}
	if err := p.queue(ctx); err != nil {
		return err
	}
	return p.gate(ctx, patient) // it may have been shut while we stood in the queue
}

func (p *pacer) gate(ctx context.Context, patient bool) error {
	for {
		left, why := p.shut()
		if left <= 0 {
			return nil
		}
		if !patient || left > patience {
			return held(left, why)
		}
		if err := sleep(ctx, left); err != nil {
			return err
		}
	}
}

func (p *pacer) shut() (left time.Duration, why string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.shutTill.Sub(p.now()), p.why
}

func (p *pacer) queue(ctx context.Context) error {
	now := p.now()
	p.bucket.SetLimitAt(now, p.limit(now))
	turn := p.bucket.ReserveN(now, 1)
	delay := turn.DelayFrom(now)
	if delay > longQueue {
		turn.CancelAt(now)
		return held(delay, "More is being asked of Spotify right now than it takes.")
	}
	if delay <= 0 {
		return nil
	}
	if err := sleep(ctx, delay); err != nil {
		turn.CancelAt(p.now())
		return err
	}
	return nil
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
func (p *pacer) slow(d time.Duration, quota bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	fresh := !p.shutTill.After(now)
	if till := now.Add(d); till.After(p.shutTill) {
		p.shutTill, p.why = till, tooMuch(quota)
	}
	if !fresh {
		return
	}
	if p.full != rate.Inf && !quota {
		p.lowered, p.since = max(p.limitLocked(now)/2, min(slowest, p.full)), now
	}
	p.logger.Warn("spotify asks us to pause", slog.Duration("pause", d), slog.Bool("quota", quota))
}

// held is the fault of a call that did not go out because of the pace.
func held(left time.Duration, why string) *fault.Error {
	f := fault.New(fault.RateLimited, why, nil)
	f.RetryAfter = left
	return f
}
