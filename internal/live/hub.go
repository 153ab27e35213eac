// Package live brings the changing state of something (a run) to any number of
// browsers at the cost of one reader: one watcher per id asks the source, and
// every subscriber is handed the newest snapshot. It also writes the wire format
// of server-sent events. It knows neither what a snapshot holds nor where it comes from.
package live

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// How often the source is asked. The first change after a quiet time is read at
// once; what changes within the next 200 ms is read together after it. That is at most
// five reads a second, and no change is older than that when it is read.
const (
	between  = 200 * time.Millisecond // least time from one read to the next
	fallback = 5 * time.Second        // a doorbell may be lost: look anyway
	linger   = 2 * time.Second        // a reload comes back within this time
	backoff  = 500 * time.Millisecond // first pause after a failure; doubles
	longest  = 4 * time.Second        // longest pause before jitter, which adds up to a quarter
)

// Snapshot is the whole state of something at one moment.
type Snapshot interface {
	SnapshotVersion() int64 // rises with every visible change
	Final() bool            // nothing will change any more
}

// Source is where snapshots come from.
type Source[T Snapshot] interface {
	// Watch starts to follow id for one watcher.
	Watch(id string) Watch[T]
}

// Watch follows one id. One goroutine uses it; Snapshot and Wait must return soon after ctx ends.
type Watch[T Snapshot] interface {
	// Snapshot returns the newest state.
	Snapshot(ctx context.Context) (T, error)
	// Wait is the doorbell: it returns nil when the state may have changed since
	// the last Snapshot began, and io.EOF when that is to be read without delay: the
	// beginning of something, the last change. It may ring too often; a lost ring costs five seconds.
	Wait(ctx context.Context) error
	// Close ends the watch and waits for what it has started.
	Close()
}

// Hub has one watcher for each id that somebody looks at. It is safe for concurrent use.
type Hub[T Snapshot] struct {
	src    Source[T]
	logger *slog.Logger
	tasks  sync.WaitGroup // watchers

	mu       sync.Mutex
	closed   bool
	watchers map[string]*watcher[T]
}

// New returns a hub over src. Close must be called to end its watchers.
func New[T Snapshot](src Source[T], logger *slog.Logger) *Hub[T] {
	return &Hub[T]{src: src, logger: logger, watchers: map[string]*watcher[T]{}}
}

// Subscribe starts to follow id. The newest snapshot that is known is delivered
// at once. The subscription of a closed hub is closed from the start.
func (h *Hub[T]) Subscribe(id string) *Subscription[T] {
	h.mu.Lock()
	defer h.mu.Unlock()
	s := &Subscription[T]{hub: h, news: make(chan T, 1)}
	if h.closed {
		close(s.news)
		return s
	}
	w, ok := h.watchers[id]
	if !ok {
		w = h.watch(id)
	}
	w.join(s)
	return s
}

// Watchers returns the number of ids that are being watched.
func (h *Hub[T]) Watchers() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.watchers)
}

// Close closes every subscription, ends all watchers and waits for them.
func (h *Hub[T]) Close() {
	h.mu.Lock()
	h.closed = true
	for _, w := range h.watchers {
		h.forget(w)
	}
	h.mu.Unlock()
	h.tasks.Wait()
}

// watch starts the watcher of id; h.mu is held.
func (h *Hub[T]) watch(id string) *watcher[T] {
	ctx, end := context.WithCancel(context.Background()) //nolint:gosec // forget ends it
	w := &watcher[T]{hub: h, id: id, end: end, subscribers: map[*Subscription[T]]struct{}{}}
	h.watchers[id] = w
	h.tasks.Go(func() { w.run(ctx) })
	return w
}

// forget ends w and closes its subscriptions; h.mu is held. A value that is
// still undelivered stays readable in the closed channel.
func (h *Hub[T]) forget(w *watcher[T]) {
	if h.watchers[w.id] == w {
		delete(h.watchers, w.id)
	}
	for s := range w.subscribers {
		close(s.news)
	}
	clear(w.subscribers)
	w.stopLinger()
	w.end()
}

// Subscription is one reader's view of one id.
type Subscription[T Snapshot] struct {
	hub     *Hub[T]
	watcher *watcher[T] // nil when the hub was closed already
	news    chan T
}

// C delivers snapshots, newest only: a value that was not taken before the next
// one came is replaced by it. C is closed after the final snapshot, by Close and
// when the hub closes.
func (s *Subscription[T]) C() <-chan T { return s.news }

// Close ends the subscription; it may be called more than once.
func (s *Subscription[T]) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	if s.watcher == nil {
		return
	}
	if _, ok := s.watcher.subscribers[s]; !ok {
		return
	}
	delete(s.watcher.subscribers, s)
	close(s.news)
	s.watcher.left()
}

// offer puts v into the one slot; the caller holds hub.mu, so nobody else sends.
func (s *Subscription[T]) offer(v T) {
	select {
	case <-s.news: // too slow for this one
	default:
	}
	s.news <- v
}
