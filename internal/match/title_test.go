package match

import (
	"strings"
	"testing"
)

func TestParseTakesTitlesApart(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]struct {
		core, feats, part string
		tags              tags
	}{
		"Bohemian Rhapsody":                                             {core: "bohemian rhapsody"},
		"Bohemian Rhapsody - Remastered 2011":                           {core: "bohemian rhapsody", tags: remaster},
		"Eighties (2007 Digital Remaster)":                              {core: "eighties", tags: remaster | edition},
		"Radio Ga Ga - 2011 Mix":                                        {core: "radio ga ga", tags: remix},
		"(I Can't Get No) Satisfaction (Mono)":                          {core: "i cant get no satisfaction", tags: edition},
		"Love Me Harder (feat. The Weeknd)":                             {core: "love me harder", feats: "The Weeknd"},
		"I Told You So - feat. Randy Travis":                            {core: "i told you so", feats: "Randy Travis"},
		"Until I Found You (with Em Beihold) - Em Beihold Version":      {core: "until i found you", feats: "Em Beihold", tags: other},
		"Another Brick in the Wall, Pt. 2":                              {core: "another brick in the wall", part: "2"},
		"White Wedding - Part 1":                                        {core: "white wedding", part: "1"},
		"Shine On You Crazy Diamond (Pts. 1-5)":                         {core: "shine on you crazy diamond", part: "1-5"},
		"The Unforgiven II":                                             {core: "the unforgiven", part: "2"},
		"9 to 5":                                                        {core: "9 to", part: "5"},
		"Malcolm X":                                                     {core: "malcolm x"},
		"1979":                                                          {core: "1979"},
		"Part II":                                                       {core: "part ii"},
		"Closer - Live at Madison Square Garden, NYC":                   {core: "closer", tags: live},
		"Immigrant Song - 1/4/71 Paris Theatre; 2016 Remaster":          {core: "immigrant song", tags: live | remaster},
		"Live and Let Die":                                              {core: "live and let die"},
		"Where Are You Now (Live Your Life)":                            {core: "where are you now live your life"},
		"The Man Who Sold the World (Live Acoustic)":                    {core: "the man who sold the world", tags: live | acoustic},
		"Drop Down - Playground Zer0 Remix":                             {core: "drop down", tags: remix},
		"I Know - PR1ISVX Edit":                                         {core: "i know", tags: remix},
		"Dusk Till Dawn (feat. Sia) - Radio Edit":                       {core: "dusk till dawn", feats: "Sia", tags: edit},
		"Wildest Dreams (Taylor's Version)":                             {core: "wildest dreams", tags: rerecorded},
		"Say It Isn't So - Special Extended Dance Mix":                  {core: "say it isnt so", tags: extended | remix},
		"Despacito (Versión en Español)":                                {core: "despacito", tags: language},
		"Danger Zone - From \"Top Gun\" Original Soundtrack":            {core: "danger zone"},
		"Blinding Lights (Sped Up)":                                     {core: "blinding lights", tags: tempo},
		"War - Acapella":                                                {core: "war", tags: acappella},
		"Hello (Karaoke Version) [In the Style of Adele]":               {core: "hello", tags: karaoke},
		"Ever Fallen in Love (With Someone?) [1996 Remastered Version]": {core: "ever fallen in love", feats: "Someone?", tags: remaster},
		"One Love - People Get Ready":                                   {core: "one love people get ready"},
		"ocean eyes (unclosed":                                          {core: "ocean eyes unclosed"},
		"(Something)":                                                   {core: "something"},
		"":                                                              {},
	} {
		got := parse(in)
		if got.full.latin != want.core || strings.Join(got.feats, "|") != want.feats || got.part != want.part || got.version.tags != want.tags {
			t.Errorf("parse(%q) = %q feats %q part %q tags %b, want %q %q %q %b", in, got.full.latin, got.feats, got.part, got.version.tags,
				want.core, want.feats, want.part, want.tags)
		}
	}
}

func TestAlbumNamesTellConcerts(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]tags{
		"Live At Wembley '86": live, "MTV Unplugged In New York (Live Acoustic)": live | acoustic, "Have It All (Live)": live,
		"12-12-12 The Concert for Sandy Relief": live, "Karaoke Hits": karaoke, "Hamilton (Instrumentals)": instrumental, "One More Light Live": live,
		"Live Through This": 0, "Long Live": 0, "Ocean Eyes (The Remixes)": 0, "A Night At The Opera (2011 Remaster)": 0, "": 0,
	} {
		if got := albumVersion(name).tags; got != want {
			t.Errorf("albumVersion(%q) = %b, want %b", name, got, want)
		}
	}
}

func TestNormalForms(t *testing.T) {
	t.Parallel()
	for _, same := range [][2]string{
		{"Beyoncé", "BEYONCE"},
		{"Ke$ha", "Kesha"},
		{"P!nk", "Pink"},
		{"R.E.M.", "REM"},
		{"Don’t Stop", "dont stop"},
		{"Rock & Roll", "rock and roll"},
		{"Rock 'n' Roll", "Rock and Roll"},
		{"ＡＢＣ", "abc"},
		{"blink-182", "Blink 182"},
		{"Тоска", "Toska"},
		{"Işık", "isik"},
		{"straße", "STRASSE"},
		{"ﬁre", "fire"},
		{"She’s\u200b Gone", "She's Gone"},
		{"÷", "÷"},
	} {
		if a, b := normal(same[0]), normal(same[1]); !a.equal(b) || !b.equal(a) {
			t.Errorf("%q %+v and %q %+v should be equal", same[0], a, same[1], b)
		}
	}
	for _, different := range [][2]string{{"", ""}, {"\u200b", "\u200b"}, {" ", "\t"}, {"???", "!!!"}, {"💔", "🔥"}, {"22", "21"}, {"東京", "大阪"}} {
		if a, b := normal(different[0]), normal(different[1]); a.equal(b) {
			t.Errorf("%q and %q should not be equal", different[0], different[1])
		}
	}
}

func TestCompareTitles(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b     string
		from, to float64
	}{
		{"Hello", "Hello", sameTitle, 1},
		{"Cemetary Gates", "Cemetery Gates", titleFloor, slightlyLess},
		{"Hold On, I'm Coming", "Hold On, I'm Comin'", titleFloor, slightlyLess},
		{"Big Girls Don't Cry", "Big Girls Don't Cry (Personal)", sameShort, sameShort},
		{"Waka Waka (Esto es Africa)", "Waka Waka (This Time for Africa)", barely, barely},
		{"21 Guns", "22 Guns", 0, 0},
		{"Stay", "Say", 0, 0},
		{"Carry On", "Carry Me", 0, titleFloor - 0.01},
		{"", "", 0, 0},
	} {
		a, b := parse(tc.a), parse(tc.b)
		if got := compareTitles(a, b); got < tc.from || got > tc.to || got != compareTitles(b, a) {
			t.Errorf("%q and %q: %.3f and %.3f, want %.3f to %.3f both ways", tc.a, tc.b, got, compareTitles(b, a), tc.from, tc.to)
		}
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b        string
		limit, want int
	}{{"abc", "abc", 2, 0}, {"abc", "acb", 2, 1}, {"abc", "ab", 2, 1}, {"kitten", "sitting", 3, 3}, {"kitten", "sitting", 2, 3}, {"", "ab", 2, 2}, {strings.Repeat("a", 90), strings.Repeat("a", 89) + "b", 2, 1}} {
		if got := distance(tc.a, tc.b, tc.limit); got != tc.want {
			t.Errorf("distance(%q, %q, %d) = %d, want %d", tc.a, tc.b, tc.limit, got, tc.want)
		}
	}
}
