package spotify_test

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"segue/internal/fault"
	"segue/internal/spotify"
	"segue/internal/spotify/emulator"
)

// meter counts the bytes of answers that are read.
type meter struct {
	base http.RoundTripper
	read atomic.Int64
}

func (m *meter) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := m.base.RoundTrip(r)
	if err == nil {
		answer.Body = &metered{answer.Body, m}
	}
	return answer, err
}

type metered struct {
	io.ReadCloser
	m *meter
}

func (b *metered) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.m.read.Add(int64(n))
	return n, err
}

// What makes no sense costs ten seconds and ten megabytes at most, and is told as
// Spotify's trouble; of a write the status alone says that it was applied.
func TestAnswersThatMakeNoSenseAreGivenUpInTime(t *testing.T) {
	t.Parallel()
	const most, soonest = 10<<20 + 1, 10 * time.Second
	for name, f := range map[string]emulator.Fault{
		"200 MB":            {Pad: 200 << 20},
		"one byte a second": {Drip: emulator.Span(time.Second)},
		"cut short":         {Truncate: 20},
		"an HTML page":      {Status: http.StatusOK, Body: "<h1>Hello</h1>"},
		"nothing":           {Status: http.StatusOK, Body: "{}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			underWeather(t, func(w *weather) {
				m := &meter{base: w.transport}
				c := w.client(func(o *spotify.Options) { o.HTTP = &http.Client{Transport: m} })
				playlist, err := c.Create(w.t.Context(), ada, "New", "")
				if err != nil {
					w.t.Fatal(err)
				}
				songs, err := c.Search(w.t.Context(), ada, "love", 0)
				if err != nil || len(songs) == 0 {
					w.t.Fatalf("%d songs, %v", len(songs), err)
				}
				for what, call := range map[string]struct {
					do   func(context.Context) error
					want fault.Kind
				}{
					"search": {func(ctx context.Context) error { _, err := c.Search(ctx, ada, "love", 0); return err }, fault.Unavailable},
					"read":   {func(ctx context.Context) error { _, err := c.Items(ctx, ada, playlist.ID); return err }, fault.Unavailable},
					"write": {func(ctx context.Context) error {
						return c.Add(ctx, ada, playlist.ID, []string{songs[0].URI}, spotify.Append)
					}, ""},
				} {
					w.inject(f)
					m.read.Store(0)
					began := time.Now()
					err := call.do(w.t.Context())
					if kind := fault.KindOf(err); kind != call.want {
						w.t.Errorf("%s: %q, want %q: %v", what, kind, call.want, err)
					}
					if took := time.Since(began); took > soonest+time.Second {
						w.t.Errorf("%s took %v", what, took)
					}
					if n := m.read.Load(); n == 0 || n > most {
						w.t.Errorf("%s: %d bytes were read", what, n)
					}
				}
			})
		})
	}
}
