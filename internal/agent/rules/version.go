package rules

import (
	"slices"
	"strconv"
	"strings"

	"segue/internal/music"
)

var (
	// versionKinds tell which kind of recording is meant: "the acoustic one".
	versionKinds = []string{
		"live", "acoustic", "unplugged", "remastered", "remaster", "remix", "remixed", "demo", "instrumental", "karaoke", "mono", "stereo", "original", "normal", "regular", "studio", "extended", "radio",
		"orchestral", "piano", "mtv", "a-cappella", "acapella", "sped", "slowed", "nightcore", "explicit", "uncensored", "dirty", "clean", "censored",
		"spanish", "english", "french", "german", "italian", "portuguese", "japanese", "korean", "single", "album", "club", "full", "long", "short", "unreleased", "alternate",
	}
	// weakKinds say nothing alone: "Radio", "Album" and "Spanish" may as well be titles.
	weakKinds = []string{"radio", "single", "album", "club", "full", "long", "short", "piano", "mtv", "alternate", "unreleased", "spanish", "english", "french", "german", "italian", "portuguese", "japanese", "korean"}
	// versionNouns end a description: "the Wembley version".
	versionNouns = []string{"version", "ver", "recording", "rendition", "remaster", "remix", "mix", "edit", "demo", "session", "sessions", "cover", "cut", "take", "reprise", "vault"}
	// plainNouns stand for the recording itself; alone they say nothing about it.
	plainNouns = []string{"version", "ver", "recording", "rendition", "one", "release", "lyrics"}
	// versionWords are all that may stand in a description that needs no mark around it.
	versionWords = slices.Concat(versionKinds, versionNouns, plainNouns, []string{"up", "down", "reverb", "+", "and"})
	// versionAlone may end a title or an artist without brackets or comma.
	versionAlone = []string{"acoustic", "unplugged", "remastered", "remaster", "instrumental", "karaoke", "remix"}
	// places of recording: "live at Wembley"
	livePlaces = []string{"at", "from", "in", "on"}
	// mixers come before "by" when it names who made the version, not who sings.
	mixers = []string{"remix", "remixed", "mix", "edit", "rework", "mashup"}
	hedges = patterns("[but|though] [please|preferably|ideally|only|just] [in|as|it's] [the|a|an|its]")
	guests = []string{"feat", "ft", "featuring", "with"}
)

const longestDescription = 10 // words about a version

// describe files what a phrase says about which recording is meant (a version,
// explicit or clean, an album, a year, a guest) and reports whether it says that
// and nothing else. It changes the song only then.
func describe(p phrase, s *music.Song) bool {
	p = p.trim()
	marked := len(p) == 1 && p[0].kind == group
	if marked {
		if p = tokenize(p[0].body); len(p.split(comma)) > 1 {
			return describeAll(p.split(comma), s)
		}
	}
	if len(p) == 2 && p.any(0, "in") && p.any(1, versionKinds...) { // "in Spanish"
		return versioned(append(slices.Clone(p[1:]), token{kind: word, raw: "version", low: "version", spaced: true}), s)
	}
	if n := p.prefix(hedges); n < len(p) {
		marked = marked || p.any(n-1, "the", "a", "an")
		p = p[n:]
	}
	if len(p) == 0 || len(p) > longestDescription || p.find(comma) >= 0 || p.find(newline) >= 0 || p.find(link) >= 0 {
		return false
	}
	switch {
	case p.any(0, "not"):
		return unwanted(p[1:], s)
	case p.any(0, guests...) && len(p) > 1 && (marked || p.names()):
		s.Artists = append(s.Artists, artists(p[1:])...)
		return true
	case p.any(0, "from", "off") && !p.any(len(p)-1, "vault"), p.albumAt(0):
		return (marked || p.names() || p.albumAt(0)) && source(p[1:], s)
	case marked && len(p) == 1 && p.any(0, "version", "cover"), len(p) == 2 && p.any(0, "his", "her", "their", "any", "whichever") && p.any(1, plainNouns...):
		return true // says nothing
	case !marked && (p.any(0, "the") || p.endsInVersion()):
		return false
	}
	return dated(p, s) || sourced(p, s) || versioned(p, s)
}

// names tells "from Pablo Honey" and "from 1993" from titles: "From the Start".
func (p phrase) names() bool {
	return len(p) > 1 && lower(p[0].raw) && (!lower(p[1].raw) || p.any(1, "the") && len(p) > 2 && !lower(p[2].raw))
}

// endsInVersion reports whether p is a song and its version: "Heroes 2011 remaster".
func (p phrase) endsInVersion() bool {
	i := p.tail()
	return i > 0 && i < len(p)-1 && !allKnown(p.lows())
}

// describeAll reads "(live, from Hell Freezes Over)".
func describeAll(parts []phrase, s *music.Song) bool {
	about := *s
	for _, part := range parts {
		if !describe(part, &about) {
			return false
		}
	}
	*s = about
	return true
}

// albumAt reports whether "from the album …" begins at i.
func (p phrase) albumAt(i int) bool {
	return p.any(i, "from", "off", "on") && (p.any(i+1, "album") || p.any(i+1, "the") && p.any(i+2, "album")) && i+2 < len(p)-1
}

// unwanted files what the version is not to be.
func unwanted(p phrase, s *music.Song) bool {
	if n := p.prefix(hedges); n < len(p) {
		p = p[n:]
	}
	words := p.lows()
	has := func(kinds ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(kinds, w) })
	}
	switch {
	case !isVersion(words):
		return false
	case has("explicit", "uncensored", "dirty"):
		s.Explicit = music.WishClean
	case has("clean", "censored"):
		s.Explicit = music.WishExplicit
	case has("live"):
		another(s, "studio")
	case allKnown(words) && !has("original", "studio"):
		another(s, "original")
	}
	return true
}

// dated files "1977", "the 1977 version" and "the 1977 original".
func dated(p phrase, s *music.Song) bool {
	found, original := 0, false
	for i := range p {
		n := year(p.low(i))
		switch {
		case n > 0 && found == 0:
			found = n
		case p.any(i, "original"):
			original = true
		case !p.any(i, plainNouns...):
			return false
		}
	}
	if found == 0 {
		return false
	}
	if s.Year = found; original {
		another(s, "original")
	}
	return true
}

// sourced reads "the one from Pablo Honey", "the live one from Wembley", "the
// version with Rihanna" and "remix by Skrillex".
func sourced(p phrase, s *music.Song) bool {
	for i := 1; i < len(p)-1; i++ {
		head := p[:i].lows()
		switch {
		case p.any(i, "by") && slices.Contains(mixers, head[i-1]):
			another(s, p.String())
			return true
		case !slices.Contains(plainNouns, head[i-1]) || !allKnown(head):
		case p.any(i, "with", "featuring"):
			s.Artists = append(s.Artists, artists(p[i+1:])...)
			return len(head) == 1 || versioned(p[:i], s)
		case p.any(i, "live") || slices.Contains(head, "live") && p.any(i, livePlaces...):
			return versioned(append(slices.Clone(p[:i-1]), p[i:]...), s)
		case p.any(i, "from", "off", "on"):
			return source(p[i+1:], s) && (len(head) == 1 || versioned(p[:i], s))
		}
	}
	return false
}

// source files where a recording comes from: a year or an album.
func source(p phrase, s *music.Song) bool {
	if n := year(p.low(0)); n > 0 && len(p) == 1 {
		s.Year = n
		return true
	}
	if len(p) > 1 && p.any(0, "the", "their", "his", "her", "its") {
		p = p[1:]
	}
	if len(p) > 1 && p.any(0, "album", "record", "ep", "movie", "film", "soundtrack") {
		p = p[1:]
		if len(p) > 1 && p.any(0, "of", "to") {
			p = p[1:]
		}
	} else if n := len(p); n > 1 && p.any(n-1, "album", "record", "ep", "lp", "soundtrack", "movie", "film") {
		p = p[:n-1]
	}
	if !p.any(0, "first", "second", "third", "last", "latest", "new", "debut") {
		s.Album = text(p)
	}
	return len(p) > 0
}

// versioned files "the 2011 remaster", "live at Wembley" and "clean".
func versioned(p phrase, s *music.Song) bool {
	if !isVersion(p.lows()) {
		return false
	}
	wish(s, p.String())
	return true
}

// isVersion reports whether words, in lower case, describe a version.
func isVersion(words []string) bool {
	n := len(words)
	switch {
	case n == 0 || n > longestDescription:
		return false
	case n == 1:
		return slices.Contains(versionKinds, words[0]) && !slices.Contains(weakKinds, words[0])
	case allKnown(words), slices.Contains(versionNouns, words[n-1]):
		return true
	}
	return words[0] == "live" && (slices.Contains(livePlaces, words[1]) || year(words[n-1]) > 0)
}

// allKnown reports whether every word is one of those that tell versions apart.
func allKnown(words []string) bool {
	for i, w := range words {
		owned := owner(w) && i+1 < len(words) && words[i+1] == "version"
		if !owned && !slices.Contains(versionWords, w) && year(w) == 0 {
			return false
		}
	}
	return len(words) > 0 && words[0] != "and"
}

// owner reports whether a word may say whose version it is: "Taylor's version".
func owner(w string) bool { return strings.HasSuffix(w, "'s") || w == "taylors" }

// wish files a description of a version: explicit and clean are wishes of their own.
func wish(s *music.Song, text string) {
	var words []string
	for w := range strings.FieldsSeq(text) {
		switch low := fold(w); {
		case low == "explicit" || low == "uncensored" || low == "dirty":
			s.Explicit = music.WishExplicit
		case low == "clean" || low == "censored":
			s.Explicit = music.WishClean
		case low == "normal" || low == "regular":
			words = append(words, "original")
		case low == "one" && len(words) > 0 && slices.Contains(versionKinds, fold(words[len(words)-1])):
		default:
			words = append(words, w)
		}
	}
	n := len(words)
	if n > 0 && slices.Contains(plainNouns, fold(words[n-1])) && (n == 1 || slices.Contains(versionKinds, fold(words[n-2]))) {
		words = words[:n-1]
	}
	if s.Explicit != "" && len(words) == 1 && fold(words[0]) == "edit" {
		return
	}
	another(s, strings.Join(words, " "))
}

// another adds a version to those wished for; the last one of a song is read first.
func another(s *music.Song, version string) {
	version = trimEnd(version)
	if s.Version != "" && version != "" {
		version += ", "
	}
	s.Version = version + s.Version
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
