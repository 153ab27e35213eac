package rules

import (
	"slices"
	"strconv"

	"segue/internal/music"
)

// songsOf reads the songs of a passage: one a line, or several in a sentence.
func songsOf(p phrase) ([]found, bool) {
	var out []found
	lines := p.split(newline)
	for _, line := range withoutBullets(lines) {
		for _, part := range line.split(semicolon) {
			songs, ok := sentence(part)
			if !ok {
				return nil, false
			}
			out = append(out, songs...)
		}
	}
	if len(lines) > 1 {
		settle(out)
	}
	return out, len(out) > 0
}

// withoutBullets drops "1.", "2)", "•" and "☐" at the heads of lines, and bare
// numbers where the lines are counted.
func withoutBullets(lines []phrase) []phrase {
	out := make([]phrase, len(lines))
	counted := len(lines) > 1
	for i, line := range lines {
		out[i] = line.trim()
		counted = counted && len(out[i]) > 1 && out[i][0].raw == strconv.Itoa(i+1)
	}
	for i, p := range out {
		if len(p) > 1 && p[0].kind == word && !p.any(1, "by") && (counted || numeral(p[0].raw) || p[0].symbol()) {
			out[i] = p[1:].trim()
		}
	}
	return out
}

func numeral(raw string) bool {
	n := len(raw)
	if n < 2 || n > 4 || raw[n-1] != '.' && raw[n-1] != ')' {
		return false
	}
	for i := range n - 1 {
		if !digit(raw[i]) {
			return false
		}
	}
	return true
}

var connectors = patterns("and [also|then|maybe]", "also", "then", "plus", "as well as")

// sentence reads the songs of one line.
func sentence(p phrase) ([]found, bool) {
	p = p.trim()
	if n := p.prefix(connectors); n > 0 && n < len(p) && !capital(p[0].raw) {
		p = p[n:].trim()
	}
	if len(p) == 0 || p.hinge(0, "by") && p[0].raw == "by" {
		return nil, false
	}
	if p.find(link) >= 0 {
		return linked(p)
	}
	if songs, ok := sharedArtist(p); ok {
		return songs, true
	}
	if by := p.pivots(); len(by) > 0 {
		return between(p, by, func(left, right phrase) ([]found, bool) { return titlesBy(left, right, len(by) > 1) })
	}
	if dashes := p.dashes(); len(dashes) > 0 {
		return dashed(p, dashes)
	}
	return unmarked(p)
}

// linked reads tracks by their links. Words beside a link describe it, unless
// they name another song.
func linked(p phrase) ([]found, bool) {
	var out []found
	start := 0
	for i := 0; i <= len(p); i++ {
		if i < len(p) && p[i].kind != link {
			continue
		}
		if other := p[start:i].trim(); apart(p, start, i) && len(other.pivots()) > 0 {
			if other.any(len(other)-1, "and") {
				other = other[:len(other)-1]
			}
			songs, ok := sentence(other)
			if !ok {
				return nil, false
			}
			out = append(out, songs...)
		}
		start = i + 1
		if i == len(p) {
			break
		}
		song, ok := p[i].song()
		if !ok {
			return nil, false
		}
		out = append(out, found{song: song, how: firm})
	}
	return out, len(out) > 0
}

// song is what a link leads to. One of Apple Music stands in the title until it is looked up.
func (t token) song() (song music.Song, ok bool) {
	if t.apple != "" {
		return music.Song{Title: t.apple}, true
	}
	return music.Song{TrackID: t.link.ID}, t.link.Kind == music.LinkTrack
}

// apart reports whether the words from start to end are set off from the links around them.
func apart(p phrase, start, end int) bool {
	after := start > 0 && (p.kindAt(start) == comma || p.any(start, "and"))
	before := end < len(p) && end > start && (p[end-1].separates() || p.any(end-1, "and"))
	return after || before
}

// sharedArtist reads "A and B, both by X" and "A, B and C all by X".
func sharedArtist(p phrase) ([]found, bool) {
	several := false
	for i := 1; i < len(p)-2; i++ {
		several = several || p[i].kind == comma || p.any(i, "and")
		if !several || !p.any(i, "both", "all") || !p.hinge(i+1, "by") {
			continue
		}
		if titles := items(p[:i].trim(), true); len(titles) > 1 {
			return spread(titles, p[i+2:])
		}
		return nil, false
	}
	return nil, false
}

// spread makes one song of each title, all by one artist.
func spread(titles []phrase, artist phrase) ([]found, bool) {
	var out []found
	for _, t := range titles {
		s, ok := newSong(t, artist, firm)
		if !ok {
			return nil, false
		}
		out = append(out, s)
	}
	return out, len(out) > 0
}

var sameSong = patterns("the one|version|cover|recording|rendition")

// titlesBy reads what stands before and behind one "by". In a list of several
// "by" what comes after a comma behind the artist is a song of its own.
func titlesBy(left, right phrase, list bool) ([]found, bool) {
	left = left.trim()
	if n := left.prefix(connectors); n > 0 && n < len(left) && left[0].raw != "And" {
		left = left[n:].trim()
	}
	if n := len(left) - left.suffix(sameSong); n < len(left) && n > 1 && left[n-1].kind == comma { // "Hurt, the one by Johnny Cash"
		left = left[:n].trim()
	}
	titles := []phrase{left}
	if rows := items(left, false); len(rows) > 2 || len(rows) == 2 && rows[0].isQuote() && rows[1].isQuote() {
		titles = rows
	}
	credit, others := right.further(list)
	songs, ok := spread(titles, credit)
	if ok && len(titles) > 1 && left.find(quoted) < 0 {
		songs[0].doubt = otherwise(asRow, left, []phrase{left}, songs[0].song.Artists)
	}
	for _, other := range others {
		if !ok {
			break
		}
		var s found
		if s, ok = newSong(other, nil, loose); s.doubt.reading == undoubted && other[0].kind != quoted {
			s.doubt = doubt{reading: ownSong, words: s.song.Title}
		}
		songs = append(songs, s)
	}
	return songs, ok
}

// further cuts the songs of their own off what stands behind "by".
func (p phrase) further(list bool) (credit phrase, others []phrase) {
	start := 0
	cut := func(end int) {
		if piece := p[start:end].trim(); start == 0 {
			credit = piece
		} else if len(piece) > 0 {
			others = append(others, piece)
		}
	}
	commas := p.commas()
	for i := 1; i < len(p)-1; i++ {
		comma := slices.Contains(commas, i)
		n := 0
		if comma {
			n = p[i+1:].prefix(connectors)
		}
		title := p.kindAt(i+1+n) == quoted && p[0].kind != quoted
		switch {
		case comma && (title || n > 0 || list && !p.any(i+1, "jr") || start > 0), title && p.hinge(i, "and"), p.hinge(i, "plus") && lower(p[i].raw):
			cut(i)
			start = i + 1 + n
		}
	}
	cut(len(p))
	return credit, others
}

func (p phrase) isQuote() bool { return len(p) == 1 && p[0].kind == quoted }

// items cuts a row "A, B and C" into its titles. An "and" without a comma or
// quotation marks before it joins one title, unless the caller knows of several.
func items(p phrase, several bool) []phrase {
	commas := p.commas()
	var out []phrase
	start := 0
	for i := range p {
		joins := p.hinge(i, "and", "+") && i > 0 &&
			(several || len(commas) > 0 && i > commas[len(commas)-1] || p[i-1].kind == quoted && p.kindAt(i+1) == quoted)
		if joins || slices.Contains(commas, i) {
			out = append(out, p[start:i].trim())
			start = i + 1
		}
	}
	out = append(out, p[min(start, len(p)):].trim())
	return slices.DeleteFunc(out, func(t phrase) bool { return len(t) == 0 })
}

func (p phrase) kindAt(i int) kind {
	if i < 0 || i >= len(p) {
		return newline
	}
	return p[i].kind
}

// dashed reads "Artist - Title", the order of most lists. A title in quotation
// marks tells the other order, and a version behind a dash belongs to its title.
func dashed(p phrase, dashes []int) ([]found, bool) {
	dashes = slices.DeleteFunc(dashes, func(i int) bool { return describe(p[i+1:p.partEnd(i+1)], new(music.Song)) })
	if len(dashes) == 0 {
		s, ok := newSong(p, nil, bareTitle)
		return []found{s}, ok
	}
	return between(p, dashes, func(left, right phrase) ([]found, bool) {
		left, right = left.trim(), right.trim()
		if len(left) > 0 && left[0].kind == quoted && right.find(quoted) < 0 {
			left, right = right, left
		}
		if n := left.prefix(connectors); n > 0 && n < len(left) {
			left = left[n:]
		}
		return spread([]phrase{right}, left)
	})
}

// partEnd returns where the part of a line that begins at i ends.
func (p phrase) partEnd(i int) int {
	for i < len(p) && !p[i].separates() && !p.hinge(i, "and") {
		i++
	}
	return i
}

// unmarked reads songs without "by" or dash: titles in quotation marks, "Title,
// Artist", a row of titles, or one title.
func unmarked(p phrase) ([]found, bool) {
	if p[0].kind == quoted && len(p) > 1 && p[1:].find(quoted) < 0 && p.kindAt(1) != group && !isVersion(p[1:].trim().lows()) {
		return spread([]phrase{p[:1]}, p[1:].trim())
	}
	rows := items(p, false)
	if len(rows) == 2 && len(p.commas()) == 1 && !rows[1].isQuote() {
		s, ok := newSong(rows[0], rows[1], loose)
		if rows[0][0].kind != quoted {
			s.doubt = otherwise(asArtist, rows[1], rows, nil)
		}
		return []found{s}, ok
	}
	var out []found
	for _, row := range rows {
		how := bareTitle
		if row[0].kind == quoted {
			how = loose
		}
		s, ok := newSong(row, nil, how)
		if !ok {
			return nil, false
		}
		out = append(out, s)
	}
	return out, len(out) > 0
}
