package rules

import (
	"slices"
	"strings"
)

// phrase is a run of tokens.
type phrase []token

// String returns the phrase as it was written, blanks made single.
func (p phrase) String() string {
	var b strings.Builder
	for i, t := range p {
		if i > 0 && t.spaced {
			b.WriteByte(' ')
		}
		b.WriteString(t.raw)
	}
	return strings.TrimSpace(b.String())
}

// low returns the i-th token for comparison; "" beyond the ends.
func (p phrase) low(i int) string {
	if i < 0 || i >= len(p) {
		return ""
	}
	if p[i].kind == comma {
		return ","
	}
	return p[i].low
}

// any reports whether the i-th token is one of the words.
func (p phrase) any(i int, words ...string) bool {
	low := p.low(i)
	if low == "" {
		return false
	}
	return slices.Contains(words, low)
}

// find returns the index of the first token of the kind, -1 when there is none.
func (p phrase) find(k kind) int {
	for i, t := range p {
		if t.kind == k {
			return i
		}
	}
	return -1
}

// split cuts at every token of the kind and drops empty pieces.
func (p phrase) split(k kind) []phrase {
	var out []phrase
	for len(p) > 0 {
		i := p.find(k)
		if i < 0 {
			i = len(p)
		}
		if piece := p[:i].trim(); len(piece) > 0 {
			out = append(out, piece)
		}
		p = p[min(i+1, len(p)):]
	}
	return out
}

// trim drops punctuation at both ends.
func (p phrase) trim() phrase {
	for len(p) > 0 && p[0].separates() {
		p = p[1:]
	}
	for len(p) > 0 && p[len(p)-1].separates() {
		p = p[:len(p)-1]
	}
	return p
}

// separates reports whether a token only stands between others.
func (t token) separates() bool {
	switch t.kind {
	case comma, semicolon, colon, newline, dash:
		return true
	case word:
		return strings.Trim(t.raw, ".!?…|•·*") == ""
	default:
		return false
	}
}

// pattern is a sequence of words, each one of several, some of them optional:
// "[please] can|could you".
type pattern []slot

type slot struct {
	words    []string
	optional bool
}

// patterns compiles one pattern a line.
func patterns(lines ...string) []pattern {
	out := make([]pattern, len(lines))
	for i, line := range lines {
		for field := range strings.FieldsSeq(line) {
			inner, optional := strings.CutPrefix(field, "[")
			out[i] = append(out[i], slot{strings.Split(strings.TrimSuffix(inner, "]"), "|"), optional})
		}
	}
	return out
}

// match returns how many tokens of the head of p the pattern covers, -1 when it
// does not fit. With whole it fits only if nothing of p is left.
func (pat pattern) match(p phrase, whole bool) int {
	if len(pat) == 0 {
		if whole && len(p) > 0 {
			return -1
		}
		return 0
	}
	if len(p) > 0 && p[0].kind == word && p.any(0, pat[0].words...) {
		if n := pat[1:].match(p[1:], whole); n >= 0 {
			return n + 1
		}
	}
	if pat[0].optional {
		return pat[1:].match(p, whole)
	}
	return -1
}

// prefix returns the length of the longest pattern that p begins with, 0 when none fits.
func (p phrase) prefix(pats []pattern) int {
	longest := 0
	for _, pat := range pats {
		longest = max(longest, pat.match(p, false))
	}
	return longest
}

// suffix returns the length of the longest pattern that p ends with, 0 when none fits.
func (p phrase) suffix(pats []pattern) int {
	for i := max(0, len(p)-8); i < len(p); i++ {
		if p[i:].is(pats) {
			return len(p) - i
		}
	}
	return 0
}

// is reports whether one of the patterns covers the whole of p.
func (p phrase) is(pats []pattern) bool {
	for _, pat := range pats {
		if len(p) > 0 && pat.match(p, true) >= 0 {
			return true
		}
	}
	return false
}

// cut returns p without the tokens from i up to j.
func (p phrase) cut(i, j int) phrase {
	out := make(phrase, 0, len(p)-(j-i))
	return append(append(out, p[:i]...), p[j:]...)
}
