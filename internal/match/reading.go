package match

import (
	"strings"

	"segue/internal/music"
)

// reading is a way to understand a song whose words may stand in the wrong place.
type reading struct {
	song music.Song
	note string // why it can only be asked about; "" when it may be taken
}

// readings returns the ways in which a song can be understood besides the way
// it is written: a version word bare behind the title, "Artist - Title" in the
// title, title and artist swapped.
func readings(s music.Song) []reading {
	var out []reading
	if core, version, ok := bareVersion(s.Title); ok && s.Version == "" {
		r := s
		r.Title, r.Version = core, version
		out = append(out, reading{song: r})
	}
	if artist, rest, ok := leadingArtist(s); ok {
		r := s
		r.Title, r.Artists = rest, []string{artist}
		out = append(out, reading{song: r})
	}
	if len(s.Artists) == 1 && s.Artists[0] != "" {
		r := s
		r.Title, r.Artists = s.Artists[0], []string{s.Title}
		out = append(out, reading{song: r, note: "Title and artist seem to be swapped."})
	}
	return out
}

// bareVersion cuts a version word off the end of a title written without
// brackets, as people do: "Bohemian Rhapsody live". A song may really be called so.
func bareVersion(s string) (core, version string, ok bool) {
	w := strings.Fields(clip(s, maxText))
	for n := min(2, len(w)-1); n > 0; n-- {
		tail := normal(strings.Join(w[len(w)-n:], " ")).latin
		if double[tail] != 0 || n == 1 && bareWords[tail] || n == 2 && bareWords[strings.TrimSuffix(tail, " version")] {
			core = strings.Join(w[:len(w)-n], " ")
			return core, tail, parse(s).version.tags.hard() == 0 // else it is in brackets or behind a dash
		}
	}
	return "", "", false
}

// bareWords are the version words that people put behind a title.
var bareWords = map[string]bool{
	"live": true, "acoustic": true, "remix": true, "instrumental": true, "karaoke": true, "demo": true, "unplugged": true,
	"remastered": true, "remaster": true, "acapella": true, "explicit": true, "clean": true, "extended": true, "nightcore": true, "slowed": true,
}

// leadingArtist reads "Queen - Bohemian Rhapsody" where no artist was named,
// the way videos are titled.
func leadingArtist(s music.Song) (artist, title string, ok bool) {
	if len(s.Artists) > 0 {
		return "", "", false
	}
	parts := splitDashes(clip(s.Title, maxText))
	if len(parts) < 2 {
		return "", "", false
	}
	if _, version := classify(parts[1]); version {
		return "", "", false
	}
	return strings.TrimSpace(parts[0]), strings.TrimSpace(strings.Join(parts[1:], " - ")), true
}
