package live

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"time"
)

// watcher reads one id for all its subscribers. Fields below end are guarded by hub.mu.
type watcher[T Snapshot] struct {
	hub *Hub[T]
	id  string
	end context.CancelFunc

	subscribers map[*Subscription[T]]struct{}
	last        T
	known       bool        // last holds a snapshot
	idle        *time.Timer // runs while nobody looks
}

// join adds s and hands it what is known; hub.mu is held.
func (w *watcher[T]) join(s *Subscription[T]) {
	w.stopLinger()
	s.watcher = w
	w.subscribers[s] = struct{}{}
	if w.known {
		s.offer(w.last)
	}
}

// left is called after a subscriber went; hub.mu is held.
func (w *watcher[T]) left() {
	if len(w.subscribers) > 0 {
		return
	}
	w.idle = time.AfterFunc(linger, func() {
		w.hub.mu.Lock()
		defer w.hub.mu.Unlock()
		if len(w.subscribers) == 0 {
			w.hub.forget(w)
		}
	})
}

// stopLinger ends the wait for somebody to come back; hub.mu is held.
func (w *watcher[T]) stopLinger() {
	if w.idle != nil {
		w.idle.Stop()
		w.idle = nil
	}
}

// run reads until the final snapshot or the end of ctx.
func (w *watcher[T]) run(ctx context.Context) {
	defer w.end()
	watch := w.hub.src.Watch(w.id)
	defer watch.Close()
	failures := 0
	for ctx.Err() == nil {
		began := time.Now()
		snapshot, err := watch.Snapshot(ctx)
		if err == nil && w.publish(snapshot) {
			return
		}
		if err == nil {
			err = hear(ctx, watch, began.Add(between))
		}
		if err != nil {
			failures++
			w.complain(ctx, failures, err)
			pause(ctx, delay(failures))
			continue
		}
		failures = 0
	}
}

// hear waits for the bell, but not longer than fallback, and then until next
// unless it was the last.
func hear[T Snapshot](ctx context.Context, watch Watch[T], next time.Time) error {
	err := wait(ctx, watch, time.Now().Add(fallback))
	for err == nil && time.Now().Before(next) && ctx.Err() == nil {
		err = wait(ctx, watch, next)
	}
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// wait is Wait with an end of its own, which is no error.
func wait[T Snapshot](ctx context.Context, watch Watch[T], end time.Time) error {
	limited, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	err := watch.Wait(limited)
	if err != nil && limited.Err() != nil {
		return nil // the time is over
	}
	return err
}

// publish hands a newer snapshot to every subscriber and reports whether it was
// the final one, which also ends the subscriptions.
func (w *watcher[T]) publish(snapshot T) (final bool) {
	w.hub.mu.Lock()
	defer w.hub.mu.Unlock()
	final = snapshot.Final()
	if final || !w.known || snapshot.SnapshotVersion() > w.last.SnapshotVersion() {
		w.last, w.known = snapshot, true
		for s := range w.subscribers {
			s.offer(snapshot)
		}
	}
	if final {
		w.hub.forget(w)
	}
	return final
}

// complain logs the first failure of a row; the last snapshot stays shown.
func (w *watcher[T]) complain(ctx context.Context, failures int, err error) {
	if failures == 1 && ctx.Err() == nil {
		w.hub.logger.WarnContext(ctx, "live source failed, trying again",
			slog.String("id", w.id), slog.Any("error", err))
	}
}

// delay returns the pause after the given number of failures in a row: 0.5 to 5 s.
func delay(failures int) time.Duration {
	d := min(backoff<<min(failures-1, 10), longest)
	return d + rand.N(d/4) //nolint:gosec // jitter needs no secrecy
}

// pause waits for d or the end of ctx.
func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
