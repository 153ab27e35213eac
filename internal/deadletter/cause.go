package deadletter

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"unicode"

	"segue/internal/fault"
)

const (
	maxCauses = 8
	maxCause  = 240 // characters of one
	idLength  = 12  // letters and digits in one word that are more than a word
)

const hidden = "…"

// Causes returns the chain of an error for an operator, outermost first, each
// link without what the next one says. Whatever may be a token, an id or
// somebody's words is left out: long words, quoted text, queries of addresses.
func Causes(err error) []string {
	var texts []string
	for ; err != nil && len(texts) < maxCauses; err = errors.Unwrap(err) {
		texts = append(texts, text(err))
	}
	var chain []string
	for i, t := range texts {
		if i+1 < len(texts) && texts[i+1] != "" {
			t = strings.TrimRight(strings.TrimSuffix(t, texts[i+1]), ": ")
		}
		if t = redact(t); t != "" {
			chain = append(chain, t)
		}
	}
	return chain
}

// text is an error's own; a fault's kind and message are in the letter already.
func text(err error) string {
	if f, ok := err.(*fault.Error); ok && f.Err != nil { //nolint:errorlint // this link of the chain, not a later one
		return f.Err.Error()
	}
	return err.Error()
}

// redact leaves the words of an error that say what went wrong, on one line.
func redact(s string) string {
	fields := strings.Fields(withoutQuotes(Line(s)))
	for i, word := range fields {
		bearer := i > 0 && strings.EqualFold(strings.Trim(fields[i-1], ":"), "bearer")
		if fields[i] = plain(word); bearer {
			fields[i] = hidden
		}
	}
	line := []rune(strings.TrimRight(strings.Join(fields, " "), ": "))
	return string(line[:min(len(line), maxCause)])
}

// withoutQuotes hides quoted text, but for addresses: net/http quotes those.
func withoutQuotes(s string) string {
	parts := strings.Split(s, `"`)
	for i := 1; i < len(parts); i += 2 {
		if !strings.Contains(parts[i], "://") {
			parts[i] = hidden
		}
	}
	return strings.Join(parts, "")
}

// plain hides a word that is an id or a token, and all of an address but where it leads.
func plain(word string) string {
	if scheme, rest, found := strings.Cut(word, "://"); found {
		rest = strings.TrimRight(rest, `(),;:`)
		if end := strings.IndexAny(rest, "?#"); end >= 0 {
			rest = rest[:end]
		}
		host, path, _ := strings.Cut(rest, "/")
		return hideIDs(scheme) + "://" + host[strings.LastIndex(host, "@")+1:] + hideIDs("/"+path)
	}
	if before, query, found := strings.Cut(word, "?"); found && strings.Contains(query, "=") {
		word = before
	}
	return hideIDs(word)
}

// hideIDs hides every run of letters and digits that is too long for a word or looks made up.
func hideIDs(s string) string {
	var out strings.Builder
	for len(s) > 0 {
		n := strings.IndexFunc(s, func(r rune) bool { return !idRune(r) })
		if n < 0 {
			n = len(s)
		}
		if madeUp(s[:n]) {
			out.WriteString(hidden)
		} else {
			out.WriteString(s[:n])
		}
		rest := strings.IndexFunc(s[n:], idRune)
		if rest < 0 {
			rest = len(s) - n
		}
		out.WriteString(s[n : n+rest])
		s = s[n+rest:]
	}
	return out.String()
}

func idRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-' }

func madeUp(word string) bool {
	digits := strings.ContainsFunc(word, unicode.IsDigit)
	return len(word) >= idLength && digits || len(word) > 2*idLength
}

// Fingerprint is the same for letters that most likely have one cause: of one
// kind, at one step, whose innermost cause differs in numbers only. 12 hexadecimal digits.
func Fingerprint(kind fault.Kind, step, cause string) string {
	sum := sha256.Sum256([]byte(string(kind) + "\n" + step + "\n" + normal(cause)))
	return hex.EncodeToString(sum[:6])
}

// normal is a cause without what differs each time: numbers and the case of letters.
func normal(cause string) string {
	var out strings.Builder
	number := false
	for _, r := range strings.ToLower(redact(cause)) {
		if unicode.IsDigit(r) {
			if !number {
				out.WriteByte('#')
			}
			number = true
			continue
		}
		number = false
		out.WriteRune(r)
	}
	return out.String()
}

// Seal fills in what follows from the rest: the id, the fingerprint and the first state.
func (l Letter) Seal() Letter {
	l.ID = ID(l.RunID, l.Task)
	cause := l.Message
	if causes := l.Causes(); len(causes) > 0 {
		cause = causes[len(causes)-1]
	}
	l.Fingerprint = Fingerprint(l.Kind, l.Step, cause)
	if l.State == "" {
		l.State = Waiting
	}
	return l
}
