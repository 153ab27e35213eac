package rules

import (
	"strings"
	"unicode/utf8"

	"segue/internal/music"
)

// certainty says how a song was told from the words around it.
type certainty int

const (
	bareTitle certainty = iota // nothing but words
	loose                      // "Fade Into You, Mazzy Star", or a title in quotation marks
	firm                       // "X by Y", "Y - X", a link
)

// found is a song that was read.
type found struct {
	song music.Song
	how  certainty
}

const longestTitle = 250 // characters of a title or an artist; beyond, it is no song

var songLeads = patterns(
	"the|this|that|a song|track|tune|single called|named|titled", "this|that song|track|tune", "a|the song|track|tune", "song|track called|named|titled", "track",
	"the following [song|track]", "both",
)

// newSong builds a song of a title and an artist, either of which may carry a wish for a version.
func newSong(title, artist phrase) (music.Song, bool) {
	var s music.Song
	artist = afterthoughts(artist, &s)
	title = asides(versionOf(title.trim(), &s), &s).trim()
	if n := title.prefix(songLeads); n > 0 && n < len(title) && !title.any(n, "is", "remains", "for", "of") {
		title = title[n:].trim()
	}
	if len(title) > 1 && title[0].kind == quoted && isVersion(title[1:].trim().lows()) {
		wish(&s, title[1:].trim().String())
		title = title[:1]
	}
	s.Title = text(title)
	s.Artists = append(artists(artist), s.Artists...)
	if len(s.Artists) == 0 {
		s.Artists = nil
	}
	return s, plausible(s)
}

func plausible(s music.Song) bool {
	if strings.Trim(s.Title, ".,-!? ") == "" && s.Title != "?" || utf8.RuneCountInString(s.Title) > longestTitle {
		return false
	}
	for _, a := range s.Artists {
		if utf8.RuneCountInString(a) > longestTitle {
			return false
		}
	}
	return true
}

// text returns a title or a name as it was meant: without its quotation marks.
func text(p phrase) string {
	p = p.trim()
	if len(p) == 1 && p[0].kind == quoted {
		return p[0].body
	}
	return trimEnd(p.String())
}

// trimEnd drops the full stop of a sentence, but not the one of "R.E.M.".
func trimEnd(s string) string {
	s = strings.Trim(s, " ,;\"“”„")
	if cut, ok := strings.CutSuffix(s, "."); ok {
		last := cut[strings.LastIndexByte(cut, ' ')+1:]
		if len(last) > 1 && !strings.ContainsRune(last, '.') && fold(last) != "jr" && fold(last) != "sr" {
			return cut
		}
	}
	return s
}

// artists splits performers where that is safe: at commas and "feat." A name
// with "&" or "and" may be one band and stays whole.
func artists(p phrase) []string {
	var out []string
	start := 0
	flush := func(end int) {
		if name := strings.TrimRight(text(p[start:end]), "?"); strings.Trim(name, ".,-? ") != "" {
			out = append(out, name)
		}
		start = end + 1
	}
	whole := len(p.commas()) > 0 && joined(p)
	for i := range p {
		switch {
		case p.any(i, "feat", "ft", "featuring") && i > 0:
			flush(i)
			whole = false
		case p[i].kind == comma && !p.fixed(i) && !whole && !p.any(i+1, "the", "jr"):
			flush(i)
		}
	}
	flush(len(p))
	return out
}

// joined reports whether the last of a row of names is added by "&" or "and".
func joined(p phrase) bool {
	for i := range p {
		if p.plain(i) == "and" {
			return true
		}
	}
	return false
}

// commas returns the commas that are not part of a known name.
func (p phrase) commas() []int {
	var out []int
	for i := range p {
		if p[i].kind == comma && !p.fixed(i) {
			out = append(out, i)
		}
	}
	return out
}
