package agent

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Handles are the names by which a planner speaks of things in a turn: P1 is the
// first playlist it was given, S2 the second song. It can neither guess nor keep
// them, and what they stand for need not be shown to it.
type Handles struct {
	issued map[string][]string // values by prefix, in the order of issue
	said   []string            // ids that the person wrote, in links for example
	ids    bool                // none are issued: an id stands for itself
}

// leastID is the length from which on a word of the person may be an id.
const leastID = 16

var validID = regexp.MustCompile(`^[A-Za-z0-9]{16,64}$`)

// Handles returns the handles of the turn: the playlists and the run that the
// conversation refers to, and all that results have brought. They only grow.
func (t Transcript) Handles() Handles {
	h := Handles{issued: map[string][]string{}, said: t.ids()}
	h.issue("P", t.Default.ID)
	h.issue("P", t.LastPlaylist.ID)
	h.issue("R", t.LastRun)
	for _, r := range t.Results {
		h.issue("P", r.Playlist.ID)
		for _, item := range r.Items {
			h.issue(item.Kind, item.Value)
		}
	}
	return h
}

// ids returns the words in the person's messages that could be ids.
func (t Transcript) ids() []string {
	var ids []string
	for _, m := range t.Messages {
		if m.Role != Person {
			continue
		}
		for _, word := range strings.FieldsFunc(m.Text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(word) >= leastID {
				ids = append(ids, word)
			}
		}
	}
	return ids
}

func (h Handles) issue(prefix, value string) {
	if value != "" && !slices.Contains(h.issued[prefix], value) {
		h.issued[prefix] = append(h.issued[prefix], value)
	}
}

// Name returns the handle of a value, "" when none was issued.
func (h Handles) Name(prefix, value string) string {
	if i := slices.Index(h.issued[prefix], value); i >= 0 {
		return prefix + strconv.Itoa(i+1)
	}
	return ""
}

// Value returns what a handle with that prefix stands for. A value that was issued
// or that the person wrote stands for itself.
func (h Handles) Value(prefix, said string) (string, bool) {
	if h.ids {
		return said, validID.MatchString(said)
	}
	values := h.issued[prefix]
	if digits, ok := strings.CutPrefix(said, prefix); ok {
		if n, err := strconv.Atoi(digits); err == nil && n >= 1 && n <= len(values) && digits == strconv.Itoa(n) {
			return values[n-1], true
		}
	}
	return said, slices.Contains(values, said) || slices.Contains(h.said, said)
}

// resolve replaces the handles in what args points to by their values.
func (h Handles) resolve(args any) error { return h.walk(reflect.ValueOf(args), "") }

// walk goes through v; prefix is that of the field it was found in, "" for none.
func (h Handles) walk(v reflect.Value, prefix string) error {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			return h.walk(v.Elem(), prefix)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if err := h.walk(v.Index(i), prefix); err != nil {
				return err
			}
		}
	case reflect.Struct:
		for field, value := range v.Fields() {
			if err := h.walk(value, field.Tag.Get("handle")); field.IsExported() && err != nil {
				return err
			}
		}
	case reflect.String:
		return h.replace(v, prefix)
	default: // numbers hold no handles; plain lets no maps and interfaces in
	}
	return nil
}

func (h Handles) replace(v reflect.Value, prefix string) error {
	if prefix == "" || v.String() == "" {
		return nil
	}
	value, ok := h.Value(prefix, v.String())
	if !ok {
		return fmt.Errorf("there is no %s: %s", strconv.Quote(cut(v.String(), maxName)), h.known(prefix))
	}
	v.SetString(value)
	return nil
}

// known says which handles there are, for a planner that used another.
func (h Handles) known(prefix string) string {
	switch n := len(h.issued[prefix]); {
	case h.ids:
		return "use a handle of an earlier result, unchanged"
	case n == 0:
		return "none that begins with " + prefix + " was issued in this turn"
	case n == 1:
		return "the only one is " + prefix + "1"
	default:
		return fmt.Sprintf("they go from %s1 to %s%d", prefix, prefix, n)
	}
}

// plain returns an error when a t may hold a map or an interface, into which walk cannot write.
func plain(t reflect.Type) error {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return plain(t.Elem())
	case reflect.Struct:
		for field := range t.Fields() {
			if err := plain(field.Type); field.IsExported() && err != nil {
				return err
			}
		}
	case reflect.Map, reflect.Interface:
		return fmt.Errorf("arguments may not hold a %s", t)
	default:
	}
	return nil
}
