package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"segue/internal/agent"
	"segue/internal/auth"
	"segue/internal/music"
	"segue/internal/server"
)

const (
	batches = "/api/v1/sync/batch"
	aList   = `{"playlist_id": "37i9dQZF1DXcBWIGoYBM5M", "tracks": [
		{"track_name": "Africa", "artist": "Toto", "duration_ms": 295000, "mood": "ignored"},
		{"url": "https://open.spotify.com/track/7tFiyTwD0nx5a1eklYtX2J"},
		{"url": "https://music.apple.com/us/song/creep/1097862870"}]}`
)

// manyTracks is a body with n songs.
func manyTracks(n int) string {
	tracks := make([]map[string]string, n)
	for i := range tracks {
		tracks[i] = map[string]string{"track_name": fmt.Sprint("Song ", i+1), "artist": "Somebody", "album": "A longer name of an album"}
	}
	text, err := json.Marshal(map[string]any{"playlist_id": "37i9dQZF1DXcBWIGoYBM5M", "tracks": tracks})
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestAListIsAcceptedWithARowForEachSong(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	g := ada.gadget(auth.Nobody)
	a := g.post(batches, aList).wants(http.StatusAccepted)
	body := a.json()
	id := fmt.Sprint(body["workflow_id"])
	run, err := s.db.Run(t.Context(), ada.id, id)
	if err != nil || !run.List || run.Wish != nil {
		t.Fatalf("run %+v, %v", run, err)
	}
	if body["track_count"] != 3.0 || body["status_url"] != batches+"/"+id || body["share_url"] != nil || body["deduplicated"] != false ||
		a.Header.Get("Location") != batches+"/"+id || a.Header.Get("Retry-After") != "2" {
		t.Errorf("%v %v", body, a.Header)
	}
	rows, err := s.db.ListRows(t.Context(), ada.id, id, agent.RowFilter{})
	if err != nil || len(rows) != 3 || rows[0].Song.Title != "Africa" || rows[0].Song.Duration.Seconds() != 295 ||
		rows[1].Song.TrackID != "7tFiyTwD0nx5a1eklYtX2J" || !strings.Contains(rows[2].Song.Title, "1097862870") {
		t.Errorf("rows %+v, %v", rows, err)
	}
	to, _, err := s.db.List(t.Context(), ada.id, id)
	if err != nil || to.ID != "37i9dQZF1DXcBWIGoYBM5M" {
		t.Errorf("to %+v, %v", to, err)
	}
	if again := g.post(batches, aList).wants(http.StatusAccepted).json(); again["workflow_id"] != id || again["deduplicated"] != true {
		t.Errorf("tapped twice: %v", again)
	}
	if starts := s.engine.starts(); len(starts) != 1 || starts[0] != id {
		t.Errorf("started %v", starts)
	}
	ada.get("/runs/" + id).wants(http.StatusOK).says("Import 3 songs into the playlist 37i9dQZF1DXcBWIGoYBM5M").says("Africa")
}

func TestAKeyBringsTheSameListAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	g := s.login("ada").gadget(auth.Nobody)
	first := g.post(batches, aList, "Idempotency-Key", "k").wants(http.StatusAccepted)
	again := g.post(batches, aList, "Idempotency-Key", "k").wants(http.StatusAccepted)
	if again.body != first.body || again.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("%v\n%s", again.Header, again.body)
	}
	g.post(batches, manyTracks(2), "Idempotency-Key", "k").wants(http.StatusUnprocessableEntity)
	both := `{"track_name": "Africa", "artist": "Toto", "playlist_id": "37i9dQZF1DXcBWIGoYBM5M", "tracks": [{"track_name": "Africa", "artist": "Toto"}]}`
	g.post(batches, both, "Idempotency-Key", "both").wants(http.StatusAccepted)
	g.post(syncs, both, "Idempotency-Key", "both").wants(http.StatusUnprocessableEntity) // the same body elsewhere is another request
}

func TestWhatCannotBeUsedOfAListIsNamedByItsPlace(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	g := ada.gadget(auth.Nobody)
	with := func(tracks string) string {
		return `{"playlist_id": "37i9dQZF1DXcBWIGoYBM5M", "tracks": ` + tracks + `}`
	}
	song := `{"track_name": "T", "artist": "A"}`
	for body, want := range map[string]string{
		`{"playlist_id": "37i9dQZF1DXcBWIGoYBM5M"}`: "missing body.tracks",
		`{"tracks": [` + song + `]}`:                "missing body.playlist_id",
		with(`null`):                                "list_type body.tracks",
		with(`{}`):                                  "list_type body.tracks",
		with(`[]`):                                  "too_short body.tracks",
		with(`[` + song + `, 7]`):                   "model_attributes_type body.tracks.1",
		with(`[` + strings.Repeat(song+`, `, 17) + `{"track_name": "", "artist": "A"}]`): "string_too_short body.tracks.17.track_name",
		with(`[{"track_name": "T"}]`): "missing body.tracks.0.artist",
		with(`[{"track_name": "T", "artist": "A", "isrc": "GB"}, ` + song + `, {"url": "x"}]`): "string_pattern_mismatch body.tracks.0.isrc value_error body.tracks.2.url",
		manyTracks(10_001): "too_long body.tracks",
	} {
		var got struct {
			Detail []struct {
				Type string
				Loc  []any
			}
		}
		a := g.post(batches, body).wants(http.StatusUnprocessableEntity)
		if err := json.Unmarshal([]byte(a.body), &got); err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, d := range got.Detail {
			said = append(said, d.Type, strings.ReplaceAll(strings.Trim(fmt.Sprint(d.Loc), "[]"), " ", "."))
		}
		if strings.Join(said, " ") != want {
			t.Errorf("%.80s: %v, want %s", body, said, want)
		}
	}
	g.post(batches, with(`[{"track_name": "T"}]`))
	ada.get("/settings/tokens").wants(http.StatusOK).says("tracks.0.artist: Field required")
	if runs, _ := s.db.Unfinished(t.Context(), 9); len(runs) > 0 {
		t.Errorf("accepted %+v", runs)
	}
}

func TestAListOfManyMistakesNamesTheFirstHundred(t *testing.T) {
	t.Parallel()
	g := newSite(t).login("ada").gadget(auth.Nobody)
	body := `{"playlist_id": "37i9dQZF1DXcBWIGoYBM5M", "tracks": [` + strings.Repeat(`{},`, 5000) + `{}]}`
	if n := strings.Count(g.post(batches, body).wants(http.StatusUnprocessableEntity).body, `"missing"`); n != 100 {
		t.Errorf("%d problems", n)
	}
}

func TestAListIsOfAtMost20MB(t *testing.T) {
	t.Parallel()
	g := newSite(t).login("ada").gadget(auth.Nobody)
	long := strings.Repeat("a", 20<<20)
	a := g.post(batches, `{"user_id": "`+long[100:]+`", `+aList[1:]).wants(http.StatusRequestEntityTooLarge)
	if !strings.Contains(a.body, "20 MB") {
		t.Error(a.body)
	}
	g.post(batches, `{"user_id": "`+long[1000:]+`", `+aList[1:]).wants(http.StatusAccepted)
}

func TestANamedPlaylistMustBeExactlyOne(t *testing.T) {
	t.Parallel()
	change, _, _ := withSpotify(t)
	s := newSite(t, change)
	ada := s.login("ada")
	g := ada.gadget(auth.Nobody)
	into := func(name string) string { return strings.Replace(aList, "37i9dQZF1DXcBWIGoYBM5M", name, 1) }
	id := fmt.Sprint(g.post(batches, into("road trip")).wants(http.StatusAccepted).json()["workflow_id"])
	if to, _, err := s.db.List(t.Context(), ada.id, id); err != nil || len(to.ID) != 22 || to.Name != "Road Trip" {
		t.Errorf("to %+v, %v", to, err)
	}
	for name, says := range map[string]string{"Gym": "Several playlists are called Gym", "Nowhere": "no playlist called Nowhere"} {
		if a := g.post(batches, into(name)).wants(http.StatusUnprocessableEntity); !strings.Contains(a.body, says) || !strings.Contains(a.body, `"playlist_id"`) {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	newSite(t).login("ada").gadget(auth.Nobody).post(batches, into("Gym")).wants(http.StatusServiceUnavailable)
}

func TestAListIsSeenByPageAndState(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	g := ada.gadget(auth.Nobody)
	id := fmt.Sprint(g.post(batches, manyTracks(60)).wants(http.StatusAccepted).json()["workflow_id"])
	rows, err := s.db.ListRows(t.Context(), ada.id, id, agent.RowFilter{})
	if err != nil {
		t.Fatal(err)
	}
	rows[0].State, rows[0].Match = agent.RowAdded, &music.Match{Verdict: music.Auto, Method: "text", Choices: []music.Choice{{Track: queen, Confidence: 0.98}}}
	rows[1].State, rows[1].Trouble = agent.RowFailed, &agent.Trouble{What: "Spotify refused it."}
	rows[2].State, rows[2].Match = agent.RowReview, &music.Match{Verdict: music.Ask, Method: "text", Choices: []music.Choice{{Track: queen, Confidence: 0.6}}}
	if _, err := s.db.SaveRows(t.Context(), ada.id, id, agent.RowOpen, rows[:3]); err != nil {
		t.Fatal(err)
	}
	a := g.get(batches + "/" + id).wants(http.StatusOK)
	body := a.json()
	counts, _ := body["counts"].(map[string]any)
	items, _ := body["items"].([]any)
	if body["status"] != "running" || body["track_count"] != 60.0 || counts["open"] != 57.0 || counts["added"] != 1.0 || counts["removed"] != 0.0 ||
		len(items) != 50 || body["next"] != 50.0 || a.Header.Get("Retry-After") != "2" || body["text"] != "1 of 60 songs are in the playlist. 1 to be looked at: open Segue." {
		t.Errorf("%.600s", a.body)
	}
	first, _ := items[0].(map[string]any)
	if first["spotify_track_id"] != "t1" || first["confidence_score"] != 0.98 || first["match_method"] != "fuzzy" || first["artist"] != "Somebody" {
		t.Errorf("%v", first)
	}
	rest := g.get(batches + "/" + id + "?after=50").wants(http.StatusOK).json()
	if items, _ := rest["items"].([]any); len(items) != 10 || rest["next"] != nil {
		t.Errorf("%v", rest)
	}
	failed := g.get(batches + "/" + id + "?state=failed&limit=500").wants(http.StatusOK).json()
	if items, _ := failed["items"].([]any); len(items) != 1 || fmt.Sprint(items[0].(map[string]any)["error"]) != "Spotify refused it." {
		t.Errorf("%v", failed["items"])
	}
	for _, query := range []string{"?state=asleep", "?limit=501", "?limit=x", "?after=-1"} {
		g.get(batches + "/" + id + query).wants(http.StatusUnprocessableEntity)
	}
	finish(t, s, agent.Run{ID: id, PersonID: ada.id}, agent.Progress{State: agent.Done, Title: "Added 1 of 60 songs to Road Trip"})
	if ended := g.get(batches + "/" + id).wants(http.StatusOK).json(); ended["status"] != "completed" || ended["completed_at"] == nil || ended["text"] != "Added 1 of 60 songs to Road Trip." {
		t.Errorf("%v", ended)
	}
	ben := s.login("ben").gadget(auth.Nobody)
	if foreign := ben.get(batches + "/" + id).wants(http.StatusNotFound).json(); foreign["message"] != ben.get(batches + "/none").json()["message"] {
		t.Errorf("%v", foreign)
	}
	g.get(batches + "/" + ada.say("my playlists").ID).wants(http.StatusNotFound)
}

func TestAListIsSharedWhenAskedTo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	g := s.login("ada").gadget(auth.Nobody)
	body := g.post(batches, `{"share": "24h", `+aList[1:]).wants(http.StatusAccepted).json()
	s.browser().get(fmt.Sprint(body["share_url"])).wants(http.StatusOK).says("Africa")
}

func TestSec19_ListsAreBroughtSoOftenAMinute(t *testing.T) {
	t.Parallel()
	g := newSite(t, func(o *server.Options, _ *http.Server) { o.Limits.Messages = 2 }).login("ada").gadget(auth.Nobody)
	for i := range 2 {
		g.post(batches, manyTracks(i+1)).wants(http.StatusAccepted)
	}
	if a := g.post(batches, manyTracks(3)).wants(http.StatusTooManyRequests); a.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
}

// TestTheExamplesOfTheDescriptionWork sends what the description gives as an example.
func TestTheExamplesOfTheDescriptionWork(t *testing.T) {
	t.Parallel()
	change, _, _ := withSpotify(t)
	s := newSite(t, change)
	g := s.login("ada").gadget(auth.Nobody)
	sent := 0
	for path, methods := range describe(t).Paths {
		example := methods["post"].RequestBody.Content["application/json"].Example
		if strings.HasPrefix(path, syncs) && example != nil {
			g.post(path, string(example)).wants(http.StatusAccepted)
			sent++
		}
	}
	if sent != 2 {
		t.Errorf("%d examples", sent)
	}
}
