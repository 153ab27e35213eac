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
)

func newTestPacer(perSecond float64, burst int) *pacer {
	return newPacer(perSecond, burst, time.Now, slog.New(slog.DiscardHandler))
}

func TestPauseAsSpotifyTellsIt(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"2":                             2 * time.Second,
		" 16 ":                          16 * time.Second,
		"48925":                         48925 * time.Second,
		"0":                             minPause,
		"-7":                            minPause,
		"":                              defaultPause,
		"soon":                          defaultPause,
		"9223372036854775807":           maxPause,
		"Sun, 22 Nov 2026 10:00:30 GMT": 30 * time.Second,
		"Sun, 22 Nov 2026 09:00:00 GMT": minPause,
	} {
		if got := pause(header, now); got != want {
			t.Errorf("pause(%q) = %v, want %v", header, got, want)
		}
	}
}

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
		"rate, no header":     {"", "Too many requests", defaultPause, "slow down"},
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
		p.slow(time.Hour, true)
		p.slow(time.Second, false)
		if got, why := p.shut(); got != time.Hour || !strings.Contains(why, "daily") {
			t.Errorf("shut for %v: %s, want 1h for the quota", got, why)
		}
	})
}

func TestAShortPauseIsWaitedOutByReadsOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newTestPacer(0, 0)
		p.slow(patience, false)
		if f := wantFault(t, p.wait(t.Context(), false), fault.RateLimited, false); f.RetryAfter != patience {
			t.Errorf("a write is told %v, want %v", f.RetryAfter, patience)
		}
		began := time.Now()
		if err := p.wait(t.Context(), true); err != nil || time.Since(began) != patience {
			t.Errorf("a read waited %v, %v; want %v", time.Since(began), err, patience)
		}
		p.slow(patience, false)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := p.wait(ctx, true)
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
				err := p.wait(t.Context(), true)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					sent++
					return
				}
				if f := wantFault(t, err, fault.RateLimited, false); f.RetryAfter > longQueue {
					held++
				}
			})
		}
		wg.Wait()
		if took := time.Since(began); took != longQueue || sent != 14 || held != 26 {
			t.Errorf("%d sent and %d held in %v, want 4 at once and 2 a second for %v, the others held", sent, held, took, longQueue)
		}
		if err := p.wait(t.Context(), true); err != nil || time.Since(began) != longQueue+time.Second/2 {
			t.Errorf("the next one: %v after %v; those that were held may not take up room in the queue", err, time.Since(began))
		}
	})
}

func TestAPauseAlsoHoldsThoseInTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newTestPacer(1, 1)
		if err := p.wait(t.Context(), false); err != nil {
			t.Fatal(err)
		}
		queued := make(chan error)
		go func() { queued <- p.wait(t.Context(), false) }()
		synctest.Wait()
		p.slow(time.Hour, true)
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
		p.slow(10*time.Second, true)
		want("after the quota", 5)
		time.Sleep(10 * time.Second)
		p.slow(10*time.Second, false)
		p.slow(10*time.Second, false) // of the same burst
		want("after a burst of refusals", 2.5)
		time.Sleep(2 * time.Minute)
		want("two clean minutes later", 3.5)
		time.Sleep(time.Hour)
		want("an hour later", 5)
		for range 9 {
			p.slow(time.Second, false)
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
		if err := p.queue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
