package emulator

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// letters that Unicode does not decompose but search treats as others.
var letters = strings.NewReplacer(
	"ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "ł", "l", "ı", "i", "ħ", "h",
	"$", "s", "’", "", "'", "", "‘", "", "ʼ", "", "`", "",
)

// fold brings text to the form in which search compares it: lower case,
// without accents and apostrophes, compatibility forms made plain.
func fold(s string) string {
	ascii := true
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	s = strings.ToLower(s)
	if !ascii {
		s = norm.NFC.String(strings.Map(dropMarks, norm.NFKD.String(s)))
	}
	return letters.Replace(s)
}

func dropMarks(r rune) rune {
	if unicode.Is(unicode.Mn, r) {
		return -1
	}
	return r
}

// words appends the words of the text to out. Scripts without spaces give one word a character.
func words(text string, out []string) []string {
	text = fold(text)
	start := -1
	for i, r := range text {
		switch {
		case ideographic(r):
			if start >= 0 {
				out, start = append(out, text[start:i]), -1
			}
			out = append(out, text[i:i+utf8.RuneLen(r)])
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r):
			if start < 0 {
				start = i
			}
		case start >= 0:
			out, start = append(out, text[start:i]), -1
		}
	}
	if start >= 0 {
		out = append(out, text[start:])
	}
	return out
}

func ideographic(r rune) bool {
	return r >= 0x3040 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}
