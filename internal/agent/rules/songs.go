package rules

import (
	"slices"

	"segue/internal/music"
)

// songsOf reads the songs of a passage: one a line, or several in a sentence.
func songsOf(p phrase) ([]found, bool) {
	var out []found
	for _, line := range p.split(newline) {
		for _, part := range withoutBullet(line).split(semicolon) {
			songs, ok := sentence(part)
			if !ok {
				return nil, false
			}
			out = append(out, songs...)
		}
	}
	return out, len(out) > 0
}

// withoutBullet drops "1.", "2)" and "•" at the head of a line.
func withoutBullet(p phrase) phrase {
	p = p.trim()
	if len(p) > 1 && p[0].kind == word && numeral(p[0].raw) {
		return p[1:].trim()
	}
	return p
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
	if n := p.prefix(connectors); n > 0 && n < len(p) {
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
		return between(p, by, func(left, right phrase) ([]found, bool) { return titlesBy(left, right) })
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
		if p[i].link.kind != "track" {
			return nil, false
		}
		out = append(out, found{music.Song{TrackID: p[i].link.id}, firm})
	}
	return out, len(out) > 0
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
		s, ok := newSong(t, artist)
		if !ok {
			return nil, false
		}
		out = append(out, found{s, firm})
	}
	return out, len(out) > 0
}

// titlesBy reads what stands before and behind one "by".
func titlesBy(left, right phrase) ([]found, bool) {
	left = left.trim()
	if n := left.prefix(connectors); n > 0 && n < len(left) && left[0].raw != "And" {
		left = left[n:].trim()
	}
	titles := []phrase{left}
	if rows := items(left, false); len(rows) > 2 || len(rows) == 2 && rows[0].isQuote() && rows[1].isQuote() {
		titles = rows
	}
	return spread(titles, right)
}

func (p phrase) isQuote() bool { return len(p) == 1 && p[0].kind == quoted }

// items cuts a row "A, B and C" into its titles. An "and" without a comma or
// quotation marks before it joins one title, unless the caller knows of several.
func items(p phrase, several bool) []phrase {
	commas := p.commas()
	var out []phrase
	start := 0
	for i := range p {
		joins := p.plain(i) == "and" && p[i].raw != "&" && !p.fixed(i) && i > 0 &&
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

// between cuts a sentence of several songs. Each pivot has a part of its song on
// either side; between two pivots the end of one song meets the start of the next.
func between(p phrase, pivots []int, read func(left, right phrase) ([]found, bool)) ([]found, bool) {
	var out []found
	start, pivot := 0, pivots[0]
	for _, next := range append(pivots[1:], len(p)) {
		end := len(p)
		if next < len(p) {
			if end = seam(p, pivot, next); end < 0 { // "Stand by Me by Ben E. King"
				pivot = next
				continue
			}
		}
		songs, ok := read(p[start:pivot], p[pivot+1:end])
		if !ok {
			return nil, false
		}
		out = append(out, songs...)
		start, pivot = end+1, next
	}
	return out, len(out) > 0
}

// seam returns where, between two pivots, one song ends; -1 when there is no place for it.
func seam(p phrase, lo, hi int) int {
	var ands, commas, tight []int
	for i := lo + 2; i < hi-1; i++ {
		switch {
		case p.fixed(i):
		case p[i].kind == comma && p.any(i+1, "and", "plus", "then", "also"),
			(p[i].kind == comma || p.plain(i) == "and") && p[i+1].kind == quoted:
			return i
		case p.any(i, "and", "plus", "then"):
			ands = append(ands, i)
		case p.plain(i) == "and":
			tight = append(tight, i)
		case p[i].kind == comma:
			commas = append(commas, i)
		}
	}
	return chooseSeam(p, ands, commas, tight)
}

// chooseSeam prefers a comma behind the last "and", then an "and", then a comma;
// "&" stands within names and counts only when nothing else is there.
func chooseSeam(p phrase, ands, commas, tight []int) int {
	last := func(of []int) int { return of[len(of)-1] }
	if len(tight) > 0 { // commas before "&" belong to a band: "Earth, Wind & Fire"
		kept := slices.DeleteFunc(slices.Clone(commas), func(i int) bool { return i < last(tight) })
		if len(kept) > 0 || len(ands) > 0 {
			commas = kept
		}
	}
	switch {
	case len(commas) > 0 && (len(ands) == 0 || last(commas) > last(ands)):
		return last(commas)
	case len(ands) > 1 && len(commas) > 0 && commas[0] < ands[0]:
		return last(ands)
	case len(ands) > 1:
		for _, i := range ands {
			if !p.any(i+1, "the", "his", "her", "their") {
				return i
			}
		}
		return last(ands)
	case len(ands) == 1 && len(commas) > 0:
		return commas[0]
	case len(ands) == 1:
		return ands[0]
	case len(tight) > 0:
		return last(tight)
	}
	return -1
}

// dashed reads "Artist - Title", the order of most lists. A title in quotation
// marks tells the other order, and a version behind a dash belongs to its title.
func dashed(p phrase, dashes []int) ([]found, bool) {
	dashes = slices.DeleteFunc(dashes, func(i int) bool { return isVersion(p[i+1 : p.partEnd(i+1)].lows()) })
	if len(dashes) == 0 {
		song, ok := newSong(p, nil)
		return []found{{song, bareTitle}}, ok
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
		s, ok := newSong(rows[0], rows[1])
		return []found{{s, loose}}, ok
	}
	var out []found
	for _, row := range rows {
		s, ok := newSong(row, nil)
		if !ok {
			return nil, false
		}
		how := bareTitle
		if row[0].kind == quoted {
			how = loose
		}
		out = append(out, found{s, how})
	}
	return out, len(out) > 0
}
