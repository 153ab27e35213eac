package emulator

import (
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// keys lists the keys of an object, in order, joined by spaces.
func keys(t *testing.T, tree any, path ...any) string {
	t.Helper()
	return strings.Join(slices.Sorted(maps.Keys(at[map[string]any](t, tree, path...))), " ")
}

const (
	artistKeys   = "external_urls href id name type uri"
	albumKeys    = "album_type artists external_urls href id images is_playable name release_date release_date_precision total_tracks type uri"
	trackKeys    = "album artists disc_number duration_ms explicit external_ids external_urls href id is_local is_playable name preview_url track_number type uri"
	playlistKeys = "collaborative description external_urls href id images items name owner primary_color public snapshot_id type uri"
	userKeys     = "display_name external_urls href id type uri"
	pageKeys     = "href items limit next offset previous total"
	rowKeys      = "added_at added_by is_local item primary_color"
)

func TestShapesOfTheNewestRegimeAreExact(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	found := s.get(t, "/v1/search?type=track&limit=1&q="+url.QueryEscape(`track:"Fade Into You" artist:"Mazzy Star"`))
	track := at[map[string]any](t, found, "tracks", "items", 0)
	id, album, artist := at[string](t, track, "id"), at[string](t, track, "album", "id"), at[string](t, track, "artists", 0, "id")
	road := s.list(t, "Road Trip")
	whole := s.get(t, "/v1/playlists/"+road)
	rows := s.get(t, "/v1/playlists/"+road+"/items")
	me, mine := s.get(t, "/v1/me"), s.get(t, "/v1/me/playlists")
	for _, c := range []struct{ what, got, want string }{
		{"search", keys(t, found), "tracks"},
		{"search page", keys(t, found, "tracks"), pageKeys},
		{"track", keys(t, track), trackKeys},
		{"its album", keys(t, track, "album"), albumKeys},
		{"its artist", keys(t, track, "artists", 0), artistKeys},
		{"single track", keys(t, s.get(t, "/v1/tracks/"+id)), trackKeys},
		{"single album", keys(t, s.get(t, "/v1/albums/"+album)), albumKeys[:len(albumKeys)-len(" type uri")] + " tracks type uri"},
		{"single artist", keys(t, s.get(t, "/v1/artists/"+artist)), "external_urls genres href id images name type uri"},
		{"album's tracks", keys(t, s.get(t, "/v1/albums/"+album+"/tracks")), pageKeys},
		{"me", keys(t, me), "account_id display_name external_urls href id images type uri"},
		{"my playlists", keys(t, mine), pageKeys},
		{"one of them", keys(t, mine, "items", 0), playlistKeys},
		{"its rows", keys(t, mine, "items", 0, "items"), "href total"},
		{"its owner", keys(t, mine, "items", 0, "owner"), userKeys},
		{"playlist", keys(t, whole), "collaborative description external_urls followers" + strings.TrimPrefix(playlistKeys, "collaborative description external_urls")},
		{"its first rows", keys(t, whole, "items"), pageKeys},
		{"rows", keys(t, rows), pageKeys},
		{"row", keys(t, rows, "items", 0), rowKeys},
		{"who added it", keys(t, rows, "items", 0, "added_by"), "external_urls href id type uri"},
		{"what was added", keys(t, rows, "items", 0, "item"), trackKeys},
	} {
		if c.got != c.want {
			t.Errorf("%s has keys\n%s\nwant\n%s", c.what, c.got, c.want)
		}
	}
	equal(t, "hrefs and uris", []any{track["href"], track["uri"], at[any](t, track, "external_urls", "spotify"), mine["href"]},
		[]any{s.url + "/v1/tracks/" + id, "spotify:track:" + id, "https://open.spotify.com/track/" + id, s.url + "/v1/me/playlists?offset=0&limit=20"})
	if isrc := at[string](t, track, "external_ids", "isrc"); len(isrc) != 12 {
		t.Errorf("isrc %q", isrc)
	}
	if !isID(id) || !isID(road) || !strings.HasPrefix(at[string](t, track, "album", "images", 0, "url"), s.url+"/image/") {
		t.Errorf("id %q, playlist %q, images %v", id, road, at[any](t, track, "album", "images"))
	}
}

func TestKeysComeInSpotifysOrder(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	got, err := s.try(t, http.MethodGet, "/v1/me", "")
	if err != nil {
		t.Fatal(err)
	}
	want := `{"account_id":"aB3dE5fG7h","display_name":"Ada","external_urls":{"spotify":"https://open.spotify.com/user/ada_emu"},"href":"` + s.url +
		`/v1/users/ada_emu","id":"ada_emu","images":[],"type":"user","uri":"spotify:user:ada_emu"}`
	if strings.TrimSpace(string(got.body)) != want || got.header.Get("Content-Type") != "application/json; charset=utf-8" {
		t.Errorf("got %s as %s", got.body, got.header.Get("Content-Type"))
	}
}

func TestRegimesDifferInFieldsNamesLimitsAndEndpoints(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		profile                         string
		listKey, rowKeys, me, trackMore string
		limit                           string // the largest that search takes
		tooMuch                         string
		old                             int // status of removed endpoints that exist in old regimes
	}{
		{"dev2026", "items", "item", "", "", "10", "11", 403},
		{"devlegacy", "tracks", "track", "product", "popularity", "50", "51", 200},
		{"extended", "tracks", "item track", "product", "popularity", "50", "51", 200},
	} {
		t.Run(c.profile, func(t *testing.T) {
			t.Parallel()
			s := start(t, Options{Profile: c.profile})
			road := s.list(t, "Road Trip")
			list, rows := s.get(t, "/v1/playlists/"+road), s.get(t, "/v1/playlists/"+road+"/items")
			at[[]any](t, list, c.listKey, "items")
			for _, key := range []string{"item", "track"} {
				_, has := at[map[string]any](t, rows, "items", 0)[key]
				if want := slices.Contains(strings.Fields(c.rowKeys), key); has != want {
					t.Errorf("row has %s: %v", key, has)
				}
			}
			if _, has := s.get(t, "/v1/me")["product"]; has != (c.me != "") {
				t.Errorf("/me has product: %v", has)
			}
			found := at[map[string]any](t, s.get(t, "/v1/search?type=track&q=queen&limit="+c.limit), "tracks", "items", 0)
			if _, has := found["popularity"]; has != (c.trackMore != "") {
				t.Errorf("track has popularity: %v", has)
			}
			s.fails(t, http.MethodGet, "/v1/search?type=track&q=queen&limit="+c.tooMuch, "", 400, "Invalid limit")
			for _, old := range []string{"/v1/playlists/" + road + "/tracks", "/v1/users/ben_emu", "/v1/users/ada_emu/playlists", "/v1/tracks?ids=" + at[string](t, found, "id")} {
				if got, err := s.try(t, http.MethodGet, old, ""); err != nil || got.status != c.old {
					t.Errorf("%s: %d %v", old, got.status, err)
				}
			}
			uri := `{"tracks":[{"uri":"` + s.uris(t, road)[0] + `"}]}`
			if got, err := s.try(t, http.MethodDelete, "/v1/playlists/"+road+"/tracks", uri); err != nil || got.status != c.old {
				t.Errorf("old removal: %d %v", got.status, err)
			}
		})
	}
}

func TestRemovedEndpointsAreForbidden(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	id := s.list(t, "Road Trip")
	for _, c := range [][2]string{
		{http.MethodPost, "/v1/playlists/" + id + "/tracks"},
		{http.MethodPost, "/v1/users/ada_emu/playlists"},
		{http.MethodPut, "/v1/playlists/" + id + "/followers"},
		{http.MethodDelete, "/v1/playlists/" + id + "/followers"},
		{http.MethodGet, "/v1/playlists/" + id + "/followers/contains"},
		{http.MethodPut, "/v1/me/tracks"},
		{http.MethodDelete, "/v1/me/albums"},
		{http.MethodPut, "/v1/me/following"},
		{http.MethodGet, "/v1/me/tracks/contains"},
		{http.MethodGet, "/v1/albums?ids=x"},
		{http.MethodGet, "/v1/artists?ids=x"},
		{http.MethodGet, "/v1/artists/" + id + "/top-tracks"},
		{http.MethodGet, "/v1/browse/new-releases"},
		{http.MethodGet, "/v1/markets"},
	} {
		s.fails(t, c[0], c[1], "", 403, "Forbidden")
	}
	s.fails(t, http.MethodGet, "/v1/nonsense", "", 404, "Service not found")
}

func TestSingleObjectsSayWhyTheyAreNotThere(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	for _, kind := range []string{"tracks", "albums", "artists", "playlists"} {
		s.fails(t, http.MethodGet, "/v1/"+kind+"/short", "", 400, "Invalid base62 id")
		s.fails(t, http.MethodGet, "/v1/"+kind+"/"+strings.Repeat("0", 22), "", 404, "Resource not found")
	}
}

func TestNamingFollowsTheKnob(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	if err := s.Set(func(k *Knobs) { k.Naming = "both" }); err != nil {
		t.Fatal(err)
	}
	row := at[map[string]any](t, s.get(t, "/v1/playlists/"+s.list(t, "Road Trip")+"/items"), "items", 0)
	equal(t, "both names", row["item"], row["track"])
	if err := s.Set(func(k *Knobs) { k.Naming = "nonsense" }); err == nil {
		t.Error("a naming that does not exist was taken")
	}
}

func TestCoversArePicturesOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	first, second := makeID("a"), makeID("b")
	pictures := map[string]bool{}
	for _, id := range []string{first, second, first} {
		got, err := s.try(t, http.MethodGet, "/image/"+id+"?w=64", "")
		if err != nil || got.header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(string(got.body), `width="64"`) {
			t.Fatalf("%v %v %s", err, got.header, got.body)
		}
		pictures[string(got.body)] = true
	}
	if len(pictures) != 2 {
		t.Errorf("%d pictures of two albums", len(pictures))
	}
	if got, err := s.try(t, http.MethodGet, "/image/none", ""); err != nil || got.status != 404 {
		t.Errorf("no id: %d %v", got.status, err)
	}
}

func TestArtistAlbumsArePaged(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	id := makeID("artist", "Queen")
	page := s.get(t, "/v1/artists/"+id+"/albums?limit=3")
	if len(at[[]any](t, page, "items")) != 3 || at[float64](t, page, "total") < 6 {
		t.Errorf("got %v", page)
	}
	s.fails(t, http.MethodGet, "/v1/artists/"+id+"/albums?limit=11", "", 400, "Invalid limit")
}

func TestEveryAnswerIsTheSameForTheSameSeed(t *testing.T) {
	t.Parallel()
	var pages [2]string
	for i := range pages {
		s := start(t, Options{Seed: 7})
		for _, q := range []string{"love", "queen live", "dont stop"} {
			raw, err := json.Marshal(at[any](t, s.get(t, "/v1/search?type=track&limit=10&q="+url.QueryEscape(q)), "tracks"))
			if err != nil {
				t.Fatal(err)
			}
			pages[i] += strings.ReplaceAll(string(raw), s.url, "")
		}
		for _, p := range s.State().Playlists {
			pages[i] += p.ID + p.Snapshot + body(t, p.Rows)
		}
	}
	if cmp.Compare(pages[0], pages[1]) != 0 {
		t.Error("two emulators of one seed differ")
	}
}
