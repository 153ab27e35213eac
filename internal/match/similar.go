package match

import (
	"slices"
	"strings"
)

// How alike two titles are, from 0 to 1.
const (
	sameTitle    = 1.0
	sameSound    = 0.97 // other scripts, same transliteration
	sameShort    = 0.93 // equal but for a bracketed by-word
	onePart      = 0.88 // one song of a medley, or what stands before a dash
	barely       = 0.86 // by-words that differ
	titleFloor   = 0.85 // below this, titles are different titles
	slightlyLess = 0.99 // a core spelt alike within what slips of the pen explain
)

// compareTitles returns how alike two titles are. Numbers must agree: "21 Guns" is not "22 Guns".
func compareTitles(a, b title) float64 {
	switch {
	case a.full.equal(b.full):
		if a.full.native != b.full.native && !isASCII(a.full.native) && !isASCII(b.full.native) {
			return sameSound
		}
		return sameTitle
	case a.full.equal(b.short), a.short.equal(b.full):
		return sameShort
	case medley(a.text, b.short), medley(b.text, a.short), a.full.equal(b.head), a.head.equal(b.full):
		return onePart
	case a.short.equal(b.short):
		return barely
	}
	return slightlyLess * max(spelling(a.full, b.full), spelling(a.short, b.short)-0.05)
}

// medley reports whether core is one of the songs that text joins with a slash.
func medley(text string, core form) bool {
	if !strings.Contains(text, " / ") {
		return false
	}
	return slices.ContainsFunc(strings.Split(text, " / "), func(s string) bool { return normal(s).equal(core) })
}

// spelling returns 1 for equal forms, less for forms a few slips apart and 0
// for all else. Short words have no room for slips.
func spelling(a, b form) float64 {
	if a.equal(b) {
		return 1
	}
	longest := max(len(a.tight), len(b.tight))
	if a.empty() || b.empty() || longest < 6 || numbers(a.latin) != numbers(b.latin) {
		return 0
	}
	slips := 1 + longest/10
	d := distance(a.latin, b.latin, slips)
	if d > slips {
		return 0
	}
	return 1 - float64(d)/float64(longest)
}

// alike reports whether two words differ by at most a slip of the pen.
func alike(a, b string) bool {
	return a != "" && (a == b || min(len(a), len(b)) >= 5 && distance(a, b, 1) <= 1)
}

// numbers returns the digits of s, in order.
func numbers(s string) string {
	if !strings.ContainsAny(s, "0123456789") {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// distance returns how many letters must be added, dropped, changed or swapped
// with their neighbour to turn a into b, or limit+1 when it is more than limit.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	var store [3][64]int
	rows := [3][]int{store[0][:], store[1][:], store[2][:]}
	if len(b)+1 > len(store[0]) {
		for i := range rows {
			rows[i] = make([]int, len(b)+1)
		}
	}
	before, last, row := rows[0], rows[1], rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		best := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			best = min(best, row[j])
		}
		if best > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
