package deadletter

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"segue/internal/fault"
)

// maxText is the most characters of a field of a filter.
const maxText = 200

// MostChosen is how many letters can be named by a filter, or chosen in a list.
const MostChosen = 100

// Every is the filter's word for letters in any state.
const Every State = "every"

// Filter says which letters are wanted. The zero value is those that wait.
type Filter struct {
	State       State // Waiting by default; Every for all
	Kind        fault.Kind
	Step        string
	Fingerprint string
	Person      string    // id
	Playlist    string    // id
	Since       time.Time // made then or later; to the minute
	Until       time.Time // made before
	Text        string    // in the message, the song, the playlist's name or the innermost cause
	IDs         []string  // of the letters themselves, at most MostChosen; nil for any
}

// times are the forms in which a time is read: what a browser's form sends, and a day. All are UTC.
var times = []string{minute, time.DateOnly}

const minute = "2006-01-02T15:04"

// ParseFilter reads a filter from the query of an address. Anybody can type
// one: fields are cut to readable text of a sensible length. Fault Invalid for
// a state, kind or time that there is not and for letters that cannot be meant,
// with a sentence that names it; the filter then has what was understood.
func ParseFilter(q url.Values) (f Filter, err error) {
	f = Filter{
		State: State(word(q, "state")), Kind: fault.Kind(word(q, "kind")), Step: word(q, "step"),
		Fingerprint: word(q, "fingerprint"), Person: word(q, "person"), Playlist: word(q, "playlist"), Text: word(q, "q"),
	}
	if f.State == Waiting {
		f.State = ""
	}
	if f.State != "" && f.State != Every && !slices.Contains(States(), f.State) {
		f.State, err = "", invalid("There is no such state of a letter. Choose one from the list.")
	}
	if f.Kind != "" && !slices.Contains(Kinds(), f.Kind) {
		f.Kind, err = "", invalid("There is no such kind of letter. Choose one from the list.")
	}
	var since, until, ids error
	f.Since, since = moment(q, "since")
	f.Until, until = moment(q, "until")
	f.IDs, ids = chosen(q)
	return f, cmp.Or(err, since, until, ids)
}

// chosen reads which letters are named. A list from which none was chosen names
// an empty one, so that none is never taken for all.
func chosen(q url.Values) (ids []string, err error) {
	if !q.Has("id") {
		return nil, nil
	}
	for _, id := range q["id"] {
		if id = Line(id); id != "" && len(id) <= maxText && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	switch {
	case len(ids) == 0:
		return []string{}, invalid("No letter is chosen. Choose some in the list first.")
	case len(ids) > MostChosen:
		return []string{}, invalid("At most %d letters can be chosen. Choose fewer, or all that a filter lets through.", MostChosen)
	}
	return ids, nil
}

// word returns one field as readable text on one line.
func word(q url.Values, name string) string {
	text := []rune(Line(q.Get(name)))
	return string(text[:min(len(text), maxText)])
}

func moment(q url.Values, name string) (time.Time, error) {
	text := word(q, name)
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range times {
		if at, err := time.Parse(form, text); err == nil && at.Year() > 1970 {
			return at, nil
		}
	}
	return time.Time{}, invalid("This is not a day or a time: use 2026-05-31 or 2026-05-31T17:45.")
}

// Wants returns the state that is wanted, "" for any.
func (f Filter) Wants() State {
	switch f.State {
	case "":
		return Waiting
	case Every:
		return ""
	default:
		return f.State
	}
}

// Query is the filter as the query of an address; ParseFilter reads it back.
func (f Filter) Query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{
		"state": string(f.State), "kind": string(f.Kind), "step": f.Step, "fingerprint": f.Fingerprint,
		"person": f.Person, "playlist": f.Playlist, "q": f.Text, "since": moments(f.Since), "until": moments(f.Until),
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.IDs != nil {
		q["id"] = append([]string{}, f.IDs...)
		if len(f.IDs) == 0 {
			q.Set("id", "")
		}
	}
	return q
}

func moments(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(minute)
}

// Cursor is the place after a letter in a list, the newest first.
type Cursor struct {
	MadeAt time.Time
	ID     string
}

// ParseCursor reads what String writes; anything else is the beginning.
func ParseCursor(text string) Cursor {
	at, id, found := strings.Cut(text, ".")
	ms, err := strconv.ParseInt(at, 10, 64)
	if !found || err != nil || ms <= 0 || len(id) > maxText {
		return Cursor{}
	}
	return Cursor{MadeAt: time.UnixMilli(ms).UTC(), ID: Line(id)}
}

// String is the cursor in an address.
func (c Cursor) String() string {
	if c.MadeAt.IsZero() {
		return ""
	}
	return strconv.FormatInt(c.MadeAt.UnixMilli(), 10) + "." + c.ID
}

// Group is all letters of one fingerprint that a filter lets through.
type Group struct {
	Fingerprint string
	Count       int
	Newest      Letter
}
