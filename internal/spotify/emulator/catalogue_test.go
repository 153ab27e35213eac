package emulator

import (
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const shared = "../../../../shared/data/catalogue.tsv.gz"

// bigCatalogue skips, outside of CI, where the shared data is not.
func bigCatalogue(tb testing.TB) string {
	tb.Helper()
	if _, err := os.Stat(shared); errors.Is(err, fs.ErrNotExist) {
		if os.Getenv("CI") != "" {
			tb.Fatal("no shared data")
		}
		tb.Skip("no shared data")
	}
	return shared
}

func TestBuiltInCatalogueHasWhatMakesMatchingHard(t *testing.T) {
	t.Parallel()
	c, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	songs, count := map[string]bool{}, map[string]int{}
	for i := range c.tracks {
		x := &c.tracks[i]
		if x.popularity >= 60 {
			songs[x.title+c.names(x.artists)] = true
		}
		for word, has := range map[string]bool{
			"remaster": strings.Contains(x.title, "Remaster"), "live": strings.Contains(x.title, " - Live"), "remix": strings.Contains(x.title, "emix"),
			"karaoke": strings.Contains(x.title, "Karaoke"), "tribute": strings.Contains(x.title, "Tribute"), "feat": strings.Contains(x.title, "(feat."),
			"part": strings.Contains(x.title, "Pt. "), "explicit": x.explicit, "other scripts": !latin(x.title), "compilation": c.albums[x.album].kind == "compilation",
		} {
			if has {
				count[word]++
			}
		}
		if x.id == "" || len(x.isrc) != 12 || x.millis < 60_000 || len(x.artists) == 0 || c.year(x) < 1900 {
			t.Errorf("incomplete: %+v", x)
		}
	}
	t.Logf("%d tracks of %d songs: %v", len(c.tracks), len(songs), count)
	if len(songs) < 400 {
		t.Errorf("%d songs, want 400", len(songs))
	}
	for word := range strings.FieldsSeq("remaster live remix karaoke tribute feat part explicit compilation") {
		if count[word] < 5 {
			t.Errorf("%d × %s", count[word], word)
		}
	}
	if count["other scripts"] < 40 {
		t.Errorf("%d in other scripts", count["other scripts"])
	}
}

func TestTwinsShareTheirISRCAndOtherRecordingsDoNot(t *testing.T) {
	t.Parallel()
	c, err := builtin()
	if err != nil {
		t.Fatal(err)
	}
	core := func(x *track) string {
		title, _, _ := strings.Cut(x.title, " - Remastered")
		title, _, _ = strings.Cut(title, " (feat.")
		return title
	}
	shared := 0
	for code, docs := range c.byISRC {
		first := &c.tracks[docs[0]]
		for _, d := range docs[1:] {
			shared++
			if x := &c.tracks[d]; core(x) != core(first) || x.artists[0] != first.artists[0] || x.millis != first.millis || x.explicit != first.explicit {
				t.Errorf("%s is %q and %q", code, first.title, x.title)
			}
		}
	}
	if shared < 100 {
		t.Errorf("%d twins", shared)
	}
}

const sample = "spotify_id\tisrc\tisrc_src\ttitle\tartists\talbum\talbum_id\tduration_ms\tdur_precision\texplicit\tpopularity\trelease_date\ttrack_no\tsources\n" +
	"7tFiyTwD0nx5a1eklYtX2J\tGBUM71029604\tapi\tBohemian Rhapsody - Remastered 2011\tQueen\tA Night At The Opera\t6X9k3hSsvQck2OfKYdBbXr\t354320\tms\t0\t75\t1975-11-21\t11\tx\n" +
	"isrc:AEA0D1846144\tAEA0D1846144\tt\tТоска\tMolchat Doma\tЭтажи\t\t\t\t\t\t\t\tx\n" +
	"1AhDOtG9vPSOmsWgNW0BEY\t\t\tTwo\tA ¦ B\tHits\t2AhDOtG9vPSOmsWgNW0BEY\t200000\ts\t1\t\t1999\t\tx\n" +
	"1BhDOtG9vPSOmsWgNW0BEY\t\t\tThree\tC\tHits\t2AhDOtG9vPSOmsWgNW0BEY\t100000.5\ts\t\t\t\t\tx\r\n" +
	"1BhDOtG9vPSOmsWgNW0BEY\t\t\tThree again\tC\tHits\t\t\t\t\t\t\t\tx\n\n"

func TestCatalogueFilesAreRead(t *testing.T) {
	t.Parallel()
	plain, zipped := filepath.Join(t.TempDir(), "c.tsv"), filepath.Join(t.TempDir(), "c.tsv.gz")
	if err := os.WriteFile(plain, []byte(sample), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(zipped)
	if err != nil {
		t.Fatal(err)
	}
	z := gzip.NewWriter(f)
	if _, err := z.Write([]byte(sample)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{plain, zipped} {
		s := start(t, Options{Catalogue: file})
		queen := s.get(t, "/v1/tracks/7tFiyTwD0nx5a1eklYtX2J")
		equal(t, "as in the file", []any{
			queen["name"], queen["duration_ms"], queen["track_number"], at[any](t, queen, "external_ids", "isrc"), at[any](t, queen, "album", "id"),
			at[any](t, queen, "album", "release_date_precision"),
		}, []any{"Bohemian Rhapsody - Remastered 2011", 354320, 11, "GBUM71029604", "6X9k3hSsvQck2OfKYdBbXr", "day"})
		found := s.search(t, "isrc:AEA0D1846144")
		if id := at[string](t, found[0], "id"); !isID(id) {
			t.Errorf("made-up id %q", id)
		}
		equal(t, "unknown date", []any{at[any](t, found[0], "album", "release_date"), at[any](t, found[0], "album", "release_date_precision")}, []any{"0000", "year"})
		three := s.get(t, "/v1/tracks/1BhDOtG9vPSOmsWgNW0BEY")
		equal(t, "compilation", []any{three["name"], three["duration_ms"], at[any](t, three, "album", "album_type"), at[any](t, three, "album", "artists", 0, "name")},
			[]any{"Three", 100000, "compilation", "Various Artists"})
		equal(t, "tracks", s.State().Tracks, 4)
	}
}

func TestWrongCatalogueFilesAreRefused(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{"columns.tsv": "a\tb\n1\t2\n", "short.tsv": "spotify_id\ttitle\tartists\nx\n", "plain.tsv.gz": sample} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := New(Options{Catalogue: file}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := New(Options{Catalogue: filepath.Join(t.TempDir(), "none")}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	if _, err := New(Options{Profile: "dev1999"}); err == nil {
		t.Error("a profile that does not exist was taken")
	}
}

func TestBrokenSongLinesAreNamed(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"a\tb\tc\t1999", "a\tb\tc\t1999\t3:99", "a\tb\tc\t1999\tx", "a\tb\tc\t1999\t3:00\tdance", "a\tb\tc\t1999\t3:00\tlive|x|y"} {
		if err := addSongs(newBuilder(1), "file", "# fine\n"+line); err == nil || !strings.HasPrefix(err.Error(), "file:2: ") {
			t.Errorf("%q: %v", line, err)
		}
	}
}

// resident returns the process's resident memory in bytes, 0 where /proc does not tell.
func resident(tb testing.TB) int {
	tb.Helper()
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(raw), "VmRSS:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		tb.Fatal(err)
	}
	return kb << 10
}

// queries are what people and our matcher send, over tracks spread through the catalogue.
func queries(c *catalogue, n int) []string {
	var out []string
	for i := range n {
		t := &c.tracks[i*7919%len(c.tracks)]
		title, artist := t.title, c.artists[t.artists[0]].name
		out = append(out, [...]string{
			`track:"` + title + `" artist:"` + artist + `"`, title + " " + artist, title, artist + " - " + title + " (Official Video)",
			"the love you me", "isrc:" + t.isrc, `track:` + title + ` artist:` + artist, misspell(title) + " " + misspell(artist),
		}[i%8])
	}
	return out
}

// misspell swaps two letters of a longer word.
func misspell(s string) string {
	if len(s) < 7 {
		return s
	}
	b := []byte(s)
	b[2], b[3] = b[3], b[2]
	return string(b)
}

//nolint:paralleltest // it measures time and the memory of the whole process
func TestTheLargeCatalogueIsQuickAndSmall(t *testing.T) {
	path := bigCatalogue(t)
	slack, searches := time.Duration(2), 2000 // other work shares the processor with tests
	if raceDetector {
		slack, searches = 15, 200
	}
	debug.FreeOSMemory()
	before, began := resident(t), time.Now()
	e, err := New(Options{Catalogue: path})
	if err != nil {
		t.Fatal(err)
	}
	load := time.Since(began)
	peak := resident(t) - before
	var times []time.Duration
	for _, q := range queries(e.catalogue, searches) {
		began := time.Now()
		e.finder.find(q)
		times = append(times, time.Since(began))
	}
	slices.Sort(times)
	p95 := times[len(times)*95/100]
	debug.FreeOSMemory()
	settled := resident(t) - before
	t.Logf("%d tracks, %d words: load %v, resident %d MB right after, %d MB settled; search p50 %v, p95 %v, max %v", len(e.catalogue.tracks), len(e.catalogue.index.words),
		load.Round(time.Millisecond), peak>>20, settled>>20, times[len(times)/2], p95, times[len(times)-1])
	if len(e.catalogue.tracks) < 92_000 || load > 3*time.Second*slack || p95 > 10*time.Millisecond*slack {
		t.Error("too few tracks, or too slow: want 92,000, 3 s to load and 10 ms for a search")
	}
	if !raceDetector && (settled > 250<<20 || peak > 300<<20) {
		t.Error("too large: want 250 MB")
	}
	runtime.KeepAlive(e)
}

func TestTheLargeCatalogueFindsWhatItHas(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Catalogue: bigCatalogue(t)})
	c, found, asked := s.catalogue, 0, 0
	for i := 0; i < len(c.tracks); i += 301 {
		x := &c.tracks[i]
		asked++
		hits := s.finder.find(`track:"` + x.title + `" artist:"` + c.artists[x.artists[0]].name + `"`)
		if slices.ContainsFunc(hits[:min(10, len(hits))], func(h hit) bool { return c.tracks[h.doc].id == x.id }) {
			found++
		}
	}
	t.Logf("%d of %d found on the first page by title and artist", found, asked)
	if found*100 < asked*95 {
		t.Errorf("found %d of %d", found, asked)
	}
	if got := told(t, s.search(t, `track:"Fade Into You" artist:"Mazzy Star"`)); !slices.Contains(got, "Fade Into You / Mazzy Star") {
		t.Errorf("found %q", got)
	}
	equal(t, "Ada's Road Trip", len(s.uris(t, s.list(t, "Road Trip"))), 8)
}

func BenchmarkLoad(b *testing.B) {
	path := bigCatalogue(b)
	for b.Loop() {
		if _, err := openCatalogue(path); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSearch(b *testing.B) {
	c, err := openCatalogue(bigCatalogue(b))
	if err != nil {
		b.Fatal(err)
	}
	f, q := newFinder(c, newDice(1)), queries(c, 2000)
	for i := 0; b.Loop(); i++ {
		f.find(q[i%len(q)])
	}
}

func BenchmarkKeepAThousandRows(b *testing.B) {
	e, err := New(Options{State: filepath.Join(b.TempDir(), "spotify.json")})
	if err != nil {
		b.Fatal(err)
	}
	s := station{Emulator: e}
	id := e.State().Playlists[0].ID
	rows := slices.Repeat(s.some(1), 1000)
	for b.Loop() {
		if err := e.SetRows(id, rows); err != nil {
			b.Fatal(err)
		}
	}
}
