package guard

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"segue/internal/fault"
)

// How a call may end.
const (
	fine     = "fine"
	down     = "down"
	unsure   = "down, and a write may have been applied"
	notFound = "not found"
	tooFast  = "too fast"
	gone     = "stopped by the caller"
)

func end(how string) error {
	switch how {
	case down:
		return fault.New(fault.Unavailable, "It does not answer.", nil)
	case unsure:
		return &fault.Error{Kind: fault.Unavailable, Message: "It does not answer.", Unsure: true}
	case notFound:
		return fault.New(fault.NotFound, "It is not there.", nil)
	case tooFast:
		return Held(time.Second, "Slow down.")
	case gone:
		return fault.New(fault.Unavailable, "It was stopped.", fmt.Errorf("get: %w", context.Canceled))
	}
	return nil
}

// test wraps a breaker and counts the calls that get through.
type test struct {
	*Breaker
	t    *testing.T
	sent int
}

func newTest(t *testing.T) *test {
	t.Helper()
	return &test{Breaker: NewBreaker(BreakerOptions{Name: "api", Message: "It is down."}), t: t}
}

// answers makes a call for each outcome and returns the error of the last.
func (b *test) answers(outcomes ...string) (last error) {
	b.t.Helper()
	for _, how := range outcomes {
		want := end(how)
		got := b.Do(func() error { b.sent++; return want })
		if !errors.Is(got, want) {
			b.t.Errorf("Do = %v, want %v", got, want)
		}
		last = got
	}
	return last
}

// held makes a call that must not get through and returns its RetryAfter.
func (b *test) held() time.Duration {
	b.t.Helper()
	before := b.sent
	err := b.Do(func() error { b.sent++; return nil })
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Unavailable || f.Unsure || f.Message != "It is down." || b.sent != before {
		b.t.Fatalf("Do = %v with %d calls, want that it is down, certainly, and no call", err, b.sent-before)
	}
	return f.RetryAfter
}

func (b *test) wantState(want string) {
	b.t.Helper()
	if got := b.State().State; got != want {
		b.t.Errorf("state %s, want %s", got, want)
	}
}

func times(n int, how string) []string { return slices.Repeat([]string{how}, n) }

func TestWhatOpensTheBreaker(t *testing.T) {
	t.Parallel()
	mixed := slices.Concat(times(5, fine), []string{down, down, fine, down})
	for name, tt := range map[string]struct {
		outcomes []string
		want     string
	}{
		"five in a row":                       {times(5, down), "closed"},
		"six in a row":                        {times(6, down), "open"},
		"six writes of unknown outcome":       {times(6, unsure), "open"},
		"a success between":                   {slices.Concat(times(5, down), []string{fine}, times(3, down)), "closed"},
		"any other answer is a success":       {slices.Concat(times(5, down), []string{notFound}, times(3, down)), "closed"},
		"refusals for the pace say nothing":   {slices.Concat(times(5, down), times(9, tooFast), times(1, down)), "open"},
		"those stopped say nothing":           {slices.Concat(times(5, down), times(9, gone)), "closed"},
		"half of nine":                        {append(slices.Clone(mixed), fine), "closed"},
		"half of ten":                         {slices.Concat(times(5, fine), []string{down, down, fine, down, fine, down, down}), "closed"},
		"half of twelve":                      {slices.Concat(times(5, fine), []string{down, down, fine, down, down, down, down}), "open"},
		"many answers outweigh five failures": {slices.Concat(times(90, fine), times(5, down)), "closed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := newTest(t)
				_ = b.answers(tt.outcomes...)
				b.wantState(tt.want)
			})
		})
	}
}

func TestFailuresAreForgottenAfterHalfAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newTest(t)
		_ = b.answers(times(5, down)...)
		time.Sleep(window + bucket)
		if n := b.State().Failures; n != 0 {
			t.Errorf("%d failures remembered", n)
		}
		_ = b.answers(times(5, down)...)
		b.wantState("closed")
	})
}

func TestAnOpenBreakerLetsOneProbeThroughEachTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newTest(t)
		_ = b.answers(times(6, down)...)
		opened := time.Now()
		if s := b.State(); s.Failures != 6 || s.OpenUntil != opened.Add(openFor) {
			t.Errorf("state = %+v", s)
		}
		time.Sleep(5 * time.Second)
		if d := b.held(); d <= openFor-5*time.Second || d > openFor-4*time.Second+time.Millisecond {
			t.Errorf("held for %v, want the 10 s that are left and up to one more", d)
		}
		if b.Ready() == nil {
			t.Error("an open breaker says that it is ready")
		}
		for range 2 { // the first probe fails
			time.Sleep(time.Until(b.State().OpenUntil) + time.Millisecond)
			b.wantState("half-open")
			if err := b.Ready(); err != nil {
				t.Errorf("nothing may be sent as a probe: %v", err)
			}
			_ = b.answers(down)
			b.wantState("open")
			b.held()
		}
		time.Sleep(openFor + time.Millisecond)
		_ = b.answers(gone) // a probe that was stopped is none
		_ = b.answers(fine)
		b.wantState("closed")
		_ = b.answers(times(5, down)...)
		b.wantState("closed")
	})
}

// The call that opens the breaker has failed like those that are held back: it waits no shorter and no longer.
func TestTheFailureThatOpensTheBreakerSaysHowLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newTest(t)
		for i, how := range append(times(5, down), unsure) {
			f, _ := errors.AsType[*fault.Error](b.answers(how))
			if opens := i == 5; (f.RetryAfter > openFor) != opens || f.RetryAfter > openFor+farthest+time.Millisecond || f.Unsure != opens {
				t.Errorf("failure %d: %+v, retry after %v", i+1, f, f.RetryAfter)
			}
		}
		time.Sleep(openFor + time.Millisecond)
		if f, _ := errors.AsType[*fault.Error](b.answers(down)); f.RetryAfter <= openFor {
			t.Errorf("the probe is told %v", f.RetryAfter)
		}
	})
}

func TestOnlyOneProbeIsUnderWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newTest(t)
		_ = b.answers(times(6, down)...)
		time.Sleep(openFor + time.Millisecond)
		answer := make(chan error)
		done := make(chan error)
		go func() { done <- b.Do(func() error { return <-answer }) }()
		synctest.Wait()
		for range 50 {
			if d := b.held(); d <= probing || d > probing+farthest+time.Millisecond {
				t.Errorf("held for %v beside a probe", d)
			}
		}
		answer <- nil
		if err := <-done; err != nil {
			t.Error(err)
		}
		_ = b.answers(fine)
	})
}

// Eight calls are under way when the service goes: the two that fail after the
// breaker has opened neither keep it open nor count against the next probe.
func TestCallsUnderWayDoNotCountTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newTest(t)
		var wg sync.WaitGroup
		late := make(chan struct{})
		for i := range 8 {
			wg.Go(func() {
				_ = b.Do(func() error {
					if i >= 6 {
						<-late
					}
					return end(down)
				})
			})
		}
		synctest.Wait()
		b.wantState("open")
		time.Sleep(openFor + time.Millisecond)
		b.wantState("half-open")
		close(late)
		wg.Wait()
		b.wantState("half-open")
		_ = b.answers(fine)
		b.wantState("closed")
	})
}

func TestChangesAreToldInOrderAndResetCloses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var told []string
		b := newTest(t)
		b.Breaker = NewBreaker(BreakerOptions{Name: "api", Message: "It is down.", Changed: func(s State) {
			told = append(told, fmt.Sprintf("%s %s %d", s.Name, s.State, s.Failures))
		}})
		all := Breakers{NewBreaker(BreakerOptions{Name: "model"}), b.Breaker}
		_ = b.answers(times(6, down)...)
		time.Sleep(openFor + time.Millisecond)
		_ = b.answers(down)
		if err := all.Reset("api"); err != nil {
			t.Fatal(err)
		}
		if fault.KindOf(all.Reset("apj")) != fault.NotFound {
			t.Error("a breaker that is not there was reset")
		}
		_ = b.answers(fine, down)
		want := []string{"api open 6", "api half-open 6", "api open 6", "api closed 0"}
		if !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
		if s := all.States(t.Context()); s[0] != (State{Name: "model", State: "closed"}) || s[1] != (State{Name: "api", State: "closed", Failures: 1}) {
			t.Errorf("states = %+v", s)
		}
	})
}

// A call that began before a Reset belongs to the breaker of then.
func TestResetForgetsCallsUnderWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		changes := 0
		b := newTest(t)
		b.Breaker = NewBreaker(BreakerOptions{Name: "api", Message: "It is down.", Changed: func(State) { changes++ }})
		over := make(chan struct{})
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() { _ = b.Do(func() error { <-over; return end(down) }) })
		}
		synctest.Wait()
		b.Reset()
		close(over)
		wg.Wait()
		if s := b.State(); s.State != "closed" || changes != 0 {
			t.Errorf("%+v after %d changes", s, changes)
		}
		_ = b.answers(fine)
	})
}

func TestWithoutABreakerEverythingPasses(t *testing.T) {
	t.Parallel()
	b := &test{t: t}
	_ = b.answers(times(50, down)...)
	if err := b.Ready(); err != nil || b.sent != 50 {
		t.Errorf("%d sent, then %v", b.sent, err)
	}
}
