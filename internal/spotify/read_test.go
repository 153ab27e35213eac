package spotify

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"segue/internal/fault"
	"segue/internal/music"
)

func TestRowsKeepTheirIndex(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		row  string
		want music.Item // Track is only compared for nil
	}{
		"item":             {row(1), music.Item{URI: "spotify:track:0stubTrack000000000001", Track: &music.Track{}}},
		"track, as before": {`{"is_local":false,"track":` + song(1) + `}`, music.Item{URI: "spotify:track:0stubTrack000000000001", Track: &music.Track{}}},
		"both, item wins":  {`{"item":` + song(1) + `,"track":` + song(2) + `}`, music.Item{URI: "spotify:track:0stubTrack000000000001", Track: &music.Track{}}},
		"item null, track": {`{"item":null,"track":` + song(2) + `}`, music.Item{URI: "spotify:track:0stubTrack000000000002", Track: &music.Track{}}},
		"null item":        {`{"added_at":null,"added_by":null,"is_local":false,"item":null}`, music.Item{}},
		"null row":         {`null`, music.Item{}},
		"nothing":          {`{}`, music.Item{}},
		"local file": {
			`{"is_local":true,"item":{"album":{"name":"Busted"},"artists":[{"name":"Local Band"}],"duration_ms":307000,"external_ids":{},"href":null,"id":null,"is_local":true,"name":"Grey","type":"track","uri":"spotify:local:Local+Band:Busted:Grey:307"}}`,
			music.Item{URI: "spotify:local:Local+Band:Busted:Grey:307", Local: true},
		},
		"episode":       {`{"is_local":false,"item":{"id":"0stubEpisode0000000001","type":"episode","name":"One","uri":"spotify:episode:0stubEpisode0000000001","duration_ms":1}}`, music.Item{URI: "spotify:episode:0stubEpisode0000000001"}},
		"unknown type":  {`{"item":{"id":"x","type":"chapter","uri":"spotify:chapter:x"}}`, music.Item{}},
		"not an object": {`{"item":true}`, music.Item{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStub(t, map[string]http.HandlerFunc{"GET " + itemsPath: rowsOf(row(8), tt.row, row(9))})
			items, err := s.client().Items(t.Context(), ann, listID)
			if err != nil || len(items) != 3 {
				t.Fatalf("Items = %d rows, %v; want 3", len(items), err)
			}
			got := items[1]
			if got.URI != tt.want.URI || got.Local != tt.want.Local || (got.Track == nil) != (tt.want.Track == nil) {
				t.Errorf("row = %+v, want %+v", got, tt.want)
			}
			if items[0].Track == nil || items[2].Track == nil || items[2].Track.Title != "Keep Alive 9" {
				t.Errorf("neighbours = %+v, %+v", items[0], items[2])
			}
		})
	}
}

func TestTrackIsMappedWhole(t *testing.T) {
	t.Parallel()
	s := newStub(t, map[string]http.HandlerFunc{"GET /v1/tracks/0stubTrack000000000007": says(200, song(7))})
	got, err := s.client().Track(t.Context(), ann, "0stubTrack000000000007")
	if err != nil {
		t.Fatal(err)
	}
	want := music.Track{
		ID: "0stubTrack000000000007", URI: "spotify:track:0stubTrack000000000007", Title: "Keep Alive 7",
		Artists:  []music.Artist{{ID: "0stubArtist00000000001", Name: "The Loopbacks"}},
		Album:    music.Album{ID: "0stubAlbum000000000001", Name: "Port 9090", Type: "album", Artists: []music.Artist{}, Release: "2019-05-03"},
		Duration: 214 * time.Second, Explicit: true, ISRC: "USEMU2600007",
		URL: "https://open.spotify.com/track/0stubTrack000000000007",
	}
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Errorf("Track = %+v\nwant    %+v", got, want)
	}
}

func TestItemsReadsAllPagesByItsOwnCount(t *testing.T) {
	t.Parallel()
	s := newStub(t, map[string]http.HandlerFunc{"GET " + itemsPath: rowsOf(rows(120)...)}) // whose next leads elsewhere
	items, err := s.client().Items(t.Context(), ann, listID)
	if err != nil || len(items) != 120 || items[119].Track.Title != "Keep Alive 119" {
		t.Fatalf("Items = %d rows, %v", len(items), err)
	}
	if n := len(s.requests("GET " + itemsPath)); n != 3 {
		t.Errorf("%d requests, want 3", n)
	}
}

func TestItemsIsWholeOrAnError(t *testing.T) {
	t.Parallel()
	all := rows(120)
	at := func(rows []string, total, offset int) http.HandlerFunc {
		return says(200, pageOf(rows, total, offset, pageSize))
	}
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		kind   fault.Kind // "" = 120 rows
		calls  int
	}{
		"a row more while reading: read anew": {inTurn(at(all, 120, 0), at(all, 121, 50), at(all, 120, 0), at(all, 120, 50), at(all, 120, 100)), "", 5},
		"an empty page in the middle":         {inTurn(at(all, 120, 0), at(nil, 120, 50), at(all, 120, 0), at(all, 120, 50), at(all, 120, 100)), "", 5},
		"a page whose items are null":         {inTurn(says(200, `{"limit":50,"offset":0,"total":120,"items":null}`), at(all, 120, 0), at(all, 120, 50), at(all, 120, 100)), "", 4},
		"it never settles":                    {inTurn(at(all, 120, 0), at(all, 121, 50), at(all, 122, 0), at(all, 123, 50), at(all, 124, 0), at(all, 125, 50), at(all, 120, 0)), fault.Unavailable, 6},
		"more rows than the total":            {at(all, 20, 0), fault.Unavailable, 3},
		"a page for another offset":           {at(all, 120, 0), fault.Unavailable, 4},
		"nothing but empty pages":             {inTurn(at(all, 120, 0), at(nil, 120, 50), at(all, 120, 0), at(nil, 120, 50), at(all, 120, 0), at(nil, 120, 50)), fault.Unavailable, 6},
		"an empty object":                     {says(200, `{}`), fault.Unavailable, 1},
		"null":                                {says(200, `null`), fault.Unavailable, 1},
		"an empty body":                       {says(200, ``), fault.Unavailable, 1},
		"204":                                 {says(204, ``), fault.Unavailable, 1},
		"HTML under 200":                      {says(200, `<html>`), fault.Unavailable, 1},
		"cut JSON":                            {cuts(200, `{"items":[`), fault.Unavailable, 1},
		"rows that are no objects":            {says(200, `{"limit":50,"offset":0,"total":1,"items":["x"]}`), fault.Unavailable, 1},
		"a total beyond reason":               {at(all, 1_000_000, 0), fault.Invalid, 1},
		"a stumble in the middle is forgiven": {inTurn(at(all, 120, 0), says(502, "<html>"), at(all, 120, 50), drops, at(all, 120, 100)), "", 5},
		"a stumble at the start is not":       {inTurn(says(502, "<html>"), at(all, 120, 0)), fault.Unavailable, 1},
		"forbidden in the middle":             {inTurn(at(all, 120, 0), says(403, "")), fault.Forbidden, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStub(t, map[string]http.HandlerFunc{"GET " + itemsPath: tt.answer})
			items, err := s.client().Items(t.Context(), ann, listID)
			if n := len(s.requests("GET " + itemsPath)); n != tt.calls {
				t.Errorf("%d requests, want %d", n, tt.calls)
			}
			if tt.kind != "" {
				wantFault(t, err, tt.kind, false)
				return
			}
			if err != nil || len(items) != 120 {
				t.Fatalf("Items = %d rows, %v; want 120", len(items), err)
			}
			for i := range items {
				if items[i].Track == nil || items[i].Track.Title != fmt.Sprintf("Keep Alive %d", i) {
					t.Fatalf("row %d = %+v", i, items[i])
				}
			}
		})
	}
}

func TestAnEmptyPlaylistIsEmpty(t *testing.T) {
	t.Parallel()
	s := newStub(t, map[string]http.HandlerFunc{"GET " + itemsPath: rowsOf()})
	if items, err := s.client().Items(t.Context(), ann, listID); err != nil || len(items) != 0 {
		t.Errorf("Items = %v, %v", items, err)
	}
}

func TestReadRefusals(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer http.HandlerFunc
		kind   fault.Kind
		says   string // part of the sentence
	}{
		"foreign list":     {says(403, `{"error":{"status":403,"message":"Forbidden"}}`), fault.Forbidden, "owner"},
		"allow-list, text": {says(403, "User not registered in the Developer Dashboard"), fault.Forbidden, "operator"},
		"premium":          {says(403, `{"error":{"status":403,"message":"Active premium subscription required for the owner of the app"}}`), fault.Forbidden, "Premium"},
		"scope":            {says(403, `{"error":{"status":403,"message":"Insufficient client scope"}}`), fault.Forbidden, "permission"},
		"gone":             {says(404, `{"error":{"status":404,"message":"Resource not found"}}`), fault.NotFound, "playlist"},
		"bad id":           {says(400, `{"error":{"status":400,"message":"Invalid base62 id"}}`), fault.Invalid, "link"},
		"expired":          {says(401, `{"error":{"status":401,"message":"The access token expired"}}`), fault.Unauthorised, "Log in"},
		"500":              {says(500, `{"error":{"status":500,"message":"Server error."}}`), fault.Unavailable, "trouble"},
		"502, HTML":        {says(502, "<html><body>Bad gateway"), fault.Unavailable, "trouble"},
		"503, empty":       {says(503, ""), fault.Unavailable, "trouble"},
		"dropped":          {drops, fault.Unavailable, "reached"},
		"error is text":    {says(400, `{"error":"invalid_request"}`), fault.Invalid, "accept"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStub(t, map[string]http.HandlerFunc{"GET " + itemsPath: tt.answer})
			_, err := s.client().Items(t.Context(), ann, listID)
			if f := wantFault(t, err, tt.kind, false); !strings.Contains(f.Message, tt.says) {
				t.Errorf("message = %q, want it to mention %q", f.Message, tt.says)
			}
			if strings.Contains(err.Error(), "<") || strings.Contains(err.Error(), annAccess) {
				t.Errorf("error %q holds HTML or a token", err)
			}
		})
	}
}

func TestReadIsTriedOnceMoreAfter401(t *testing.T) {
	t.Parallel()
	s := newStub(t, map[string]http.HandlerFunc{"GET " + itemsPath: inTurn(says(401, ""), rowsOf(row(1)))})
	items, err := s.client().Items(t.Context(), ann, listID)
	if err != nil || len(items) != 1 {
		t.Fatalf("Items = %v, %v", items, err)
	}
	if got := s.requests("GET " + itemsPath); len(got) != 2 || got[1].token != "BQD-stub-2" {
		t.Errorf("requests = %+v", got)
	}
}

func TestARedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	var stolen atomic.Int32
	foreign := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { stolen.Add(1) }))
	defer foreign.Close()
	elsewhere := func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, foreign.URL, http.StatusTemporaryRedirect)
	}
	s := newStub(t, map[string]http.HandlerFunc{"GET " + itemsPath: elsewhere, "POST " + itemsPath: elsewhere, "GET /v1/me": elsewhere})
	c := s.client()
	_, err := c.Items(t.Context(), ann, listID)
	wantFault(t, err, fault.Unavailable, false)
	wantFault(t, add(t.Context(), c), fault.Unavailable, true)
	_, err = c.Me(t.Context(), annAccess)
	wantFault(t, err, fault.Unavailable, false)
	if stolen.Load() != 0 {
		t.Error("the foreign host was asked")
	}
}

func TestSlowAndEndlessAnswers(t *testing.T) {
	t.Parallel()
	t.Run("one byte and no more", func(t *testing.T) {
		t.Parallel()
		s := newStub(t, map[string]http.HandlerFunc{"GET " + itemsPath: hangs(func(w http.ResponseWriter) { _, _ = io.WriteString(w, "{") })})
		c := s.client()
		c.timeout = 50 * time.Millisecond
		_, err := c.Items(t.Context(), ann, listID)
		if f := wantFault(t, err, fault.Unavailable, false); !strings.Contains(f.Message, "too long") {
			t.Errorf("message = %q", f.Message)
		}
	})
	t.Run("more than 10 MB", func(t *testing.T) {
		t.Parallel()
		s := newStub(t, map[string]http.HandlerFunc{"GET " + itemsPath: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(bytes.Repeat([]byte(" "), maxBody+1))
		}})
		_, err := s.client().Items(t.Context(), ann, listID)
		if wantFault(t, err, fault.Unavailable, false); !strings.Contains(err.Error(), errTooLong.Error()) {
			t.Errorf("error = %v", err)
		}
	})
}

func TestSearch(t *testing.T) {
	t.Parallel()
	found := func(rows string) string {
		return `{"tracks":{"href":"x","limit":10,"next":null,"offset":0,"previous":null,"total":3,"items":[` + rows + `]}}`
	}
	t.Run("drops empty rows", func(t *testing.T) {
		t.Parallel()
		s := newStub(t, map[string]http.HandlerFunc{"GET /v1/search": says(200, found(song(1)+",null,"+song(2)))})
		tracks, err := s.client().Search(t.Context(), ann, `track:"Keep Alive"`, 20)
		if err != nil || len(tracks) != 2 || tracks[1].Title != "Keep Alive 2" {
			t.Errorf("Search = %+v, %v", tracks, err)
		}
		want := "limit=10&offset=20&q=track%3A%22Keep+Alive%22&type=track"
		if got := s.requests("GET /v1/search")[0].query; got != want {
			t.Errorf("query = %s, want %s", got, want)
		}
	})
	t.Run("remembers a refused limit", func(t *testing.T) {
		t.Parallel()
		s := newStub(t, map[string]http.HandlerFunc{"GET /v1/search": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("limit") == "10" {
				says(400, `{"error":{"status":400,"message":"Invalid limit"}}`)(w, r)
				return
			}
			says(200, found(song(1)))(w, r)
		}})
		c := s.client()
		for range 2 {
			if tracks, err := c.Search(t.Context(), ann, "keep alive", 0); err != nil || len(tracks) != 1 {
				t.Fatalf("Search = %+v, %v", tracks, err)
			}
		}
		if n := len(s.requests("GET /v1/search")); n != 3 {
			t.Errorf("%d requests, want 3: refused once, then never again", n)
		}
	})
	t.Run("an answer without tracks is none", func(t *testing.T) {
		t.Parallel()
		s := newStub(t, map[string]http.HandlerFunc{"GET /v1/search": says(200, "{}")})
		_, err := s.client().Search(t.Context(), ann, "x", 0)
		wantFault(t, err, fault.Unavailable, false)
	})
}

func TestMe(t *testing.T) {
	t.Parallel()
	s := newStub(t, map[string]http.HandlerFunc{"GET /v1/me": inTurn(
		says(200, `{"id":"ada_emu","account_id":"aB3","display_name":"Ada","images":[{"url":"big","width":300,"height":300},{"url":"small","width":64,"height":64}]}`),
		says(200, `{"id":"ada_emu","display_name":null,"images":null}`),
		says(403, "User not registered in the Developer Dashboard"),
		says(200, `{}`),
	)})
	c := s.client()
	for _, want := range []Account{{ID: "ada_emu", AccountID: "aB3", Name: "Ada", Image: "small"}, {ID: "ada_emu", Name: "ada_emu"}} {
		if got, err := c.Me(t.Context(), "BQD-login"); err != nil || got != want {
			t.Errorf("Me = %+v, %v; want %+v", got, err, want)
		}
	}
	if got := s.requests("GET /v1/me")[0].token; got != "BQD-login" {
		t.Errorf("token = %q", got)
	}
	_, err := c.Me(t.Context(), "BQD-login")
	wantFault(t, err, fault.Forbidden, false)
	_, err = c.Me(t.Context(), "BQD-login")
	wantFault(t, err, fault.Unavailable, false)
}

func TestNothingPrivateIsLoggedOrTold(t *testing.T) {
	t.Parallel()
	s := newStub(t, map[string]http.HandlerFunc{"GET /v1/search": inTurn(says(503, ""), drops, drops, says(200, "{}"), says(429, ""))})
	var log bytes.Buffer
	c := New(Options{APIURL: s.URL + "/v1/", Tokens: &tokens{}, Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	for range 4 { // net/http itself repeats the read whose reused connection drops
		_, err := c.Search(t.Context(), ann, "Secret+Song", 0)
		if err == nil || strings.Contains(err.Error(), "Secret") || strings.Contains(err.Error(), annAccess) {
			t.Errorf("error = %v", err)
		}
	}
	text := log.String()
	if !strings.Contains(text, "GET /search") || !strings.Contains(text, "asks us to pause") {
		t.Errorf("log = %s, want the calls and the pause", text)
	}
	if strings.Contains(text, "Secret") || strings.Contains(text, annAccess) {
		t.Errorf("log = %s, holds a query or a token", text)
	}
}
