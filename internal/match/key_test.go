package match_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"segue/internal/match"
	"segue/internal/music"
)

// People's rules are kept under these keys: a change that breaks this test
// would lose them.
func TestKeysStayTheSameForEver(t *testing.T) {
	t.Parallel()
	for key, s := range map[string]music.Song{
		"1-e5d890f7a42bd1ccdbf857b470a71527": {Title: "Hallelujah"},
		"1-2b6d0cdcd00428e64263735e168deeca": {Title: "Bohemian Rhapsody", Artists: []string{"Queen"}},
		"1-a22248d4a3b24f67f306b750ec2187b1": {Title: "Crazy in Love", Artists: []string{"Beyoncé", "JAY-Z"}, Explicit: music.WishClean},
		"1-1d7823a9ea94fff727e515e03feaef2d": {Title: "Under Pressure", Artists: []string{"Queen & David Bowie"}, Version: "live at Wembley", Album: "Live Killers", Year: 1986},
		"1-743464817db014fe09539214d4239a9a": {ISRC: "gb-um7-10-29604"},
		"1-f831f8251565058f3790fa654c5b8ab7": {Title: "上を向いて歩こう", Artists: []string{"坂本 九"}},
		"1-4a33fbe18b975a5282ee461b9f6f506f": {Title: "÷", Artists: []string{"Ed Sheeran"}},
	} {
		if got := match.Key(s); got != key {
			t.Errorf("%v: %s, want %s", s, got, key)
		}
	}
}

func TestAKeyIsWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	base := music.Song{Title: "Don't Stop Me Now", Artists: []string{"Queen", "David Bowie"}}
	for name, same := range map[string]music.Song{
		"case, spaces, punctuation": {Title: " DON’T  stop — me now! ", Artists: []string{"queen", "David Bowie"}},
		"order of artists":          {Title: "Don't Stop Me Now", Artists: []string{"David Bowie", "Queen"}},
		"an artist twice or empty":  {Title: "Don't Stop Me Now", Artists: []string{"Queen", "", "David Bowie", "QUEEN"}},
		"full width":                {Title: "Ｄon't Stop Me Now", Artists: base.Artists},
		"invisible characters":      {Title: "Don't\u200b Stop\u2060 Me Now", Artists: base.Artists},
		"a length":                  {Title: base.Title, Artists: base.Artists, Duration: 209 * time.Second},
	} {
		if match.Key(same) != match.Key(base) {
			t.Errorf("%s makes another key", name)
		}
	}
	with := func(change func(*music.Song)) music.Song { s := base; change(&s); return s }
	different := map[string]music.Song{
		"base":       base,
		"title":      with(func(s *music.Song) { s.Title = "Don't Stop" }),
		"artist":     with(func(s *music.Song) { s.Artists = []string{"Queen"} }),
		"no artist":  with(func(s *music.Song) { s.Artists = nil }),
		"one artist": with(func(s *music.Song) { s.Artists = []string{"Queen David Bowie"} }),
		"version":    with(func(s *music.Song) { s.Version = "live" }),
		"explicit":   with(func(s *music.Song) { s.Explicit = music.WishExplicit }),
		"clean":      with(func(s *music.Song) { s.Explicit = music.WishClean }),
		"album":      with(func(s *music.Song) { s.Album = "live" }),
		"year":       with(func(s *music.Song) { s.Year = 1979 }),
		"isrc":       with(func(s *music.Song) { s.ISRC = "GBUM71029604" }),
		"symbols":    {Title: "÷"},
		"others":     {Title: "×"},
		"emoji":      {Title: "🎵"},
		"arabic":     {Title: "إنت عمري"},
	}
	seen := map[string]string{}
	for name, s := range different {
		key := match.Key(s)
		if other, known := seen[key]; known || len(key) != 34 {
			t.Errorf("%s has the key %q, and so has %q", name, key, other)
		}
		seen[key] = name
	}
	for _, s := range []music.Song{{}, {Title: " \t\u200b"}, {Artists: []string{"Queen"}}, {TrackID: "7tFiyTwD0nx5a1eklYtX2J"}} {
		if key := match.Key(s); key != "" {
			t.Errorf("%+v has the key %s", s, key)
		}
	}
}

func TestAKeyHoldsNoTextAndFieldsDoNotRunTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
		s := music.Song{Title: "x" + text.Draw(t, "title"), Artists: []string{"y" + text.Draw(t, "artist")}, Album: text.Draw(t, "album")}
		key := match.Key(s)
		if len(key) != 34 || strings.Trim(key[2:], "0123456789abcdef") != "" {
			t.Fatalf("key %q", key)
		}
		if moved := (music.Song{Title: s.Title + " " + s.Artists[0], Album: s.Album}); match.Key(moved) == key {
			t.Fatal("title and artist run together")
		}
		if match.Key(s) != key {
			t.Fatal("the second key differs")
		}
	})
}
