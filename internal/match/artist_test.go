package match

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"segue/internal/music"
)

func TestCreditsAreReadAtEveryLevel(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		want, have    string // artists joined by " ¦ "
		first, recall float64
		extra         int
	}{
		{"Queen", "Queen", 1, 1, 0},
		{"The Black Eyed Peas", "Black Eyed Peas", 1, 1, 0},
		{"Simon & Garfunkel", "Simon and Garfunkel", 1, 1, 0},
		{"Earth ¦ Wind & Fire", "Earth, Wind & Fire", 1, 1, 0},
		{"Tyler, The Creator", "Tyler The Creator", 1, 1, 0},
		{"Florence and the Machine", "Florence + The Machine", 1, 1, 0},
		{"Master KG feat. Nomcebo", "Master KG ¦ Nomcebo Zikode", 1, 0.8, 0},
		{"Daryl Hall & John Oates", "Daryl Hall ¦ John Oates", 1, 1, 0},
		{"Nicky Jam x J. Balvin", "Nicky Jam ¦ J Balvin", 1, 1, 0},
		{"Bob Marley & The Wailers", "Bob Marley", 1, 0.8, 0},
		{"Queen", "Queen ¦ David Bowie", 1, 1, 1},
		{"Whitney", "Whitney Houston", 0.6, 0.6, 0},
		{"ATC", "A Touch Of Class", 0.6, 0.6, 0},
		{"Молчат Дома", "Molchat Doma", 1, 1, 0},
		{"Puff Daddy", "P. Diddy", 1, 1, 0},
		{"Cat Stevens", "Yusuf / Cat Stevens", 1, 1, 0},
		{"Panic! At The Disco", "Panic at the Disco", 1, 1, 0},
		{"Guns N' Roses", "Guns and Roses", 1, 1, 0},
		{"Muse", "Queen", 0, 0, 1},
		{"Young the Giant", "Young Thug", 0, 0, 1},
		{"Queen", "Queen Latifah", 0, 0, 1},
	} {
		k := relate(newCredit(strings.Split(tc.want, " ¦ "), nil), newCredit(strings.Split(tc.have, " ¦ "), nil))
		if k.first != tc.first || k.recall != tc.recall || k.extra != tc.extra || k.common != (tc.recall > 0) {
			t.Errorf("%s against %s: %+v, want first %.1f recall %.1f extra %d", tc.want, tc.have, k, tc.first, tc.recall, tc.extra)
		}
	}
}

func TestVetoes(t *testing.T) {
	t.Parallel()
	s := song("Hello", "Adele")
	s.Duration = 295 * time.Second
	for want, tr := range map[veto]music.Track{
		noVeto:     track("1", "Hello - Remastered", "Adele", "25", 2015, "4:56"),
		offLength:  track("2", "Hello", "Adele", "25", 2015, "5:16"),
		offVersion: track("3", "Hello", "Adele", "Live at the Royal Albert Hall", 2015, "4:55"),
		offPart:    track("4", "Hello, Pt. 2", "Adele", "25", 2015, "4:55"),
		offArtist:  track("5", "Hello", "Lionel Richie", "Can't Slow Down", 1983, "4:55"),
		offKaraoke: track("6", "Hello", "Adele Tribute Singers", "Hits", 2016, "4:55"),
		offTitle:   track("7", "Yellow", "Adele", "25", 2015, "4:55"),
	} {
		w, c := newWanted(s), newCandidate(&tr)
		if got := weigh(&w, &c).veto; got != want {
			t.Errorf("%s on %s: veto %d, want %d", tr.Title, tr.Album.Name, got, want)
		}
		if m := thorough().Decide(s, []music.Track{tr}); (m.Verdict == music.Auto) != (want == noVeto) {
			t.Errorf("%s on %s: %s", tr.Title, tr.Album.Name, m.Verdict)
		}
	}
}

// whole takes a track apart altogether.
func whole(t music.Track) candidate {
	c := newCandidate(&t)
	c.complete()
	return c
}

func TestClusters(t *testing.T) {
	t.Parallel()
	a := track("a", "Numb", "Linkin Park", "Meteora", 2003, "3:07")
	for name, tc := range map[string]struct {
		other music.Track
		same  bool
	}{
		"within two seconds":            {track("b", "Numb - Remastered", "LINKIN PARK", "Meteora 20", 2023, "3:08"), true},
		"three seconds apart":           {track("b", "Numb", "Linkin Park", "Meteora", 2003, "3:10"), false},
		"another performer":             {track("b", "Numb", "Marina", "Numb", 2010, "3:07"), false},
		"a concert of the same length":  {track("b", "Numb - Live", "Linkin Park", "Road", 2008, "3:07"), false},
		"a guest in the title":          {track("b", "Numb (feat. Jay-Z)", "Linkin Park", "Meteora", 2003, "3:07"), true},
		"unknown length, one to belong": {track("b", "Numb", "Linkin Park", "Meteora", 2003, ""), true},
	} {
		w := newWanted(song("Numb", "Linkin Park"))
		got := cluster([]*scored{{candidate: whole(a)}, {candidate: whole(tc.other)}})
		if (len(got) == 1) != tc.same {
			t.Errorf("%s: %d recordings", name, len(got))
		}
		rank(&w, got)
	}
	b := track("b", "Numb (Album Version)", "Linkin Park", "Meteora", 2003, "3:30")
	a.ISRC, b.ISRC = "USWB10300474", "uswb10300474"
	if got := cluster([]*scored{{candidate: whole(a)}, {candidate: whole(b)}}); len(got) != 1 {
		t.Errorf("the same recording code: %d recordings, want 1", len(got))
	}
}

func TestQueriesArePlanned(t *testing.T) {
	t.Parallel()
	full := song(`Say "It": Again (feat. X) - Live`, "Queen & Wyclef Jean feat. Pras")
	full.ISRC = "GB-UM7-10-29604"
	for _, tc := range []struct {
		song music.Song
		want []string
	}{
		{song("Bohemian Rhapsody", "Queen"), []string{`track:"Bohemian Rhapsody" artist:"Queen"`, "Bohemian Rhapsody Queen"}},
		{song("Hallelujah", ""), []string{`track:"Hallelujah"`, "Hallelujah"}},
		{wish(song("Numb", "Linkin Park"), "live in Texas"), []string{"Numb Linkin Park live in Texas", `track:"Numb" artist:"Linkin Park"`, "Numb Linkin Park"}},
		{wish(song("Numb", "Linkin Park"), "clean"), []string{`track:"Numb" artist:"Linkin Park"`, "Numb Linkin Park"}},
		{song("Тоска", "Молчат Дома"), []string{`track:"Тоска" artist:"Молчат Дома"`, "Тоска Молчат Дома", "toska molchat doma"}},
		{full, []string{
			"isrc:GBUM71029604", "Say It Again Queen & Wyclef Jean Live", `track:"Say It Again" artist:"Queen & Wyclef Jean"`,
			"Say It Again Queen & Wyclef Jean", `track:"Say It Again" artist:"Queen"`,
		}},
		{music.Song{ISRC: "GBUM71029604"}, []string{"isrc:GBUM71029604"}},
		{music.Song{ISRC: "nonsense"}, nil},
		{music.Song{}, nil},
	} {
		if got := thorough().Queries(tc.song); !slices.Equal(got, tc.want) {
			t.Errorf("thorough().Queries(%s)\n got %q\nwant %q", tc.song, got, tc.want)
		}
	}
	long := song(strings.Repeat("wörd ", 1000), strings.Repeat("näme ", 200))
	for _, q := range thorough().Queries(wish(long, strings.Repeat("live ", 100))) {
		if utf8.RuneCountInString(q) > maxQuery {
			t.Errorf("query of %d characters", utf8.RuneCountInString(q))
		}
	}
	if n := len(thorough().Queries(long)); n == 0 || n > maxQueries {
		t.Errorf("%d queries", n)
	}
}
