package live

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// state is a snapshot with nothing in it.
type state struct {
	version int64
	final   bool
}

func (s state) SnapshotVersion() int64 { return s.version }
func (s state) Final() bool            { return s.final }

// door is a source whose state the test changes, ringing or not.
type door struct {
	mu    sync.Mutex
	now   state
	fault error
	reads int
	bells []chan struct{}
}

func newDoor() *door { return &door{} }

// visit is one watcher at the door; a ring is kept until it is heard.
type visit struct {
	*door
	bell chan struct{}
}

func (d *door) Watch(string) Watch[state] { return d.visit() }

func (d *door) visit() *visit {
	d.mu.Lock()
	defer d.mu.Unlock()
	v := &visit{d, make(chan struct{}, 1)}
	d.bells = append(d.bells, v.bell)
	return v
}

func (d *door) Snapshot(context.Context) (state, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.reads++
	return d.now, d.fault
}

func (v *visit) Wait(ctx context.Context) error {
	select {
	case <-v.bell:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (v *visit) Close() {}

// change sets a state without ringing.
func (d *door) change(s state) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = s
}

// tell sets a state and rings.
func (d *door) tell(s state) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = s
	for _, bell := range d.bells {
		select {
		case bell <- struct{}{}:
		default:
		}
	}
}

func (d *door) fail(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = err
}

// count returns how often the door was looked at.
func (d *door) count() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.reads
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// newest reads what waits in the channel, without waiting for more.
func newest(t *testing.T, s *Subscription[state]) state {
	t.Helper()
	select {
	case v, ok := <-s.C():
		if !ok {
			t.Fatal("closed, want a snapshot")
		}
		return v
	default:
		t.Fatal("nothing there, want a snapshot")
		return state{}
	}
}

func nothing(t *testing.T, s *Subscription[state]) {
	t.Helper()
	select {
	case v, ok := <-s.C():
		t.Fatalf("got %v (open %v), want nothing", v, ok)
	default:
	}
}

func closed(t *testing.T, s *Subscription[state]) {
	t.Helper()
	select {
	case v, ok := <-s.C():
		if ok {
			t.Fatalf("got %v, want the channel closed", v)
		}
	default:
		t.Fatal("open, want the channel closed")
	}
}

func TestEverybodyIsToldOfEachChangeAndTheEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDoor()
		d.change(state{version: 1})
		h := New(d, quiet())
		defer h.Close()
		a, b := h.Subscribe("r"), h.Subscribe("r")
		synctest.Wait()
		for _, s := range []*Subscription[state]{a, b} {
			if got := newest(t, s).version; got != 1 {
				t.Fatalf("first snapshot %d, want 1", got)
			}
		}
		time.Sleep(time.Second)
		changed := time.Now()
		d.tell(state{version: 2})
		if got := (<-a.C()).version; got != 2 {
			t.Fatalf("second snapshot %d, want 2", got)
		}
		if took := time.Since(changed); took > 0 {
			t.Errorf("took %v after a quiet time, want it at once", took)
		}
		d.tell(state{version: 3, final: true})
		time.Sleep(time.Second)
		for _, s := range []*Subscription[state]{a, b} {
			if got := newest(t, s); got.version != 3 || !got.final {
				t.Fatalf("last snapshot %v, want the final one", got)
			}
			closed(t, s)
		}
		if n := h.Watchers(); n != 0 {
			t.Errorf("%d watchers after the end, want none", n)
		}
	})
}

func TestAThousandSubscribersCostTheReadsOfOne(t *testing.T) {
	t.Parallel()
	cost := func(t *testing.T, n int) (reads int) {
		t.Helper()
		synctest.Test(t, func(t *testing.T) {
			d := newDoor()
			d.change(state{version: 1})
			h := New(d, quiet())
			defer h.Close()
			subs := make([]*Subscription[state], n)
			for i := range subs {
				subs[i] = h.Subscribe("r")
			}
			for v := range int64(5) {
				time.Sleep(time.Second)
				d.tell(state{version: v + 2, final: v == 4})
			}
			time.Sleep(time.Second)
			for _, s := range subs {
				if got := newest(t, s); got.version != 6 {
					t.Fatalf("got %v, want version 6", got)
				}
			}
			reads = d.count()
		})
		return reads
	}
	one, thousand := cost(t, 1), cost(t, 1000)
	if one != thousand || one != 6 {
		t.Errorf("%d reads for one, %d for a thousand, want 6 for both: one at first, one a change", one, thousand)
	}
}

func TestABellWithoutEndCostsFiveReadsASecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDoor()
		h := New(d, quiet())
		defer h.Close()
		h.Subscribe("r")
		for i := range int64(1000) {
			d.tell(state{version: i})
			time.Sleep(10 * time.Millisecond)
		}
		time.Sleep(between / 2)
		if reads := d.count(); reads != 51 {
			t.Errorf("%d reads in 10 s, want the first and 50", reads)
		}
	})
}

func TestABurstCostsOneMoreReadAndNothingOfItIsLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDoor()
		h := New(d, quiet())
		defer h.Close()
		s := h.Subscribe("r")
		<-s.C()
		time.Sleep(time.Second)
		for v := range int64(10) {
			d.tell(state{version: v + 1})
			time.Sleep(between / 20)
		}
		last := time.Now().Add(-between / 20)
		if got := newest(t, s).version; got != 1 {
			t.Errorf("got %d first, want the first change", got)
		}
		if got := (<-s.C()).version; got != 10 {
			t.Errorf("got %d then, want the newest", got)
		}
		if took := time.Since(last); took > between {
			t.Errorf("the last change took %v, want at most %v", took, between)
		}
		time.Sleep(time.Second)
		if reads := d.count(); reads != 3 {
			t.Errorf("%d reads, want 3: at first, at the first change, after the burst", reads)
		}
	})
}

// ending rings a last time when its state is final.
type ending struct{ *door }

func (e ending) Watch(string) Watch[state] { return last{e.visit()} }

type last struct{ *visit }

func (l last) Wait(ctx context.Context) error {
	err := l.visit.Wait(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil && l.now.final {
		return io.EOF
	}
	return err
}

func TestTheEndIsReadAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDoor()
		h := New(ending{d}, quiet())
		defer h.Close()
		s := h.Subscribe("r")
		<-s.C()
		began := time.Now()
		time.Sleep(between / 10)
		d.tell(state{version: 1}) // waits for what follows
		time.Sleep(between / 10)
		d.tell(state{version: 2, final: true})
		if got := <-s.C(); !got.final || time.Since(began) > between/5 {
			t.Errorf("got %v after %v, want the end at once", got, time.Since(began))
		}
	})
}

func TestASlowSubscriberGetsTheNewestAndHoldsUpNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDoor()
		h := New(d, quiet())
		defer h.Close()
		slow, quick := h.Subscribe("r"), h.Subscribe("r")
		synctest.Wait()
		newest(t, quick)
		for v := range int64(5) {
			d.tell(state{version: v + 1})
			if got := (<-quick.C()).version; got != v+1 {
				t.Fatalf("quick one got %d, want %d", got, v+1)
			}
		}
		if got := newest(t, slow).version; got != 5 {
			t.Errorf("slow one got %d, want only the newest, 5", got)
		}
		nothing(t, slow)
	})
}

func TestALateSubscriberGetsTheNewestAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDoor()
		d.change(state{version: 7})
		h := New(d, quiet())
		defer h.Close()
		h.Subscribe("r")
		synctest.Wait()
		if got := newest(t, h.Subscribe("r")).version; got != 7 {
			t.Errorf("got %d, want 7", got)
		}
		if reads := d.count(); reads != 1 {
			t.Errorf("%d reads, want 1", reads)
		}
	})
}

func TestASubscriberAfterTheEndGetsTheFinalSnapshot(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDoor()
		d.change(state{version: 3, final: true})
		h := New(d, quiet())
		defer h.Close()
		for range 2 {
			s := h.Subscribe("r")
			synctest.Wait()
			if got := newest(t, s); !got.final {
				t.Fatalf("got %v, want the final one", got)
			}
			closed(t, s)
			s.Close()
		}
	})
}

func TestALostBellCostsFiveSeconds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDoor()
		h := New(d, quiet())
		defer h.Close()
		s := h.Subscribe("r")
		<-s.C()
		time.Sleep(time.Second)
		d.change(state{version: 1})
		changed := time.Now()
		<-s.C()
		if took := time.Since(changed); took < 4*time.Second || took > fallback+between {
			t.Errorf("seen after %v, want about %v", took, fallback)
		}
	})
}

// racing changes while it is being read, before the watcher can wait.
type racing struct{ *door }

func (r racing) Watch(string) Watch[state] { return race{r.visit()} }

type race struct{ *visit }

func (r race) Snapshot(ctx context.Context) (state, error) {
	s, err := r.door.Snapshot(ctx)
	if s.version == 0 {
		r.tell(state{version: 1})
	}
	return s, err
}

func TestAChangeBetweenReadAndWaitIsNotMissed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := New(racing{newDoor()}, quiet())
		defer h.Close()
		s := h.Subscribe("r")
		began := time.Now()
		if got := (<-s.C()).version; got != 0 {
			t.Fatalf("first snapshot %d, want 0", got)
		}
		if got := (<-s.C()).version; got != 1 {
			t.Fatalf("second snapshot %d, want 1", got)
		}
		if took := time.Since(began); took > between {
			t.Errorf("took %v, want at most %v", took, between)
		}
	})
}

func TestAFailingSourceKeepsTheLastSnapshotAndIsTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log strings.Builder
		d := newDoor()
		d.change(state{version: 1})
		h := New(d, slog.New(slog.NewTextHandler(&log, nil)))
		defer h.Close()
		s := h.Subscribe("r")
		<-s.C()
		d.fail(errors.New("away"))
		d.tell(state{version: 2})
		time.Sleep(time.Minute)
		nothing(t, s)
		if got := newest(t, h.Subscribe("r")).version; got != 1 {
			t.Errorf("a new one got %d, want the last known, 1", got)
		}
		if reads := d.count(); reads < 12 || reads > 20 {
			t.Errorf("%d reads in a minute of failures, want 12 to 20", reads)
		}
		d.fail(nil)
		time.Sleep(longest + longest/4)
		if got := newest(t, s).version; got != 2 {
			t.Errorf("got %d after it came back, want 2", got)
		}
		if n := strings.Count(log.String(), "live source failed"); n != 1 {
			t.Errorf("%d log lines for one outage, want 1", n)
		}
	})
}

// deaf has a door but no working bell.
type deaf struct{ *door }

func (d deaf) Watch(string) Watch[state] { return broken{d.visit()} }

type broken struct{ *visit }

func (broken) Wait(context.Context) error { return io.ErrUnexpectedEOF }

func TestABrokenBellIsNoBusyLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDoor()
		h := New(deaf{d}, quiet())
		defer h.Close()
		s := h.Subscribe("r")
		<-s.C()
		d.change(state{version: 1})
		time.Sleep(time.Minute)
		newest(t, s)
		if reads := d.count(); reads > 20 {
			t.Errorf("%d reads in a minute, want at most 20", reads)
		}
	})
}

func TestPausesGrowFromHalfASecondToFive(t *testing.T) {
	t.Parallel()
	for failures := 1; failures < 100; failures++ {
		if d := delay(failures); d < backoff || d > 5*time.Second || failures > 3 && d < longest {
			t.Errorf("pause %v after %d failures", d, failures)
		}
	}
}

func TestTheWatcherOutlivesAReloadButNotTheLastReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDoor()
		h := New(d, quiet())
		defer h.Close()
		h.Subscribe("r").Close()
		time.Sleep(linger / 2)
		s := h.Subscribe("r")
		newest(t, s)
		time.Sleep(2 * linger)
		if n := h.Watchers(); n != 1 {
			t.Fatalf("%d watchers with a reader, want 1", n)
		}
		s.Close()
		s.Close()
		closed(t, s)
		time.Sleep(linger + time.Millisecond)
		synctest.Wait()
		if n := h.Watchers(); n != 0 {
			t.Errorf("%d watchers without readers, want none", n)
		}
		before := d.count()
		time.Sleep(time.Minute)
		if after := d.count(); after != before {
			t.Errorf("read %d times for nobody", after-before)
		}
	})
}

func TestCloseEndsEverythingAndKeepsTheUndelivered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDoor()
		d.change(state{version: 1})
		h := New(d, quiet())
		a, b := h.Subscribe("a"), h.Subscribe("b")
		synctest.Wait()
		h.Close()
		newest(t, a)
		closed(t, a)
		newest(t, b)
		closed(t, b)
		closed(t, h.Subscribe("a"))
		a.Close()
		h.Close()
	})
}

func TestSubscribersComeAndGoAtOnce(t *testing.T) {
	t.Parallel()
	d := newDoor()
	h := New(d, quiet())
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			s := h.Subscribe(string(rune('a' + i%3)))
			<-s.C()
			d.tell(state{version: int64(i)})
			s.Close()
		})
	}
	all.Wait()
	h.Close()
}

// BenchmarkSubscriber reports the heap that one more reader of a watched id costs.
func BenchmarkSubscriber(b *testing.B) {
	d := newDoor()
	h := New(d, quiet())
	defer h.Close()
	<-h.Subscribe("r").C()
	subs := make([]*Subscription[state], 0, b.N)
	before := heap()
	for b.Loop() {
		subs = append(subs, h.Subscribe("r"))
	}
	b.ReportMetric(float64(heap()-before)/float64(len(subs)), "heap-B/subscriber")
	runtime.KeepAlive(subs)
}

// BenchmarkPublish is one change for a thousand readers.
func BenchmarkPublish(b *testing.B) {
	h := New(newDoor(), quiet())
	defer h.Close()
	first := h.Subscribe("r")
	for range 999 {
		h.Subscribe("r")
	}
	<-first.C()
	version := int64(0)
	for b.Loop() {
		version++
		first.watcher.publish(state{version: version})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
