package spotify

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"segue/internal/fault"
	"segue/internal/guard"
)

func newTestPacer(perSecond float64, burst int) *pacer {
	return newPacer(Options{Rate: perSecond, Burst: burst, Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
}

// refused tells the pacer of a 429.
func (p *pacer) refused(t *testing.T, d time.Duration, quota bool) {
	t.Helper()
	p.slow(t.Context(), guard.Held(d, tooMuch(quota)), quota)
}

var (
	aRead  = call{method: http.MethodGet}
	aWrite = call{method: http.MethodPost}
)

func TestARefusalShutsTheGateForAll(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		header string
		body   string
		want   time.Duration
		says   string
	}{
		"rate, JSON":          {"30", `{"error":{"status":429,"message":"API rate limit exceeded"}}`, 30 * time.Second, "slow down"},
		"rate, text":          {"16", "Too many requests", 16 * time.Second, "slow down"},
		"rate, no header":     {"", "Too many requests", 5 * time.Second, "slow down"},
		"quota, half the day": {"48925", `{"error":{"status":429,"message":"Too many requests","reason":"QUOTA_EXCEEDED"}}`, 48925 * time.Second, "daily"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refuse := func(w http.ResponseWriter, _ *http.Request) {
				if tt.header != "" {
					w.Header().Set("Retry-After", tt.header)
				}
				w.Header()["Content-Type"] = nil
				w.WriteHeader(http.StatusTooManyRequests)
				_, _ = io.WriteString(w, tt.body)
			}
			s := newStub(t, map[string]http.HandlerFunc{"GET " + itemsPath: inTurn(refuse, rowsOf()), "POST " + itemsPath: says(201, "{}")})
			now := time.Now()
			c := New(Options{APIURL: s.URL + "/v1/", Tokens: &tokens{}, Now: func() time.Time { return now }})
			_, err := c.Items(t.Context(), ann, listID)
			if f := wantFault(t, err, fault.RateLimited, false); f.RetryAfter != tt.want || !strings.Contains(f.Message, tt.says) {
				t.Errorf("fault = %+v after %v, want after %v: %s", f, f.RetryAfter, tt.want, tt.says)
			}
			now = now.Add(tt.want / 4)
			_, readErr := c.Items(t.Context(), "person-ben", listID)
			for _, err := range []error{readErr, add(t.Context(), c)} {
				if f := wantFault(t, err, fault.RateLimited, false); f.RetryAfter != tt.want-tt.want/4 || !strings.Contains(f.Message, tt.says) {
					t.Errorf("while the gate is shut: %+v after %v, want %s after %v", f, f.RetryAfter, tt.says, tt.want-tt.want/4)
				}
			}
			if len(s.seen) != 1 {
				t.Errorf("%d requests went out, want 1: none while the gate was shut", len(s.seen))
			}
			now = now.Add(tt.want)
			if _, err := c.Items(t.Context(), ann, listID); err != nil {
				t.Errorf("after the pause: %v", err)
			}
			if err := add(t.Context(), c); err != nil {
				t.Errorf("after the pause: %v", err)
			}
		})
	}
}

func TestALaterRefusalNeverShortensThePause(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newTestPacer(0, 0)
		p.refused(t, time.Hour, true)
		p.refused(t, time.Second, false)
		if f := wantFault(t, p.wait(t.Context(), aRead), fault.RateLimited, false); f.RetryAfter != time.Hour || !strings.Contains(f.Message, "daily") {
			t.Errorf("shut for %v: %s, want 1h for the quota", f.RetryAfter, f.Message)
		}
	})
}

func TestAShortPauseIsWaitedOutByReadsOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newTestPacer(0, 0)
		p.refused(t, patience, false)
		if f := wantFault(t, p.wait(t.Context(), aWrite), fault.RateLimited, false); f.RetryAfter != patience {
			t.Errorf("a write is told %v, want %v", f.RetryAfter, patience)
		}
		began := time.Now()
		if err := p.wait(t.Context(), aRead); err != nil || time.Since(began) != patience {
			t.Errorf("a read waited %v, %v; want %v", time.Since(began), err, patience)
		}
		p.refused(t, patience, false)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := p.wait(ctx, aRead)
		if wantFault(t, err, fault.Unavailable, false); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error = %v, want the context's", err)
		}
	})
}

func TestAReadOutlivesShortPausesInPlace(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		refusals int
		ok       bool
	}{"two": {2, true}, "no end": {100, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				c := New(Options{Tokens: &tokens{}, HTTP: &http.Client{Transport: transport(func(*http.Request) (int, string) {
					if calls++; calls <= tt.refusals {
						return http.StatusTooManyRequests, "Too many requests"
					}
					return http.StatusOK, pageOf(nil, 0, 0, pageSize)
				})}})
				began := time.Now()
				_, err := c.Items(t.Context(), ann, listID)
				if (err == nil) != tt.ok || calls != 3 {
					t.Errorf("error = %v after %d calls", err, calls)
				}
				if took := time.Since(began); took != 2*time.Second {
					t.Errorf("took %v, want the two pauses of 1 s", took)
				}
			})
		})
	}
}

// transport answers requests without a network, so that time can be faked.
type transport func(*http.Request) (status int, body string)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) {
	status, body := f(r)
	return &http.Response{
		StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), Request: r,
		Header: http.Header{"Retry-After": {"1"}},
	}, nil
}

func TestTheBucketPacesAndNeverHoldsLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newTestPacer(2, 4)
		began := time.Now()
		var (
			mu         sync.Mutex
			wg         sync.WaitGroup
			sent, held int
		)
		for range 40 {
			wg.Go(func() {
				err := p.wait(t.Context(), aRead)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					sent++
					return
				}
				if f := wantFault(t, err, fault.RateLimited, false); f.RetryAfter >= longQueue {
					held++
				}
			})
		}
		wg.Wait()
		if took := time.Since(began); took != 4500*time.Millisecond || sent != 13 || held != 27 {
			t.Errorf("%d sent and %d held in %v, want 4 at once and 2 a second for less than %v, the others held", sent, held, took, longQueue)
		}
		if err := p.wait(t.Context(), aRead); err != nil || time.Since(began) != longQueue {
			t.Errorf("the next one: %v after %v; those that were held may not take up room in the queue", err, time.Since(began))
		}
	})
}

func TestAPauseAlsoHoldsThoseInTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newTestPacer(1, 1)
		if err := p.wait(t.Context(), aWrite); err != nil {
			t.Fatal(err)
		}
		queued := make(chan error)
		go func() { queued <- p.wait(t.Context(), aWrite) }()
		synctest.Wait()
		p.refused(t, time.Hour, true)
		wantFault(t, <-queued, fault.RateLimited, false)
	})
}

func TestThePaceHalvesAndRecovers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newTestPacer(5, 10)
		want := func(what string, limit float64) {
			t.Helper()
			if got := float64(p.limit(time.Now())); got != limit {
				t.Errorf("%s: %v calls/s, want %v", what, got, limit)
			}
		}
		want("at first", 5)
		p.refused(t, 10*time.Second, true)
		want("after the quota", 5)
		time.Sleep(10 * time.Second)
		p.refused(t, 10*time.Second, false)
		p.refused(t, 10*time.Second, false) // of the same burst
		want("after a burst of refusals", 2.5)
		time.Sleep(2 * time.Minute)
		want("two clean minutes later", 3.5)
		time.Sleep(time.Hour)
		want("an hour later", 5)
		for range 9 {
			p.refused(t, time.Second, false)
			time.Sleep(time.Second)
		}
		if got := p.limit(time.Now()); got < slowest {
			t.Errorf("after nine: %v calls/s, want at least %v", got, slowest)
		}
	})
}

func TestWithoutARateNothingWaits(t *testing.T) {
	t.Parallel()
	p := newTestPacer(0, 0)
	for range 1000 {
		if err := p.queue(t.Context(), ann); err != nil {
			t.Fatal(err)
		}
	}
}
