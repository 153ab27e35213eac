package rules

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"segue/internal/intake"
	"segue/internal/music"
)

// kind is what a token is for the grammar.
type kind int

const (
	word   kind = iota
	quoted      // body is what stands between the quotation marks
	group       // body is what stands between the brackets
	comma
	semicolon
	colon
	newline
	dash // between blanks: "Queen - Bohemian Rhapsody"
	link // to something on Spotify, or to a song of Apple Music
)

// token is a piece of a message.
type token struct {
	kind   kind
	raw    string // as written
	low    string // of a word: lower case, straight apostrophes, no full stop, ! or ? at its end
	body   string // of quoted and group
	spaced bool   // there was a blank before it
	link   music.Link
	apple  string // the address of a song of Apple Music, in place of link
}

// Longest spans in bytes; they keep a missing closing mark from costing more than a look ahead.
const (
	longestQuote = 400
	longestGroup = 200
)

// quotes pairs opening with closing marks. Straight single quotes need more care, see singleQuote.
var quotes = map[rune]string{'"': "\"”", '“': "”\"", '„': "“”\"", '«': "»", '»': "«", '‹': "›"}

// tokenize cuts a message into tokens. Control characters count as blanks, a tab
// as a dash, because that is what a row of a table looks like.
func tokenize(text string) phrase {
	s := scanner{src: clean(text)}
	for s.at < len(s.src) {
		s.next()
	}
	return s.out
}

// clean drops invisible characters and makes every line end and blank a plain one.
func clean(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || r == '\u2028' || r == '\u2029' || r == '\u0085':
			return '\n'
		case r == '\u200b' || r == '\ufeff' || r == '\u2060':
			return -1
		case unicode.IsControl(r) || unicode.IsSpace(r):
			return ' '
		}
		return r
	}, text)
}

// scanner walks over a clean message.
type scanner struct {
	src    string
	at     int
	spaced bool
	out    phrase
}

func (s *scanner) next() {
	r, size := utf8.DecodeRuneInString(s.src[s.at:])
	switch {
	case r == ' ':
		s.at += size
		s.spaced = true
	case r == '\n':
		s.emit(token{kind: newline}, size)
	case r == '\t':
		s.emit(token{kind: dash}, size)
		cell := &s.out[len(s.out)-1]
		cell.raw, cell.spaced, s.spaced = "-", true, true
	case r == ',' && !s.inNumber():
		s.emit(token{kind: comma}, size)
	case r == ';':
		s.emit(token{kind: semicolon}, size)
	case r == '—':
		s.emit(token{kind: dash}, size)
	case s.fresh() && s.enclosed(r, size):
	default:
		s.word()
	}
}

// emit adds a token that is n bytes long.
func (s *scanner) emit(t token, n int) {
	t.raw = strings.ReplaceAll(s.src[s.at:s.at+n], "\t", " ")
	t.body = strings.ReplaceAll(t.body, "\t", " ")
	t.spaced = s.spaced
	s.spaced = false
	s.at += n
	s.out = append(s.out, t)
}

// fresh reports whether a quotation or bracket may open here: not inside a word.
func (s *scanner) fresh() bool {
	return s.spaced || len(s.out) == 0 || s.out[len(s.out)-1].kind != word
}

// inNumber reports whether the comma here belongs to a number: "10,000 Hours".
func (s *scanner) inNumber() bool {
	return s.at > 0 && s.at+1 < len(s.src) && digit(s.src[s.at-1]) && digit(s.src[s.at+1])
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

// enclosed reads a quotation or a bracket that is closed on the same line.
func (s *scanner) enclosed(open rune, size int) bool {
	rest := s.src[s.at+size:]
	if end := strings.IndexByte(rest, '\n'); end >= 0 {
		rest = rest[:end]
	}
	k, end, closing := quoted, -1, 0
	switch open {
	case '(', '[':
		k = group
		end, closing = closeBracket(head(rest, longestGroup), open), 1
	case '\'', '‘', '‚':
		end, closing = singleQuote(head(rest, longestQuote))
	default:
		if marks, ok := quotes[open]; ok {
			end = strings.IndexAny(head(rest, longestQuote), marks)
			if end >= 0 {
				_, closing = utf8.DecodeRuneInString(rest[end:])
			}
		}
	}
	if end < 0 || strings.TrimSpace(rest[:end]) == "" {
		return false
	}
	s.emit(token{kind: k, body: strings.TrimSpace(rest[:end])}, size+end+closing)
	return true
}

// head returns the first n bytes of s, cut at a character.
func head(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// closeBracket returns where the bracket closes, -1 when it does not.
func closeBracket(s string, open rune) int {
	shut := byte(')')
	if open == '[' {
		shut = ']'
	}
	depth := 1
	for i := range len(s) {
		switch s[i] {
		case byte(open):
			depth++
		case shut:
			depth--
		}
		if depth == 0 {
			return i
		}
	}
	return -1
}

// elisions begin with an apostrophe that opens no quotation.
var elisions = []string{"til", "till", "cause", "cuz", "n", "round", "em", "bout", "tis", "twas", "neath", "cross"}

// singleQuote returns where a quotation in single marks ends in s, which begins
// behind its opening mark, and how long the closing mark is; -1 when the mark was an apostrophe.
func singleQuote(s string) (end, size int) {
	first := strings.ToLower(s[:letters(s)])
	if slices.Contains(elisions, first) {
		return -1, 0
	}
	if s == "" || digit(s[0]) {
		return -1, 0
	}
	dropped, droppedSize := -1, 0
	for i, r := range s {
		n := utf8.RuneLen(r)
		if r != '\'' && r != '’' && r != '‘' || i == 0 || !boundary(s[i+n:]) {
			continue
		}
		if !strings.HasSuffix(strings.ToLower(s[:i]), "in") {
			return i, n
		}
		if dropped < 0 { // "Livin' on a Prayer": take it only if no better one follows
			dropped, droppedSize = i, n
		}
	}
	return dropped, droppedSize
}

// letters returns the length of the letters s begins with.
func letters(s string) int {
	for i, r := range s {
		if !unicode.IsLetter(r) {
			return i
		}
	}
	return len(s)
}

// boundary reports whether a word may end before s.
func boundary(s string) bool {
	return s == "" || strings.ContainsRune(" ,.;:!?)]\t", rune(s[0]))
}

// word reads up to the next blank, comma, semicolon or long dash.
func (s *scanner) word() {
	rest := s.src[s.at:]
	end := len(rest)
	for i, r := range rest {
		if r == ',' && i > 0 && i+1 < len(rest) && digit(rest[i-1]) && digit(rest[i+1]) {
			continue
		}
		if i > 0 && strings.ContainsRune(" \n\t,;—", r) {
			end = i
			break
		}
	}
	text := rest[:end]
	address := strings.Trim(text, "<>()[]\"'.,!?“”")
	if l, ok := music.ParseLink(address); ok {
		s.emit(token{kind: link, link: l}, end)
		return
	}
	if a, ok := intake.ParseApple(address); ok {
		s.emit(token{kind: link, apple: a.String()}, end)
		return
	}
	switch text {
	case "-", "–", "--", "−", "‐":
		s.emit(token{kind: dash}, end)
		return
	case ":":
		s.emit(token{kind: colon}, end)
		return
	}
	mark := token{}
	switch {
	case len(text) > 2 && strings.HasSuffix(text, ":"):
		mark.kind = colon
	case len(text) > 2 && strings.HasSuffix(text, "-"):
		mark.kind = dash
	}
	if mark.kind != word {
		s.emit(token{kind: word, low: fold(text[:end-1])}, end-1)
		s.emit(mark, 1)
		return
	}
	s.emit(token{kind: word, low: fold(text)}, end)
}

// fold makes a word comparable.
func fold(w string) string {
	w = strings.Map(func(r rune) rune {
		if r == '’' || r == '‘' || r == '`' || r == '´' {
			return '\''
		}
		return unicode.ToLower(r)
	}, w)
	switch w {
	case "→", "->", "=>", ">", ">>":
		return "to"
	}
	if bare := strings.TrimRight(w, ".!?…"); bare != "" {
		return bare
	}
	return w
}

// symbol reports whether a word is drawn, not written: an emoji, an arrow, a tick box.
func (t token) symbol() bool {
	return t.kind == word && t.raw != "?" && !strings.ContainsFunc(t.raw, func(r rune) bool {
		return !unicode.In(r, unicode.So, unicode.Sk, unicode.Mn, unicode.Me, unicode.Cf, unicode.Sm)
	})
}

// withoutEmoji drops what is drawn at both ends, unless there is nothing else.
func withoutEmoji(p phrase) phrase {
	out := p.trim()
	for len(out) > 0 && out[0].symbol() {
		out = out[1:].trim()
	}
	for len(out) > 0 && out[len(out)-1].symbol() {
		out = out[:len(out)-1].trim()
	}
	if len(out) == 0 {
		return p.trim()
	}
	return out
}
