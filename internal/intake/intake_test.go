package intake

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"segue/internal/fault"
)

// told writes a row for a comparison: title|artists|album|length|isrc|id, what is
// empty at the end left out, and its state unless it is plainly read.
func told(r Row) string {
	s := r.Song
	length := ""
	if s.Duration > 0 {
		length = s.Duration.String()
	}
	out := strings.TrimRight(strings.Join([]string{s.Title, strings.Join(s.Artists, "+"), s.Album, length, s.ISRC, s.TrackID + r.Apple.Country + r.Apple.ID}, "|"), "|")
	if r.State() != Read {
		out += " (" + string(r.State()) + ")"
	}
	return out
}

func parseAll(t *testing.T, source string, c Choices) (Preview, []string) {
	t.Helper()
	p, err := Parse(strings.NewReader(source), c)
	if err != nil {
		t.Fatal(err)
	}
	var rows []string
	for _, r := range p.Rows {
		rows = append(rows, told(r))
	}
	return p, rows
}

const id = "7tFiyTwD0nx5a1eklYtX2J"

func utf16le(s string) string {
	out := "\xff\xfe"
	for _, u := range utf16.Encode([]rune(s)) {
		out += string([]byte{byte(u), byte(u >> 8)})
	}
	return out
}

func utf16be(s string) string {
	out := "\xfe\xff"
	for _, u := range utf16.Encode([]rune(s)) {
		out += string([]byte{byte(u >> 8), byte(u)})
	}
	return out
}

func TestSourcesAreReadByTheirContent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		source string
		format Format
		rows   []string
	}{
		"artist first, by what comes again": {
			"Queen - Bohemian Rhapsody\nQueen - Radio Ga Ga\nRadiohead – Creep (Live)\n", Lines,
			[]string{"Bohemian Rhapsody|Queen", "Radio Ga Ga|Queen", "Creep (Live)|Radiohead"},
		},
		"title first, by what comes again": {
			"Angie - The Rolling Stones\nBrown Sugar - The Rolling Stones\nImagine - John Lennon\n", Lines,
			[]string{"Angie|The Rolling Stones", "Brown Sugar|The Rolling Stones", "Imagine|John Lennon"},
		},
		"several artists": {
			"City of Stars (From La La Land) - Ryan Gosling / Emma Stone\nLover - Taylor Swift\n", Lines,
			[]string{"City of Stars (From La La Land)|Ryan Gosling+Emma Stone", "Lover|Taylor Swift"},
		},
		"nothing tells": {"Queen - Jealousy\nHeart - Alone\n", Lines, []string{"Jealousy|Queen (unclear)", "Alone|Heart (unclear)"}},
		"numbered": {
			"1. Queen - Jealousy (Remastered 2011)\n2. Heart - Alone (Live)\n3. Prince - 1999\n", Lines,
			[]string{"Jealousy (Remastered 2011)|Queen", "Alone (Live)|Heart", "1999|Prince"},
		},
		"counted without a sign": {
			"01 Queen - Jealousy (Demo)\n02 Queen - Innuendo\n03 99 Posse - Corto Circuito\n", Lines,
			[]string{"Jealousy (Demo)|Queen", "Innuendo|Queen", "Corto Circuito|99 Posse"},
		},
		"titles that are numbers": {"Queen - Jealousy\n99 Luftballons - Nena\n7 Rings - Ariana Grande\n", Lines, []string{"Jealousy|Queen (unclear)", "Nena|99 Luftballons (unclear)", "Ariana Grande|7 Rings (unclear)"}},
		"places in a recording": {
			"0:00 Queen - Jealousy (Demo)\n[3:13] Queen - Innuendo\n1:02:03 - Heart - Alone\n", Lines,
			[]string{"Jealousy (Demo)|Queen", "Innuendo|Queen", "Alone|Heart"},
		},
		"lengths": {"Queen - Jealousy (3:13)\nQueen - Innuendo 6:31\nJay-Z - 4:44\n", Lines, []string{"Jealousy|Queen||3m13s", "Innuendo|Queen||6m31s", "4:44|Jay-Z"}},
		"bullets": {"• Queen - Jealousy\n- Queen - Innuendo\n", Lines, []string{"Jealousy|Queen", "Innuendo|Queen"}},
		"videos": {
			"Queen – Bohemian Rhapsody (Official Video Remastered)\nOutKast - Hey Ya! (Official HD Video)\nRihanna - Umbrella ft. JAY-Z [Official Audio]\nRednex - Cotton Eye Joe (Official Music Video) [HD] - RednexMusic com\n", Lines,
			[]string{"Bohemian Rhapsody (Remastered)|Queen", "Hey Ya!|OutKast", "Umbrella|Rihanna+JAY-Z", "Cotton Eye Joe|Rednex"},
		},
		"guests wherever they stand":        {"Robin Thicke - Blurred Lines (Unrated Version) ft. T.I., Pharrell\nZedd ft. Foxes - Clarity (Official Video)\n", Lines, []string{"Blurred Lines (Unrated Version)|Robin Thicke+T.I.+Pharrell", "Clarity|Zedd+Foxes"}},
		"a version within decoration stays": {"Nirvana - Lithium (Official Live Video)\n", Lines, []string{"Lithium (Live)|Nirvana"}},
		"titles that look like decoration":  {"India.Arie - Video\nQueen - Jealousy (Live)\nDalida - Paroles, paroles\nQueen - Innuendo\n", Lines, []string{"Video|India.Arie", "Jealousy (Live)|Queen", "Paroles, paroles|Dalida", "Innuendo|Queen"}},
		"one the other way round":           {"Queen - Jealousy\nQueen - Innuendo\nSomebody to Love - Queen\n", Lines, []string{"Jealousy|Queen", "Innuendo|Queen", "Somebody to Love|Queen (unclear)"}},
		"title by artist":                   {"Jealousy by Queen\nAlone by Heart\nHello by Adele", Lines, []string{"Jealousy|Queen", "Alone|Heart", "Hello|Adele"}},
		"by in the title of a video":        {"Saved by the Bell (Official Video)\nThe Summoning by Sleep Token (Lyric Video)", Lines, []string{"Saved by the Bell", "The Summoning|Sleep Token (unclear)"}},
		"orders that are mixed":             {"Queen - Jealousy (Live)\nInnuendo (Demo) - Queen\nHeart - Alone\nBarracuda - Heart\n", Lines, []string{"Jealousy (Live)|Queen", "Innuendo (Demo)|Queen (unclear)", "Alone|Heart (unclear)", "Heart|Barracuda (unclear)"}},
		"a heading":                         {"My songs:\nQueen - Jealousy (Live)\n", Lines, []string{" (unreadable)", "Jealousy (Live)|Queen"}},
		"hashtags":                          {"will.i.am - #thatPOWER (Live)\nQueen - Jealousy (Live) #queen #live\n", Lines, []string{"#thatPOWER (Live)|will.i.am", "Jealousy (Live)|Queen"}},
		"versions behind dashes":            {"Hallelujah - Live - Jeff Buckley / X\nHallelujah - 2009 Remaster\n", Lines, []string{"Hallelujah - Live|Jeff Buckley+X", "Hallelujah - 2009 Remaster"}},
		"damaged UTF-8":                     {"Bj\xc3\xb6rk - J\xc3\xb3ga (Live)\nSigur R\xc3\xb3s - Hopp\xc3\xadpolla \xff(Live)\n", Lines, []string{"Jóga (Live)|Björk", "Hoppípolla (Live)|Sigur Rós"}},
		"a formula of an export":            {"title,artist\n'=1+1,'@x\n", Table, []string{"=1+1|@x"}},
		"titles alone":                      {"Jealousy\nStand by Me\nAlone\n", Lines, []string{"Jealousy", "Stand by Me", "Alone"}},
		"bands stay whole":                  {"Earth, Wind & Fire - September (Live)\nTyler, The Creator - EARFQUAKE (Live)\n", Lines, []string{"September (Live)|Earth, Wind & Fire", "EARFQUAKE (Live)|Tyler, The Creator"}},
		"links": {
			"https://open.spotify.com/track/" + id + "?si=1\nhttps://music.apple.com/de/album/x/1?i=1440833098\nhttps://open.spotify.com/album/" + id + "\nhttps://youtu.be/abc\nspotify:local:Queen:Jazz:Bicycle+Race:181\n", Lines,
			[]string{"|||||" + id, "|||||de1440833098", " (unreadable)", " (unreadable)", "Bicycle Race|Queen|Jazz|3m1s"},
		},
		"the same again":     {"Queen - Jealousy (Live)\nQUEEN — Jealousy (live)\n", Lines, []string{"Jealousy (Live)|Queen", "Jealousy (live)|QUEEN (duplicate)"}},
		"Windows-1252":       {"Bj\xf6rk - J\xf3ga (Live)\n", Lines, []string{"Jóga (Live)|Björk"}},
		"UTF-16 little":      {utf16le("Björk - Jóga (Live)\r\n"), Lines, []string{"Jóga (Live)|Björk"}},
		"UTF-16 big":         {utf16be("Björk - Jóga (Live)\n"), Lines, []string{"Jóga (Live)|Björk"}},
		"UTF-16 without BOM": {utf16le("Björk - Jóga (Live)\nQueen - Jealousy (Live)\n")[2:], Lines, []string{"Jóga (Live)|Björk", "Jealousy (Live)|Queen"}},
		"Exportify": {
			"\ufeff\"Track URI\",\"Track Name\",\"Artist URI(s)\",\"Artist Name(s)\",\"Album Name\",\"Track Duration (ms)\",\"Explicit\",\"ISRC\"\n\"spotify:track:" + id + "\",\"Hello, Goodbye\",\"x\",\"The Beatles\",\"Magical \"\"Mystery\"\"\",\"208000\",\"false\",\"GBAYE0601649\"\n\"spotify:local:Queen:::1\",\"Jealousy\",\"\",\"Queen, Paul Rodgers\",\"\",\"\",\"\",\"\"\n", Table,
			[]string{`Hello, Goodbye|The Beatles|Magical "Mystery"|3m28s|GBAYE0601649|` + id, "Jealousy|Queen+Paul Rodgers"},
		},
		"TuneMyMusic": {
			"Track name,Artist name,Album,Playlist name,Type,ISRC,Spotify - id\nPanama,Van Halen,1984,Rock,Playlist,USWB10400044," + id + "\nMariah Carey,,,,Artist,,\n", Table,
			[]string{"Panama|Van Halen|1984||USWB10400044|" + id, " (unreadable)"},
		},
		"Soundiiz":                {"title;artist;album;isrc\nOne, Two;B;C;\n", Table, []string{"One, Two|B|C"}},
		"the hint of Excel":       {"sep=;\ntitle;artist\nOne;B\n", Table, []string{"One|B"}},
		"Apple Music":             {utf16le("Name\tArtist\tComposer\tAlbum\tTime\tYear\rJóga\tBjörk\t\tHomogenic\t305\t1997\r"), Table, []string{"Jóga|Björk|Homogenic|5m5s"}},
		"Apple Music in German":   {utf16le("Titel\tInterpret\tAlbum\tDauer\rJóga\tBjörk\tHomogenic\t305\r"), Table, []string{"Jóga|Björk|Homogenic|5m5s"}},
		"milliseconds unsaid":     {"Title,Artist,Duration\nOne,B,208000\nTwo,B,3:28\n", Table, []string{"One|B||3m28s", "Two|B||3m28s"}},
		"no header":               {"Queen,Jealousy,3:13\nQueen,Innuendo,6:31\n", Table, []string{"Jealousy|Queen||3m13s", "Innuendo|Queen||6m31s"}},
		"tabs without a header":   {"Jealousy (Live)\tQueen\nInnuendo\tQueen\n", Table, []string{"Jealousy (Live)|Queen", "Innuendo|Queen"}},
		"commas in lines":         {"Queen - Hello, Goodbye\nQueen - Innuendo\n", Lines, []string{"Hello, Goodbye|Queen", "Innuendo|Queen"}},
		"titles of videos alone":  {"Title,URL\nQueen - Jealousy (Official Video),https://youtu.be/x\n", Table, []string{"Jealousy|Queen"}},
		"an artist in the title":  {"Title,Artist\nQueen - Jealousy (Official Video),Queen\n", Table, []string{"Jealousy|Queen"}},
		"a stray quotation mark":  {"title,artist\nA \"b,c\nD,\"e\nF,g\n", Table, []string{`A "b|c`, `D|"e`, "F|g"}},
		"a row that is too long":  {"title,artist\nA,b,c\nD,e\n", Table, []string{" (unreadable)", "D|e"}},
		"links in a column":       {"Track URI\nspotify:track:" + id + "\nnonsense\n", Table, []string{"|||||" + id, " (unreadable)"}},
		"M3U":                     {"#EXTM3U\n#PLAYLIST:Road\n#EXTINF:193,Queen - Jealousy\n/music/q.mp3\n#EXTINF:-1 tvg-id=\"x\",Heart - Alone\nhttp://example.com/a\nC:\\Music\\03 - Prince - 1999.flac\n", M3U, []string{"Jealousy|Queen||3m13s", "Alone|Heart", "1999|Prince"}},
		"M3U of files":            {"music/Queen%20-%20Jealousy.mp3\nmusic/Heart_-_Alone.mp3\n", M3U, []string{"Jealousy|Queen", "Alone|Heart"}},
		"JSON":                    {`{"playlist_id":"x","tracks":[{"track_name":"Jealousy","artist":"Queen","duration_ms":193000,"isrc":"GBUM71029604","explicit":true,"more":1},{"url":"spotify:track:` + id + `"},{"track_name":7},{"artist":"Queen"}]}`, JSON, []string{"Jealousy|Queen||3m13s|GBUM71029604", "|||||" + id, " (unreadable)", " (unreadable)"}},
		"a JSON array of strings": {`["Queen - Jealousy (Live)", "Heart - Alone (Live)"]`, JSON, []string{"Jealousy (Live)|Queen", "Alone (Live)|Heart"}},
		"a line in brackets":      {"[Live] Queen\n", Lines, []string{"[Live] Queen"}},
		"iTunes": {
			`<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE plist PUBLIC "-//Apple Computer//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist version="1.0"><dict><key>Major Version</key><integer>1</integer><key>Tracks</key><dict><key>1</key><dict><key>Track ID</key><integer>1</integer><key>Name</key><string>Rock &amp; Roll</string><key>Artist</key><string>Led Zeppelin</string><key>Album</key><string>IV</string><key>Total Time</key><integer>220000</integer><key>Explicit</key><true/></dict><key>2</key><dict><key>Track ID</key><integer>2</integer><key>Name</key><string>Talk</string><key>Podcast</key><true/></dict></dict><key>Playlists</key><array><dict><key>Name</key><string>Road</string><key>Playlist Items</key><array><dict><key>Track ID</key><integer>2</integer></dict><dict><key>Track ID</key><integer>1</integer></dict></array></dict></array></dict></plist>`, ITunes,
			[]string{" (unreadable)", "Rock & Roll|Led Zeppelin|IV|3m40s"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, rows := parseAll(t, c.source, Choices{})
			if p.Format != c.format || !slices.Equal(rows, c.rows) {
				t.Errorf("read as %s\n%q, want\n%q\n%q", p.Format, rows, c.rows, p.Notes)
			}
			for _, r := range p.Rows {
				if r.Why == "" && (r.How == "" || r.Line == 0 || r.Text == "") || r.Why != "" && !strings.HasSuffix(r.Why, ".") {
					t.Errorf("a row does not say enough: %+v", r)
				}
			}
		})
	}
}

func TestWhatIsNoListIsRefusedInThreeParts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ source, says string }{
		"nothing":          {" \n\t", "The list is empty"},
		"a zip":            {"PK\x03\x04" + strings.Repeat("\x00", 100), "zip archive"},
		"a gzip bomb":      {"\x1f\x8b\x08\x00" + strings.Repeat("\x00", 100), "compressed"},
		"a picture":        {"\x89PNG\r\n\x1a\n", "picture"},
		"a PDF":            {"%PDF-1.7", "PDF"},
		"zeros":            {"title,artist\n\x00\x01\x02\x03", "data for a program"},
		"noise":            {strings.Repeat("\x01\x02\x03\x04\x05ab", 200), "data for a program"},
		"too large":        {strings.Repeat("Queen - Jealousy\n", MaxBytes/17+1), "larger than 20 MB"},
		"a web page":       {"<!DOCTYPE html><html><body>Queen</body></html>", "not a music library"},
		"other XML":        {"<?xml version='1.0'?><rss><channel/></rss>", "not a music library"},
		"an entity bomb":   {`<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;">]><plist><dict><key>Tracks</key><string>&lol2;</string></dict></plist>`, "entities of its own"},
		"an outer entity":  {`<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY % x SYSTEM "file:///etc/passwd">%x;]><plist><dict/></plist>`, "entities of its own"},
		"half a library":   {`<?xml version="1.0"?><plist><dict><key>Tracks</key><dict><key>1`, "broken at line 1"},
		"an empty library": {`<?xml version="1.0"?><plist><dict></dict></plist>`, "no songs"},
		"half of JSON":     {"{\"tracks\":[\n{\"track_name\":", "broken at line 2"},
		"JSON without":     {`{"tracks":7}`, "no list of songs"},
		"an empty array":   {`{"tracks":[]}`, "no songs"},
		"deep JSON":        {`{"tracks":` + strings.Repeat("[", 200_000), "broken at line 1"},
		"too many lines":   {strings.Repeat("Queen - Jealousy\n", MaxSongs+1), "more than 10,000 songs"},
		"too many rows":    {"title,artist\n" + strings.Repeat("a,b\n", MaxSongs+1), "more than 10,000 songs"},
		"too many items":   {`["a"` + strings.Repeat(`,"a"`, MaxSongs) + `]`, "more than 10,000 songs"},
		"a header alone":   {"title,artist\n", "no songs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(strings.NewReader(c.source), Choices{})
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.MessageOf(err), c.says) || strings.Count(fault.MessageOf(err), ".") < 3 {
				t.Errorf("says %q, want %q", fault.MessageOf(err), c.says)
			}
		})
	}
	if _, err := Parse(strings.NewReader(strings.Repeat("Queen - Jealousy\n", MaxSongs)), Choices{}); err != nil {
		t.Errorf("10,000 songs are refused: %v", err)
	}
}

func TestAPersonDecides(t *testing.T) {
	t.Parallel()
	p, rows := parseAll(t, "Queen - Jealousy\nHeart - Alone\n", Choices{Order: TitleFirst})
	if !slices.Equal(rows, []string{"Queen|Jealousy", "Heart|Alone"}) || p.Sure != 1 {
		t.Errorf("%q, sure %v", rows, p.Sure)
	}
	table := "Title,Artist,Remark\nJealousy,Queen,Heart\n"
	p, rows = parseAll(t, table, Choices{Mapping: Mapping{Title: "Artist", Artist: "Remark"}})
	if !slices.Equal(rows, []string{"Queen|Heart"}) || p.Mapping[Title] != "Artist" {
		t.Errorf("%q by %v", rows, p.Mapping)
	}
	for _, m := range []Mapping{{Title: "Nothing"}, {"shoe size": "Title"}, {Artist: "Artist"}, {}} {
		if _, err := Parse(strings.NewReader(table), Choices{Mapping: m}); fault.KindOf(err) != fault.Invalid || strings.Count(fault.MessageOf(err), ".") < 3 {
			t.Errorf("%v: %v", m, err)
		}
	}
}

func TestThePreviewSaysHowItWasRead(t *testing.T) {
	t.Parallel()
	p, _ := parseAll(t, "Queen - Jealousy\nQueen - Innuendo\nqueen - jealousy\nhttps://example.com/x\n", Choices{})
	if got := fmt.Sprint(p.Totals()); got != "map[duplicate:1 read:2 unreadable:1]" {
		t.Error(got)
	}
	if p.Order != ArtistFirst || p.Sure < enough || len(p.Notes) != 1 || p.Notes[0] != "Read with the artist first." {
		t.Errorf("%s %v %q", p.Order, p.Sure, p.Notes)
	}
	if p.Rows[2].Same != 1 || p.Rows[0].How != "artist – title" {
		t.Errorf("%+v", p.Rows)
	}
	if v := (Row{Song: p.Rows[0].Song}).Version(); v != "" {
		t.Errorf("version %q", v)
	}
	p, _ = parseAll(t, "Queen - Jealousy (Live at Wembley)\nHeart - Alone\n", Choices{})
	if v := p.Rows[0].Version(); v != "Live at Wembley" {
		t.Errorf("version %q", v)
	}
}

func TestOneRecordingUnderTwoNamesIsADuplicate(t *testing.T) {
	t.Parallel()
	_, rows := parseAll(t, "title,artist,album,isrc,track uri\nA,B,C,GBUM71029604,\nA (x),B,D,gb-um7-10-29604,spotify:track:"+id+"\nE,F,,,https://open.spotify.com/track/"+id+"\nA,B,D,,\n", Choices{})
	want := []string{"A|B|C||GBUM71029604", "A (x)|B|D||GBUM71029604|" + id + " (duplicate)", "E|F||||" + id + " (duplicate)", "A|B|D"}
	if !slices.Equal(rows, want) {
		t.Errorf("%q", rows)
	}
}

func TestLongLinesAreRowsThatSayWhy(t *testing.T) {
	t.Parallel()
	p, rows := parseAll(t, "Queen - Jealousy (Live)\n"+strings.Repeat("x", 5000)+"\nQueen - "+strings.Repeat("y", 500)+"\n", Choices{})
	if len(rows) != 3 || p.Rows[1].State() != Unreadable || p.Rows[2].State() != Unreadable || len(p.Rows[1].Text) > 210 {
		t.Errorf("%.300q", rows)
	}
}

func TestAppleLinks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Apple{
		"https://music.apple.com/de/album/bohemian-rhapsody/1440650428?i=1440650711": {"1440650711", "de"},
		"https://music.apple.com/US/song/bohemian-rhapsody/1440650711":               {"1440650711", "us"},
		"music.apple.com/gb/song/1440650711":                                         {"1440650711", "gb"},
		"https://itunes.apple.com/fr/album/x/id1440650428?i=1440650711&uo=4":         {"1440650711", "fr"},
		"https://geo.music.apple.com/album/x/1440650428?i=1440650711":                {"1440650711", ""},
	} {
		if got, ok := ParseApple(text); !ok || got != want {
			t.Errorf("%s: %+v, %v", text, got, ok)
		}
	}
	for _, text := range []string{
		"", "https://music.apple.com/de/album/x/1440650428", "https://music.apple.com/de/playlist/x/pl.u-1", "https://music.apple.com.evil.example/de/song/1",
		"https://evil.example/?u=https://music.apple.com/de/song/1", "https://u@music.apple.com/de/song/1", "ftp://music.apple.com/de/song/1",
		"https://music.apple.com/de/song/1x", "https://music.apple.com/de/song/x/" + strings.Repeat("1", 30), "Bohemian Rhapsody",
	} {
		if got, ok := ParseApple(text); ok {
			t.Errorf("%q was taken for %+v", text, got)
		}
	}
}
