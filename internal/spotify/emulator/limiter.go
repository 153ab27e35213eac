package emulator

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	rateWindow  = 30 * time.Second
	quotaWindow = 24 * time.Hour
)

// limiter counts calls over rolling windows. Calls that are refused count
// too, so hammering lengthens the wait.
type limiter struct {
	mu    sync.Mutex
	calls map[string][]time.Time // by client, and by client and endpoint group; oldest first
	said  int                    // refusals so far, to alternate between the two forms
}

func newLimiter() *limiter { return &limiter{calls: map[string][]time.Time{}} }

// admit counts a call and returns how long to wait, 0 when it may pass.
func (l *limiter) admit(key string, most int, window time.Duration, now time.Time) time.Duration {
	if most <= 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	calls := l.calls[key]
	for len(calls) > 0 && now.Sub(calls[0]) >= window {
		calls = calls[1:]
	}
	wait := time.Duration(0)
	if len(calls) >= most {
		wait = window - now.Sub(calls[len(calls)-most])
		calls = calls[len(calls)-most+1:]
	}
	l.calls[key] = append(calls, now)
	return wait
}

// refusal counts refusals; every second one is of the other form.
func (l *limiter) refusal() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said++
	return l.said
}

func (l *limiter) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls, l.said = map[string][]time.Time{}, 0
}

// limit counts by client, since limits and quotas are the developer's. It stands before the Web API and answers 429 in Spotify's three forms.
func (e *Emulator) limit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		knobs, _ := e.settings()
		client, now := e.bearer(r).Client, e.clock.Now()
		if wait := e.limiter.admit(client, knobs.Rate, rateWindow, now); wait > 0 {
			e.refuseRate(w, wait)
			return
		}
		if wait := e.limiter.admit(client+" "+group(r), knobs.Quota, quotaWindow, now); wait > 0 {
			retryAfter(w, wait)
			writeJSON(w, http.StatusTooManyRequests, errorBody{errorShape{http.StatusTooManyRequests, "Too many requests", "QUOTA_EXCEEDED"}})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// bearer returns whose token the request carries, and for which client; empty when nobody's.
func (e *Emulator) bearer(r *http.Request) access {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	e.mu.Lock()
	defer e.mu.Unlock()
	if a, ok := e.world.Access[token]; ok {
		return *a
	}
	return access{}
}

func (e *Emulator) refuseRate(w http.ResponseWriter, wait time.Duration) {
	retryAfter(w, wait)
	if e.limiter.refusal()%2 == 1 {
		writeError(w, &apiError{status: http.StatusTooManyRequests, message: "API rate limit exceeded"})
		return
	}
	w.Header()["Content-Type"] = nil
	w.WriteHeader(http.StatusTooManyRequests)
	_, _ = w.Write([]byte("Too many requests")) // a client that left is not our trouble
}

func retryAfter(w http.ResponseWriter, wait time.Duration) {
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
}

// group names the bucket of the 24 h quota that the call counts in.
func group(r *http.Request) string {
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, "/v1/search"):
		return "search"
	case r.Method != http.MethodGet:
		return "write"
	case strings.Contains(path, "/playlists"):
		return "playlists"
	default:
		return "catalogue"
	}
}
