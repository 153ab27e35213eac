package server_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/server"
)

func TestLinksThatAreTriedOutAreCounted(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *server.Options, _ *http.Server) { o.Limits.Guesses = 3 })
	ada, stranger := s.login("ada"), s.browser()
	path := ada.link(ada.say("my playlists"))
	for _, guess := range []string{"nothing", strings.Repeat("A", 43), strings.Repeat("A", 43) + "/events"} {
		stranger.get("/s/" + guess).wants(http.StatusNotFound)
	}
	a := stranger.get("/s/" + strings.Repeat("B", 42) + "A").wants(http.StatusTooManyRequests).says("Many unknown links")
	if a.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	stranger.get(path).wants(http.StatusOK) // whoever knows it is let in
}

func TestPagesOfLinksAreLimitedByAddress(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *server.Options, _ *http.Server) { o.Limits.Looks = 2 })
	ada, stranger := s.login("ada"), s.browser()
	path := ada.link(ada.say("my playlists"))
	stranger.get(path).wants(http.StatusOK)
	stranger.get(path).wants(http.StatusOK)
	stranger.get(path).wants(http.StatusTooManyRequests)
}

func TestViewersAreCappedByLinkAndByAddress(t *testing.T) {
	t.Parallel()
	for name, limits := range map[string]server.Limits{
		"link": {ViewersPerLink: 2, ViewersPerAddress: 9}, "address": {ViewersPerAddress: 2}, "all": {Viewers: 2, ViewersPerAddress: 9},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, func(o *server.Options, _ *http.Server) {
				limits.Heartbeat = o.Limits.Heartbeat
				o.Limits = limits
			})
			ada, stranger := s.login("ada"), s.browser()
			run := ada.say("my playlists")
			path := ada.link(run)
			first := stranger.feed(path)
			first.wants("0", "")
			stranger.feed(path).wants("0", "")
			a := stranger.get(path + "/events").wants(http.StatusTooManyRequests)
			if a.Header.Get("Retry-After") != "10" {
				t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
			}
			doc := stranger.get(path).wants(http.StatusOK).says("Many people are watching.").page()
			if doc.Find(`[data-testid="connector"]`).Length() != 0 {
				t.Error("a page without a place listens all the same")
			}
			ada.watch(run).wants("0", "") // the run's person is not kept out
			finish(t, s, run, agent.Progress{State: agent.Done})
			s.engine.set(agent.Progress{RunID: run.ID, State: agent.Done})
			for ok := true; ok; { // the end of a stream makes room
				_, ok = first.next()
			}
			stranger.feed(path).wants("1", "")
		})
	}
}

// counted is an engine that counts its watches.
type counted struct {
	*engine
	mu      sync.Mutex
	watches int
}

func (c *counted) Watch(runID string) server.Watch {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watches++
	return c.engine.Watch(runID)
}

func TestAThousandViewersCostOneWatcher(t *testing.T) {
	t.Parallel()
	const many = 1000
	var watched *counted
	s := newSite(t, func(o *server.Options, _ *http.Server) {
		o.Limits.ViewersPerAddress, o.Limits.Looks, o.Limits.Heartbeat = many, 10*many, 10*time.Second
		watched = &counted{engine: o.Engine.(*engine)}
		o.Engine = watched
	})
	ada, stranger := s.login("ada"), s.browser()
	run := ada.say("my playlists")
	s.engine.set(running(run.ID, 1))
	path := ada.link(run, "names", "1")
	ada.watch(run).wants("1", "")
	feeds := make([]*feed, many)
	for i := range feeds {
		feeds[i] = stranger.feed(path)
		feeds[i].wants("1", "")
	}
	start := time.Now()
	s.engine.set(running(run.ID, 2))
	for _, f := range feeds {
		f.wants("2", "")
	}
	t.Logf("%d viewers and the run's person: %d watcher; a change was with all of them after %v", many, watched.watches, time.Since(start).Round(time.Millisecond))
	if watched.watches != 1 {
		t.Errorf("%d watchers, want 1", watched.watches)
	}
	stranger.get(path + "/events").wants(http.StatusTooManyRequests)
}
