package emulator

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// adding is a station with the request that adds one song to Road Trip.
func adding(t *testing.T, o Options) (s *station, road, path, add string) {
	t.Helper()
	s = start(t, o)
	road = s.list(t, "Road Trip")
	return s, road, "/v1/playlists/" + road + "/items", body(t, map[string]any{"uris": s.some(1)})
}

func (s *station) inject(t *testing.T, f ...Fault) {
	t.Helper()
	if err := s.Inject(f...); err != nil {
		t.Fatal(err)
	}
}

func TestFaultsDecideWhatIsAppliedAndWhatIsSeen(t *testing.T) {
	t.Parallel()
	const gone = -1 // the connection ended without a whole answer
	for name, c := range map[string]struct {
		fault   Fault
		status  int
		applied int
	}{
		"5xx not applied":          {Fault{Status: 503, Body: "<html>busy</html>"}, 503, 0},
		"5xx applied":              {Fault{Status: 500, Apply: true}, 500, 1},
		"dropped not applied":      {Fault{Drop: true}, gone, 0},
		"dropped applied":          {Fault{Drop: true, Apply: true}, gone, 1},
		"dropped in mid answer":    {Fault{Drop: true, Apply: true, Truncate: 12}, gone, 1},
		"truncated":                {Fault{Truncate: 12}, gone, 1},
		"slow":                     {Fault{Latency: Span(time.Millisecond)}, 201, 1},
		"padded":                   {Fault{Pad: 3 << 20}, 201, 1},
		"dripping":                 {Fault{Drip: Span(10 * time.Microsecond)}, 201, 1},
		"another method":           {Fault{Method: http.MethodPut, Status: 500}, 201, 1},
		"another path":             {Fault{Path: "^/v1/search", Status: 500}, 201, 1},
		"not yet":                  {Fault{Skip: 1, Status: 500}, 201, 1},
		"never by chance":          {Fault{Chance: 1e-12, Status: 500}, 201, 1},
		"its method and its path":  {Fault{Method: http.MethodPost, Path: "/items$", Status: 502}, 502, 0},
		"invalid JSON in a 201":    {Fault{Status: 201, Body: `{"snapshot_id":`, Apply: true}, 201, 1},
		"rate limited, not a word": {Fault{Status: 429, RetryAfter: new(79892)}, 429, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, road, path, add := adding(t, Options{})
			before := len(s.uris(t, road))
			s.inject(t, c.fault)
			got, err := s.try(t, http.MethodPost, path, add)
			if err != nil {
				got.status = gone
			}
			if got.status != c.status || len(s.uris(t, road))-before != c.applied || len(s.Mutations(0)) != c.applied {
				t.Errorf("status %d (%v), %d rows more, %d mutations", got.status, err, len(s.uris(t, road))-before, len(s.Mutations(0)))
			}
			if c.fault.RetryAfter != nil && got.header.Get("Retry-After") != "79892" {
				t.Errorf("Retry-After %q", got.header.Get("Retry-After"))
			}
			if len(s.Faults()) == 0 {
				s.call(t, http.MethodPost, path, add, 201) // it is used up
			}
		})
	}
}

func TestLateWritesHappenLater(t *testing.T) {
	t.Parallel()
	s, road, path, add := adding(t, Options{})
	before := len(s.uris(t, road))
	s.inject(t, Fault{Method: http.MethodPost, Late: Span(20 * time.Second), Drop: true})
	if got, err := s.try(t, http.MethodPost, path, add); err == nil {
		t.Fatalf("answered %d", got.status)
	}
	s.Advance(15 * time.Second)
	equal(t, "before it is due", len(s.uris(t, road)), before)
	s.Advance(6 * time.Second)
	equal(t, "as clients read it then", at[float64](t, s.get(t, path), "total"), before+1)
	equal(t, "once", len(s.Mutations(0)), 1)
}

func TestHangingEndsWithTheClientOrTheEmulator(t *testing.T) {
	t.Parallel()
	s, road, path, add := adding(t, Options{})
	before := len(s.uris(t, road))
	s.inject(t, Fault{Apply: true, Hang: true, Count: 2})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+path, strings.NewReader(add))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+s.token)
	if res, err := http.DefaultClient.Do(r); err == nil {
		res.Body.Close()
		t.Fatal("an answer came")
	}
	equal(t, "applied nevertheless", len(s.uris(t, road)), before+1)
	ended := make(chan error, 1)
	go func() {
		_, err := s.try(t, http.MethodPost, path, add)
		ended <- err
	}()
	for len(s.uris(t, road)) < before+2 {
		time.Sleep(time.Millisecond)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("an answer came")
	}
}

func TestChancesFollowTheSeed(t *testing.T) {
	t.Parallel()
	run := func(seed int64) (hits string) {
		s := start(t, Options{Seed: seed})
		s.inject(t, Fault{Chance: 0.2, Count: -1, Status: 500})
		for range 100 {
			got, err := s.try(t, http.MethodGet, "/v1/me", "")
			if err != nil {
				t.Fatal(err)
			}
			hits += map[bool]string{true: "x", false: "."}[got.status == 500]
		}
		return hits
	}
	first := run(5)
	if n := strings.Count(first, "x"); n < 8 || n > 35 {
		t.Errorf("%d of 100 hit at 20 %%", n)
	}
	if again := run(5); again != first {
		t.Errorf("the same seed hit\n%s\nthen\n%s", first, again)
	}
}

func TestFaultsThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	for _, f := range []Fault{{}, {Path: "("}, {Status: 99}, {Late: Span(time.Second)}, {Apply: true}} {
		if err := s.Inject(f); err == nil {
			t.Errorf("%+v was taken", f)
		}
	}
	if n := len(s.Faults()); n != 0 {
		t.Errorf("%d faults are pending", n)
	}
}

func TestAccountsFailOnDemandToo(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	s.inject(t, Fault{Path: "^/api/token$", Status: 503})
	if got := s.form(t, "/api/token", redeem("x"), nil); got.status != 503 {
		t.Errorf("status %d", got.status)
	}
	s.tokens(t, redeem("x"), 400)
}
