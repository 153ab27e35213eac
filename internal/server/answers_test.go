package server_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"segue/internal/agent"
	"segue/internal/music"
	"segue/internal/server"
	"segue/internal/spotify"
	"segue/internal/spotify/emulator"
)

// accessToken is a vault that holds one token for everybody.
type accessToken string

func (k accessToken) Token(context.Context, string) (string, error) { return string(k), nil }

func (k accessToken) Refresh(context.Context, string, string) (string, error) { return string(k), nil }

// withSpotify puts the emulated Spotify behind a site, over HTTP, and returns a track of its catalogue.
func withSpotify(t *testing.T) (change func(*server.Options, *http.Server), known music.Track, emu *emulator.Emulator) {
	t.Helper()
	emu, err := emulator.New(emulator.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(emu.Handler())
	t.Cleanup(ts.Close)
	token, _ := emu.Grant("ada_emu")
	api := spotify.New(spotify.Options{APIURL: ts.URL + "/v1/", Tokens: accessToken(token)})
	found, err := api.Search(t.Context(), "ada", "track:Hallelujah", 0)
	if err != nil || len(found) == 0 {
		t.Fatalf("found %v, %v", found, err)
	}
	return func(o *server.Options, _ *http.Server) { o.Tracks, o.Playlists = api, api }, found[0], emu
}

// asking is a run that waits for an answer about one song.
func asking(id string) agent.Progress {
	return agent.Progress{RunID: id, Version: 1, State: agent.Waiting, Title: "Adding 1 song to Focus", Tasks: []agent.Task{{
		Key: "1", Song: music.Song{Title: "Hallelujah"}, State: agent.Waiting, Question: &agent.Question{
			ID: "song-1", Task: "1", Text: "Which one did you mean?", Memorable: true,
			Options: []agent.Option{{ID: "t1", Track: &music.Track{ID: "t1", Title: "Hallelujah"}}},
		},
	}}}
}

func TestAPastedLinkIsTheAnswer(t *testing.T) {
	t.Parallel()
	change, known, _ := withSpotify(t)
	s := newSite(t, change)
	ada := s.login("ada")
	run := ada.say("add Hallelujah to Focus")
	s.engine.set(asking(run.ID))
	path := "/runs/" + run.ID + "/answer"
	for _, link := range []string{
		"https://open.spotify.com/track/" + known.ID + "?si=1", " spotify:track:" + known.ID + "\r\n", "open.spotify.com/intl-de/track/" + known.ID,
	} {
		ada.post(path, "question", "song-1", "option", "t1", "link", link, "remember", "1").redirects("/c/" + run.ConversationID)
		got := s.engine.answers[len(s.engine.answers)-1]
		if got.Option != known.ID || got.Track == nil || got.Track.Title != known.Title || !got.Remember {
			t.Errorf("%q answers %+v", link, got)
		}
	}
	ada.post(path, "question", "song-1", "link", "spotify:track:"+known.ID).redirects("/c/" + run.ConversationID) // nothing marked
	ada.post(path, "question", "song-1", "option", agent.NotOnSpotify, "link", " ").redirects("/c/" + run.ConversationID)
	if got := s.engine.answers[len(s.engine.answers)-1]; got.Option != agent.NotOnSpotify || got.Track != nil || got.Remember {
		t.Errorf("answers %+v", got)
	}
}

func TestALinkThatLeadsToNoSongLeavesTheQuestionOpen(t *testing.T) {
	t.Parallel()
	change, known, emu := withSpotify(t)
	s := newSite(t, change)
	ada := s.login("ada")
	run := ada.say("add Hallelujah to Focus")
	s.engine.set(asking(run.ID))
	path, page := "/runs/"+run.ID+"/answer", "/runs/"+run.ID
	absent := "0000000000000000000000"
	for link, says := range map[string]string{
		"https://open.spotify.com/album/" + absent:      "leads to an album",
		"https://open.spotify.com/playlist/" + absent:   "leads to a playlist",
		"https://open.spotify.com/artist/" + absent:     "leads to an artist",
		"https://open.spotify.com/episode/" + absent:    "a podcast episode",
		"spotify:show:" + absent:                        "a podcast.",
		"https://spotify.link/abc":                      "a short link",
		"spotify:local:a:b:c:1":                         "a file on a computer",
		"spotify:track:" + absent:                       "no song at this link",
		"Hallelujah":                                    "not a link to a song",
		"https://evil.example/track/" + known.ID:        "not a link to a song",
		`"><script>alert(1)</script>`:                   "not a link to a song",
		strings.Repeat("https://open.spotify.com/", 90): "not a link to a song",
	} {
		for _, back := range []string{"/c/" + run.ConversationID, page} {
			a := ada.post(path, "question", "song-1", "option", "t1", "link", link, "back", back).wants(http.StatusUnprocessableEntity)
			doc := a.page()
			if why := doc.Find(`[data-testid="refused"]`).Text(); !strings.Contains(why, says) {
				t.Errorf("%.60q at %s: %q, want %q", link, back, why, says)
			}
			if kept := doc.Find(`input[name="link"]`).AttrOr("value", ""); kept != link {
				t.Errorf("the form holds %.60q, want %.60q", kept, link)
			}
			if doc.Find(`[data-testid="connector"]`).Length() != 0 || doc.Find("main script").Length() != 0 {
				t.Error("the card is live, or holds a script")
			}
		}
	}
	if len(s.engine.answers) != 0 {
		t.Errorf("answered %+v", s.engine.answers)
	}
	if err := emu.Inject(emulator.Fault{Path: "/v1/tracks", Status: 503, Count: -1}); err != nil {
		t.Fatal(err)
	}
	s2 := newSite(t, change)
	ben := s2.login("ben")
	other := ben.say("add Hallelujah to Focus")
	s2.engine.set(asking(other.ID))
	a := ben.post("/runs/"+other.ID+"/answer", "question", "song-1", "link", "spotify:track:"+known.ID).wants(http.StatusServiceUnavailable)
	if a.page().Find(`[data-testid="refused"]`).Length() != 1 {
		t.Error("an outage is not told in the form")
	}
}

func TestLinksAreCountedByPersonBeforeSpotifyIsAsked(t *testing.T) {
	t.Parallel()
	change, _, _ := withSpotify(t)
	s := newSite(t, change, func(o *server.Options, _ *http.Server) { o.Limits.Messages = 3 })
	ada := s.login("ada")
	run := ada.say("add Hallelujah to Focus")
	s.engine.set(asking(run.ID))
	send := func(n int) answer {
		return ada.post("/runs/"+run.ID+"/answer", "question", "song-1", "link", fmt.Sprintf("spotify:track:%022d", n))
	}
	for n := range 3 {
		send(n).wants(http.StatusUnprocessableEntity)
	}
	if a := send(4).wants(http.StatusTooManyRequests).says("many links"); a.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}
