package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
)

// song is a recording that Spotify has once, or twice: then also as a twin, the
// same recording on another album under another id.
type song struct{ title, artist, uri, twin string }

const twinEach = 4 // of so many songs one has a twin

// compose invents songs whose titles nobody confuses.
func compose(rnd *rand.Rand, n int) []song {
	songs := make([]song, n)
	known := map[string]bool{}
	for i := range songs {
		title := ""
		for title == "" || known[title] {
			title = invented(rnd) + " " + invented(rnd)
		}
		known[title] = true
		songs[i] = song{title: title, artist: invented(rnd) + " " + invented(rnd), uri: fmt.Sprintf("spotify:track:chaos%017d", i)}
		if i%twinEach == 0 {
			songs[i].twin = fmt.Sprintf("spotify:track:again%017d", i)
		}
	}
	return songs
}

// invented returns a word of three syllables that no language has.
func invented(rnd *rand.Rand) string {
	const consonants, vowels = "bdfgklmnprstvz", "aou"
	var word strings.Builder
	for range 3 {
		word.WriteByte(consonants[rnd.IntN(len(consonants))])
		word.WriteByte(vowels[rnd.IntN(len(vowels))])
	}
	return strings.ToUpper(word.String()[:1]) + word.String()[1:]
}

// writeCatalogue writes the songs in the form that the emulated Spotify reads.
func writeCatalogue(path string, songs []song) error {
	var text strings.Builder
	text.WriteString("spotify_id\tisrc\ttitle\tartists\talbum\talbum_id\tduration_ms\tpopularity\trelease_date\n")
	for i, s := range songs {
		line := func(uri, album string) {
			id := strings.TrimPrefix(uri, "spotify:track:")
			fmt.Fprintf(&text, "%s\tQZCHA%07d\t%s\t%s\t%s\t%s\t%d\t60\t2021-03-05\n", id, i, s.title, s.artist, album, "a"+id[1:], 180_000+i%90_000)
		}
		line(s.uri, s.title)
		if s.twin != "" {
			line(s.twin, s.title+" and More")
		}
	}
	return os.WriteFile(path, []byte(text.String()), 0o600)
}
