package match

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"segue/internal/music"
)

// Key names what was asked for: the same words give the same key for ever, in
// any case, spacing, punctuation and order of artists. All that tells recordings
// apart counts: title, artists, album, year, the wishes for a version and for
// explicit or clean, and the ISRC. A length does not: sources measure it
// differently. The key is 34 characters, of which no text can be read back; a song
// without a title or an ISRC has none, "".
//
// What is kept under a key is lost when keys change, so nothing here follows
// the matcher's own normal form, which grows better; changing this one takes a new prefix.
func Key(s music.Song) string {
	title, code := plainKey(s.Title), strings.ReplaceAll(plainKey(s.ISRC), " ", "")
	if title == "" && code == "" {
		return ""
	}
	artists := make([]string, 0, len(s.Artists))
	for _, a := range s.Artists {
		if name := plainKey(a); name != "" {
			artists = append(artists, name)
		}
	}
	slices.Sort(artists)
	year := ""
	if s.Year != 0 {
		year = strconv.Itoa(s.Year)
	}
	fields := []string{
		title, strings.Join(slices.Compact(artists), "\x1e"), plainKey(s.Album), year,
		plainKey(s.Version), string(s.Explicit), code,
	}
	sum := sha256.Sum256([]byte(strings.Join(fields, "\x1f")))
	return "1-" + hex.EncodeToString(sum[:16])
}

// plainKey is the text of a key's field: compatibility characters unified, case
// folded, "&" read as "and", apostrophes dropped, words of letters, digits and
// marks joined by single spaces. A text without any of these keeps its symbols: "÷" is a title.
func plainKey(s string) string {
	s = cases.Fold().String(norm.NFKC.String(strings.ToValidUTF8(s, "")))
	if words := keyWords(s, false); words != "" {
		return words
	}
	return keyWords(s, true)
}

func keyWords(s string, symbols bool) string {
	s = strings.ReplaceAll(s, "&", " and ")
	return strings.Join(strings.FieldsFunc(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
			return r
		case strings.ContainsRune("'’‘ʼ`´′‛", r), unicode.Is(unicode.Cf, r):
			return -1
		case symbols && !unicode.IsControl(r):
			return r
		default:
			return ' '
		}
	}, s), unicode.IsSpace), " ")
}
