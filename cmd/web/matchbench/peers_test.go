package main

import (
	"math"
	"testing"
	"time"

	"segue/internal/music"
)

func wanted(title, artist string) music.Song {
	return music.Song{Title: title, Artists: []string{artist}}
}

func TestSeedsRule(t *testing.T) {
	t.Parallel()
	on := func(t music.Track, album, code string) music.Track {
		t.Album.Name, t.ISRC = album, code
		return t
	}
	song := func(s music.Song, album, code string) music.Song {
		s.Album, s.ISRC = album, code
		return s
	}
	for name, c := range map[string]struct {
		song  music.Song
		found []music.Track
		takes int // -1: none
	}{
		"equal texts suffice without an album":       {wanted("creep", "radiohead"), []music.Track{sung("Creep", "Radiohead", 1)}, 0},
		"one letter fails without an album":          {wanted("Creeps", "Radiohead"), []music.Track{sung("Creep", "Radiohead", 1)}, -1},
		"an album makes up for it":                   {song(wanted("Creeps", "Radiohead"), "Pablo Honey", ""), []music.Track{on(sung("Creep", "Radiohead", 1), "Pablo Honey", "")}, 0},
		"a long tail may pass, live or not":          {song(wanted("Everybody Hurts", "R.E.M."), "Live", ""), []music.Track{on(sung("Everybody Hurts - Live", "R.E.M.", 1), "Live", "")}, 0},
		"an equal code wins over all texts":          {song(wanted("A", "B"), "", "GBX"), []music.Track{sung("A", "B", 1), on(sung("C", "D", 1), "", "GBX")}, 1},
		"an equal code alone":                        {song(wanted("A", "B"), "", "gbx"), []music.Track{on(sung("C", "D", 1), "", "GBX")}, 0},
		"only the first artist counts":               {music.Song{Title: "A", Artists: []string{"X", "B"}}, []music.Track{sung("A", "B", 1)}, -1},
		"the best is taken, the first of equal ones": {wanted("A", "B"), []music.Track{sung("AA", "B", 1), sung("A", "B", 1), sung("A", "B", 2)}, 1},
		"nothing found":                              {wanted("A", "B"), nil, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, weighted, c.song, c.found, c.takes)
		})
	}
}

// expect checks which of the tracks a rule takes, -1 for none.
func expect(t *testing.T, rule peer, s music.Song, found []music.Track, takes int) {
	t.Helper()
	got, ok := rule(s, found)
	if ok != (takes >= 0) {
		t.Fatalf("takes %v %t", got, ok)
	}
	if ok && (got.Title != found[takes].Title || got.Duration != found[takes].Duration) {
		t.Errorf("takes %v, want %v", got, found[takes])
	}
}

func TestLikenessIsTheShareInCommon(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want float64
	}{{"", "", 0}, {"a", "", 0}, {"AbC", "aBc", 1}, {"abcd", "abxd", .75}, {"ab", "abab", 2.0 / 3}, {"über", "uber", .75}} {
		if got := likeness(c.a, c.b); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%q and %q: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func TestSpotifyToTidalsRule(t *testing.T) {
	t.Parallel()
	timed := func(s music.Song, seconds int) music.Song {
		s.Duration = time.Duration(seconds) * time.Second
		return s
	}
	coded := music.Song{Title: "x", Artists: []string{"y"}, ISRC: "GBX"}
	other := sung("C", "D", 1)
	other.ISRC = "GBX"
	for name, c := range map[string]struct {
		song  music.Song
		found []music.Track
		takes int
	}{
		"the first that fits":               {timed(wanted("Creep", "Radiohead"), 238), []music.Track{sung("Creep", "Korn", 238), sung("Creep - Live", "Radiohead", 239), sung("Creep", "Radiohead", 238)}, 1},
		"two seconds are too many":          {timed(wanted("Creep", "Radiohead"), 238), []music.Track{sung("Creep", "Radiohead", 240)}, -1},
		"without a length anything goes":    {wanted("Creep", "Radiohead"), []music.Track{sung("Creep - Live", "Radiohead", 400)}, 0},
		"a remix is told by its word":       {wanted("Creep", "Radiohead"), []music.Track{sung("Creep (Remix)", "Radiohead", 238)}, -1},
		"the title is cut at its bracket":   {wanted("Creep (Radio Edit)", "Radiohead"), []music.Track{sung("Creep", "Radiohead", 238)}, 0},
		"a shared artist behind &":          {wanted("One", "Mary & U2"), []music.Track{sung("One", "U2", 1)}, 0},
		"accents fold":                      {wanted("Hoppipolla", "Sigur Ros"), []music.Track{sung("Hoppípolla", "Sigur Rós", 1)}, 0},
		"other scripts fold to nothing":     {wanted("Тоска", "Кино"), []music.Track{sung("Anything", "Молчат", 1)}, 0},
		"an equal code, whatever the texts": {coded, []music.Track{sung("x", "z", 1), other}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, firstFit, c.song, c.found, c.takes)
		})
	}
}
