package spotify_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"segue/internal/fault"
	"segue/internal/music"
	"segue/internal/spotify"
	"segue/internal/spotify/emulator"
)

// The listeners of the emulator also serve as our person ids here.
const (
	ada = "ada_emu"
	ben = "ben_emu"
)

// house is one emulated Spotify behind HTTP and an adapter that talks to it.
type house struct {
	*spotify.Client
	t       *testing.T // of the regime
	emu     *emulator.Emulator
	profile string
	tokens  *grants
}

// everywhere runs the test against each regime of Spotify.
func everywhere(t *testing.T, test func(h *house)) {
	t.Helper()
	for _, profile := range []string{"dev2026", "devlegacy", "extended"} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			emu, err := emulator.New(emulator.Options{Profile: profile, Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			server := httptest.NewServer(emu.Handler())
			t.Cleanup(func() {
				if err := emu.Close(); err != nil {
					t.Error(err)
				}
				server.Close()
			})
			tokens := &grants{emu: emu, held: map[string]string{}}
			client := spotify.New(spotify.Options{APIURL: server.URL + "/v1/", Tokens: tokens})
			test(&house{Client: client, t: t, emu: emu, profile: profile, tokens: tokens})
		})
	}
}

// grants is a vault that logs listeners in at the emulator by itself.
type grants struct {
	emu       *emulator.Emulator
	mu        sync.Mutex
	held      map[string]string
	refreshes int
}

func (g *grants) Token(_ context.Context, personID string) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.held[personID] == "" {
		g.held[personID], _ = g.emu.Grant(personID)
	}
	return g.held[personID], nil
}

func (g *grants) Refresh(_ context.Context, personID, stale string) (string, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.held[personID] == stale {
		g.held[personID], _ = g.emu.Grant(personID)
		g.refreshes++
	}
	return g.held[personID], nil
}

// inject scripts what the emulator does to the next requests.
func (h *house) inject(t *testing.T, f emulator.Fault) {
	t.Helper()
	if err := h.emu.Inject(f); err != nil {
		t.Fatal(err)
	}
}

// tracks returns n different tracks of the catalogue.
func (h *house) tracks(t *testing.T, n int) []music.Track {
	t.Helper()
	var found []music.Track
	for offset := 0; len(found) < n && offset < 1000; offset += 10 {
		page, err := h.Search(t.Context(), ada, "love", offset)
		if err != nil {
			t.Fatal(err)
		}
		for _, track := range page {
			if !slices.ContainsFunc(found, func(f music.Track) bool { return f.URI == track.URI }) {
				found = append(found, track)
			}
		}
		if len(page) == 0 {
			break
		}
	}
	if len(found) < n {
		t.Fatalf("only %d tracks found, want %d", len(found), n)
	}
	return found[:n]
}

// fresh returns a new, empty playlist of ada's.
func (h *house) fresh(t *testing.T) music.Playlist {
	t.Helper()
	p, err := h.Create(t.Context(), ada, "Conformance", "made by a test")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// uris returns the URIs that the adapter reads from the playlist.
func (h *house) uris(t *testing.T, playlistID string) []string {
	t.Helper()
	items, err := h.Items(t.Context(), ada, playlistID)
	if err != nil {
		t.Fatal(err)
	}
	uris := make([]string, len(items))
	for i, item := range items {
		uris[i] = item.URI
	}
	return uris
}

func wantFault(t *testing.T, err error, unsure bool, kinds ...fault.Kind) fault.Error {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || !slices.Contains(kinds, f.Kind) || f.Unsure != unsure {
		t.Fatalf("error = %v, want a fault of kind %v, unsure %v", err, kinds, unsure)
	}
	return *f
}

func TestConformanceOfAccounts(t *testing.T) {
	t.Parallel()
	everywhere(t, func(h *house) {
		t := h.t
		token, _ := h.emu.Grant(ada)
		me, err := h.Me(t.Context(), token)
		if err != nil || me.ID != ada || me.Name != "Ada" || me.AccountID == "" {
			t.Errorf("Me = %+v, %v", me, err)
		}
		_, err = h.Me(t.Context(), "BQD-made-up")
		wantFault(t, err, false, fault.Unauthorised)
	})
}

func TestConformanceOfSearch(t *testing.T) {
	t.Parallel()
	everywhere(t, func(h *house) {
		t := h.t
		found, err := h.Search(t.Context(), ada, `track:"Bohemian Rhapsody" artist:Queen`, 0)
		if err != nil || len(found) == 0 || len(found) > 10 {
			t.Fatalf("Search = %d tracks, %v", len(found), err)
		}
		best := found[0]
		if !strings.HasPrefix(best.Title, "Bohemian Rhapsody") || best.ArtistNames() != "Queen" {
			t.Errorf("best = %s by %s", best.Title, best.ArtistNames())
		}
		if best.URI != "spotify:track:"+best.ID || best.ISRC == "" || best.Duration == 0 || best.Album.Name == "" ||
			best.Album.Year() == 0 || best.Album.Image == "" || !strings.HasSuffix(best.URL, best.ID) {
			t.Errorf("best = %+v lacks something", best)
		}
		byISRC, err := h.Search(t.Context(), ada, "isrc:"+best.ISRC, 0)
		if err != nil || !slices.ContainsFunc(byISRC, best.SameRecording) {
			t.Errorf("Search by ISRC = %+v, %v", byISRC, err)
		}
		same, err := h.Track(t.Context(), ada, best.ID)
		if err != nil || fmt.Sprint(same) != fmt.Sprint(best) {
			t.Errorf("Track = %+v, %v; want what search showed: %+v", same, err, best)
		}
		_, err = h.Track(t.Context(), ada, "0000000000000000000000")
		wantFault(t, err, false, fault.NotFound, fault.Invalid)
		for _, query := range []string{`isrc:ZZZZZ0000000`, `track:"no such song anywhere" artist:"nobody at all"`} {
			if none, err := h.Search(t.Context(), ada, query, 0); err != nil || len(none) != 0 {
				t.Errorf("Search %s = %+v, %v; want nothing", query, none, err)
			}
		}
	})
}

func TestConformanceOfPlaylists(t *testing.T) {
	t.Parallel()
	everywhere(t, func(h *house) {
		t := h.t
		lists, err := h.Playlists(t.Context(), ada)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, p := range lists {
			if p.OwnerID == ada {
				names = append(names, p.Name)
			}
			one, err := h.Playlist(t.Context(), ada, p.ID)
			if err != nil || one.Name != p.Name || one.Editable != p.Editable || one.Owner != p.Owner || p.Editable && one.Total != p.Total {
				t.Errorf("Playlist = %+v, %v; want as listed: %+v", one, err, p)
			}
			if want := p.OwnerID == ada; want && !p.Editable {
				t.Errorf("%s is not editable", p.Name)
			}
		}
		slices.Sort(names)
		if got := strings.Join(names, ", "); got != "Dinner, Focus, Gym, Gym, Road Trip" {
			t.Errorf("ada's playlists = %s", got)
		}
		for range 60 { // more than a page
			h.fresh(t)
		}
		if more, err := h.Playlists(t.Context(), ada); err != nil || len(more) != len(lists)+60 {
			t.Errorf("%d playlists, %v; want 60 more than %d", len(more), err, len(lists))
		}
		_, err = h.Playlist(t.Context(), ada, "0000000000000000000000")
		wantFault(t, err, false, fault.NotFound, fault.Invalid)
	})
}

func TestConformanceOfForeignLists(t *testing.T) {
	t.Parallel()
	everywhere(t, func(h *house) {
		t := h.t
		p, err := h.Create(t.Context(), ben, "Ben's own", "")
		if err != nil {
			t.Fatal(err)
		}
		err = h.Add(t.Context(), ada, p.ID, []string{h.tracks(t, 1)[0].URI}, spotify.Append)
		wantFault(t, err, false, fault.Forbidden, fault.NotFound)
		err = h.Remove(t.Context(), ada, p.ID, []string{h.tracks(t, 1)[0].URI})
		wantFault(t, err, false, fault.Forbidden, fault.NotFound)
		wantFault(t, h.Rename(t.Context(), ada, p.ID, "Mine"), false, fault.Forbidden, fault.NotFound)
		wantFault(t, h.Move(t.Context(), ada, p.ID, 0, 0, 1), false, fault.Forbidden, fault.NotFound)
		if h.profile == "dev2026" {
			_, err = h.Items(t.Context(), ada, p.ID)
			wantFault(t, err, false, fault.Forbidden, fault.NotFound)
		}
		if seen, err := h.Playlist(t.Context(), ada, p.ID); err == nil && seen.Editable {
			t.Errorf("ben's list is editable for ada: %+v", seen)
		}
	})
}

func TestConformanceOfEditing(t *testing.T) {
	t.Parallel()
	everywhere(t, func(h *house) {
		t := h.t
		p, tracks := h.fresh(t), h.tracks(t, 4)
		if p.Name != "Conformance" || p.OwnerID != ada || !p.Editable || p.Public || p.Total != 0 {
			t.Errorf("Create = %+v", p)
		}
		a, b, c, d := tracks[0].URI, tracks[1].URI, tracks[2].URI, tracks[3].URI
		for _, step := range []struct {
			what string
			do   func() error
			want []string
		}{
			{"append", func() error { return h.Add(t.Context(), ada, p.ID, []string{a, b}, spotify.Append) }, []string{a, b}},
			{"insert", func() error { return h.Add(t.Context(), ada, p.ID, []string{c, d}, 1) }, []string{a, c, d, b}},
			{"at the top", func() error { return h.Add(t.Context(), ada, p.ID, []string{b}, 0) }, []string{b, a, c, d, b}},
			{"move up", func() error { return h.Move(t.Context(), ada, p.ID, 3, 1, 2) }, []string{b, d, b, a, c}},
			{"move down", func() error { return h.Move(t.Context(), ada, p.ID, 1, 5, 2) }, []string{b, a, c, d, b}},
			{"remove all copies", func() error { return h.Remove(t.Context(), ada, p.ID, []string{b, d}) }, []string{a, c}},
			{"remove what is not there", func() error { return h.Remove(t.Context(), ada, p.ID, []string{b}) }, []string{a, c}},
		} {
			if err := step.do(); err != nil {
				t.Fatalf("%s: %v", step.what, err)
			}
			if got := h.uris(t, p.ID); !slices.Equal(got, step.want) {
				t.Fatalf("after %s: %v, want %v", step.what, got, step.want)
			}
		}
		if now, err := h.Playlist(t.Context(), ada, p.ID); err != nil || now.Total != 2 || now.Snapshot == p.Snapshot {
			t.Errorf("Playlist = %+v, %v", now, err)
		}
		err := h.Add(t.Context(), ada, p.ID, []string{"spotify:track:0000000000000000000000"}, spotify.Append)
		wantFault(t, err, false, fault.Invalid)
		err = h.Add(t.Context(), ada, p.ID, []string{a}, -7)
		wantFault(t, err, false, fault.Invalid)
		wantFault(t, h.Move(t.Context(), ada, p.ID, 1, 0, 2), false, fault.Invalid)
		if err := h.Rename(t.Context(), ada, p.ID, "Another"); err != nil {
			t.Fatal(err)
		}
		if now, err := h.Playlist(t.Context(), ada, p.ID); err != nil || now.Name != "Another" || now.Public || now.Total != 2 {
			t.Errorf("renamed to %+v, %v", now, err)
		}
		wantFault(t, h.Rename(t.Context(), ada, p.ID, " "), false, fault.Invalid)
	})
}

func TestConformanceOfRows(t *testing.T) {
	t.Parallel()
	everywhere(t, func(h *house) {
		t := h.t
		for _, naming := range []string{"", "item", "track", "both"} {
			if err := h.emu.Set(func(k *emulator.Knobs) { k.Naming, k.Strict50 = naming, true }); err != nil {
				t.Fatal(err)
			}
			p, track := h.fresh(t), h.tracks(t, 1)[0]
			const local, episode = "spotify:local:Local+Band:Busted:Grey:307", "spotify:episode:0emuEpisode00000000001"
			want := []string{local, "null", episode, "null"}
			for range 116 {
				want = append(want, track.URI)
			}
			if err := h.emu.SetRows(p.ID, want); err != nil {
				t.Fatal(err)
			}
			items, err := h.Items(t.Context(), ada, p.ID)
			if err != nil || len(items) != len(want) {
				t.Fatalf("naming %q: %d rows, %v; want %d", naming, len(items), err, len(want))
			}
			for i, item := range items {
				if (item.Track != nil) != (i >= 4) || item.Local != (i == 0) || item.URI != strings.TrimPrefix(want[i], "null") {
					t.Fatalf("naming %q: row %d = %+v, want %s", naming, i, item, want[i])
				}
			}
			if got := *items[119].Track; fmt.Sprint(got) != fmt.Sprint(track) {
				t.Errorf("naming %q: track = %+v, want %+v", naming, got, track)
			}
		}
	})
}

func TestConformanceOfUnsureWrites(t *testing.T) {
	t.Parallel()
	everywhere(t, func(h *house) {
		t := h.t
		uri := h.tracks(t, 1)[0].URI
		for name, f := range map[string]emulator.Fault{
			"applied, then dropped":      {Apply: true, Drop: true},
			"applied, then 502 HTML":     {Apply: true, Status: http.StatusBadGateway, Body: "<html>Bad gateway</html>"},
			"dropped":                    {Drop: true},
			"500":                        {Status: http.StatusInternalServerError, Body: `{"error":{"status":500,"message":"Server error."}}`},
			"applied, then 503 no body":  {Apply: true, Status: http.StatusServiceUnavailable},
			"applied, answer cut short*": {Truncate: 5},
		} {
			p := h.fresh(t)
			f.Method, f.Path = http.MethodPost, "/items$"
			h.inject(t, f)
			before := len(h.emu.Requests(0))
			err := h.Add(t.Context(), ada, p.ID, []string{uri}, spotify.Append)
			if certain := strings.HasSuffix(name, "*"); certain && err != nil {
				t.Errorf("%s: %v, want nil", name, err)
			} else if !certain {
				wantFault(t, err, true, fault.Unavailable)
			}
			if n := len(h.emu.Requests(0)) - before; n != 1 {
				t.Errorf("%s: %d requests, want 1", name, n)
			}
			applied := len(h.uris(t, p.ID)) == 1
			if want := f.Apply || f.Truncate > 0; applied != want {
				t.Errorf("%s: applied = %v, want %v", name, applied, want)
			}
		}
	})
}

func TestConformanceOfTokens(t *testing.T) {
	t.Parallel()
	everywhere(t, func(h *house) {
		t := h.t
		p, uri := h.fresh(t), h.tracks(t, 1)[0].URI
		for range 2 {
			if err := h.emu.Expire(ada); err != nil {
				t.Fatal(err)
			}
			if err := h.Add(t.Context(), ada, p.ID, []string{uri}, spotify.Append); err != nil {
				t.Fatal(err)
			}
			if err := h.emu.Expire(ada); err != nil {
				t.Fatal(err)
			}
			h.uris(t, p.ID)
		}
		if got := h.uris(t, p.ID); len(got) != 2 || h.tokens.refreshes != 4 {
			t.Errorf("%d rows after %d refreshes, want 2 after 4", len(got), h.tokens.refreshes)
		}
	})
}

func TestConformanceOfRefusals(t *testing.T) {
	t.Parallel()
	everywhere(t, func(h *house) {
		t := h.t
		p := h.fresh(t)
		narrow, _ := h.emu.Grant(ada, "playlist-read-private")
		h.tokens.held["narrow"] = narrow
		err := h.Add(t.Context(), "narrow", p.ID, []string{h.tracks(t, 1)[0].URI}, spotify.Append)
		if f := wantFault(t, err, false, fault.Forbidden); !strings.Contains(f.Message, "permission") {
			t.Errorf("missing scope: %q", f.Message)
		}
		if h.profile == "extended" {
			return // no allow-list, no Premium
		}
		knobs := func(change func(*emulator.Knobs)) {
			if err := h.emu.Set(change); err != nil {
				t.Fatal(err)
			}
		}
		knobs(func(k *emulator.Knobs) { k.NotAllowed = []string{ada} })
		_, err = h.Items(t.Context(), ada, p.ID)
		if f := wantFault(t, err, false, fault.Forbidden); !strings.Contains(f.Message, "operator to add you") {
			t.Errorf("allow-list: %q", f.Message)
		}
		knobs(func(k *emulator.Knobs) { k.NotAllowed, k.PremiumLapsed = nil, true })
		_, err = h.Items(t.Context(), ada, p.ID)
		if f := wantFault(t, err, false, fault.Forbidden); !strings.Contains(f.Message, "Premium") {
			t.Errorf("premium: %q", f.Message)
		}
	})
}

func TestConformanceOfLimits(t *testing.T) {
	t.Parallel()
	everywhere(t, func(h *house) {
		t := h.t
		p := h.fresh(t)
		if err := h.emu.Set(func(k *emulator.Knobs) { k.Quota = 1 }); err != nil {
			t.Fatal(err)
		}
		var err error
		for range 3 {
			if _, err = h.Items(t.Context(), ada, p.ID); err != nil {
				break
			}
		}
		if f := wantFault(t, err, false, fault.RateLimited); f.RetryAfter < 3600e9 || !strings.Contains(f.Message, "daily") {
			t.Errorf("quota: %+v, retry after %v", f, f.RetryAfter)
		}
		before := len(h.emu.Requests(0))
		err = h.Add(t.Context(), ben, p.ID, []string{"spotify:track:x"}, spotify.Append)
		wantFault(t, err, false, fault.RateLimited)
		if after := len(h.emu.Requests(0)); after != before {
			t.Errorf("%d requests went out while the gate was shut", after-before)
		}
	})
}
