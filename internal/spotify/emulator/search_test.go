package emulator

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// told is "Title / First Artist" of each.
func told(t *testing.T, tracks []map[string]any) []string {
	t.Helper()
	out := make([]string, len(tracks))
	for i, track := range tracks {
		out[i] = at[string](t, track, "name") + " / " + at[string](t, track, "artists", 0, "name")
	}
	return out
}

func TestSearchUnderstandsSpotifysSyntax(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	for _, c := range []struct {
		query string
		has   []string // among the first ten
		lacks []string // words in no result
	}{
		{`track:"Fade Into You" artist:"Mazzy Star"`, []string{"Fade Into You / Mazzy Star"}, []string{"Inhaler", "Karaoke"}},
		{`track:Fade Into You artist:Mazzy Star`, []string{"Fade Into You / Mazzy Star"}, []string{"Inhaler"}},
		{`artist:queen track:bohemian`, []string{"Bohemian Rhapsody / Queen"}, []string{"Pentatonix"}},
		{`album:"The Wall" track:"brick in the wall"`, []string{"Another Brick in the Wall, Pt. 2 / Pink Floyd"}, nil},
		{`album:rumours`, []string{"Dreams / Fleetwood Mac", "The Chain / Fleetwood Mac"}, []string{"Cranberries"}},
		{`fade into you mazzy star`, []string{"Fade Into You / Mazzy Star"}, nil},
		{`dont stop believin`, []string{"Don't Stop Believin' / Journey", "Don't Stop Believin' / Glee Cast"}, nil},
		{`bohemain rapsody`, []string{"Bohemian Rhapsody / Queen"}, nil},
		{`BOHEMIAN`, []string{"Bohemian Rhapsody / Queen"}, nil},
		{`hallelujah year:1994`, []string{"Hallelujah / Jeff Buckley"}, []string{"Cohen"}},
		{`hallelujah year:1980-1989`, []string{"Hallelujah / Leonard Cohen"}, []string{"Buckley"}},
		{`track:hallelujah NOT artist:Leonard`, []string{"Hallelujah / Jeff Buckley"}, []string{"Leonard"}},
		{`track:hallelujah NOT live`, []string{"Hallelujah / Jeff Buckley"}, []string{"Live"}},
		{`artist:"Jeff Buckley" OR artist:"Mazzy Star"`, []string{"Fade Into You / Mazzy Star", "Hallelujah / Jeff Buckley"}, nil},
		{`"fade into you"`, []string{"Fade Into You / Mazzy Star", "Fade Into You / Inhaler"}, []string{"Dust"}},
		{`夜に駆ける`, []string{"夜に駆ける / YOASOBI"}, nil},
		{`группа крови кино`, []string{"Группа крови / Кино"}, nil},
		{`봄날`, []string{"봄날 / BTS"}, nil},
		{`انت عمري`, []string{"أنت عمري / أم كلثوم"}, nil},
		{`συννεφιασμενη κυριακη`, []string{"Συννεφιασμένη Κυριακή / Βασίλης Τσιτσάνης"}, nil},
		{`simarik tarkan`, []string{"Şımarık / Tarkan"}, nil},
		{`joga bjork`, []string{"Jóga / Björk"}, nil},
		{`edith piaf vie en rose`, []string{"La vie en rose / Édith Piaf"}, nil},
	} {
		t.Run(c.query, func(t *testing.T) {
			t.Parallel()
			got := told(t, s.search(t, c.query))
			for _, want := range c.has {
				if !slices.Contains(got, want) {
					t.Errorf("%s is not among %q", want, got)
				}
			}
			for _, word := range c.lacks {
				if strings.Contains(strings.Join(got, "\n"), word) {
					t.Errorf("%s is among %q", word, got)
				}
			}
		})
	}
}

func TestSearchByISRC(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	code := func(q string) string { return at[string](t, s.search(t, q)[0], "external_ids", "isrc") }
	queen, mazzy := code(`track:"Bohemian Rhapsody" artist:Queen album:"A Night at the Opera"`), code(`track:"Fade Into You" artist:"Mazzy Star"`)
	got := s.search(t, "isrc:"+strings.ToLower(queen))
	if len(got) < 3 {
		t.Errorf("%q: the studio recording stands on three albums, found %q", queen, told(t, got))
	}
	for _, track := range got {
		if name := at[string](t, track, "name"); !strings.HasPrefix(name, "Bohemian Rhapsody") || strings.Contains(name, "Live") {
			t.Errorf("found %s", name)
		}
	}
	for _, q := range []string{"isrc:" + queen + " OR isrc:" + mazzy, "isrc:XXEMU0000000", "isrc:" + queen + " artist:Mazzy"} {
		if got := s.search(t, q); len(got) != 0 {
			t.Errorf("%s found %q", q, told(t, got))
		}
	}
	if err := s.Set(func(k *Knobs) { k.ISRCOutage = true }); err != nil {
		t.Fatal(err)
	}
	if got := s.search(t, "isrc:"+queen); len(got) != 0 {
		t.Errorf("in the outage it found %q", told(t, got))
	}
}

func TestSearchFindsSomethingForNonsenseButNothingForFilters(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	if got := s.search(t, "xqzzyv wfglkp"); len(got) == 0 {
		t.Error("nothing for nonsense")
	}
	for _, q := range []string{`track:"xqzzyv"`, "genre:polka", "upc:123", "tag:new", "year:soon", `artist:queen album:"No Such"`} {
		if got := s.search(t, q); len(got) != 0 {
			t.Errorf("%s found %q", q, told(t, got))
		}
	}
}

func TestSearchRefusals(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	for query, message := range map[string]string{
		"type=track": "No search query", "type=track&q=+": "No search query", "q=x": "Missing parameter type", "q=x&type=genre": "Bad search type field genre",
		"type=track&q=" + strings.Repeat("a", 251): "Query exceeds maximum length of 250 characters",
		"type=track&q=x&limit=11":                  "Invalid limit", "type=track&q=x&offset=1001": "Invalid offset",
	} {
		s.fails(t, http.MethodGet, "/v1/search?"+query, "", 400, message)
	}
	long := strings.Repeat("夜", 250) // characters, not bytes
	s.get(t, "/v1/search?type=track&q="+url.QueryEscape(long))
}

func TestSearchPagesLinkToEachOther(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	first := at[map[string]any](t, s.get(t, "/v1/search?q=love&type=track&limit=5"), "tracks")
	equal(t, "href", first["href"], s.url+"/v1/search?offset=0&limit=5&query=love&type=track")
	next := strings.TrimPrefix(at[string](t, first, "next"), s.url)
	second := at[map[string]any](t, s.get(t, next), "tracks")
	equal(t, "offset and previous", []any{second["offset"], second["previous"]}, []any{5, first["href"]})
	if body(t, first["items"]) == body(t, second["items"]) {
		t.Error("both pages are the same")
	}
	if n := at[float64](t, s.get(t, "/v1/search?q=love&type=track"), "tracks", "limit"); n != 5 {
		t.Errorf("the usual limit is %v", n)
	}
}

func TestSearchOfOtherTypes(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	got := s.get(t, "/v1/search?q=fleetwood+mac&type=track,album,artist,playlist&limit=10")
	equal(t, "artist", at[string](t, got, "artists", "items", 0, "name"), "Fleetwood Mac")
	at[string](t, got, "albums", "items", 0, "album_type")
	at[map[string]any](t, got, "tracks", "items", 0)
	equal(t, "playlists", at[any](t, got, "playlists", "items"), []any{})
}

func TestSearchPagesHoldANullNowAndThen(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	pages, nulls := 0, 0
	for word := range strings.FieldsSeq("love you the me night day time heart dance rock king queen girl man live remix blue black red one two world sun star") {
		items := at[[]any](t, s.get(t, "/v1/search?type=track&limit=10&q="+word), "tracks", "items")
		pages++
		if slices.Contains(items, nil) {
			nulls++
		}
		if len(items) > 0 && items[0] == nil {
			t.Errorf("%s: the first hit is null", word)
		}
	}
	if nulls == 0 || nulls > pages/3 {
		t.Errorf("nulls on %d of %d pages", nulls, pages)
	}
}

func TestBohemianRhapsodyIsOneStudioRecordingAmongOthers(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	studio, others := map[string]bool{}, 0
	for _, track := range s.search(t, "Bohemian Rhapsody Queen") {
		name, artist := at[string](t, track, "name"), at[string](t, track, "artists", 0, "name")
		if !strings.HasPrefix(name, "Bohemian Rhapsody") || artist != "Queen" || strings.Contains(name, "Live") {
			others++
			continue
		}
		studio[at[string](t, track, "external_ids", "isrc")] = true
	}
	if len(studio) != 1 || others < 4 {
		t.Errorf("%d studio recordings, %d others", len(studio), others)
	}
}

func TestQueriesAreParsed(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]query{
		`a B`:                                {{text: []string{"a", "b"}}},
		`track:a b artist:c`:                 {{filters: []term{{inTitle, []string{"a", "b"}, false}, {inArtist, []string{"c"}, false}}}},
		`x album:"a b" y`:                    {{text: []string{"x", "y"}, filters: []term{{inAlbum, []string{"a", "b"}, true}}}},
		`isrc:us123 year:1990-1999`:          {{isrc: "US123", from: 1990, to: 1999}},
		`a NOT b c OR d`:                     {{text: []string{"a", "c"}, without: []term{{anywhere, []string{"b"}, false}}}, {text: []string{"d"}}},
		`NOT artist:x y`:                     {{without: []term{{inArtist, []string{"x", "y"}, false}}}},
		`http://x track:`:                    {{text: []string{"http", "x"}}},
		`"unclosed phrase`:                   {{filters: []term{{anywhere, []string{"unclosed", "phrase"}, true}}}},
		`or not`:                             {{text: []string{"or", "not"}}},
		`genre:rock x`:                       {{text: []string{"x"}, nothing: true}},
		`track:"a" "b"`:                      {{filters: []term{{inTitle, []string{"a"}, true}, {anywhere, []string{"b"}, true}}}},
		`artist:AC/DC track:T.N.T. isrc:"x"`: {{filters: []term{{inArtist, []string{"ac", "dc"}, false}, {inTitle, []string{"t", "n", "t"}, false}}, isrc: "X"}},
	} {
		got := parseQuery(text)
		if len(got) != len(want) {
			t.Errorf("%s: %d alternatives", text, len(got))
			continue
		}
		for i := range got {
			g, w := got[i], want[i]
			if !slices.Equal(g.text, w.text) || !sameTerms(g.filters, w.filters) || !sameTerms(g.without, w.without) || g.isrc != w.isrc || g.from != w.from || g.to != w.to || g.nothing != w.nothing {
				t.Errorf("%s:\n got %+v\nwant %+v", text, g, w)
			}
		}
	}
}

func sameTerms(a, b []term) bool {
	return slices.EqualFunc(a, b, func(x, y term) bool {
		return x.field == y.field && x.phrase == y.phrase && slices.Equal(x.words, y.words)
	})
}

func TestWordsAreFolded(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Don't Stop": "dont stop", "Beyoncé": "beyonce", "Sigur Rós": "sigur ros", "Straße": "strasse", "Łódź": "lodz", "ＡＢＣ": "abc",
		"夜に駆": "夜 に 駆", "AC/DC": "ac dc", "Ёлка": "елка", "P!nk": "p nk", "Ke$ha": "kesha", "İstanbul": "istanbul", "봄날": "봄날",
	} {
		if got := strings.Join(words(text, nil), " "); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

func TestDistanceCountsEdits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{{"abc", "abc", 0}, {"bohemain", "bohemian", 1}, {"abc", "abd", 1}, {"abc", "ab", 1}, {"kitten", "sitting", 3}, {"夜に", "夜の", 1}} {
		if got := distance(c.a, c.b, 3); got != c.want {
			t.Errorf("%s, %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
	if got := distance("abcdef", "uvwxyz", 2); got <= 2 {
		t.Errorf("far apart: %d", got)
	}
}
