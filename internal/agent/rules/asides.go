package rules

import (
	"slices"

	"segue/internal/music"
)

// versionOf takes "the live version of" and "the acoustic" off the head of a title.
func versionOf(title phrase, s *music.Song) phrase {
	for i := 1; i < min(longestDescription, len(title)-1); i++ {
		if title.any(i, "of") {
			if describesHead(title[:i], s) {
				return title[i+1:]
			}
			return title
		}
	}
	bare := title
	if len(title) > 2 && title[0].raw == "the" {
		bare = title[1:]
	}
	if len(bare) > 1 && lower(bare[0].raw) && capital(bare[1].raw) && isVersion(bare[:1].lows()) { // "acoustic Wonderwall"
		wish(s, bare[0].raw)
		return bare[1:]
	}
	return title
}

// describesHead files what stands before "of" if it is about the version, and not
// the beginning of a title: "The Cover of the Rolling Stone", "Original of the Species".
func describesHead(p phrase, s *music.Song) bool {
	head := p
	article := len(p) > 1 && p.any(0, "the", "a", "an")
	if article {
		head = p[1:]
	}
	if len(head) == 1 {
		switch {
		case p[0].raw == "the" && head.any(0, plainNouns...):
			return true
		case !isVersion(head.lows()) || !article && !lower(p[0].raw):
			return false
		}
	}
	known := head.any(0, versionKinds...) || year(head.low(0)) > 0 || allKnown(head.lows())
	return (article || known) && !p.any(len(p)-1, "album", "soundtrack") && describe(p, s)
}

// asides takes what is said about the version off the end of a title or an
// artist: in brackets, behind a dash or a comma, or in words that tell it without a mark.
func asides(p phrase, s *music.Song) phrase {
	p = p.trim()
	for i := max(1, len(p)-longestDescription-1); i < len(p); i++ {
		mark := p[i].kind == comma || p[i].kind == dash || p.albumAt(i) || p[i].kind == group && i == len(p)-1
		if mark && describe(p[i:], s) {
			return asides(p[:i], s)
		}
	}
	if i := p.tail(); i > 1 || i == 1 && !p.any(0, "the", "a", "an", "my", "this") {
		wish(s, p[i:].String())
		return asides(p[:i], s)
	}
	return p
}

// tail returns where at the end of p words begin that tell a version without any
// mark before them: "Heroes 2011 remaster", "Wonderwall acoustic"; 0 when there are none.
func (p phrase) tail() int {
	n := len(p)
	for i := max(1, n-4); i < n-1; i++ {
		if words := p[i:].lows(); beginsVersion(words) && allKnown(words) {
			return i
		}
	}
	for i := max(1, n-longestDescription); i < n-2; i++ {
		if p.any(i, "live") && p.any(i+1, "at", "from") && !p.any(i-1, "to", "i", "we", "you", "long", "can", "could") {
			return i
		}
	}
	if n > 1 && p.any(n-1, versionAlone...) {
		return n - 1
	}
	return 0
}

// beginsVersion reports whether the first of several words may begin a version
// that has no mark before it. A weak one needs a noun behind it.
func beginsVersion(words []string) bool {
	switch first := words[0]; {
	case slices.Contains(weakKinds, first):
		return slices.Contains(versionNouns, words[len(words)-1])
	case year(first) > 0:
		return slices.Contains([]string{"remaster", "remastered", "mix", "remix", "version"}, words[1])
	default:
		return slices.Contains(versionKinds, first) || owner(first)
	}
}

// afterthoughts takes what follows an artist off its end: a version, an album, a year.
func afterthoughts(p phrase, s *music.Song) phrase {
	p = p.trim()
	for i := max(1, len(p)-longestDescription-2); i < len(p); i++ {
		if p.turns(i) && (describe(p[i:], s) || p.any(i, "from", "off") && p[i:].find(comma) < 0 && source(p[i+1:], s)) {
			return afterthoughts(p[:i], s)
		}
	}
	if n := len(p); n > 1 && p.any(n-1, "live", "clean", "explicit") && lower(p[n-1].raw) {
		wish(s, p[n-1:].String())
		return afterthoughts(p[:n-1], s)
	}
	if rest := asides(p, s); len(rest) < len(p) {
		return afterthoughts(rest, s)
	}
	return p
}

// turns reports whether at i the words may go on from the artist to the version.
func (p phrase) turns(i int) bool {
	switch {
	case p[i].kind == comma, p.albumAt(i), p.any(i, mixers...) && p.any(i+1, "by"):
		return true
	case i == len(p)-1 || !lower(p[i].raw) || p.fixed(i):
		return false
	default:
		return p.any(i, "the", "but", "as", "not", "from", "off", "live", "in")
	}
}
