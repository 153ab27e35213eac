package match

import (
	"math"
	"reflect"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"segue/internal/music"
)

var (
	someTitles  = []string{"Hello", "Hello - Live", "Hello (Remastered 2011)", "Hello, Pt. 2", "Hello (Karaoke Version)", "Hallo", "Say Hello", "Hello (feat. Cher)", "", "???", "Привет", "Hello - Radio Edit", "Hello (X Remix)"}
	someArtists = []string{"Adele", "Cher", "Adele & Cher", "Karaoke Kings", "", "Адель", "ADELE feat. Cher"}
	someAlbums  = []string{"25", "Live at Home", "Greatest Hits", "", "Hello - Single"}
	someWishes  = []string{"", "", "live", "2011 remaster", "clean", "acoustic"}
)

func genTrack(t *rapid.T) music.Track {
	return music.Track{
		ID: rapid.StringMatching(`[a-h]{1,2}`).Draw(t, "id"), Title: rapid.SampledFrom(someTitles).Draw(t, "title"),
		Artists:  []music.Artist{{Name: rapid.SampledFrom(someArtists).Draw(t, "artist")}},
		Album:    music.Album{Name: rapid.SampledFrom(someAlbums).Draw(t, "album"), Release: rapid.SampledFrom([]string{"", "1990", "2011-01-01"}).Draw(t, "release")},
		Duration: time.Duration(rapid.IntRange(0, 8).Draw(t, "length")) * 1500 * time.Millisecond,
		Explicit: rapid.Bool().Draw(t, "explicit"), ISRC: rapid.SampledFrom([]string{"", "", "GBUM71029604"}).Draw(t, "isrc"),
	}
}

func genSong(t *rapid.T) music.Song {
	s := music.Song{
		Title: rapid.SampledFrom(someTitles).Draw(t, "wanted"), Album: rapid.SampledFrom(someAlbums).Draw(t, "from"),
		Version: rapid.SampledFrom(someWishes).Draw(t, "wish"), ISRC: rapid.SampledFrom([]string{"", "", "GBUM71029604"}).Draw(t, "code"),
		Duration: time.Duration(rapid.IntRange(-1, 8).Draw(t, "lasts")) * 1500 * time.Millisecond,
	}
	if a := rapid.SampledFrom(someArtists).Draw(t, "by"); a != "" {
		s.Artists = []string{a}
	}
	return s
}

func TestOrderAndRepetitionDoNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, found := genSong(t), rapid.SliceOfN(rapid.Custom(genTrack), 0, 8).Draw(t, "found")
		for i := range found {
			found[i].ID += string(rune('A' + i)) // an id names one track
		}
		first := thorough().Decide(s, found)
		shuffled := append(rapid.Permutation(found).Draw(t, "shuffled"), found...)
		if second := thorough().Decide(s, shuffled); !reflect.DeepEqual(first, second) {
			t.Fatalf("%+v\nand\n%+v", first, second)
		}
	})
}

func TestWhatIsVetoedIsNeverAutomatic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, found := genSong(t), rapid.SliceOfN(rapid.Custom(genTrack), 1, 8).Draw(t, "found")
		m := thorough().Decide(s, found)
		for _, c := range m.Choices {
			if math.IsNaN(c.Confidence) || c.Confidence < 0 || c.Confidence > 1 {
				t.Fatalf("confidence %v", c.Confidence)
			}
		}
		if len(m.Choices) > maxChoices || m.Verdict == music.None && len(m.Choices) > 0 || m.Verdict != music.None && len(m.Choices) == 0 {
			t.Fatalf("%s with %d choices", m.Verdict, len(m.Choices))
		}
		if pick, ok := m.Pick(); ok {
			w, c := newWanted(s), newCandidate(&pick.Track)
			if e := weigh(&w, &c); e.veto != noVeto {
				t.Fatalf("%s picked for %s in spite of veto %d", pick.Track.Title, s, e.veto)
			}
		}
	})
}

func TestNothingMatchesAnEmptyForm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := normal(rapid.String().Draw(t, "a")), normal(rapid.String().Draw(t, "b"))
		if a.equal(b) != b.equal(a) {
			t.Fatalf("equality of %+v and %+v depends on the order", a, b)
		}
		if a.empty() && (a.equal(b) || spelling(a, b) != 0) {
			t.Fatalf("an empty form matches %+v", b)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range someTitles {
		f.Add(s, s)
	}
	f.Add("A (feat. B) [C - D (E", "\xff\xfe ( – ) 東京 Pt. II")
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := parse(a), parse(b)
		if u, v := compareTitles(x, y), compareTitles(y, x); u != v || u < 0 || u > 1 || math.IsNaN(u) {
			t.Fatalf("%q and %q: %v and %v", a, b, u, v)
		}
		if again := normal(x.full.native); !again.equal(x.full) && !x.full.empty() && isASCII(a) {
			t.Fatalf("the normal form of %q is not stable: %+v, %+v", a, x.full, again)
		}
		s, err := Check(music.Song{Title: a, Artists: []string{b}, Version: b, Album: b})
		if err != nil {
			return
		}
		for _, q := range thorough().Queries(s) {
			if utf8.RuneCountInString(q) > maxQuery || !utf8.ValidString(q) {
				t.Fatalf("query %q", q)
			}
		}
		m := thorough().Decide(s, []music.Track{{ID: "1", Title: b, Artists: []music.Artist{{Name: a}}, Album: music.Album{Name: a}}, {ID: "2", Title: a, Artists: []music.Artist{{Name: b}}}})
		for _, c := range m.Choices {
			if !(c.Confidence >= 0 && c.Confidence <= 1) { // NaN is neither
				t.Fatalf("confidence %v", c.Confidence)
			}
		}
	})
}

func BenchmarkDecideOver20(b *testing.B) {
	found := append(rhapsody(), hallelujah()...)
	found = append(found, track("x", "Bohemian Rhapsody - Reprise", "Queen", "Odeon", 2015, "1:02"))
	s := song("Bohemian Rhapsody", "Queen")
	b.ReportAllocs()
	for b.Loop() {
		if m := thorough().Decide(s, found); m.Verdict != music.Auto {
			b.Fatal(m.Verdict)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "songs/s")
}
