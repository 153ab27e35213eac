package intake

import (
	"slices"
	"strings"
	"unicode/utf8"

	"segue/internal/match"
)

// split cuts a line at the dashes between title and artist. Dashes in brackets
// or within words do not count.
func split(text string) []string {
	var out []string
	for _, part := range splitAt(evenDashes(text), " - ") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// evenDashes writes every dash that stands between spaces as " - ".
func evenDashes(text string) string {
	return dashes.Replace(text)
}

var dashes = strings.NewReplacer(" – ", " - ", " — ", " - ", " ― ", " - ", " − ", " - ", " ‐ ", " - ", " -- ", " - ", "\t-\t", " - ", " ‒ ", " - ", " ー ", " - ")

// splitAt cuts at a separator outside brackets.
func splitAt(text, separator string) []string {
	if !strings.Contains(text, separator) {
		return []string{text}
	}
	var out []string
	depth, start := 0, 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case strings.ContainsRune("([{（【［", r):
			depth++
		case strings.ContainsRune(")]}）】］", r):
			depth = max(0, depth-1)
		case depth == 0 && strings.HasPrefix(text[i:], separator):
			out = append(out, text[start:i])
			start = i + len(separator)
			i = start
			continue
		}
		i += size
	}
	out = append(out, text[start:])
	if len(out) == 1 && depth > 0 { // a bracket that is never closed hides nothing
		return strings.Split(text, separator)
	}
	return out
}

// pair is the two halves of a line.
type pair struct {
	left, right string
	how         cut
	dressed     bool // it says something of a video
	behind      bool // and says it of the left half
	unsure      bool // what stood between is not always a separator

	lefts, rights []string // keys of the halves, once taken
	tells         float64  // what the halves say of the order, once taken
}

// cut says what stood between the halves.
type cut int

const (
	whole  cut = iota // nothing: all is a title
	dashed            // a dash, or what is as good as one
	spoken            // "by": the title is on the left
	quoted            // quotation marks round the title, on the right
)

// separators stand for a dash between spaces, the plainest first.
var separators = []string{" | ", " • ", " ● ", " · ", " ~ ", " // ", " :: ", " : ", "\t", "   ", "- ", " -", "– ", " –", "—", "–"}

// divide cuts a line without a dash at what people write instead.
func (p *pair) divide(text string) {
	p.left, p.how = strings.TrimSpace(text), whole
	if name, title, ok := quotedTitle(text); ok {
		p.left, p.right, p.how = name, title, quoted
		return
	}
	for _, s := range separators {
		if parts := splitAt(text, s); len(parts) > 1 && strings.TrimSpace(parts[0]) != "" && strings.TrimSpace(parts[1]) != "" {
			p.left, p.right, p.how = strings.TrimSpace(parts[0]), strings.TrimSpace(parts[1]), dashed
			p.right, _ = undress(asides(p.right))
			return
		}
	}
	for _, s := range []string{": ", "-"} { // "Christie: Yellow River", "RITCHIE VALENS-LA BAMBA"
		parts := splitAt(text, s)
		if len(parts) == 2 && (s == ": " || several(parts[0]) && several(parts[1])) {
			p.left, p.right, p.how, p.unsure = strings.TrimSpace(parts[0]), strings.TrimSpace(parts[1]), quoted, true
			return
		}
	}
}

// several reports whether a text is of more than one word, the last of which is no letter.
func several(text string) bool {
	w := strings.Fields(text)
	return len(w) > 1 && len(w[len(w)-1]) > 2
}

// asides cuts what follows a title behind a bar, unless it names the version:
// "Anne • TopPop".
func asides(title string) string {
	for _, s := range []string{" | ", " • ", " ● ", " // "} {
		parts := splitAt(title, s)
		title = strings.TrimSpace(parts[0])
		for _, p := range parts[1:] {
			if match.Versions("x - "+strings.TrimSpace(p)) != "" {
				title += " - " + strings.TrimSpace(p)
			}
		}
	}
	return title
}

// quotedTitle reads `voXXclub "Rock mi" (Remix)`.
func quotedTitle(text string) (name, title string, ok bool) {
	for _, q := range []string{`""`, "“”", "„“", "„”", "«»", "「」", "『』", "《》"} {
		marks := []rune(q)
		i := strings.IndexRune(text, marks[0])
		if i <= 0 {
			continue
		}
		inside := text[i+len(string(marks[0])):]
		j := strings.IndexRune(inside, marks[1])
		if j <= 0 {
			continue
		}
		rest := strings.TrimSpace(inside[j+len(string(marks[1])):])
		if rest != "" && !strings.ContainsAny(rest[:1], "([|-/") && !strings.HasPrefix(rest, "•") {
			continue
		}
		return strings.TrimRight(text[:i], " -–:"), strings.TrimSpace(inside[:j] + " " + strings.TrimLeft(asides(" "+rest), " -")), true
	}
	return "", "", false
}

// unquote takes off the quotation marks round a whole title.
func unquote(s string) string {
	s = strings.TrimSpace(s)
	for _, q := range []string{`""`, "“”", "„“", "„”", "«»", "「」", "『』", "《》", "''"} {
		marks := []rune(q)
		first, last := string(marks[0]), string(marks[1])
		if len(s) > len(first)+len(last) && strings.HasPrefix(s, first) && strings.HasSuffix(s, last) &&
			!strings.ContainsAny(s[len(first):len(s)-len(last)], first+last) {
			return s[len(first) : len(s)-len(last)]
		}
	}
	return s
}

// Performers takes a credit apart into names, where that is safe: a name with
// "&" or "and" may be one band, and so may one that goes on with "the".
func Performers(credit string) []string {
	credit, guests := guests(credit)
	var out []string
	for _, part := range splitAt(strings.ReplaceAll(credit, ArtistBreak, " / "), " / ") {
		for name := range strings.SplitSeq(part, ";") {
			out = append(out, rows(name)...)
		}
	}
	out = append(out, guests...)
	for i := range out {
		out[i] = strings.TrimSpace(out[i])
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// rows cuts "A, B" but not "Earth, Wind & Fire" and "Tyler, The Creator".
func rows(name string) []string {
	parts := strings.Split(name, ",")
	low := strings.ToLower(name)
	if strings.Contains(low, " & ") || strings.Contains(low, " and ") {
		return []string{name}
	}
	for _, p := range parts[1:] {
		next := strings.ToLower(strings.TrimSpace(p))
		if next == "" || strings.HasPrefix(next, "the ") || strings.HasPrefix(next, "jr") {
			return []string{name}
		}
	}
	return parts
}

// guests cuts the featured artists off a title or a credit: "Work ft. Drake",
// "Lean On (feat. MØ)".
func guests(text string) (rest string, names []string) {
	rest = brackets(text, func(inside string) string {
		if who, ok := featured(inside); ok {
			names = append(names, rows(who)...)
			return ""
		}
		return inside
	})
	depth := 0
	for i, r := range rest {
		switch {
		case strings.ContainsRune("([", r):
			depth++
		case strings.ContainsRune(")]", r):
			depth--
		case r == ' ' && depth == 0 && i > 0:
			end := i + strings.IndexAny(rest[i:]+"(", "([")
			if who, ok := featured(rest[i:end]); ok {
				return spaced(rest[:i] + " " + rest[end:]), append(names, rows(who)...)
			}
		}
	}
	return rest, names
}

func featured(inside string) (string, bool) {
	first, who, _ := strings.Cut(strings.TrimSpace(inside), " ")
	return who, featuring(first) && strings.TrimSpace(who) != ""
}

func featuring(word string) bool {
	switch strings.ToLower(strings.Trim(word, ".(,")) {
	case "feat", "ft", "featuring":
		return true
	default:
		return false
	}
}
