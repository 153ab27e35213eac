package main

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"segue/internal/music"
)

// peer is another program's rule, written from its description: the track it
// would take from the candidates, in the order in which they were found.
type peer func(s music.Song, found []music.Track) (music.Track, bool)

// weighted is the rule of hunjarain09/spotify-mcp-integration: lower-cased texts,
// 0.5 title + 0.35 artist + 0.15 album of which only the first artist counts and
// a missing album counts 0; an equal ISRC is 1; the best one from 0.85 on.
func weighted(s music.Song, found []music.Track) (music.Track, bool) {
	const threshold = 0.85
	best, at := 0.0, -1
	for i, t := range found {
		if score := weight(s, t); score > best {
			best, at = score, i
		}
	}
	if at < 0 || best < threshold {
		return music.Track{}, false
	}
	return found[at], true
}

func weight(s music.Song, t music.Track) float64 {
	if s.ISRC != "" && strings.EqualFold(s.ISRC, t.ISRC) {
		return 1
	}
	artist, other := "", ""
	if len(s.Artists) > 0 {
		artist = s.Artists[0]
	}
	if len(t.Artists) > 0 {
		other = t.Artists[0].Name
	}
	return 0.5*likeness(s.Title, t.Title) + 0.35*likeness(artist, other) + 0.15*likeness(s.Album, t.Album.Name)
}

// likeness is 2·common/(length+length), where common is the longest common
// subsequence of the lower-cased texts; 0 when one is empty.
func likeness(a, b string) float64 {
	x, y := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	row := make([]int, len(y)+1)
	for _, r := range x {
		before := 0
		for j, q := range y {
			above := row[j+1]
			if r == q {
				row[j+1] = before + 1
			} else {
				row[j+1] = max(above, row[j])
			}
			before = above
		}
	}
	return 2 * float64(row[len(y)]) / float64(len(x)+len(y))
}

// firstFit is the rule of spotify2tidal/spotify_to_tidal: the first candidate with
// an equal ISRC, or with a length within 2 s, the title up to a dash or bracket
// within its own, and one shared artist. A length that nobody knows cannot differ.
func firstFit(s music.Song, found []music.Track) (music.Track, bool) {
	for _, t := range found {
		if s.ISRC != "" && s.ISRC == t.ISRC || sameLength(s.Duration, t.Duration) && sameTitle(s.Title, t.Title) && sameArtist(s, t) {
			return t, true
		}
	}
	return music.Track{}, false
}

func sameLength(a, b time.Duration) bool {
	return a == 0 || b == 0 || (a-b).Abs() < 2*time.Second
}

func sameTitle(wanted, other string) bool {
	wanted, other = strings.ToLower(wanted), strings.ToLower(other)
	for _, version := range []string{"instrumental", "acapella", "remix"} {
		if strings.Contains(wanted, version) != strings.Contains(other, version) {
			return false
		}
	}
	short, _, _ := strings.Cut(head(wanted), "feat.")
	short = strings.TrimSpace(short)
	return strings.Contains(other, short) || strings.Contains(ascii(other), ascii(short))
}

func sameArtist(s music.Song, t music.Track) bool {
	var names []string
	for _, a := range t.Artists {
		names = append(names, a.Name)
	}
	for _, form := range []func(string) string{func(s string) string { return s }, ascii} {
		theirs := credited(names, form)
		if slices.ContainsFunc(credited(s.Artists, form), func(a string) bool { return slices.Contains(theirs, a) }) {
			return true
		}
	}
	return false
}

// credited splits names at "&", or else at commas.
func credited(names []string, form func(string) string) []string {
	var out []string
	for _, n := range names {
		at := ","
		if strings.Contains(n, "&") {
			at = "&"
		}
		for part := range strings.SplitSeq(form(n), at) {
			out = append(out, head(strings.ToLower(strings.TrimSpace(part))))
		}
	}
	return out
}

// head is the text before the first hyphen or bracket.
func head(s string) string {
	if i := strings.IndexAny(s, "-(["); i >= 0 {
		s = s[:i]
	}
	return strings.TrimSpace(s)
}

// ascii drops everything that is not ASCII once accents are taken off: nothing is
// left of names in other scripts.
func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return -1
		}
		return r
	}, norm.NFD.String(s))
}
