package guard_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"segue/internal/fault"
	"segue/internal/guard"
	"segue/internal/store"
)

// clock is a time that moves when told to.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 22, 10, 0, 0, 123_456_789, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func open(t *testing.T, path string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), path, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // some tests close it earlier
	return db
}

func gate(name string, gates guard.Gates, c *clock) *guard.Gate {
	return guard.NewGate(guard.GateOptions{Name: name, Gates: gates, Now: c.Now})
}

// wantLeft fails unless the gate is shut for that long, 0 = open.
func wantLeft(t *testing.T, g *guard.Gate, want time.Duration, reason string) {
	t.Helper()
	err := g.Pass(t.Context())
	f, ok := errors.AsType[*fault.Error](err)
	if want == 0 && err == nil {
		return
	}
	// The store keeps milliseconds, and rounds up.
	if !ok || f.Kind != fault.RateLimited || f.RetryAfter < want || f.RetryAfter > want+time.Millisecond || f.Message != reason {
		t.Fatalf("Pass = %v after %v, want %v: %s", err, f, want, reason)
	}
}

const daily = "The daily allowance is used up."

func TestAPauseOfHoursOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.db")
	c := newClock()
	first := open(t, path)
	stopped, cancel := context.WithCancel(t.Context())
	cancel() // what was being done is over; the pause is stored all the same
	if !gate("api", first, c).Shut(stopped, 13*time.Hour, daily) {
		t.Error("the gate was not open before")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	c.Add(time.Hour)
	again := gate("api", open(t, path), c)
	shown := guard.Breakers{guard.NewBreaker(guard.BreakerOptions{Gate: again})}.States(t.Context())[0].PausedUntil // before any call
	if left := shown.Sub(c.Now()).Round(time.Second); left != 12*time.Hour {
		t.Errorf("shown as paused for %v", left)
	}
	wantLeft(t, again, 12*time.Hour, daily)
	c.Add(12*time.Hour - time.Second)
	wantLeft(t, again, time.Second, daily)
	c.Add(time.Second + time.Millisecond)
	wantLeft(t, again, 0, "")
}

func TestAPauseHoldsOtherProcessesWithinASecond(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.db")
	c := newClock()
	one, other := gate("api", open(t, path), c), gate("api", open(t, path), c)
	elsewhere := gate("accounts", open(t, path), c)
	wantLeft(t, one, 0, "")
	wantLeft(t, other, 0, "")
	one.Shut(t.Context(), time.Minute, "Slow down.")
	wantLeft(t, one, time.Minute, "Slow down.")
	c.Add(time.Second)
	wantLeft(t, other, 59*time.Second, "Slow down.")
	wantLeft(t, elsewhere, 0, "")
	if other.Shut(t.Context(), time.Second, "A shorter pause.") {
		t.Error("a gate that another process has shut counts as open")
	}
	other.Shut(t.Context(), time.Hour, daily)
	c.Add(59 * time.Second)
	wantLeft(t, one, time.Hour-59*time.Second, daily)
}

// flaky is a store whose disk is full at times.
type flaky struct {
	*store.DB
	full, unreadable bool
}

var errDisk = errors.New("disk trouble")

func (f *flaky) ShutGate(ctx context.Context, name string, until time.Time, reason string) error {
	if f.full {
		return errDisk
	}
	return f.DB.ShutGate(ctx, name, until, reason)
}

func (f *flaky) Gate(ctx context.Context, name string) (time.Time, string, error) {
	if f.unreadable {
		return time.Time{}, "", errDisk
	}
	return f.DB.Gate(ctx, name)
}

func TestAPauseThatCouldNotBeStoredIsStoredLater(t *testing.T) {
	t.Parallel()
	c := newClock()
	disk := &flaky{DB: open(t, filepath.Join(t.TempDir(), "app.db")), full: true}
	g := gate("api", disk, c)
	g.Shut(t.Context(), time.Hour, daily)
	wantLeft(t, g, time.Hour, daily)
	wantLeft(t, gate("api", disk, c), 0, "")
	disk.full = false
	c.Add(time.Second)
	wantLeft(t, g, time.Hour-time.Second, daily)
	wantLeft(t, gate("api", disk, c), time.Hour-time.Second, daily)
}

func TestAGateThatCannotBeReadLetsNothingThrough(t *testing.T) {
	t.Parallel()
	c := newClock()
	disk := &flaky{DB: open(t, filepath.Join(t.TempDir(), "app.db")), unreadable: true}
	g := gate("api", disk, c)
	if err := g.Pass(t.Context()); fault.KindOf(err) != fault.Unavailable || !errors.Is(err, errDisk) {
		t.Errorf("Pass = %v", err)
	}
	g.Shut(t.Context(), time.Minute, "Slow down.")
	wantLeft(t, g, time.Minute, "Slow down.")
	disk.unreadable = false
	c.Add(time.Minute + time.Millisecond)
	wantLeft(t, g, 0, "")
}

func TestAPauseStoredUnderAWrongClockDoesNotCount(t *testing.T) {
	t.Parallel()
	c := newClock()
	db := open(t, filepath.Join(t.TempDir(), "app.db"))
	if err := db.ShutGate(t.Context(), "api", c.Now().AddDate(10, 0, 0), "Slow down."); err != nil {
		t.Fatal(err)
	}
	g := gate("api", db, c)
	wantLeft(t, g, 0, "")
	g.Shut(t.Context(), time.Minute, daily)
	wantLeft(t, g, time.Minute, daily)
}
