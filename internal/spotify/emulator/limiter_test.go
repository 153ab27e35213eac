package emulator

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestRateLimitSlidesAndTakesTwoForms(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Rate: 3})
	for range 3 {
		s.get(t, "/v1/me")
	}
	for i := range 2 {
		got, err := s.try(t, http.MethodGet, "/v1/me", "")
		if err != nil || got.status != 429 || got.header.Get("Retry-After") != "30" {
			t.Fatalf("%v %d %v", err, got.status, got.header)
		}
		_, typed := got.header["Content-Type"]
		want := `{"error":{"status":429,"message":"API rate limit exceeded"}}`
		if i == 1 {
			want = "Too many requests"
		}
		if strings.TrimSpace(string(got.body)) != want || typed != (i == 0) {
			t.Errorf("refusal %d: %s, typed: %v", i, got.body, typed)
		}
	}
	s.Advance(29 * time.Second)
	got, err := s.try(t, http.MethodGet, "/v1/me", "")
	if err != nil || got.status != 429 {
		t.Errorf("calls meanwhile did not lengthen it: %v %d", err, got.status)
	}
	s.Advance(31 * time.Second)
	s.get(t, "/v1/me")
}

func TestQuotaIsPerGroupAndDay(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Quota: 2})
	s.search(t, "queen")
	s.search(t, "queen")
	got, err := s.try(t, http.MethodGet, "/v1/search?type=track&q=queen", "")
	if err != nil || got.status != 429 || got.header.Get("Retry-After") != "86400" ||
		strings.TrimSpace(string(got.body)) != `{"error":{"status":429,"message":"Too many requests","reason":"QUOTA_EXCEEDED"}}` {
		t.Errorf("%v %d %v %s", err, got.status, got.header, got.body)
	}
	s.get(t, "/v1/me")
	s.Advance(24 * time.Hour)
	s.token, _ = s.Grant("ada_emu")
	s.search(t, "queen")
}

func TestLatencyIsByClassAndWritesOutliveTheirClient(t *testing.T) {
	t.Parallel()
	s, road, path, add := adding(t, Options{Latency: Latency{Search: 60 * time.Millisecond}})
	took := func(path string) time.Duration {
		began := time.Now()
		s.get(t, path)
		return time.Since(began)
	}
	if d := took("/v1/search?type=track&q=queen"); d < 60*time.Millisecond {
		t.Errorf("a search took %v", d)
	}
	s.SetLatency(Latency{Write: time.Hour})
	before := len(s.uris(t, road))
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, path, strings.NewReader(add))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Handler().ServeHTTP(httptest.NewRecorder(), r)
	}()
	cancel()
	<-done
	equal(t, "rows", len(s.uris(t, road)), before+1)
}
