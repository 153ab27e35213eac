package spotify

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	zmb3 "github.com/zmb3/spotify/v2"

	"segue/internal/fault"
)

// listRow is a playlist as GET /me/playlists names it.
func listRow(id, name, owner string, collaborative bool, key string) string {
	return fmt.Sprintf(`{"collaborative":%v,"description":"","external_urls":{"spotify":"https://open.spotify.com/playlist/%s"},"id":"%s","images":null,
		"name":"%s","owner":{"display_name":"","id":"%s"},"public":null,"snapshot_id":"S","%s":{"href":"x","total":42},"type":"playlist"}`,
		collaborative, id, id, name, owner, key)
}

var meAda = says(200, `{"id":"ada_emu","display_name":"Ada"}`)

func TestPlaylists(t *testing.T) {
	t.Parallel()
	all := []string{
		listRow("own", "Road Trip", "ada_emu", false, "items"),
		"null",
		listRow("legacy", "Focus", "ada_emu", false, "tracks"),
		listRow("shared", "Party", "ben_emu", true, "items"),
		listRow("followed", "Top 50", "ben_emu", false, "items"),
	}
	s := newStub(t, map[string]http.HandlerFunc{"GET /v1/me": meAda, "GET /v1/me/playlists": says(200, pageOf(all, 5, 0, pageSize))})
	lists, err := s.client().Playlists(t.Context(), ann)
	if err != nil || len(lists) != 4 {
		t.Fatalf("Playlists = %+v, %v; want 4", lists, err)
	}
	for i, want := range []struct {
		id       string
		editable bool
	}{{"own", true}, {"legacy", true}, {"shared", true}, {"followed", false}} {
		if got := lists[i]; got.ID != want.id || got.Editable != want.editable || got.Total != 42 || got.Owner != got.OwnerID {
			t.Errorf("playlist %d = %+v, want %+v", i, got, want)
		}
	}
}

func TestPlaylistsEndWhereSpotifySaysSo(t *testing.T) {
	t.Parallel()
	first := pageOf([]string{listRow("a", "A", "ada_emu", false, "items")}, 3, 0, pageSize) // total 3, next null
	s := newStub(t, map[string]http.HandlerFunc{"GET /v1/me": meAda, "GET /v1/me/playlists": says(200, first)})
	if lists, err := s.client().Playlists(t.Context(), ann); err != nil || len(lists) != 1 {
		t.Errorf("Playlists = %+v, %v; want the one that is shown", lists, err)
	}
}

func TestPlaylistsAreReadOnceForManyAndAnewAfterAWrite(t *testing.T) {
	t.Parallel()
	s := newStub(t, map[string]http.HandlerFunc{
		"GET /v1/me":            meAda,
		"GET /v1/me/playlists":  inTurn(says(503, ""), says(200, pageOf([]string{listRow("a", "A", "ada_emu", false, "items")}, 1, 0, pageSize))),
		"POST /v1/me/playlists": says(500, ""),
	})
	now := time.Now()
	c := New(Options{APIURL: s.URL + "/v1", Tokens: &tokens{}, Now: func() time.Time { return now }})
	var wg sync.WaitGroup
	failed := make(chan error, 20)
	for range 20 {
		wg.Go(func() {
			if _, err := c.Playlists(t.Context(), ann); err != nil {
				failed <- err
			}
		})
	}
	wg.Wait()
	if len(failed) != 1 {
		t.Errorf("%d askers failed, want the one that met the 503", len(failed))
	}
	reads := func(want int, when string) {
		t.Helper()
		if _, err := c.Playlists(t.Context(), ann); err != nil {
			t.Fatal(err)
		}
		if n := len(s.requests("GET /v1/me/playlists")); n != want {
			t.Errorf("%s: %d reads, want %d", when, n, want)
		}
	}
	reads(2, "while fresh")
	_, err := c.Create(t.Context(), ann, "B", "")
	wantFault(t, err, fault.Unavailable, true)
	reads(3, "after a write of unknown outcome")
	now = now.Add(freshFor)
	reads(4, "when stale")
	if n := len(s.requests("GET /v1/me")); n != 1 {
		t.Errorf("%d profile reads, want 1", n)
	}
}

func TestAReadThatBeganBeforeAWriteIsNotKept(t *testing.T) {
	t.Parallel()
	var c *Client
	s := newStub(t, map[string]http.HandlerFunc{
		"GET /v1/me": meAda,
		"GET /v1/me/playlists": func(w http.ResponseWriter, r *http.Request) {
			c.person(ann).wrote() // the write ends while the read is under way
			says(200, pageOf(nil, 0, 0, pageSize))(w, r)
		},
	})
	c = s.client()
	for range 2 {
		if _, err := c.Playlists(t.Context(), ann); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.requests("GET /v1/me/playlists")); n != 2 {
		t.Errorf("%d reads, want 2", n)
	}
}

func TestPlaylist(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		rest  string // after the fields every regime sends
		total int
	}{
		"items, with rows zmb3 cannot read": {`,"items":{"href":"x","total":42,"limit":100,"offset":0,"items":[{"track":{"type":"track","duration_ms":"long"}},null]}`, 42},
		"tracks, as before":                 {`,"tracks":{"href":"x","total":42,"limit":100,"offset":0,"items":[` + row(1) + `]},"followers":{"href":null,"total":0}`, 42},
		"both":                              {`,"items":{"total":42},"tracks":{"total":41}`, 42},
		"foreign, neither":                  {``, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := `{"id":"` + listID + `","name":"Focus","owner":{"id":"ben_emu","display_name":"Ben"},"public":true,"collaborative":false,
				"images":[{"url":"https://i.scdn.co/image/emu1","height":null,"width":null}],"snapshot_id":"S"` + tt.rest + `}`
			s := newStub(t, map[string]http.HandlerFunc{"GET /v1/me": meAda, "GET /v1/playlists/" + listID: says(200, body)})
			p, err := s.client().Playlist(t.Context(), ann, listID)
			if err != nil {
				t.Fatal(err)
			}
			if p.Total != tt.total || p.Name != "Focus" || p.Owner != "Ben" || p.Editable || !p.Public || p.Image == "" || p.Snapshot != "S" {
				t.Errorf("Playlist = %+v, want total %d", p, tt.total)
			}
		})
	}
}

func TestCoverIsTheSmallestThatIsLargeEnough(t *testing.T) {
	t.Parallel()
	for want, widths := range map[string][]zmb3.Numeric{
		"":    {},
		"64":  {640, 300, 64},
		"300": {640, 300, 60},
		"80":  {60, 80, 640},
		"60":  {60, 32}, // none is: the first, which is the largest
		"0":   {0},
	} {
		var images []zmb3.Image
		for _, w := range widths {
			images = append(images, zmb3.Image{URL: fmt.Sprint(w), Width: w})
		}
		if got := cover(images); got != want {
			t.Errorf("cover of %v = %q, want %q", widths, got, want)
		}
	}
}

func TestZmb3CannotWriteOrLeave(t *testing.T) {
	t.Parallel()
	s := newStub(t, nil)
	reader := s.client().reader(ann)
	if _, err := reader.AddTracksToPlaylist(t.Context(), listID, "x"); err == nil || !strings.Contains(err.Error(), "only read") {
		t.Errorf("write through zmb3: %v", err)
	}
	page := &zmb3.SimplePlaylistPage{}
	page.Next = "https://elsewhere.example/v1/me/playlists"
	if err := reader.NextPage(t.Context(), page); err == nil || !strings.Contains(err.Error(), "own host") {
		t.Errorf("next on a foreign host: %v", err)
	}
	if len(s.seen) != 0 {
		t.Errorf("requests = %+v", s.seen)
	}
}

func FuzzOldSpelling(f *testing.F) {
	for _, seed := range []string{row(1), pageOf(rows(2), 2, 0, 50), listRow("a", "A", "b", true, "items"), `{"items":{"items":[null]}}`, `{"items":[1]}`, `null`, `{`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		first, err := oldSpelling(body)
		if err != nil {
			return
		}
		again, err := oldSpelling(first)
		if err != nil || string(again) != string(first) {
			t.Errorf("respelling %s twice gives %s, %v", first, again, err)
		}
	})
}
