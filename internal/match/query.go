package match

import (
	"slices"
	"strings"
	"unicode/utf8"

	"segue/internal/music"
)

// Limits of Spotify's search.
const (
	maxQueries = 6
	maxQuery   = 250 // characters
)

// plan returns every query worth asking for a song, best first.
func plan(s music.Song) []string {
	var out []string
	add := func(q string) {
		q = strings.Join(strings.Fields(q), " ")
		if q != "" && len(out) < maxQueries && utf8.RuneCountInString(q) <= maxQuery && !slices.Contains(out, q) {
			out = append(out, q)
		}
	}
	if code := isrc(s.ISRC); code != "" {
		add("isrc:" + code)
	}
	t := parse(s.Title)
	core := searchable(t.text, 120)
	if core == "" || t.full.empty() {
		return out
	}
	whole, first := leads(s.Artists)
	wish := searchable(wishWords(s, t), 60)
	if wish != "" {
		add(core + " " + whole + " " + wish)
	}
	add(fielded(core, whole))
	add(core + " " + whole)
	if first != whole {
		add(fielded(core, first))
	}
	if latin := transliterated(t.short, core); latin != "" {
		artist := clip(normal(first).latin, 80)
		add(latin + " " + artist)
	}
	if bare, version, ok := bareVersion(s.Title); ok {
		add(searchable(bare, 120) + " " + whole + " " + version)
	}
	return out
}

// leads returns the first performers as credited and the first one alone:
// "Queen & Wyclef Jean" and "Queen" for "Queen & Wyclef Jean feat. Pras".
func leads(artists []string) (whole, first string) {
	if len(artists) == 0 {
		return "", ""
	}
	var group, atom []string
	alone := true
	for word := range strings.FieldsSeq(spaceOut(clip(artists[0], maxText))) {
		sep := separator(word)
		if sep == 2 && len(group) > 0 {
			break
		}
		if alone = alone && (sep == 0 || len(atom) == 0); alone {
			atom = append(atom, word)
		}
		group = append(group, word)
	}
	return searchable(strings.Join(group, " "), 80), searchable(strings.Join(atom, " "), 80)
}

// fielded writes a query with field filters.
func fielded(core, artist string) string {
	q := `track:"` + core + `"`
	if artist != "" {
		q += ` artist:"` + artist + `"`
	}
	return q
}

// wishWords returns the words of the version asked for, in the wish or the title.
func wishWords(s music.Song, t title) string {
	if s.Version != "" {
		if v, _ := wishFor(s.Version); v.tags&^(clean|explicit|plain) == 0 && len(v.detail) == 0 {
			return ""
		}
		return s.Version
	}
	if t.version.tags.hard() != 0 {
		return strings.Join(t.version.labels, " ")
	}
	return ""
}

// transliterated returns the core in Latin letters where that differs from what
// the plain query says.
func transliterated(core form, written string) string {
	if core.native == core.latin || isASCII(written) {
		return ""
	}
	return clip(core.latin, 120)
}

// searchable drops what has a meaning in the query syntax and cuts between
// words at n characters.
func searchable(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '"' || r == '“' || r == '”' || r == '«' || r == '»' || r == ':' || r == '*' || r < ' ' || r == utf8.RuneError:
			return ' '
		default:
			return r
		}
	}, s)
	var out []string
	size := 0
	for w := range strings.FieldsSeq(s) {
		size += utf8.RuneCountInString(w) + 1
		if size > n+1 {
			break
		}
		if w == "OR" || w == "NOT" || w == "AND" {
			w = strings.ToLower(w)
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}

// isrc returns a well-formed recording code in its bare form, or nothing.
func isrc(s string) string {
	s = strings.ToUpper(strings.ReplaceAll(strings.ReplaceAll(clip(s, maxText), "-", ""), " ", ""))
	if len(s) != 12 || !digits(s[5:]) {
		return ""
	}
	for i := range 5 {
		letter := s[i] >= 'A' && s[i] <= 'Z'
		if !letter && (i < 2 || s[i] < '0' || s[i] > '9') {
			return ""
		}
	}
	return s
}
