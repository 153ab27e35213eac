package agent

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

	"segue/internal/fault"
)

// Kind is where a run came from.
type Kind string

// The kinds.
const (
	ByMessage Kind = "message"
	ByList    Kind = "list"
	ByUndo    Kind = "undo"
	ByRetry   Kind = "retry"   // of a dead letter
	ByProgram Kind = "program" // with a personal token
)

// Kinds are all kinds, in the order in which they are offered.
func Kinds() []Kind { return []Kind{ByMessage, ByList, ByUndo, ByRetry, ByProgram} }

// Kind returns where the run came from.
func (r Run) Kind() Kind {
	switch {
	case r.UndoOf != "":
		return ByUndo
	case r.RetryOf != "":
		return ByRetry
	case r.Wish != nil, r.Call != nil:
		return ByProgram
	case r.List:
		return ByList
	default:
		return ByMessage
	}
}

// Past is a run as its person looks back on it.
type Past struct {
	Run
	Asked    string      // the message that started it
	Playlist PlaylistRef // of its outcome; zero when there is none
}

// HistoryFilter says which runs are wanted; the zero value is all of a person.
type HistoryFilter struct {
	State    State // Running for whatever has not ended
	Kind     Kind
	Playlist string // id
	Text     string // in the message or in the playlist's name
}

// PastStates are those that a history is filtered by.
func PastStates() []State { return []State{Running, Done, Failed, Cancelled} }

// maxFilterText is the most characters of a field of a filter.
const maxFilterText = 200

// ParseHistory reads a filter from the query of an address. Anybody can type
// one: fields are cut to readable text of a sensible length. Fault Invalid for a
// state or kind that there is not, with a sentence that names it.
func ParseHistory(q url.Values) (HistoryFilter, error) {
	f := HistoryFilter{
		State: State(filterText(q, "state")), Kind: Kind(filterText(q, "kind")),
		Playlist: filterText(q, "playlist"), Text: filterText(q, "q"),
	}
	if f.State != "" && !slices.Contains(PastStates(), f.State) {
		return HistoryFilter{}, fault.New(fault.Invalid, "There is no such state. Choose one from the list.", nil)
	}
	if f.Kind != "" && !slices.Contains(Kinds(), f.Kind) {
		return HistoryFilter{}, fault.New(fault.Invalid, "There is no such kind. Choose one from the list.", nil)
	}
	return f, nil
}

// Query is the filter as the query of an address; ParseHistory reads it back.
func (f HistoryFilter) Query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{
		"state": string(f.State), "kind": string(f.Kind), "playlist": f.Playlist, "q": f.Text,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// filterText returns one field as readable text on one line.
func filterText(q url.Values, name string) string {
	line := strings.Join(strings.FieldsFunc(strings.ToValidUTF8(q.Get(name), ""), func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
	text := []rune(line)
	return string(text[:min(len(text), maxFilterText)])
}
