package server_test

import (
	"bufio"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/music"
	"segue/internal/server"
	"segue/internal/share"
)

// link shares a run of the browser's and returns the path of the link.
func (b *browser) link(run agent.Run, fields ...string) string {
	b.site.t.Helper()
	a := b.post("/runs/"+run.ID+"/share", append([]string{"hours", "24"}, fields...)...).wants(http.StatusCreated)
	path := a.page().Find("#made").AttrOr("href", "")
	if !regexp.MustCompile(`^/s/[A-Za-z0-9_-]{43}$`).MatchString(path) {
		b.site.t.Fatalf("made %q", path)
	}
	return path
}

// feed opens the stream of a link.
func (b *browser) feed(path string) *feed {
	b.site.t.Helper()
	req, err := http.NewRequestWithContext(b.site.t.Context(), http.MethodGet, b.site.url+path+"/events", http.NoBody)
	if err != nil {
		b.site.t.Fatal(err)
	}
	res, err := b.http.Do(req)
	if err != nil {
		b.site.t.Fatal(err)
	}
	b.site.t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != http.StatusOK {
		b.site.t.Fatalf("stream: %s", res.Status)
	}
	return &feed{t: b.site.t, body: res.Body, in: bufio.NewScanner(res.Body)}
}

// canaries is a run on its way with a name in every place that can hold one.
func canaries(run agent.Run, state agent.State) agent.Progress {
	song := music.Song{Title: "shown-title", Artists: []string{"shown-artist"}, ISRC: "canary-isrc", TrackID: "canary-track"}
	taken := music.Track{
		ID: "canary-id", URI: "canary-uri", Title: "shown-track", ISRC: "canary-isrc", URL: "https://open.spotify.com/track/shown",
		Artists: []music.Artist{{ID: "canary-artist", Name: "shown-artist"}}, Album: music.Album{ID: "canary-album", Name: "shown-album", URL: "canary-url"},
	}
	question := &agent.Question{ID: "canary-question", Task: "1", Text: "canary-ask", Plan: []string{"canary-plan"}, Options: []agent.Option{{ID: "canary-option", Text: "canary-text", Track: &taken, Reasons: []string{"canary-why"}}}}
	trouble := &agent.Trouble{Kind: "canary-kind", What: "canary-what", Kept: "canary-kept", Do: "canary-do", Reconnect: true}
	return agent.Progress{
		RunID: run.ID, Version: 7, State: state, Title: "Adding 2 songs to shown-playlist", Say: "canary-said", Suggestions: []string{"canary-suggestion"},
		Steps:    []agent.Stage{{Name: agent.Finding, State: agent.Running, Note: "canary-note"}},
		Question: question, Trouble: trouble, Strategy: "canary-strategy", Undoable: true, Runs: []agent.Line{{RunID: "canary-run", Title: "canary-line"}},
		Playlist:  &music.Playlist{ID: "canary-playlist", Name: "canary-name", Owner: "canary-owner", OwnerID: "canary-owner", URL: "https://open.spotify.com/playlist/canary", Image: "/canary-image"},
		Playlists: []music.Playlist{{Name: "canary-other"}},
		Tasks: []agent.Task{
			{Key: "1", Song: song, State: state, Result: agent.Added, Question: question, Trouble: trouble, Match: &music.Match{
				Verdict: music.Auto, Strategy: "canary-matcher", Method: "rule", Reasons: []string{"canary-because"},
				Choices: []music.Choice{{Track: taken, Confidence: 0.9, Reasons: []string{"canary-reason"}, Twins: []string{"canary-twin"}}, {Track: music.Track{Title: "canary-considered"}}},
			}},
			{Key: "2", Song: music.Song{Title: "shown-missing"}, State: state, Result: agent.NotFound, Match: &music.Match{Verdict: music.None, Choices: []music.Choice{{Track: music.Track{Title: "canary-nearest"}}}}},
		},
		StartedAt: time.Now(),
	}
}

func TestAStrangerSeesNoMoreThanIsMeantForStrangers(t *testing.T) {
	t.Parallel()
	for _, state := range []agent.State{agent.Running, agent.Waiting, agent.Parked, agent.Done, agent.Failed} {
		for _, names := range []string{"1", ""} {
			t.Run(fmt.Sprint(state, names), func(t *testing.T) {
				t.Parallel()
				s := newSite(t)
				ada := s.login("canary-ada")
				run := ada.say("canary-prompt")
				path := ada.link(run, "names", names)
				p := canaries(run, state)
				s.engine.set(p)
				if state.Final() {
					finish(t, s, run, p)
				}
				stranger := s.browser()
				shown := stranger.get(path).wants(http.StatusOK).body
				if e, ok := stranger.feed(path).next(); ok {
					shown += e.data
				} else {
					t.Error("the stream says nothing")
				}
				for _, secret := range []string{"canary", run.ID, run.ConversationID, "<form", "/runs/", "/c/", "Log out", "/login"} {
					if at := strings.Index(shown, secret); at >= 0 {
						t.Errorf("%q: …%.200s", secret, shown[max(0, at-80):])
					}
				}
				if strings.Contains(shown, "shown-") != (names == "1") {
					t.Errorf("names %q: %.900s", names, shown)
				}
			})
		}
	}
}

func TestAPageForStrangersIsKeptOutOfSearchEnginesAndStores(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *server.Options, _ *http.Server) { o.PublicURL = "https://segue.example" })
	ada := s.login("ada")
	run := ada.say("my playlists")
	made := ada.post("/runs/"+run.ID+"/share", "hours", "24", "names", "1").wants(http.StatusCreated).page().Find("#made").Text()
	path, found := strings.CutPrefix(made, "https://segue.example")
	if !found {
		t.Fatalf("made %q", made)
	}
	s.engine.set(canaries(run, agent.Running))
	a := s.browser().get(path).wants(http.StatusOK)
	for header, want := range map[string]string{
		"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex, nofollow",
	} {
		if got := a.Header.Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
	doc := a.page()
	for selector, want := range map[string]string{
		`meta[name="robots"]`:         "noindex, nofollow",
		`meta[property="og:title"]`:   "Adding 2 songs to shown-playlist",
		`meta[property="og:image"]`:   "https://segue.example/static/share.png",
		`noscript meta[http-equiv]`:   "5; url=" + path + "?at=",
		`[data-testid="connector"]`:   "",
		`#pill #pause[type="button"]`: "",
	} {
		found := doc.Find(selector)
		if strings.HasPrefix(selector, "noscript") {
			found = doc.Find("noscript") // its inside is text to the parser
			if !strings.Contains(found.Text(), want) {
				t.Errorf("%s: %q", selector, found.Text())
			}
			continue
		}
		if found.Length() != 1 || !strings.HasPrefix(found.AttrOr("content", ""), want) {
			t.Errorf("%s: %d, %q", selector, found.Length(), found.AttrOr("content", ""))
		}
	}
	s.browser().get("/static/share.png").wants(http.StatusOK)
	if strings.Contains(s.log.String(), path[3:20]) {
		t.Error("the log holds the secret of the link")
	}
	if !strings.Contains(s.log.String(), `"path":"/s/:token"`) {
		t.Error("the log does not say that a link was opened")
	}
}

func TestALinkIsOver(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada, stranger := s.login("ada"), s.browser()
	run := ada.say("my playlists")
	over := func(why, path string) {
		t.Helper()
		stranger.get(path).wants(http.StatusGone).says("This link is over.")
		if a := stranger.get(path + "/events").wants(http.StatusGone); strings.Contains(a.body, "<") {
			t.Errorf("%s: the stream is refused with HTML", why)
		}
	}

	old, token, err := share.New(run.PersonID, run.ID, 24, true, time.Now().Add(-24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.db.AddShare(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	over("its time has come", "/s/"+token)

	path := ada.link(run)
	stranger.get(path).wants(http.StatusOK)
	id := strings.TrimPrefix(ada.get("/settings/shares").page().Find(`a[href^="/settings/shares?revoke="]`).AttrOr("href", ""), "/settings/shares?revoke=")
	if form := ada.get("/settings/shares?revoke=" + id).page().Find(`form[action="/settings/shares/` + id + `/revoke"]`); form.Length() != 1 {
		t.Error("no form asks once more")
	}
	s.login("ben").post("/settings/shares/" + id + "/revoke").wants(http.StatusNotFound)
	stranger.get(path).wants(http.StatusOK)
	ada.post("/settings/shares/" + id + "/revoke").redirects("/settings/shares")
	over("it was revoked", path)

	path = ada.link(run)
	finish(t, s, run, agent.Progress{State: agent.Done})
	if err := s.db.DeleteConversation(t.Context(), ada.id, run.ConversationID); err != nil {
		t.Fatal(err)
	}
	over("its run is gone", path)
	ada.get("/settings/shares").says("A request that is gone")

	if err := s.db.DeletePerson(t.Context(), ada.id); err != nil {
		t.Fatal(err)
	}
	stranger.get(path).wants(http.StatusNotFound).says("Check that the link was copied whole.")
}

func TestAStreamForStrangersEndsWithItsLink(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("my playlists")
	path := ada.link(run)
	f := s.browser().feed(path)
	f.wants("0", "run-shared")
	links, err := s.db.Shares(t.Context(), ada.id)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.db.RevokeShare(t.Context(), ada.id, links[0].ID); err != nil {
		t.Fatal(err)
	}
	f.ends()
}

func TestOnlyOpenedPagesAreViews(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada, stranger := s.login("ada"), s.browser()
	path := ada.link(ada.say("my playlists"))
	stranger.get(path)
	stranger.get(path + "?at=1") // it has loaded itself again
	stranger.do(http.MethodHead, path, nil)
	stranger.get(path)
	ada.get("/settings/shares").says("Opened 2 times").says("my playlists")
}

func TestAFormForALinkThatCannotBeIsShownAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("my playlists")
	ada.post("/runs/"+run.ID+"/share", "hours", "25").wants(http.StatusUnprocessableEntity).says("Choose from the list").says("No link was made.")
	if links, err := s.db.Shares(t.Context(), ada.id); err != nil || len(links) > 0 {
		t.Errorf("made %+v, %v", links, err)
	}
}

func TestASharedListShowsItsRowsOnlyWithNames(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada, stranger := s.login("ada"), s.browser()
	rows := make([]agent.Row, 60)
	for i := range rows {
		rows[i] = agent.Row{Position: i + 1, Song: music.Song{Title: fmt.Sprintf("Title %d", i+1)}, State: agent.RowOpen}
	}
	run, _, err := s.db.AcceptList(t.Context(), agent.NewList{PersonID: ada.id, Key: "k", Text: "Bring 60 songs", Playlist: agent.PlaylistRef{Name: "Road Trip"}, Rows: rows})
	if err != nil {
		t.Fatal(err)
	}
	s.engine.set(agent.Progress{RunID: run.ID, Version: 1, State: agent.Running, List: &agent.ListProgress{Counts: agent.Counts{agent.RowOpen: 60}}})
	named := ada.link(run, "names", "1")
	doc := stranger.get(named).wants(http.StatusOK).says("Title 50").page()
	if n := doc.Find(`[data-testid="row"]`).Length(); n != 50 || doc.Find("form").Length() != 0 || strings.Contains(doc.Text(), "Save as") {
		t.Errorf("%d rows, %d forms", n, doc.Find("form").Length())
	}
	stranger.get(named + "?tab=all&after=50").says("Title 60")
	hidden := stranger.get(ada.link(run)).wants(http.StatusOK).says("60 to go")
	if strings.Contains(hidden.body, "Title 1") {
		t.Error("names are shown")
	}
}
