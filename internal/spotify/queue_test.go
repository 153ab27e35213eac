package spotify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"segue/internal/fault"
)

// bulkWork marks the calls of a list in these tests.
type bulkWork struct{}

func newBusyPacer(perSecond float64, burst int) *pacer {
	p := newTestPacer(perSecond, burst)
	p.bulk = func(ctx context.Context) bool { return ctx.Value(bulkWork{}) != nil }
	return p
}

func inBulk(ctx context.Context) context.Context { return context.WithValue(ctx, bulkWork{}, true) }

func TestPeopleGoFirstAndPersonsTakeTurns(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ arrive, leave string }{
		"one person, in order":       {"a1 a2 a3", "a1 a2 a3"},
		"two persons take turns":     {"a1 a2 a3 b1 b2", "a1 b1 a2 b2 a3"},
		"a newcomer is next but one": {"a1 a2 b1 b2 c1", "a1 b1 c1 a2 b2"},
		"bulk waits for people":      {"A1 A2 a1 b1", "a1 b1 A1 A2"},
		"bulk takes turns too":       {"A1 A2 B1 a1", "a1 A1 B1 A2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var q queue
			names := map[chan struct{}]string{}
			var order []chan struct{}
			for n := range strings.FieldsSeq(tt.arrive) {
				bulk := n[0] < 'a'
				place := q.ahead(bulk, n[:1])
				if others := len(names); place > others {
					t.Errorf("%s has %d ahead of %d", n, place, others)
				}
				turn := q.join(bulk, n[:1])
				names[turn] = n
				order = append(order, turn)
			}
			var left []string
			for more := true; more; {
				more = q.call()
				for _, turn := range order {
					select {
					case <-turn:
						if !slices.Contains(left, names[turn]) {
							left = append(left, names[turn])
						}
					default:
					}
				}
			}
			if got := strings.Join(left, " "); got != tt.leave {
				t.Errorf("left as %s, want %s", got, tt.leave)
			}
		})
	}
}

func TestThePlaceIsCountedAsItIsServed(t *testing.T) {
	t.Parallel()
	var q queue
	for n := range strings.FieldsSeq("a a a a b b A A B") {
		q.join(n[0] < 'a', n)
	}
	for _, tt := range []struct {
		who  string
		want int
	}{{"a", 6}, {"b", 5}, {"c", 2}, {"A", 9}, {"B", 9}, {"C", 8}} {
		if got := q.ahead(tt.who[0] < 'a', tt.who); got != tt.want {
			t.Errorf("%d ahead of another %s, want %d", got, tt.who, tt.want)
		}
	}
}

// A list keeps 64 calls waiting for a minute, as many as a worker has room for.
// Meanwhile somebody chats, and so does the owner of the list.
func TestChatDoesNotStarveBehindAList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newBusyPacer(5, 10)
		ends := time.Now().Add(time.Minute)
		var mu sync.Mutex
		sent := 0
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				for time.Now().Before(ends) {
					err := p.wait(inBulk(t.Context()), call{method: "GET", person: ann})
					if err == nil {
						mu.Lock()
						sent++
						mu.Unlock()
						continue
					}
					time.Sleep(wantFault(t, err, fault.RateLimited, false).RetryAfter)
				}
			})
		}
		for _, who := range []string{ann, "person-ben"} {
			wg.Go(func() {
				for time.Now().Before(ends) {
					time.Sleep(1700 * time.Millisecond)
					asked := time.Now()
					err := p.wait(t.Context(), call{method: "GET", person: who})
					if waited := time.Since(asked); err != nil || waited > 400*time.Millisecond {
						t.Errorf("%s waited %v beside a list, %v; want at most two turns of 200 ms", who, waited, err)
					}
				}
			})
		}
		wg.Wait()
		if all := 5 * 60; sent < all*3/4 {
			t.Errorf("the list sent %d calls of %d: it starves in its turn", sent, all)
		}
	})
}

func TestOnePersonsListDoesNotHoldUpAnothers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newBusyPacer(5, 1)
		var wg sync.WaitGroup
		for range 100 { // more than fit into the queue
			wg.Go(func() { _ = p.wait(inBulk(t.Context()), call{method: "GET", person: ann}) })
		}
		synctest.Wait()
		asked := time.Now()
		if err := p.wait(inBulk(t.Context()), call{method: "GET", person: "person-ben"}); err != nil || time.Since(asked) > 400*time.Millisecond {
			t.Errorf("another's list waited %v, %v", time.Since(asked), err)
		}
		wg.Wait()
	})
}

// People who come later push bulk work back, but not for ever in place.
func TestNobodyStandsInTheQueueForLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newBusyPacer(1, 1)
		_ = p.wait(t.Context(), aRead)
		var wg sync.WaitGroup
		wg.Go(func() {
			asked := time.Now()
			err := p.wait(inBulk(t.Context()), call{method: "GET", person: ann})
			if f := wantFault(t, err, fault.RateLimited, false); f.RetryAfter < time.Second || time.Since(asked) != longQueue {
				t.Errorf("held after %v for %v", time.Since(asked), f.RetryAfter)
			}
		})
		synctest.Wait()
		for i := range 7 {
			wg.Go(func() { _ = p.wait(t.Context(), call{method: "GET", person: fmt.Sprint(i % 3)}) })
			time.Sleep(time.Second)
		}
		wg.Wait()
		if !p.waiting.empty() {
			t.Error("somebody still waits")
		}
	})
}

func TestWhoGivesUpLeavesTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newBusyPacer(1, 1)
		_ = p.wait(t.Context(), aRead)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() { wantFault(t, p.wait(ctx, aRead), fault.Unavailable, false) })
		}
		synctest.Wait()
		cancel()
		wg.Wait()
		asked := time.Now()
		if err := p.wait(t.Context(), aWrite); err != nil || time.Since(asked) != time.Second {
			t.Errorf("the next one waited %v, %v; want the second until the next turn", time.Since(asked), err)
		}
	})
}
