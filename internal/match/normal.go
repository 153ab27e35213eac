package match

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/mozillazg/go-unidecode"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// maxText bounds what is read of one title, name or album, in bytes: nothing
// real is longer, and similarity is quadratic.
const maxText = 400

// form is the normal form of a text. The zero value is the form of nothing,
// which equals no form, not even itself.
type form struct {
	native string // words in their own script, joined by single spaces
	latin  string // the same, transliterated
	tight  string // latin without spaces; native without spaces where latin is empty
}

// normal returns the form of s: NFKC, case folded, "&" read as "and",
// apostrophes dropped and all other punctuation read as a space.
func normal(s string) form {
	s = clip(s, maxText)
	if isASCII(s) {
		native := words(s)
		return form{native: native, latin: native, tight: tighten(native)}
	}
	native := words(cases.Fold().String(norm.NFKC.String(strings.ToValidUTF8(s, ""))))
	latin := native
	if !isASCII(native) {
		latin = words(strings.ToLower(unidecode.Unidecode(native)))
	}
	tight := tighten(latin)
	if tight == "" {
		tight = tighten(native)
	}
	return form{native: native, latin: latin, tight: tight}
}

// empty reports whether nothing was left of the text.
func (f form) empty() bool { return f.tight == "" }

// equal reports whether two forms are the same text, by script or by sound.
func (f form) equal(g form) bool { return f.tight != "" && f.tight == g.tight }

// words lower-cases letters, keeps digits and marks, and joins words by single
// spaces. A text without any letter or digit keeps its symbols: "???" and "÷" are titles.
func words(s string) string {
	if w := scan(s, false); w != "" {
		return w
	}
	return scan(s, true)
}

func scan(s string, symbols bool) string {
	var b strings.Builder
	b.Grow(len(s) + 8)
	gap := false
	before := rune(' ')
	for i, r := range s {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9', unicode.IsLetter(r), unicode.IsDigit(r):
			r = unicode.ToLower(r)
		case unicode.IsMark(r) && unicode.IsLetter(before) && !gap:
			b.WriteRune(r)
			continue
		case unicode.IsMark(r), isApostrophe(r), r < ' ' && r != '\n' && r != '\t', unicode.Is(unicode.Cf, r), r == '.' && initial(s[:i]):
			continue
		case r == '&':
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString("and")
			gap, before = true, r
			continue
		case spelt(r) != 0 && between(s, i, before):
			r = spelt(r)
		case symbols && !unicode.IsSpace(r):
		default:
			gap, before = true, r
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		gap, before = false, r
	}
	return rockAndRoll(b.String())
}

// spelt returns the letter that r stands for inside a word, as in Ke$ha and P!nk.
func spelt(r rune) rune {
	switch r {
	case '$':
		return 's'
	case '!':
		return 'i'
	default:
		return 0
	}
}

// between reports whether the one-byte symbol at i stands before a letter and
// after one or at the start of a word.
func between(s string, i int, before rune) bool {
	next, _ := utf8.DecodeRuneInString(s[i+1:])
	if s[i] == '!' && !unicode.IsLetter(before) {
		return false
	}
	return unicode.IsLetter(next)
}

// initial reports whether s ends in one lone letter, as before the dots of "R.E.M.".
func initial(s string) bool {
	last, size := utf8.DecodeLastRuneInString(s)
	before, width := utf8.DecodeLastRuneInString(s[:len(s)-size])
	return unicode.IsLetter(last) && (width == 0 || before == ' ' || before == '.')
}

// rockAndRoll reads a lone "n" as "and".
func rockAndRoll(s string) string {
	if !strings.Contains(s, " n ") {
		return s
	}
	return strings.ReplaceAll(s, " n ", " and ")
}

func isApostrophe(r rune) bool {
	switch r {
	case '\'', '’', '‘', 'ʼ', '`', '´', '′', '‛':
		return true
	default:
		return false
	}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func tighten(s string) string {
	if strings.IndexByte(s, ' ') < 0 {
		return s
	}
	return strings.ReplaceAll(s, " ", "")
}

// clip cuts s to at most n bytes, between characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
