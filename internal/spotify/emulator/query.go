package emulator

import (
	"strconv"
	"strings"
	"unicode"
)

// query is a parsed search: a track fits if it fits one of the alternatives.
type query []conjunction

// conjunction is what stands between two ORs.
type conjunction struct {
	text     []string // words wanted anywhere, the more the better
	filters  []term   // must fit
	without  []term   // must not fit
	isrc     string
	from, to int  // years; 0, 0 = any
	nothing  bool // asks for what no track here has: upc, genre, tag
}

// term is words in a field; as a phrase they stand side by side.
type term struct {
	field  int // inTitle, inArtist, inAlbum or anywhere
	words  []string
	phrase bool
}

const anywhere = -1

// parseQuery reads Spotify's search syntax: words, "phrases", field:value,
// field:"value", NOT and OR. It never fails; what is not syntax is text. A value without
// quotes goes on to the next field, as people expect of "track:Fade Into You artist:Mazzy Star".
func parseQuery(q string) query {
	p := parser{rest: strings.TrimSpace(q), field: anywhere}
	for p.next() {
	}
	p.endValue()
	return append(p.done, p.now)
}

type parser struct {
	rest  string
	done  query
	now   conjunction
	field int      // of the value being read
	value []string // its words so far
	not   bool     // the next term must not fit
}

// next takes one word, phrase or field name off the rest.
func (p *parser) next() bool {
	p.rest = strings.TrimLeftFunc(p.rest, unicode.IsSpace)
	if p.rest == "" {
		return false
	}
	if p.rest[0] == '"' {
		p.add(p.quoted())
		return true
	}
	if key, value, ok := strings.Cut(p.rest, ":"); ok && isField(key) {
		p.endValue()
		p.rest = strings.TrimLeft(value, " ")
		p.begin(strings.ToLower(key))
		return true
	}
	end := strings.IndexFunc(p.rest, unicode.IsSpace)
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	p.word(word)
	return true
}

func (p *parser) word(word string) {
	switch {
	case word == "OR":
		p.endValue()
		p.done, p.now = append(p.done, p.now), conjunction{}
	case word == "NOT":
		p.endValue()
		p.not = true
	case word == "AND":
	case p.field != anywhere:
		p.value = words(word, p.value)
	case p.not:
		p.add(term{field: anywhere, words: words(word, nil)})
	default:
		p.now.text = words(word, p.now.text)
	}
}

func isField(key string) bool {
	switch strings.ToLower(key) {
	case "track", "artist", "album", "isrc", "year", "upc", "genre", "tag":
		return true
	default:
		return false
	}
}

// begin starts a field's value: read on for text, one word for the others.
func (p *parser) begin(key string) {
	switch key {
	case "track":
		p.field = inTitle
	case "artist":
		p.field = inArtist
	case "album":
		p.field = inAlbum
	}
	if p.field != anywhere {
		if strings.HasPrefix(p.rest, `"`) {
			p.add(p.quoted())
		}
		return
	}
	value := strings.Trim(p.single(), `"`)
	switch key {
	case "isrc":
		p.now.isrc = strings.ToUpper(value)
	case "year":
		p.now.from, p.now.to = years(value)
		p.now.nothing = p.now.nothing || p.now.from == 0
	default:
		p.now.nothing = true
	}
}

func (p *parser) single() string {
	value, rest, _ := strings.Cut(p.rest, " ")
	p.rest = rest
	return value
}

func (p *parser) quoted() term {
	phrase, rest, _ := strings.Cut(p.rest[1:], `"`)
	p.rest = rest
	t := term{field: p.field, words: words(phrase, nil), phrase: true}
	p.field = anywhere
	return t
}

// add puts a complete term where it belongs.
func (p *parser) add(t term) {
	switch {
	case len(t.words) == 0:
	case p.not:
		p.now.without, p.not = append(p.now.without, t), false
	default:
		p.now.filters = append(p.now.filters, t)
	}
}

// endValue closes a value without quotes.
func (p *parser) endValue() {
	if p.field != anywhere {
		p.add(term{field: p.field, words: p.value})
	}
	p.field, p.value = anywhere, nil
}

// years reads 1955 and 1955-1960; 0, 0 when it is neither.
func years(s string) (from, to int) {
	first, last, isRange := strings.Cut(s, "-")
	from, err := strconv.Atoi(first)
	if err != nil {
		return 0, 0
	}
	if !isRange {
		return from, from
	}
	if to, err = strconv.Atoi(last); err != nil {
		return 0, 0
	}
	return from, to
}
