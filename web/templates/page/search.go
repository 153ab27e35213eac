package page

import (
	"strconv"
	"strings"
	"unicode"

	"segue/internal/agent"
)

// SearchView is /search.
type SearchView struct {
	ChatView
	Hits []agent.Hit // for Query, what was spoken in last first
	Most int         // of hits that are shown
}

// link leads to what was found.
func link(h agent.Hit) string {
	if h.MessageID == "" {
		return "/c/" + h.ID
	}
	return At(h.ID, h.MessageID)
}

// speaker says whose words a hit is.
func speaker(h agent.Hit) string {
	if h.Role == agent.Person {
		return "You: "
	}
	return "Segue: "
}

// excerpt cuts a text around the first place that holds the words, in capitals or
// not: at most so many characters on each side, on one line.
func excerpt(text, words string, beside int) (before, hit, after string) {
	line, wanted := []rune(strings.Join(strings.Fields(text), " ")), []rune(strings.ToLower(strings.Join(strings.Fields(words), " ")))
	at := index(line, wanted)
	if at < 0 {
		return string(line[:min(len(line), 2*beside)]), "", ""
	}
	end := at + len(wanted)
	before, hit, after = string(line[:at]), string(line[at:end]), string(line[end:])
	if at > beside {
		before = "…" + string(line[at-beside:at])
	}
	if len(line)-end > beside {
		after = string(line[end:end+beside]) + "…"
	}
	return before, hit, after
}

// index is where wanted, which has no capitals, begins in the line; -1 when it does not.
func index(line, wanted []rune) int {
	low := []rune(strings.Map(unicode.ToLower, string(line))) // as many runes as the line
	for at := range len(low) - len(wanted) + 1 {
		if string(low[at:at+len(wanted)]) == string(wanted) {
			return at
		}
	}
	return -1
}

const maxSearch = 200 // characters

// found says how many conversations there are.
func (v SearchView) found() string {
	switch n := len(v.Hits); {
	case v.Query == "":
		return "Write a word of what was said."
	case n == 0:
		return "Nothing you or Segue said holds these words. Try fewer of them."
	case n == v.Most:
		return "The newest " + strconv.Itoa(n) + " conversations with these words."
	case n == 1:
		return "1 conversation."
	default:
		return strconv.Itoa(n) + " conversations."
	}
}
