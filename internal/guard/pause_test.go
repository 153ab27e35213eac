package guard

import (
	"net/http"
	"testing"
	"time"
)

func TestPauseIsWhatTheServiceAsksForWithinReason(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"2":                             2 * time.Second,
		" 16 ":                          16 * time.Second,
		"48925":                         48925 * time.Second,
		"0":                             shortest,
		"-7":                            shortest,
		"":                              unsaid,
		"soon":                          unsaid,
		"9223372036854775807":           longest,
		"Sun, 22 Nov 2026 10:00:30 GMT": 30 * time.Second,
		"Sun, 22 Nov 2026 09:00:00 GMT": shortest,
	} {
		if got := Pause(http.Header{"Retry-After": {text}}, now); got != want {
			t.Errorf("Pause(%q) = %v, want %v", text, got, want)
		}
	}
	if got := Pause(http.Header{}, now); got != unsaid {
		t.Errorf("without the header: %v, want %v", got, unsaid)
	}
}
