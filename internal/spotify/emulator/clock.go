package emulator

import (
	"sync/atomic"
	"time"
)

// clock is the wall clock plus what control has advanced it by.
type clock struct{ offset atomic.Int64 }

// Now returns the emulated time.
func (c *clock) Now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())).UTC() }

// Span is a duration that JSON writes as "150ms".
type Span time.Duration

// MarshalText writes the span as Go does.
func (s Span) MarshalText() ([]byte, error) { return []byte(time.Duration(s).String()), nil }

// UnmarshalText reads what time.ParseDuration reads.
func (s *Span) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	*s = Span(d)
	return err
}

// Advance moves the emulated clock forward and returns the new time.
func (e *Emulator) Advance(d time.Duration) time.Time {
	e.clock.offset.Add(int64(max(d, 0)))
	return e.clock.Now()
}
