package rules

import (
	"slices"
	"strconv"
	"strings"

	"segue/internal/music"
)

var (
	// versionEnds are words that make the phrase they end a wish for a version.
	versionEnds = []string{
		"version", "ver", "remaster", "remastered", "remix", "mix", "edit", "demo", "session", "sessions", "cover", "cut", "take",
		"instrumental", "acoustic", "unplugged", "karaoke", "mono", "stereo", "recording", "reprise", "rendition",
	}
	// versionStarts do the same for the phrase they begin.
	versionStarts = []string{
		"live", "acoustic", "remaster", "remastered", "remix", "demo", "explicit", "clean", "instrumental", "mono", "stereo", "karaoke", "unplugged",
		"sped", "slowed", "extended", "radio", "original", "studio", "orchestral", "uncensored", "censored", "piano", "a-cappella", "acapella",
	}
	// versionAlone may end a song without brackets or comma.
	versionAlone = []string{"live", "acoustic", "unplugged", "remastered", "instrumental", "karaoke"}
	// places of recording: "live at Wembley"
	livePlaces = []string{"at", "from", "in", "on"}
)

// isVersion reports whether words, in lower case, describe a version.
func isVersion(words []string) bool {
	n := len(words)
	if n == 0 || n > 8 {
		return false
	}
	if slices.Contains(versionEnds, words[n-1]) {
		return true
	}
	if !slices.Contains(versionStarts, words[0]) {
		return false
	}
	switch words[0] {
	case "live":
		return n == 1 || slices.Contains(livePlaces, words[1]) || year(words[n-1]) > 0
	case "remaster", "remastered", "mono", "stereo", "unplugged", "acoustic", "instrumental", "sped", "slowed", "karaoke", "demo":
		return n <= 4
	}
	return n == 1
}

// wish files a description of a version: explicit and clean are wishes of their own.
func wish(s *music.Song, text string) {
	words := strings.Fields(text)
	for len(words) > 1 && slices.Contains([]string{"but", "the", "a", "an", "in"}, fold(words[0])) {
		words = words[1:]
	}
	words = slices.DeleteFunc(words, func(w string) bool {
		switch fold(w) {
		case "explicit", "uncensored":
			s.Explicit = music.WishExplicit
		case "clean", "censored":
			s.Explicit = music.WishClean
		default:
			return false
		}
		return true
	})
	n := len(words)
	if n > 0 && slices.Contains([]string{"version", "ver", "recording", "rendition"}, fold(words[n-1])) &&
		(n == 1 || slices.Contains(versionStarts, fold(words[n-2]))) {
		words = words[:n-1]
	}
	if v := trimEnd(strings.Join(words, " ")); v != "" && s.Version == "" {
		s.Version = v
	}
}

// year returns the year a word is, 0 when it is none.
func year(w string) int {
	n, err := strconv.Atoi(w)
	if err != nil || len(w) != 4 || n < 1900 || n > 2099 {
		return 0
	}
	return n
}

// lows returns the words of p in lower case.
func (p phrase) lows() []string {
	out := make([]string, len(p))
	for i := range p {
		out[i] = p.low(i)
	}
	return out
}

// versionOf takes "the live version of" off the head of a title.
func versionOf(title phrase, s *music.Song) phrase {
	article := title.any(0, "the", "a", "an")
	for i := 1; i < min(7, len(title)-1); i++ {
		if !title.any(i, "of") {
			continue
		}
		start := 0
		if article {
			start = 1
		}
		head := title[start:i].lows()
		if isVersion(head) && (article || slices.Contains(versionStarts, head[0])) {
			wish(s, title[start:i].String())
			return title[i+1:]
		}
		return title
	}
	return title
}

// asides takes brackets with versions, guests and years off the end of p.
func asides(p phrase, s *music.Song) phrase {
	for len(p) > 1 && p[len(p)-1].kind == group && aside(p[len(p)-1].body, s) {
		p = p[:len(p)-1].trim()
	}
	if n := len(p); n > 2 { // "Bohemian Rhapsody - Remastered 2011"
		for i := n - 2; i > 0 && i > n-9; i-- {
			if p[i].kind == dash && isVersion(p[i+1:].lows()) {
				wish(s, p[i+1:].String())
				return asides(p[:i].trim(), s)
			}
		}
	}
	return p
}

// aside files what stands in one pair of brackets and reports whether it knew what it is.
func aside(body string, s *music.Song) bool {
	words := strings.Fields(body)
	if len(words) > 1 && fold(words[0]) == "not" { // what it should not be helps no search
		return true
	}
	lows := make([]string, len(words))
	for i, w := range words {
		lows[i] = fold(w)
	}
	switch {
	case len(lows) > 1 && slices.Contains([]string{"feat", "ft", "featuring", "with"}, lows[0]):
		s.Artists = append(s.Artists, artists(tokenize(strings.Join(words[1:], " ")))...)
	case len(lows) == 1 && year(lows[0]) > 0:
		s.Year = year(lows[0])
	case isVersion(lows):
		wish(s, body)
	default:
		return false
	}
	return true
}

// afterthoughts takes what follows an artist off its end: a version, an album, a year.
func afterthoughts(p phrase, s *music.Song) phrase {
	p = asides(p.trim(), s)
	for i := max(1, len(p)-10); i < len(p)-1; i++ {
		switch {
		case p[i].kind == comma && p.any(i+1, "not", "but") && p.any(i+2, "not", "the") && (p.any(i+1, "not") || p.any(i+2, "not")):
			return afterthoughts(p[:i], s)
		case p.any(i, "from", "off", "on") && album(p[i+1:], s):
			return afterthoughts(p[:i], s)
		case p.any(i, "from") && i == len(p)-2 && year(p.low(i+1)) > 0:
			s.Year = year(p.low(i + 1))
			return afterthoughts(p[:i], s)
		case p[i].kind == comma && isVersion(withoutArticle(p[i+1:]).lows()), p[i].kind == comma && p.any(i+1, "but") && isVersion(withoutArticle(p[i+2:]).lows()),
			p.any(i, "live") && p.any(i+1, livePlaces...),
			p.any(i, "the") && isVersion(p[i+1:].lows()):
			wish(s, p[i:].trim().String())
			return asides(p[:i].trim(), s)
		}
	}
	return trailingVersion(p, s)
}

// trailingVersion takes "… clean version" and "… live" off the end of an artist.
func trailingVersion(p phrase, s *music.Song) phrase {
	n := len(p)
	if n > 2 && p.any(n-1, versionEnds...) && p.any(n-2, versionStarts...) {
		wish(s, p[n-2:].String())
		return p[:n-2].trim()
	}
	if n > 1 && p.any(n-1, versionAlone...) && p[n-1].raw[0] >= 'a' {
		wish(s, p[n-1:].String())
		return p[:n-1].trim()
	}
	return p
}

func withoutArticle(p phrase) phrase {
	if len(p) > 1 && p.any(0, "the", "a", "an") {
		return p[1:]
	}
	return p
}

// album files "the album Z" and "the Z album".
func album(p phrase, s *music.Song) bool {
	n := len(p)
	switch {
	case n > 2 && p.any(0, "the", "their", "his", "her") && p.any(1, "album"):
		s.Album = text(p[2:])
	case n > 2 && p.any(0, "the", "their", "his", "her") && p.any(n-1, "album"):
		s.Album = text(p[1 : n-1])
	default:
		return false
	}
	return true
}
