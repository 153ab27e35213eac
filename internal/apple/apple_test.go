package apple

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/fault"
	"segue/internal/music"
)

// answer has a song, a music video and an album, as Apple's service writes them.
const answer = `


{"resultCount":3, "results": [
{"wrapperType":"track", "kind":"song", "artistId":3296287, "collectionId":1440806041, "trackId":1440806768, "artistName":"Queen, David Bowie", "collectionName":"Hot Space",
 "trackName":"Under Pressure", "trackTimeMillis":248440, "releaseDate":"1981-10-26T12:00:00Z", "trackExplicitness":"notExplicit"},
{"wrapperType":"track", "kind":"music-video", "trackId":2, "artistName":"Queen", "trackName":"Under Pressure"},
{"wrapperType":"collection", "collectionType":"Album", "collectionId":3, "artistName":"Queen", "collectionName":"Hot Space"},
{"wrapperType":"track", "kind":"song", "trackId":4, "artistName":"Eminem", "trackName":"Stan (feat. Dido)", "trackExplicitness":"cleaned"}]}`

func client(t *testing.T, handler http.HandlerFunc) *Client {
	t.Helper()
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	c, err := New(srv.URL + "/lookup")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestSongsAreReadAndOtherThingsLeftOut(t *testing.T) {
	t.Parallel()
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.URL.Query(); got.Get("id") != "1440806768,2,3,4,5" || got.Get("country") != "gb" {
			t.Errorf("asked %v", got)
		}
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		fmt.Fprint(w, answer)
	})
	songs, err := c.Songs(t.Context(), "gb", []string{"1440806768", "2", "3", "4", "5"})
	if err != nil || len(songs) != 2 {
		t.Fatalf("%v, %v", songs, err)
	}
	want := music.Song{Title: "Under Pressure", Artists: []string{"Queen", "David Bowie"}, Album: "Hot Space", Duration: 248440 * time.Millisecond}
	if got := songs["1440806768"]; got.String() != want.String() || got.Album != want.Album || got.Duration != want.Duration || got.Explicit != music.NoWish {
		t.Errorf("%+v, want %+v", got, want)
	}
	if songs["4"].Explicit != music.WishClean {
		t.Errorf("%+v is the clean one", songs["4"])
	}
}

func TestManyIdsAreSeveralCallsOfAtMostTwoHundred(t *testing.T) {
	t.Parallel()
	var sizes []int
	c := client(t, func(w http.ResponseWriter, r *http.Request) {
		sizes = append(sizes, 1+strings.Count(r.URL.Query().Get("id"), ","))
		fmt.Fprint(w, `{"results":[]}`)
	})
	ids := make([]string, 450)
	for i := range ids {
		ids[i] = fmt.Sprint(i + 1)
	}
	if songs, err := c.Songs(t.Context(), "", ids); err != nil || len(songs) != 0 || !slices.Equal(sizes, []int{200, 200, 50}) {
		t.Errorf("calls of %v ids; %v, %v", sizes, songs, err)
	}
}

func TestWhatGoesWrongIsAFaultThatCanBeWaitedOut(t *testing.T) {
	t.Parallel()
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		kind    fault.Kind
	}{
		"too many calls":     {status(http.StatusForbidden), fault.RateLimited},
		"too many requests":  {status(http.StatusTooManyRequests), fault.RateLimited},
		"an outage":          {status(http.StatusBadGateway), fault.Unavailable},
		"another address":    {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, fault.Unavailable},
		"no JSON":            {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, fault.Unavailable},
		"too much":           {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat(" ", maxBytes+1)) }, fault.Unavailable},
		"a store of nowhere": {status(http.StatusBadRequest), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			songs, err := client(t, c.handler).Songs(t.Context(), "zz", []string{"1"})
			if got := fault.KindOf(err); got != c.kind || len(songs) > 0 {
				t.Errorf("%v, %v; want %q", songs, err, c.kind)
			}
		})
	}
}

func TestOnlyApplesHostIsAsked(t *testing.T) {
	t.Parallel()
	for address, good := range map[string]bool{
		LookupURL:                                  true,
		"http://127.0.0.1:8080/lookup":             true,
		"http://itunes.apple.com/lookup":           false,
		"https://itunes.apple.com.example/lookup":  false,
		"https://example.com/lookup":               false,
		"http://169.254.169.254/latest/meta-data/": false,
		"": false,
	} {
		if _, err := New(address); (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
	}
}
