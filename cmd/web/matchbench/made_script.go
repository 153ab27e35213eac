package main

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-unidecode"
)

// latinOnly reports whether a text has no letters but Latin ones.
func latinOnly(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) })
}

// phonetic reports whether a text is in a script whose letters tell how it sounds
// (kanji do not), and in no other.
func phonetic(s string) bool {
	return !latinOnly(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsLetter(r) && r != 'ー' && !unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
	})
}

// romanise writes a text in Latin letters the way lists and passports do: Cyrillic
// and Greek by the table below, which is not the one that the matcher uses, other
// scripts by go-unidecode, which is.
func romanise(s string) string {
	if latinOnly(s) {
		return s
	}
	out := unidecode.Unidecode(romanLetters().Replace(strings.ToLower(s)))
	words := strings.Fields(out)
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}

func romanLetters() *strings.Replacer {
	return strings.NewReplacer(
		"а", "a", "б", "b", "в", "v", "г", "g", "д", "d", "е", "e", "ё", "yo", "ж", "zh", "з", "z", "и", "i", "й", "y", "к", "k", "л", "l",
		"м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "kh", "ц", "ts", "ч", "ch", "ш", "sh",
		"щ", "shch", "ъ", "", "ы", "y", "ь", "", "э", "e", "ю", "yu", "я", "ya", "і", "i", "ї", "yi", "є", "ye", "ґ", "g",
		"ου", "ou", "αι", "e", "ει", "i", "οι", "i", "α", "a", "β", "v", "γ", "g", "δ", "d", "ε", "e", "ζ", "z", "η", "i", "θ", "th", "ι", "i",
		"κ", "k", "λ", "l", "μ", "m", "ν", "n", "ξ", "x", "ο", "o", "π", "p", "ρ", "r", "σ", "s", "ς", "s", "τ", "t", "υ", "y", "φ", "f",
		"χ", "ch", "ψ", "ps", "ω", "o", "ά", "a", "έ", "e", "ή", "i", "ί", "i", "ό", "o", "ύ", "y", "ώ", "o",
	)
}
