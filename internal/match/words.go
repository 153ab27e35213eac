package match

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// kind names the hardest mark in words: "a live version".
func kind(t tags) string {
	for _, k := range kinds {
		if t&k.tag != 0 {
			return k.one
		}
	}
	return "another version"
}

// plural names what recordings are, with the verb: "a live version was".
func plural(rs []*recording) string {
	k := kinds[rs[0].kind()]
	if len(rs) == 1 {
		return k.one + " was"
	}
	for _, r := range rs {
		if r.kind() != rs[0].kind() {
			return "other versions were"
		}
	}
	return k.many + " were"
}

// count writes small numbers as words.
func count(n int) string {
	small := [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}
	if n < len(small) {
		return small[n]
	}
	return strconv.Itoa(n)
}

// list joins words: "a", "a and b", "a, b and c".
func list(s []string) string {
	if len(s) < 2 {
		return strings.Join(s, "")
	}
	return strings.Join(s[:len(s)-1], ", ") + " and " + s[len(s)-1]
}

// capital begins a sentence, a quotation mark before it left alone.
func capital(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[size:]
}

// clock writes a length as minutes and seconds, nothing for an unknown one.
func clock(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	s := int(d.Round(time.Second).Seconds())
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
