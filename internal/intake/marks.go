package intake

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// entry is a line with text.
type entry struct {
	line   int
	raw    string // as it stands in the source
	text   string // without bullets, numbers and times
	length time.Duration
}

// entries returns the lines that are not blank.
func entries(text string) []entry {
	var out []entry
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		if line = strings.TrimSpace(strings.ReplaceAll(line, "\u00a0", " ")); line != "" {
			out = append(out, entry{line: n, raw: line, text: tidy(line)})
		}
	}
	return out
}

// tidy undoes what copying did to a line: escaped characters, the ending of a
// file, hashtags, emoji at both ends. Wide gaps are separators.
func tidy(line string) string {
	text := html.UnescapeString(strings.ReplaceAll(line, `\u0026`, "&"))
	if base, ok := fileName(text); ok && !strings.ContainsAny(text, `/\`) {
		text = base
	}
	w := strings.Fields(text)
	tags := len(w)
	for tags > 1 && strings.HasPrefix(w[tags-1], "#") {
		tags--
	}
	if len(w)-tags > 1 { // one may be a title: "#thatPOWER"
		text = strings.Join(w[:tags], " ")
	}
	text = gaps.ReplaceAllString(text, "$1 | $2")
	bare := strings.TrimFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.Is(unicode.So, r) && r > 0x2600 || r == '\u200d' || r == '\ufe0f'
	})
	if bare == "" {
		return line
	}
	return bare
}

// gaps are three spaces and more between words.
var gaps = regexp.MustCompile(`([^\s|•–—-]) {3,}([^\s|•–—-])`)

// unmark takes bullets, numbers and times off the lines. What may belong to a
// title, a bare number or a time, goes only where most lines have it.
func unmark(list []entry) {
	for i := range list {
		list[i].text = unbullet(list[i].text)
	}
	strip(list, timeAhead, most)
	strip(list, ordinal, many)
	strip(list, bareNumber, rising)
	strip(list, timeAhead, most)
	for i := range list {
		list[i].unclock()
	}
}

// mark reads a mark at the head of a line; rest is what follows it.
type mark func(text string) (n int, rest string, ok bool)

// strip takes a mark off where the list agrees that it is one.
func strip(list []entry, read mark, agreed func(numbers []int, lines int) bool) {
	var numbers []int
	for _, e := range list {
		if n, _, ok := read(e.text); ok {
			numbers = append(numbers, n)
		}
	}
	if !agreed(numbers, len(list)) {
		return
	}
	for i := range list {
		if _, rest, ok := read(list[i].text); ok {
			list[i].text = unbullet(rest)
		}
	}
}

func many(numbers []int, lines int) bool { return len(numbers)*3 > lines }

func most(numbers []int, lines int) bool { return len(numbers)*2 > lines }

// rising reports whether the numbers count the lines.
func rising(numbers []int, lines int) bool {
	steps := 0
	for i := range numbers {
		if i > 0 && numbers[i] == numbers[i-1]+1 {
			steps++
		}
	}
	return lines > 1 && most(numbers, lines) && steps*4 >= (len(numbers)-1)*3
}

const bullets = "•·*‣▪▫●○◦►▶▸☐☑☒✓✔✅→♪♫🎵🎶-–—"

// unbullet drops a bullet that stands apart from the text.
func unbullet(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	rest := text[size:]
	if !strings.ContainsRune(bullets, r) || !strings.HasPrefix(rest, " ") || strings.TrimSpace(rest) == "" {
		return text
	}
	return strings.TrimSpace(rest)
}

// digitsAhead reads the number of at most four digits at the head of a text.
func digitsAhead(text string) (n int, rest string, ok bool) {
	i := 0
	for i < len(text) && text[i] >= '0' && text[i] <= '9' {
		i++
	}
	if i == 0 || i > 4 {
		return 0, text, false
	}
	n, err := strconv.Atoi(text[:i])
	return n, text[i:], err == nil
}

// ordinal reads a number that says that it counts: "1.", "02)", "(3)", "[4]", "#5", "6、".
func ordinal(text string) (int, string, bool) {
	open := strings.TrimLeft(text, "([#")
	n, rest, ok := digitsAhead(open)
	if !ok || len(text)-len(open) > 1 {
		return 0, text, false
	}
	hash := strings.HasPrefix(text, "#")
	for _, end := range []string{". ", ") ", "] ", ".\t", "、", "．", ".)"} {
		if after, ok := strings.CutPrefix(rest, end); ok {
			return n, strings.TrimSpace(after), strings.TrimSpace(after) != ""
		}
	}
	if tight, ok := strings.CutPrefix(rest, "."); ok && tight != "" && (tight[0] < '0' || tight[0] > '9') {
		return n, tight, true // "1.Song"
	}
	return n, strings.TrimLeft(rest, " -:"), hash && strings.HasPrefix(rest, " ")
}

// bareNumber reads "01 Song", "1 - Song", "1: Song".
func bareNumber(text string) (int, string, bool) {
	n, rest, ok := digitsAhead(text)
	after := strings.TrimLeft(rest, " \t-–—:|")
	return n, after, ok && after != "" && len(after) < len(rest)
}

// timeAhead reads the place of a song in a longer recording: "3:45 ",
// "[1:02:03] ", "0:00 - 3:45 ".
func timeAhead(text string) (int, string, bool) {
	word, rest, _ := strings.Cut(text, " ")
	at, ok := clock(strings.Trim(word, "[](),-–"))
	rest = strings.TrimLeft(rest, " -–—:|")
	if !ok || rest == "" {
		return 0, text, false
	}
	if _, after, ok := timeAhead(rest); ok {
		rest = after
	}
	return int(at.Seconds()), rest, true
}

// unclock takes the length off the end of a line: "Creep - Radiohead (3:58)".
func (e *entry) unclock() {
	i := strings.LastIndexAny(e.text, " \t")
	if i < 0 {
		return
	}
	d, ok := clock(strings.Trim(e.text[i+1:], "[]()"))
	rest := strings.TrimRight(e.text[:i], " \t-–—|,")
	if !ok || len(split(rest)) < 2 {
		return // "Jay-Z - 4:44" is a song
	}
	e.text, e.length = rest, d
}

// clock reads minutes and seconds, with or without hours.
func clock(s string) (time.Duration, bool) {
	if strings.Count(s, ":") < 1 || strings.ContainsAny(s, "+-.eExXnN_ ") {
		return 0, false
	}
	d, ok := length(s, time.Second)
	return d, ok && len(s[strings.LastIndexByte(s, ':'):]) == 3
}
