package match

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"segue/internal/music"
)

// track makes a catalogue entry: title, artists joined by " ¦ ", album, year, length as m:ss.
func track(id, title, artists, album string, year int, length string) music.Track {
	t := music.Track{ID: id, URI: "spotify:track:" + id, Title: title, Duration: clockTime(length), Album: music.Album{Name: album, Release: fmt.Sprint(year)}}
	for a := range strings.SplitSeq(artists, " ¦ ") {
		t.Artists = append(t.Artists, music.Artist{Name: a})
	}
	return t
}

func clockTime(s string) time.Duration {
	var m, sec int
	if n, err := fmt.Sscanf(s, "%d:%d", &m, &sec); n != 2 || err != nil {
		return 0
	}
	return time.Duration(m*60+sec) * time.Second
}

// rhapsody is what a search for Bohemian Rhapsody finds.
func rhapsody() []music.Track {
	return []music.Track{
		track("studio", "Bohemian Rhapsody", "Queen", "A Night At The Opera", 1975, "5:54"),
		track("remaster", "Bohemian Rhapsody - Remastered 2011", "Queen", "A Night At The Opera (2011 Remaster)", 1975, "5:54"),
		track("hits", "Bohemian Rhapsody - Remastered 2011", "Queen", "Greatest Hits (Remastered)", 1981, "5:55"),
		track("aid", "Bohemian Rhapsody - Live Aid", "Queen", "Bohemian Rhapsody (The Original Soundtrack)", 2018, "2:28"),
		track("wembley", "Bohemian Rhapsody - Live At Wembley '86", "Queen", "Live At Wembley '86", 1992, "5:50"),
		track("mercury", "Bohemian Rhapsody - Live", "Queen ¦ George Michael", "The Freddie Mercury Tribute Concert", 1992, "5:52"),
		track("karaoke", "Bohemian Rhapsody (Karaoke Version)", "Sing King", "Karaoke Hits", 2015, "5:54"),
		track("tribute", "Bohemian Rhapsody", "The Queen Tribute Band", "A Tribute to Queen", 2010, "5:55"),
		track("made", "Bohemian Rhapsody (Originally Performed By Queen)", "Ameritz Karaoke", "Karaoke Classics", 2012, "5:53"),
		track("cover", "Bohemian Rhapsody", "Panic! At The Disco", "Suicide Squad: The Album", 2016, "6:00"),
		track("daisy", "Bohemian Rhapsody", "Daisy Gray", "Bohemian Rhapsody", 2019, "4:05"),
		track("ragga", "Ragtime Rhapsody", "Queen Esther", "Rags", 2004, "3:01"),
	}
}

func hallelujah() []music.Track {
	return []music.Track{
		track("buckley", "Hallelujah", "Jeff Buckley", "Grace", 1994, "6:53"),
		track("buckley2", "Hallelujah", "Jeff Buckley", "Grace (Legacy Edition)", 2004, "6:53"),
		track("cohen", "Hallelujah", "Leonard Cohen", "Various Positions", 1984, "4:39"),
		track("cohenlive", "Hallelujah - Live in London", "Leonard Cohen", "Live in London", 2009, "7:20"),
		track("wainwright", "Hallelujah", "Rufus Wainwright", "Shrek (Music from the Original Motion Picture)", 2001, "4:10"),
		track("haim", "Hallelujah", "HAIM", "Hallelujah", 2019, "3:10"),
		track("karaoke", "Hallelujah (Karaoke)", "Party Tyme Karaoke", "Karaoke Ballads", 2008, "4:40"),
	}
}

func song(title, artist string) music.Song {
	s := music.Song{Title: title}
	if artist != "" {
		s.Artists = []string{artist}
	}
	return s
}

func wish(s music.Song, version string) music.Song {
	s.Version = version
	return s
}

func ids(m music.Match) []string {
	out := make([]string, len(m.Choices))
	for i, c := range m.Choices {
		out[i] = c.Track.ID
	}
	return out
}

func TestDecideAmongVersionsOfOneSong(t *testing.T) {
	t.Parallel()
	queen := song("Bohemian Rhapsody", "Queen")
	for name, tc := range map[string]struct {
		song    music.Song
		verdict music.Verdict
		ids     string // in order, separated by spaces
	}{
		"the studio recording is meant when no version is named": {queen, music.Auto, "studio"},
		"capitals do not matter":                                 {song("BOHEMIAN RHAPSODY", "QUEEN"), music.Auto, "studio"},
		"a slip in the title is forgiven":                        {song("Bohemian Rapsody", "Queen"), music.Auto, "studio"},
		"a slip in both is a question":                           {song("Bohemian Rapsody", "Qeen"), music.Ask, "studio"},
		"a concert is told by its place":                         {wish(queen, "live at Wembley"), music.Auto, "wembley"},
		"in whatever words":                                      {wish(queen, "the live one from Wembley"), music.Auto, "wembley"},
		"by the place alone":                                     {wish(queen, "Wembley"), music.Auto, "wembley"},
		"in the title's brackets":                                {song("Bohemian Rhapsody (Live at Wembley)", "Queen"), music.Auto, "wembley"},
		"several concerts are a question":                        {wish(queen, "live"), music.Ask, "wembley aid mercury"},
		"a version word may stand bare behind the title":         {song("Bohemian Rhapsody live", "Queen"), music.Ask, "wembley aid mercury"},
		"a concert that is not there is not replaced":            {wish(queen, "live in Tokyo"), music.Ask, "wembley aid mercury"},
		"an acoustic version that is not there is not replaced":  {wish(queen, "acoustic"), music.Ask, "studio wembley aid"},
		"the remaster asked for is picked among its twins":       {wish(queen, "2011 remaster"), music.Auto, "remaster"},
		"a remaster that is not there is a question":             {wish(queen, "2018 remaster"), music.Ask, "studio"},
		"the studio version is the one without marks":            {wish(queen, "studio version"), music.Auto, "studio"},
		"karaoke is taken only when asked for":                   {wish(queen, "karaoke"), music.Ask, "made karaoke"},
		"a cover is taken by its artist":                         {song("Bohemian Rhapsody", "Panic! At The Disco"), music.Auto, "cover"},
		"nobody else's recording is taken":                       {song("Bohemian Rhapsody", "Muse"), music.None, ""},
		"another song of the artist is not taken":                {song("Rhapsody", "Queen"), music.None, ""},
		"no artist is a question with one choice a performer":    {song("Bohemian Rhapsody", ""), music.Ask, "studio cover daisy"},
		"nothing to look for is nothing found":                   {song("", "Queen"), music.None, ""},
		"zero-width characters are nothing to look for":          {song("\u200b\u200d", "Queen"), music.None, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := thorough().Decide(tc.song, rhapsody())
			if got := strings.Join(ids(m), " "); m.Verdict != tc.verdict || got != tc.ids {
				t.Errorf("thorough().Decide(%s) = %s %q, want %s %q; reasons %q", tc.song, m.Verdict, got, tc.verdict, tc.ids, m.Reasons)
			}
			if len(m.Reasons) == 0 || m.Strategy != "thorough" {
				t.Errorf("reasons %q, strategy %q", m.Reasons, m.Strategy)
			}
		})
	}
}

func TestPlainRequestIsSureAndListsTwins(t *testing.T) {
	t.Parallel()
	m := thorough().Decide(song("Bohemian Rhapsody", "Queen"), rhapsody())
	pick, ok := m.Pick()
	if !ok || pick.Confidence < 0.95 || !thorough().Sure(m) || m.Method != byText {
		t.Fatalf("pick %v, confidence %.3f, sure %t, method %s", ok, pick.Confidence, thorough().Sure(m), m.Method)
	}
	if got, want := strings.Join(pick.Twins, " "), "spotify:track:remaster spotify:track:hits"; got != want {
		t.Errorf("twins %q, want %q", got, want)
	}
}

func TestTitleWithoutArtistIsAQuestion(t *testing.T) {
	t.Parallel()
	m := thorough().Decide(song("Hallelujah", ""), hallelujah())
	if m.Verdict != music.Ask || thorough().Sure(m) {
		t.Fatalf("verdict %s, sure %t", m.Verdict, thorough().Sure(m))
	}
	if got, want := strings.Join(ids(m), " "), "cohen buckley haim wainwright"; got != want {
		t.Errorf("choices %q, want %q: one for each performer", got, want)
	}
	only := thorough().Decide(song("Ragtime Rhapsody", ""), rhapsody())
	if only.Verdict != music.Auto {
		t.Errorf("the only recording of a title is %s, want auto", only.Verdict)
	}
}

func TestLengthDecides(t *testing.T) {
	t.Parallel()
	found := []music.Track{
		track("album", "Tubthumping", "Chumbawamba", "Tubthumper", 1997, "4:39"),
		track("short", "Tubthumping", "Chumbawamba", "Jock Jams", 1998, "3:32"),
	}
	s := song("Tubthumping", "Chumbawamba")
	for length, want := range map[string]music.Verdict{"": music.Ask, "4:38": music.Auto, "3:33": music.Auto, "4:43": music.Ask, "6:00": music.None} {
		s.Duration = clockTime(length)
		if m := thorough().Decide(s, found); m.Verdict != want {
			t.Errorf("with length %q: %s %v, want %s", length, m.Verdict, m.Reasons, want)
		}
	}
	several := append(found,
		track("a", "Tubthumping", "Chumbawamba", "Singsongs", 2002, "4:38"),
		track("b", "Tubthumping", "Chumbawamba", "Readymades", 2002, "4:39"))
	s.Duration = 0
	if m := thorough().Decide(s, several); ids(m)[0] != "album" || m.Choices[0].Confidence < 4*m.Choices[1].Confidence {
		t.Errorf("on three releases against one: %s %v, want album well ahead", m.Verdict, m.Choices)
	}
	fades := append(found[:1:1], track("fade", "Tubthumping", "Chumbawamba", "Tubthumping", 1997, "4:36"))
	if m := thorough().Decide(s, fades); m.Verdict != music.Auto {
		t.Errorf("recordings that differ by a fade: %s %v, want auto", m.Verdict, m.Reasons)
	}
}

func TestLinkAndISRC(t *testing.T) {
	t.Parallel()
	found := rhapsody()
	found[0].ISRC, found[1].ISRC = "GBUM71029604", "GBUM71029604"
	found[3].ISRC = "GBUM71800001"
	linked := music.Song{TrackID: "karaoke"}
	if m := thorough().Decide(linked, found); m.Verdict != music.Auto || m.Method != byLink || m.Choices[0].Track.ID != "karaoke" || !thorough().Sure(m) {
		t.Errorf("a linked track: %s %s %v", m.Verdict, m.Method, ids(m))
	}
	linked.TrackID, linked.Title, linked.Artists = "gone", "Bohemian Rhapsody", []string{"Queen"}
	if m := thorough().Decide(linked, found); m.Verdict != music.Ask || m.Reasons[0] != "The linked track was not found." {
		t.Errorf("a lost link: %s %v", m.Verdict, m.Reasons)
	}
	coded := song("Bohemian Rhapsody", "Queen")
	coded.ISRC = "gb-um7-18-00001"
	if m := thorough().Decide(coded, found); m.Verdict != music.Auto || m.Method != byISRC || m.Choices[0].Track.ID != "aid" {
		t.Errorf("the code outranks what the title leaves open: %s %s %v", m.Verdict, m.Method, ids(m))
	}
	coded.Title = "Radio Ga Ga"
	if m := thorough().Decide(coded, found); m.Verdict != music.None {
		t.Errorf("a code whose title is another: %s %v", m.Verdict, m.Reasons)
	}
	coded.Title, coded.ISRC = "", "GBUM71029604"
	if m := thorough().Decide(coded, found); m.Verdict != music.Auto || m.Method != byISRC {
		t.Errorf("a code alone: %s %v", m.Verdict, m.Reasons)
	}
}

func TestExplicitAndCleanTwins(t *testing.T) {
	t.Parallel()
	dirty := track("dirty", "Without Me", "Eminem", "The Eminem Show", 2002, "4:50")
	dirty.Explicit = true
	tame := track("tame", "Without Me", "Eminem", "The Eminem Show", 2002, "4:50")
	s := song("Without Me", "Eminem")
	for want, version := range map[string]string{"tame": "clean", "dirty": "explicit"} {
		if m := thorough().Decide(wish(s, version), []music.Track{dirty, tame}); m.Verdict != music.Auto || m.Choices[0].Track.ID != want {
			t.Errorf("%s: %s %v, want %s", version, m.Verdict, ids(m), want)
		}
	}
	s.Explicit = music.WishClean
	if m := thorough().Decide(s, []music.Track{dirty}); m.Verdict != music.Ask {
		t.Errorf("clean wished, only explicit there: %s, want ask", m.Verdict)
	}
}

func TestPickPrefersAlbumThenOriginalThenOldest(t *testing.T) {
	t.Parallel()
	hits := track("hits", "Africa", "TOTO", "Greatest Hits", 1980, "4:55")
	first := track("iv", "Africa", "TOTO", "Toto IV", 1982, "4:55")
	late := track("late", "Africa", "TOTO", "Past To Present", 1990, "4:55")
	s := song("Africa", "Toto")
	if m := thorough().Decide(s, []music.Track{late, hits, first}); ids(m)[0] != "iv" {
		t.Errorf("picked %v, want the oldest that is no compilation", ids(m))
	}
	s.Album = "Greatest Hits - EP"
	if m := thorough().Decide(s, []music.Track{late, hits, first}); ids(m)[0] != "hits" {
		t.Errorf("picked %v, want the album named", ids(m))
	}
}

func TestReasonsAreSentences(t *testing.T) {
	t.Parallel()
	remaster := rhapsody()[1:2]
	for name, tc := range map[string]struct {
		song  music.Song
		found []music.Track
		want  string
	}{
		"remaster":         {song("Bohemian Rhapsody", "Queen"), remaster, "Same title and artist; “Remastered 2011” is the same recording. It is the only recording found that fits."},
		"ruled out":        {song("Bohemian Rhapsody", "Queen"), append(rhapsody()[:1:1], rhapsody()[4], rhapsody()[6], rhapsody()[8], rhapsody()[7]), "Same title and artist. It is the only recording found that fits. “Live At Wembley '86” and three karaoke versions were ruled out."},
		"wished":           {wish(song("Bohemian Rhapsody", "Queen"), "live aid"), rhapsody()[3:4], "Same title and artist; “Live Aid” is the version you asked for. It is the only recording found that fits."},
		"other artists":    {song("Bohemian Rhapsody", "Muse"), rhapsody()[9:11], "This title was found only by other artists: Panic! At The Disco and Daisy Gray."},
		"no artist":        {song("Hallelujah", ""), hallelujah(), "No artist was named, and four artists have a song with this title. “Live in London” and a karaoke version were ruled out."},
		"nothing":          {song("Kashmir", "Led Zeppelin"), rhapsody(), "No song with this title was found."},
		"only live":        {song("Bohemian Rhapsody", "Queen"), rhapsody()[3:5], "Only live versions were found."},
		"only karaoke":     {song("Hallelujah", "Leonard Cohen"), hallelujah()[6:], "Only karaoke or tribute versions were found."},
		"wish unfulfilled": {wish(song("Hallelujah", "Jeff Buckley"), "acoustic"), hallelujah(), "No version that is “acoustic” was found."},
		"two lengths": {
			song("A Song", "B"),
			[]music.Track{track("1", "A Song", "B", "X", 1990, "3:00"), track("2", "A Song", "B", "Y", 1990, "4:05")},
			"Two recordings fit about equally well. Their lengths are 3:00 and 4:05.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := strings.Join(thorough().Decide(tc.song, tc.found).Reasons, " "); got != tc.want {
				t.Errorf("reasons\n got %s\nwant %s", got, tc.want)
			}
		})
	}
}
