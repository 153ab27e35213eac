package main

import (
	"slices"
	"testing"
	"time"

	"segue/internal/music"
)

// sung is a track for tests: "Title / Artist, Artist" with a length in seconds.
func sung(title, artist string, seconds int) music.Track {
	return music.Track{ID: title + artist, Title: title, Artists: []music.Artist{{Name: artist}}, Duration: time.Duration(seconds) * time.Second}
}

func TestJudgeKnowsTheSameRecording(t *testing.T) {
	t.Parallel()
	coded := func(t music.Track, code string) music.Track {
		t.ISRC = code
		return t
	}
	for name, c := range map[string]struct {
		a, b music.Track
		same bool
	}{
		"equal but for case and accents":      {sung("Déjà Vu", "Beyoncé", 240), sung("Deja vu", "BEYONCE", 241), true},
		"a remaster":                          {sung("Come Together", "The Beatles", 259), sung("Come Together - Remastered 2009", "The Beatles", 259), true},
		"a year alone":                        {sung("Hurricane", "Scorpions", 255), sung("Hurricane - 2011", "Scorpions", 255), true},
		"a guest in brackets":                 {sung("Roses", "The Chainsmokers", 226), sung("Roses (feat. ROZES)", "The Chainsmokers", 226), true},
		"4 s apart":                           {sung("Roses", "A", 226), sung("Roses", "A", 230), false},
		"3 s apart":                           {sung("Roses", "A", 226), sung("Roses", "A", 229), true},
		"a length that nobody knows":          {sung("Roses", "A", 226), sung("Roses", "A", 0), true},
		"live of the same length":             {sung("Roses", "A", 226), sung("Roses - Live", "A", 226), false},
		"two live ones":                       {sung("Roses (Live)", "A", 226), sung("Roses - Live at Wembley", "A", 226), true},
		"another artist":                      {sung("Roses", "A", 226), sung("Roses", "B", 226), false},
		"an equal code":                       {coded(sung("Roses", "A", 226), "X1"), coded(sung("Rosen", "B", 100), "X1"), true},
		"two codes":                           {coded(sung("Roses", "A", 226), "X1"), coded(sung("Roses", "B", 226), "X2"), false},
		"words in brackets that name nothing": {sung("(I Can't Get No) Satisfaction", "A", 226), sung("Satisfaction", "A", 226), false},
		"another part":                        {sung("Wall, Pt. 1", "A", 226), sung("Wall, Pt. 2", "A", 226), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if sameRecording(c.a, c.b) != c.same || sameRecording(c.b, c.a) != c.same {
				t.Errorf("same = %t, want %t", !c.same, c.same)
			}
		})
	}
}

func TestJudgeTakesAListedIdAndTheTwinWishedFor(t *testing.T) {
	t.Parallel()
	clean, dirty := sung("One", "A", 200), sung("One", "A", 201)
	clean.ID, dirty.ID, dirty.Explicit = "clean", "dirty", true
	for _, c := range []struct {
		answer answer
		track  music.Track
		right  bool
	}{
		{answer{ids: []string{"clean"}}, clean, true},
		{answer{ids: []string{"other"}}, clean, false},
		{answer{}, clean, false},
		{answer{ids: []string{"clean"}, tracks: []music.Track{clean}}, dirty, true},
		{answer{ids: []string{"clean"}, tracks: []music.Track{clean}, wish: music.WishClean}, dirty, false},
		{answer{ids: []string{"dirty"}, tracks: []music.Track{dirty}, wish: music.WishExplicit}, dirty, true},
	} {
		if c.answer.right(c.track) != c.right {
			t.Errorf("%s for %+v: right = %t", c.track.ID, c.answer.ids, !c.right)
		}
	}
}

func TestJudgeTellsAWrongVersionFromAnotherSong(t *testing.T) {
	t.Parallel()
	a := answer{tracks: []music.Track{sung("One", "A", 200)}}
	if !a.version(sung("One - Live", "A", 320)) || a.version(sung("Two", "A", 200)) || a.version(sung("One", "B", 200)) {
		t.Error("versions are told by core title and artist")
	}
}

func TestDissectKeepsCoreAndTags(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]name{
		"Roses":                            {"roses", nil},
		"Roses (The Him Remix) [Live]":     {"roses", []string{"live", "remix"}},
		"Roses feat. ROZES":                {"roses", nil},
		"(Sittin' On) The Dock of the Bay": {"sittinonthedockofthebay", nil},
		"Danger Zone - From \"Top Gun\" Original Soundtrack": {"dangerzone", nil},
		"Тоска": {"тоска", nil},
	} {
		if got := dissect(title); got.core != want.core || !slices.Equal(got.tags, want.tags) {
			t.Errorf("%s: %+v, want %+v", title, got, want)
		}
	}
}
