package guard

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	unsaid   = 5 * time.Second // when a 429 does not say how long
	shortest = time.Second     // Retry-After: 0 has been seen
	longest  = 48 * time.Hour
)

// Pause reads the Retry-After of an answer, seconds or a date (RFC 9110,
// 10.2.3), within reason: 1 s to 48 h, and 5 s when there is none.
func Pause(h http.Header, now time.Time) time.Duration {
	d := unsaid
	text := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.Atoi(text); err == nil {
		d = time.Duration(min(seconds, int(longest/time.Second))) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		d = at.Sub(now)
	}
	return min(max(d, shortest), longest)
}
