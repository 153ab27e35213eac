package server_test

import (
	"bufio"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/music"
	"segue/internal/server"
)

// feed is an open event stream.
type feed struct {
	t    testing.TB
	body io.Closer
	in   *bufio.Scanner
}

type event struct{ id, name, data string }

// watch opens the stream of a run; header may hold Last-Event-ID.
func (b *browser) watch(run agent.Run, header ...string) *feed {
	b.site.t.Helper()
	req, err := http.NewRequestWithContext(b.site.t.Context(), http.MethodGet, b.site.url+"/runs/"+run.ID+"/events", http.NoBody)
	if err != nil {
		b.site.t.Fatal(err)
	}
	for pair := range slices.Chunk(header, 2) {
		req.Header.Set(pair[0], pair[1])
	}
	res, err := b.http.Do(req)
	if err != nil {
		b.site.t.Fatal(err)
	}
	b.site.t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") ||
		res.Header.Get("Content-Encoding") != "" {
		b.site.t.Fatalf("stream: %d %v", res.StatusCode, res.Header)
	}
	return &feed{t: b.site.t, body: res.Body, in: bufio.NewScanner(res.Body)}
}

// next returns the next event, comments left out; ok is false at the end of the stream.
func (f *feed) next() (e event, ok bool) {
	f.t.Helper()
	for f.in.Scan() {
		line := f.in.Text()
		switch {
		case line == "" && e != event{}:
			return e, true
		case strings.HasPrefix(line, "id: "):
			e.id = line[4:]
		case strings.HasPrefix(line, "event: "):
			e.name = line[7:]
		case strings.HasPrefix(line, "data: "):
			e.data += line[6:] + "\n"
		}
	}
	return event{}, false
}

// wants reads one event and compares it: an id for a message, a name otherwise.
func (f *feed) wants(idOrName, says string) {
	f.t.Helper()
	e, ok := f.next()
	if !ok || e.id+e.name != idOrName || !strings.Contains(e.data, says) {
		f.t.Fatalf("got id %q, name %q (open: %v), want %s saying %q:\n%.600s", e.id, e.name, ok, idOrName, says, e.data)
	}
}

func (f *feed) ends() {
	f.t.Helper()
	if e, ok := f.next(); ok {
		f.t.Fatalf("the stream goes on with %+v", e)
	}
}

func TestAStreamTellsARunFromAcceptedToDone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("my playlists")
	f := ada.watch(run)
	f.wants("0", "run-"+run.ID)
	s.engine.set(running(run.ID, 1))
	f.wants("1", "Reading your playlists")
	p := running(run.ID, 2)
	p.Title = "Nearly there"
	s.engine.set(p)
	f.wants("2", "Nearly there")
	finish(t, s, run, agent.Progress{Version: 3, State: agent.Done, Say: "You have 5 playlists."})
	s.engine.set(agent.Progress{RunID: run.ID, Version: 3, State: agent.Done, Say: "You have 5 playlists."})
	f.wants("4", "You have 5 playlists.") // the way into the ledger is a change too
	f.wants("done", "done")
	f.ends()
	late := ada.watch(run, "Last-Event-ID", "4")
	late.wants("4", "You have 5 playlists.")
	late.wants("done", "done")
	late.ends()
}

func TestTheLastMessageOfAnUndoShowsWhatItHasTakenBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("add One")
	finish(t, s, run, agent.Progress{State: agent.Done, Title: "Added to Gym", Playlist: &music.Playlist{ID: "gym", Name: "Gym"}, Undoable: true})
	ada.post("/runs/" + run.ID + "/undo")
	runs, err := s.db.Runs(t.Context(), ada.id, run.ConversationID, "")
	if err != nil || len(runs) != 2 {
		t.Fatalf("runs %+v, %v", runs, err)
	}
	f := ada.watch(runs[1])
	finish(t, s, runs[1], agent.Progress{Version: 3, State: agent.Done, Title: "Taken back from Gym"})
	s.engine.set(agent.Progress{RunID: runs[1].ID, Version: 3, State: agent.Done})
	for _, from := range []*feed{f, ada.watch(runs[1])} {
		var last event
		for e, ok := from.next(); ok && e.name == ""; e, ok = from.next() {
			last = e
		}
		card, undone, more := strings.Cut(last.data, "<hx-partial hx-target=\"#run-"+run.ID)
		if !more || !strings.Contains(card, "Taken back from Gym") || !strings.Contains(undone, "Added to Gym") || strings.Contains(undone, "/undo") {
			t.Errorf("last message:\n%s", last.data)
		}
	}
}

func TestAReconnectGetsOnlyWhatIsNew(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("my playlists")
	s.engine.set(running(run.ID, 7))
	f := ada.watch(run)
	f.wants("7", "Reading")
	_ = f.body.Close()
	f = ada.watch(run, "Last-Event-ID", "7")
	s.engine.set(running(run.ID, 8))
	f.wants("8", "Reading")
	ada.watch(run, "Last-Event-ID", "6").wants("8", "Reading")
	ada.watch(run, "Last-Event-ID", "junk").wants("8", "Reading")
}

func TestAStreamSendsAtMostTenMessagesASecond(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("my playlists")
	s.engine.set(running(run.ID, 1))
	f := ada.watch(run)
	f.wants("1", "")
	stop := make(chan struct{})
	var version int64 = 1
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
				version++
				s.engine.set(running(run.ID, version))
				time.Sleep(time.Millisecond) // the pace of the source, not a wait for an event
			}
		}
	}()
	start, n := time.Now(), 0
	for ; n < 4; n++ {
		if _, ok := f.next(); !ok {
			t.Fatal("the stream ended")
		}
	}
	close(stop)
	<-done
	if took := time.Since(start); took < 300*time.Millisecond {
		t.Errorf("%d messages in %v", n, took)
	}
}

func TestSec21_AStreamOutlivesTheServersTimeouts(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(_ *server.Options, h *http.Server) {
		h.ReadTimeout, h.WriteTimeout = time.Second, time.Second
	})
	ada := s.login("ada")
	run := ada.say("my playlists")
	s.engine.set(running(run.ID, 1))
	f := ada.watch(run)
	f.wants("1", "")
	time.AfterFunc(1500*time.Millisecond, func() { s.engine.set(running(run.ID, 2)) })
	f.wants("2", "")
}

func TestAStreamEndsWithTheSession(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("my playlists")
	f := ada.watch(run)
	f.wants("0", "")
	if err := s.db.DeleteSessions(t.Context(), ada.id); err != nil {
		t.Fatal(err)
	}
	f.wants("expired", "expired")
	f.ends()
	a := ada.get("/runs/" + run.ID + "/events").wants(http.StatusUnauthorized)
	if strings.Contains(a.body, "<") {
		t.Errorf("a stream is refused with HTML, which would be swapped in: %s", a.body)
	}
}

func TestAStreamEndsAfterItsLifeAndAtShutdown(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *server.Options, _ *http.Server) { o.Limits.StreamLife = 50 * time.Millisecond })
	ada := s.login("ada")
	run := ada.say("my playlists")
	f := ada.watch(run)
	f.wants("0", "")
	f.ends()

	s = newSite(t)
	ada = s.login("ada")
	run = ada.say("my playlists")
	f = ada.watch(run)
	f.wants("0", "")
	s.server.Close()
	f.ends()
	ada.get("/runs/" + run.ID + "/events").wants(http.StatusServiceUnavailable)
	ada.get("/c").wants(http.StatusOK)
}

func TestSec19_StreamsAreCounted(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *server.Options, _ *http.Server) { o.Limits.StreamsPerPerson, o.Limits.Streams = 2, 3 })
	ada, ben, cleo := s.login("ada"), s.login("ben"), s.login("cleo")
	run, bens, cleos := ada.say("help"), ben.say("help"), cleo.say("help")
	first := ada.watch(run)
	ada.watch(run)
	a := ada.get("/runs/" + run.ID + "/events").wants(http.StatusTooManyRequests)
	if a.Header.Get("Retry-After") != "10" {
		t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
	}
	ben.watch(bens)
	cleo.get("/runs/" + cleos.ID + "/events").wants(http.StatusTooManyRequests)
	finish(t, s, run, agent.Progress{State: agent.Done})
	for ok := true; ok; { // the end of a stream makes room
		_, ok = first.next()
	}
	cleo.watch(cleos).wants("0", "")
}
