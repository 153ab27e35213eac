package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/auth"
	"segue/internal/music"
)

func TestASyncIsAcceptedInTheWordsOfTheServiceBefore(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	g := ada.gadget(auth.Nobody)
	a := g.post(syncs, `{"track_name": " Bohemian  Rhapsody ", "artist": "Queen", "album": "", "playlist_id": "37i9dQZF1DXcBWIGoYBM5M",
		"user_id": "ben", "match_threshold": 0.9, "use_ai_disambiguation": false, "from": "a shortcut in the wild"}`).wants(http.StatusAccepted)
	body := a.json()
	id := fmt.Sprint(body["workflow_id"])
	run, err := s.db.Run(t.Context(), ada.id, id)
	if err != nil || run.Wish == nil {
		t.Fatalf("run %+v, %v", run, err)
	}
	want := agent.SyncSongsArgs{
		Songs:    []music.Song{{Title: "Bohemian Rhapsody", Artists: []string{"Queen"}}},
		Playlist: agent.PlaylistRef{ID: "37i9dQZF1DXcBWIGoYBM5M"}, Least: 0.9,
	}
	if got := *run.Wish; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("wish %+v, want %+v", got, want)
	}
	for key, want := range map[string]any{
		"status": "accepted", "message": "Sync started for 'Bohemian Rhapsody' by Queen", "status_url": "/api/v1/sync/" + id,
		"share_url": nil, "web_url": "/runs/" + id, "deduplicated": false,
	} {
		if body[key] != want {
			t.Errorf("%s is %v, want %v", key, body[key], want)
		}
	}
	if a.Header.Get("Location") != "/api/v1/sync/"+id || a.Header.Get("Retry-After") != "2" {
		t.Errorf("headers %v", a.Header)
	}
	if starts := s.engine.starts(); !slices.Equal(starts, []string{id}) {
		t.Errorf("started %v", starts)
	}
	ada.get("/runs/" + id).wants(http.StatusOK).says("Add Bohemian Rhapsody by Queen to the playlist 37i9dQZF1DXcBWIGoYBM5M")
}

func TestASongIsSaidInManyWays(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	g := ada.gadget(auth.Nobody)
	const id = "7tFiyTwD0nx5a1eklYtX2J"
	for body, want := range map[string]agent.SyncSongsArgs{
		`{"url": "https://open.spotify.com/track/` + id + `?si=1", "playlist_id": "Gym"}`: {
			Songs: []music.Song{{TrackID: id}}, Playlist: agent.PlaylistRef{Name: "Gym"},
		},
		`{"url": "spotify:track:` + id + `", "track_name": "Creep", "artist": "Radiohead", "playlist_id": "spotify:playlist:` + id + `"}`: {
			Songs: []music.Song{{TrackID: id, Title: "Creep", Artists: []string{"Radiohead"}}}, Playlist: agent.PlaylistRef{ID: id},
		},
		`{"track_name": "Humble", "artist": "Kendrick Lamar", "explicit": "no", "duration_ms": "177000", "isrc": "us-um7-17-03079", "version": "live", "album": null, "playlist_id": "https://open.spotify.com/playlist/` + id + `?si=x"}`: {
			Songs:    []music.Song{{Title: "Humble", Artists: []string{"Kendrick Lamar"}, Explicit: music.WishClean, Duration: 177 * time.Second, ISRC: "USUM71703079", Version: "live"}},
			Playlist: agent.PlaylistRef{ID: id},
		},
		`{"track_name": "Humble", "artist": "K", "explicit": true, "match_threshold": null, "playlist_id": " Café ☕ "}`: {
			Songs: []music.Song{{Title: "Humble", Artists: []string{"K"}, Explicit: music.WishExplicit}}, Playlist: agent.PlaylistRef{Name: "Café ☕"},
		},
	} {
		answered := g.sync(body)
		run, err := s.db.Run(t.Context(), ada.id, fmt.Sprint(answered["workflow_id"]))
		if err != nil {
			t.Fatal(err)
		}
		if m := fmt.Sprint(answered["message"]); strings.Contains(m, "''") {
			t.Errorf("message %q", m)
		}
		if got := fmt.Sprintf("%+v", *run.Wish); got != fmt.Sprintf("%+v", want) {
			t.Errorf("%s\n is %s\nwant %+v", body, got, want)
		}
	}
}

func TestAPlaylistThatIsNotNamedIsTheTokens(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	made := ada.post("/settings/tokens", "name", "phone", "scope", "sync:write", "days", "30", "playlist", "Road Trip").wants(http.StatusCreated)
	g := &gadget{site: s, text: made.page().Find("#made").AttrOr("value", "")}
	run, err := s.db.Run(t.Context(), ada.id, fmt.Sprint(g.sync(`{"track_name": "Creep", "artist": "Radiohead"}`)["workflow_id"]))
	if err != nil || run.Wish.Playlist.Name != "Road Trip" {
		t.Errorf("%+v, %v", run.Wish, err)
	}
}

// TestWhatCannotBeUsedIsNamed: type and place of each problem, as clients of the service before read them.
func TestWhatCannotBeUsedIsNamed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	g := s.login("ada").gadget(auth.Nobody)
	with := func(field, value string) string {
		fields := map[string]json.RawMessage{"track_name": []byte(`"T"`), "artist": []byte(`"A"`), "playlist_id": []byte(`"P"`)}
		fields[field] = []byte(value)
		text, err := json.Marshal(fields)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	long := `"` + strings.Repeat("é", 201) + `"`
	for body, want := range map[string]string{
		`{}`:                             "[missing body.track_name missing body.artist missing body.playlist_id]",
		``:                               "[missing body]",
		`[]`:                             "[model_attributes_type body]",
		`null`:                           "[model_attributes_type body]",
		`{"track_name": `:                "[json_invalid body]",
		with("track_name", `""`):         "[string_too_short body.track_name]",
		with("track_name", `"  "`):       "[value_error body.track_name]",
		with("track_name", "\"\u200b\""): "[value_error body.track_name]",
		with("track_name", long):         "[string_too_long body.track_name]",
		with("track_name", `7`):          "[string_type body.track_name]",
		with("track_name", `null`):       "[string_type body.track_name]",
		with("artist", `["A"]`):          "[string_type body.artist]",
		with("album", long):              "[string_too_long body.album]",
		with("playlist_id", `""`):        "[string_too_short body.playlist_id]",
		with("playlist_id", `"https://open.spotify.com/track/7tFiyTwD0nx5a1eklYtX2J"`): "[string_pattern_mismatch body.playlist_id]",
		with("playlist_id", `"https://example.com/x"`):                                 "[string_pattern_mismatch body.playlist_id]",
		with("match_threshold", `1.1`):                                                 "[less_than_equal body.match_threshold]",
		with("match_threshold", `-1`):                                                  "[greater_than_equal body.match_threshold]",
		with("match_threshold", `"x"`):                                                 "[float_parsing body.match_threshold]",
		with("match_threshold", `"NaN"`):                                               "[greater_than_equal body.match_threshold]",
		with("match_threshold", `[]`):                                                  "[float_type body.match_threshold]",
		with("use_ai_disambiguation", `"perhaps"`):                                     "[bool_parsing body.use_ai_disambiguation]",
		with("isrc", `"GB"`):                                                           "[string_pattern_mismatch body.isrc]",
		with("duration_ms", `1e12`):                                                    "[less_than_equal body.duration_ms]",
		with("explicit", `{}`):                                                         "[bool_parsing body.explicit]",
		with("url", `"https://music.apple.com/de/song/creep/1097862870"`):              "[value_error body.url]",
		with("url", `"https://open.spotify.com/album/2ODvWsOgouMbaA5xf0RkJe"`):         "[value_error body.url]",
		`{"url": "nonsense", "playlist_id": "P"}`:                                      "[value_error body.url]",
	} {
		var got struct {
			Detail []struct {
				Type string
				Loc  []string
			}
		}
		a := g.post(syncs, body).wants(http.StatusUnprocessableEntity)
		if err := json.Unmarshal([]byte(a.body), &got); err != nil {
			t.Fatal(err)
		}
		said := []string{}
		for _, d := range got.Detail {
			said = append(said, d.Type+" "+strings.Join(d.Loc, "."))
		}
		if fmt.Sprint(said) != want {
			t.Errorf("%.80s: %v, want %s", body, said, want)
		}
	}
	for _, query := range []string{"?wait=11", "?wait=-1", "?wait=soon"} {
		g.post(syncs+query, aSong).wants(http.StatusUnprocessableEntity)
	}
	if runs, _ := s.db.Unfinished(t.Context(), 9); len(runs) > 0 {
		t.Errorf("accepted %+v", runs)
	}
	if a := g.post(syncs, with("url", `"https://music.apple.com/de/song/creep/1097862870"`)); !strings.Contains(a.body, "cannot be read yet") {
		t.Error(a.body)
	}
}

func TestAKeyBringsTheSameAnswerAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	g := s.login("ada").gadget(auth.Nobody)
	first := g.post(syncs, aSong, "Idempotency-Key", "k").wants(http.StatusAccepted)
	reordered := `{"playlist_id":"37i9dQZF1DXcBWIGoYBM5M","artist":"Queen","track_name":"Bohemian Rhapsody"}`
	for _, body := range []string{aSong, reordered} {
		again := g.post(syncs, body, "Idempotency-Key", "k").wants(http.StatusAccepted)
		if again.body != first.body || again.Header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("%v\n%s", again.Header, again.body)
		}
	}
	other := g.post(syncs, strings.Replace(aSong, "Queen", "Quean", 1), "Idempotency-Key", "k").wants(http.StatusUnprocessableEntity)
	if !strings.Contains(other.body, "came before with another body") || !strings.Contains(other.body, `"Idempotency-Key"`) {
		t.Error(other.body)
	}
	g.post(syncs, aSong, "Idempotency-Key", strings.Repeat("k", 256)).wants(http.StatusUnprocessableEntity)
	g.post(syncs, aSong, "Idempotency-Key", "é").wants(http.StatusUnprocessableEntity)
	if starts := s.engine.starts(); len(starts) != 1 {
		t.Errorf("started %v", starts)
	}
}

func TestADoubleTapIsOneSong(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	g := s.login("ada").gadget(auth.Nobody)
	first, second := g.sync(aSong), g.sync(aSong)
	if second["workflow_id"] != first["workflow_id"] || second["deduplicated"] != true || second["message"] != "Sync already in progress for 'Bohemian Rhapsody'" {
		t.Errorf("then %v", second)
	}
	if starts := s.engine.starts(); len(starts) != 1 {
		t.Errorf("started %v", starts)
	}
}

// accepted asks for a song and returns its run.
func (g *gadget) accepted(personID string) agent.Run {
	g.site.t.Helper()
	run, err := g.site.db.Run(g.site.t.Context(), personID, fmt.Sprint(g.sync(aSong)["workflow_id"]))
	if err != nil {
		g.site.t.Fatal(err)
	}
	return run
}

var queen = music.Track{ID: "t1", URI: "spotify:track:t1", Title: "Bohemian Rhapsody", Artists: []music.Artist{{Name: "Queen"}}}

func TestTheStatusOfASyncInEachState(t *testing.T) {
	t.Parallel()
	found := &music.Match{Verdict: music.Auto, Method: "text", Choices: []music.Choice{{Track: queen, Confidence: 0.98}, {}}}
	unsure := &music.Match{Verdict: music.None, Method: "none", Choices: []music.Choice{{Confidence: 0.41}}}
	stages := func(done int, names ...string) (all []agent.Stage) {
		for i, name := range names {
			state := agent.Accepted
			if i < done {
				state = agent.Done
			} else if i == done {
				state = agent.Running
			}
			all = append(all, agent.Stage{Name: name, State: state})
		}
		return all
	}
	way := []string{agent.Searching, agent.Matching, agent.Adding, agent.Verifying}
	for name, c := range map[string]struct {
		p    agent.Progress
		says string // status step completed candidates result error
	}{
		"unknown to the engine": {agent.Progress{}, "running initializing 0 0 <nil> <nil>"},
		"searching":             {agent.Progress{State: agent.Running, Tasks: []agent.Task{{Steps: stages(0, way...)}}}, "running searching 1 0 <nil> <nil>"},
		"adding":                {agent.Progress{State: agent.Running, Tasks: []agent.Task{{Steps: stages(2, way...), Match: found}}}, "running adding 3 2 <nil> <nil>"},
		"asking":                {agent.Progress{State: agent.Waiting, Tasks: []agent.Task{{Steps: stages(1, way...), Question: &agent.Question{}}}}, "running waiting_for_answer 2 0 <nil> <nil>"},
		"asking for the list":   {agent.Progress{State: agent.Waiting, Question: &agent.Question{}}, "running waiting_for_playlist 0 0 <nil> <nil>"},
		"parked":                {agent.Progress{State: agent.Parked, Tasks: []agent.Task{{Steps: stages(0, way...), Trouble: &agent.Trouble{What: "Spotify asks for a pause."}}}}, "running searching 1 0 <nil> <nil>"},
		"added": {
			agent.Progress{State: agent.Done, Tasks: []agent.Task{{State: agent.Done, Result: agent.Added, Match: found}}},
			"completed completed 4 2 true Successfully added 'Bohemian Rhapsody' by Queen to playlist t1 spotify:track:t1 0.98 0 fuzzy <nil>",
		},
		"already there": {
			agent.Progress{State: agent.Done, Tasks: []agent.Task{{State: agent.Done, Result: agent.AlreadyThere, Match: found}}},
			"completed completed 4 2 true 'Bohemian Rhapsody' by Queen was in the playlist already t1 spotify:track:t1 0.98 0 fuzzy <nil>",
		},
		"nothing found": {
			agent.Progress{State: agent.Done, Tasks: []agent.Task{{State: agent.Done, Result: agent.NotFound, Match: &music.Match{Method: "none"}}}},
			"completed completed 4 0 false No tracks found on Spotify for 'Bohemian Rhapsody' <nil> <nil> <nil> 0 <nil> <nil>",
		},
		"nothing that fits": {
			agent.Progress{State: agent.Done, Tasks: []agent.Task{{State: agent.Done, Result: agent.NotFound, Match: unsure}}},
			"completed completed 4 1 false No match is sure enough for 'Bohemian Rhapsody' by Queen (best match: 0.41) <nil> <nil> 0.41 0 none <nil>",
		},
		"failed": {
			agent.Progress{State: agent.Failed, Trouble: &agent.Trouble{What: "You have no playlist called Gym.", Kept: "Nothing was changed.", Do: "Name another one."}},
			"failed initializing 0 0 <nil> You have no playlist called Gym. Nothing was changed. Name another one.",
		},
		"stopped": {agent.Progress{State: agent.Cancelled, Tasks: []agent.Task{{State: agent.Cancelled, Steps: stages(0, way...)}}}, "cancelled searching 1 0 <nil> Workflow was cancelled"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			ada := s.login("ada")
			g := ada.gadget(auth.Nobody)
			run := g.accepted(ada.id)
			c.p.RunID = run.ID
			switch {
			case c.p.State.Final():
				if err := s.db.Finish(t.Context(), ada.id, run.ID, c.p); err != nil {
					t.Fatal(err)
				}
			case c.p.State != "":
				s.engine.set(c.p)
			}
			a := g.get(syncs + "/" + run.ID).wants(http.StatusOK)
			body := a.json()
			p, _ := body["progress"].(map[string]any)
			result := "<nil>"
			if r, ok := body["result"].(map[string]any); ok {
				result = fmt.Sprintf("%v %v %v %v %v %v %v", r["success"], r["message"], r["spotify_track_id"], r["spotify_track_uri"],
					r["confidence_score"], r["retry_count"], r["match_method"])
			}
			said := fmt.Sprintf("%v %v %v %v %s %v", body["status"], p["current_step"], p["steps_completed"], p["candidates_found"], result, body["error"])
			if said != c.says {
				t.Errorf("says %s\nwant %s", said, c.says)
			}
			if ended := body["completed_at"] != nil; ended != c.p.State.Final() || (a.Header.Get("Retry-After") == "2") == ended {
				t.Errorf("completed at %v, Retry-After %q", body["completed_at"], a.Header.Get("Retry-After"))
			}
			if text := fmt.Sprint(body["text"]); !strings.HasSuffix(text, ".") && text != "Spotify asks for a pause.  " {
				t.Errorf("text %q", text)
			}
		})
	}
}

func TestAProgramCanWaitForTheEnd(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	g := ada.gadget(auth.Nobody)
	run := g.accepted(ada.id)
	began := time.Now()
	if a := g.post(syncs+"?wait=0.3", aSong).wants(http.StatusAccepted); a.json()["workflow_id"] != run.ID || time.Since(began) < 300*time.Millisecond {
		t.Errorf("after %v: %s", time.Since(began), a.body)
	}
	end := time.AfterFunc(300*time.Millisecond, func() {
		p := agent.Progress{RunID: run.ID, Version: 2, State: agent.Done, Tasks: []agent.Task{{State: agent.Done, Result: agent.Added}}}
		if err := s.db.Finish(t.Context(), ada.id, run.ID, p); err != nil {
			t.Error(err)
		}
		s.engine.set(p)
	})
	defer end.Stop()
	s.engine.set(agent.Progress{RunID: run.ID, Version: 1, State: agent.Running})
	a := g.post(syncs+"?wait=10", aSong).wants(http.StatusOK)
	if body := a.json(); body["status"] != "completed" || body["workflow_id"] != run.ID {
		t.Errorf("%v", body)
	}
}

func TestAQuestionEndsTheWait(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	g := ada.gadget(auth.Nobody)
	run := g.accepted(ada.id)
	s.engine.set(agent.Progress{RunID: run.ID, Version: 1, State: agent.Waiting, Tasks: []agent.Task{{State: agent.Waiting, Question: &agent.Question{ID: "song-1"}}}})
	a := g.post(syncs+"?wait=10", aSong).wants(http.StatusAccepted)
	if text := fmt.Sprint(a.json()["text"]); !strings.Contains(text, "Open Segue and choose one") {
		t.Errorf("text %q", text)
	}
}

func TestASyncIsStoppedOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	g := ada.gadget(auth.Nobody)
	run := g.accepted(ada.id)
	path := syncs + "/" + run.ID + "/cancel"
	g.post(path, "").wants(http.StatusOK) // the engine does not know it yet, the ledger does
	s.engine.set(agent.Progress{RunID: run.ID, Version: 1, State: agent.Running})
	if body := g.post(path, "").wants(http.StatusOK).json(); body["status"] != "cancelled" || body["message"] != "Workflow cancellation requested" || body["workflow_id"] != run.ID {
		t.Errorf("%v", body)
	}
	if err := s.db.Finish(t.Context(), ada.id, run.ID, agent.Progress{State: agent.Cancelled}); err != nil {
		t.Fatal(err)
	}
	g.post(path, "").wants(http.StatusNotFound)
	if !slices.Equal(s.engine.undos, []bool{false}) {
		t.Errorf("cancelled %v", s.engine.undos)
	}
}

func TestSec13_ASyncIsItsPersonsAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.gadget(auth.Nobody).accepted(ada.id)
	s.engine.set(agent.Progress{RunID: run.ID, Version: 1, State: agent.Running})
	ben := s.login("ben").gadget(auth.Nobody)
	for path, a := range map[string]answer{
		"status": ben.get(syncs + "/" + run.ID), "cancel": ben.post(syncs+"/"+run.ID+"/cancel", ""),
	} {
		absent := ben.get(syncs + "/none").wants(http.StatusNotFound).json()
		if got := a.wants(http.StatusNotFound).json(); path == "status" && got["message"] != absent["message"] {
			t.Errorf("%s: %v differs from %v", path, got, absent)
		}
	}
	ada.gadget(auth.Nobody).get(syncs + "/" + run.ID).wants(http.StatusOK) // any token of hers
	chat := ada.say("my playlists")
	ada.gadget(auth.Nobody).get(syncs + "/" + chat.ID).wants(http.StatusNotFound) // no program asked for it
	if len(s.engine.undos) > 0 {
		t.Error("somebody else stopped it")
	}
}

func TestASyncIsAcceptedThoughTheEngineIsAway(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.engine.broken = fmt.Errorf("away")
	ada := s.login("ada")
	run := ada.gadget(auth.Nobody).accepted(ada.id)
	if open, err := s.db.Unfinished(t.Context(), 9); err != nil || len(open) != 1 || open[0].ID != run.ID {
		t.Errorf("to be started: %+v, %v", open, err)
	}
}

func TestHealthIsOpenAndAlwaysAnswers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	g := &gadget{site: s}
	if body := g.get("/api/v1/health").wants(http.StatusOK).json(); body["status"] != "healthy" || body["temporal_connected"] != true {
		t.Errorf("%v", body)
	}
	if body := g.get("/health").wants(http.StatusOK).json(); body["mode"] != "spotify" {
		t.Errorf("%v", body)
	}
}
