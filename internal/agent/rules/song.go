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
	song  music.Song
	how   certainty
	doubt doubt // the other way to read its words; the zero value when there is none
}

const longestTitle = 250 // characters of a title or an artist; beyond, it is no song

var songLeads = patterns(
	"the|this|that|a song|track|tune|single called|named|titled", "this|that song|track|tune", "a|the song|track|tune", "song|track called|named|titled", "track",
	"the following [song|track]", "both",
)

// newSong builds a song of a title and an artist, either of which may carry a wish for a version.
func newSong(title, artist phrase, how certainty) (found, bool) {
	var s music.Song
	artist = afterthoughts(withoutForMe(withoutEmoji(artist)), &s)
	title = asides(versionOf(withoutEmoji(title), &s), &s)
	if n := title.prefix(songLeads); n > 0 && n < len(title) && lower(title[0].raw) && !title.any(n, "is", "remains", "for", "of") {
		title = title[n:].trim()
	}
	s.Title = text(title)
	if len(artist) == 0 {
		coveredBy(&s)
	}
	s.Artists = append(artists(artist), s.Artists...)
	if len(s.Artists) == 0 {
		s.Artists = nil
	}
	return found{s, how, doubtOf(s, title, artist)}, plausible(s) && !artist.runsOn()
}

// runsOn reports whether a playlist and more stand in what should be an artist:
// "Radiohead to Gym, Yellow too".
func (p phrase) runsOn() bool {
	for i := 1; i < len(p)-1; i++ {
		if p.hinge(i, "to", "into", "onto") && lower(p[i].raw) {
			return p[i:].find(comma) > 0
		}
	}
	return false
}

// coveredBy reads "the Johnny Cash version of Hurt" as whose song is meant.
func coveredBy(s *music.Song) {
	words := strings.Fields(s.Version)
	n := len(words) - 1
	if n < 1 || isVersion(strings.Fields(strings.ToLower(strings.Join(words[:n], " ")))) || strings.ContainsAny(s.Version, "0123456789'’,") {
		return
	}
	if last := fold(words[n]); last == "cover" || last == "version" && capital(words[0]) {
		s.Artists, s.Version = append(s.Artists, strings.Join(words[:n], " ")), ""
	}
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

// commas returns the commas between items: those that are not part of a known
// name and not followed by a word about the version.
func (p phrase) commas() []int {
	var out []int
	for i := range p {
		if p[i].kind == comma && !p.fixed(i) && !describe(p[i+1:p.itemEnd(i+1)], new(music.Song)) {
			out = append(out, i)
		}
	}
	return out
}

// itemEnd returns where the item of a row that begins at i ends. An item before
// "by" is a title, whatever it says, and begins at its first word.
func (p phrase) itemEnd(i int) int {
	for end := i; end < len(p) && end <= i+longestDescription+2; end++ {
		switch {
		case p[end].kind == comma || p[end].kind == semicolon || p[end].kind == newline || p.any(end, "and", "plus", "then"):
			return end
		case p.hinge(end, "by") && !p.mixed(end):
			return i
		}
	}
	return len(p)
}
