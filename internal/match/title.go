package match

import (
	"slices"
	"strings"
)

// title is a song's title taken apart.
type title struct {
	full    form   // the core, bracketed by-words included: "i cant get no satisfaction"
	short   form   // the core without them: "satisfaction"; the same as full when there are none
	head    form   // what stands before the first dash that is part of the title; often nothing
	text    string // the core as written, without by-words: what to search for
	feats   []string
	part    string // "2" for Pt. 2, Part II, "The Unforgiven II"; "" when the title has none
	version version
}

// parse takes a title apart. It never fails: what it does not understand is core.
func parse(s string) title {
	var t title
	var full, short []string
	for _, p := range pieces(s) {
		text, feats := credits(p)
		t.feats = append(t.feats, feats...)
		if text == "" {
			continue
		}
		if !p.first {
			if v, ok := classify(text); ok {
				t.version.add(v)
				continue
			}
		}
		full = append(full, text)
		if !p.bracket {
			short = append(short, text)
		}
		if !p.first && !p.bracket && t.head.empty() && len(short) == 2 {
			t.head = normal(short[0])
		}
	}
	if len(short) == 0 {
		short = full
	}
	t.text = strings.Join(short, " ")
	var part string
	t.full, part = cutPart(normal(strings.Join(full, " ")))
	t.short, t.part = cutPart(normal(t.text))
	if t.part == "" {
		t.part = part // "Shine On (Pt. 2)"
	}
	if t.short.empty() {
		t.short = t.full
	}
	return t
}

// piece is a stretch of a title: its beginning, a bracket or what follows a dash.
type piece struct {
	text    string
	bracket bool
	first   bool // outside brackets and before any dash
}

// pieces cuts a title at brackets and at dashes that stand between spaces. A
// bracket that is never closed reaches to the end.
func pieces(s string) []piece {
	s = clip(strings.ToValidUTF8(s, ""), maxText)
	if !strings.ContainsAny(s, "([{-–—―（【［") && strings.TrimSpace(s) != "" {
		return []piece{{text: strings.TrimSpace(s), first: true}}
	}
	var out []piece
	dashed := false
	add := func(text string, bracket bool) {
		if bracket {
			if text = strings.TrimSpace(text); text != "" {
				out = append(out, piece{text: text, bracket: true})
			}
			return
		}
		for i, part := range splitDashes(text) {
			dashed = dashed || i > 0
			if part = strings.TrimSpace(part); part != "" {
				out = append(out, piece{text: part, first: !dashed})
			}
		}
	}
	depth, start := 0, 0
	for i, r := range s {
		size := len(string(r))
		switch {
		case strings.ContainsRune("([{（【［", r):
			if depth == 0 {
				add(s[start:i], false)
				start = i + size
			}
			depth++
		case strings.ContainsRune(")]}）】］", r) && depth > 0:
			depth--
			if depth == 0 {
				add(s[start:i], true)
				start = i + size
			}
		}
	}
	add(s[start:], depth > 0)
	return out
}

// splitDashes cuts at hyphens and dashes with a space on both sides.
func splitDashes(s string) []string {
	if !strings.ContainsAny(s, "-–—―") {
		return []string{s}
	}
	for _, dash := range []string{" – ", " — ", " ― "} {
		s = strings.ReplaceAll(s, dash, " - ")
	}
	return strings.Split(s, " - ")
}

// credits cuts the featured artists off a piece of a title.
func credits(p piece) (text string, feats []string) {
	w := strings.Fields(p.text)
	for i, word := range w {
		switch strings.ToLower(strings.TrimRight(word, ".")) {
		case "feat", "ft", "featuring":
		case "with", "w/", "&", "+":
			if !p.bracket || i > 0 {
				continue
			}
		default:
			continue
		}
		if i == 0 && p.first || i == len(w)-1 {
			continue // a title may begin with the word
		}
		return strings.Join(w[:i], " "), []string{strings.Join(w[i+1:], " ")}
	}
	return p.text, nil
}

// numerals maps the ways in which parts are numbered to digits.
var numerals = map[string]string{
	"i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "x": "10",
	"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7",
}

// cutPart cuts a part's number off a core: "unforgiven ii" is "unforgiven", 2.
// A core that is nothing but a number stays whole.
func cutPart(f form) (form, string) {
	w := strings.Fields(f.latin)
	i := slices.IndexFunc(w, func(s string) bool { return s == "pt" || s == "part" || s == "pts" || s == "parts" })
	if i >= 0 && i+1 < len(w) {
		if n, ok := number(w[i+1]); ok {
			end := i + 2
			for end < len(w) {
				m, more := number(w[end])
				if !more && w[end] != "and" {
					break
				}
				n += " " + m
				end++
			}
			return without(f, w, i, end, strings.Join(strings.Fields(n), "-"))
		}
	}
	last := len(w) - 1
	if last < 1 {
		return f, ""
	}
	if n, ok := suffixNumber(w[last]); ok {
		return without(f, w, last, last+1, n)
	}
	return f, ""
}

// number reads a digit, a roman numeral or a number word.
func number(w string) (string, bool) {
	if digits(w) {
		return strings.TrimLeft(w, "0"), true
	}
	n, ok := numerals[w]
	return n, ok
}

// suffixNumber reads a number that counts sequels without saying so: 2 to 9 and
// II to IX, but no single letter, which is more often a letter.
func suffixNumber(w string) (string, bool) {
	if len(w) == 1 && w[0] >= '2' && w[0] <= '9' {
		return w, true
	}
	n, ok := numerals[w]
	return n, ok && len(w) > 1 && strings.Trim(w, "ivx") == ""
}

// without returns f without the words from up to end, and the part they name;
// f itself and no part when nothing would be left.
func without(f form, w []string, from, end int, part string) (form, string) {
	latin := strings.Join(slices.Concat(w[:from], w[end:]), " ")
	if latin == "" {
		return f, ""
	}
	native := latin
	if n := strings.Fields(f.native); f.native != f.latin && len(n) == len(w) {
		native = strings.Join(slices.Concat(n[:from], n[end:]), " ")
	}
	return form{native: native, latin: latin, tight: tighten(latin)}, part
}
