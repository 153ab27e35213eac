package deadletter

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"segue/internal/fault"
)

// Wrong is what is wrong with an edit, by the names of its fields, in words that
// follow the name: "must be a year, or 0".
type Wrong map[string]string

// Error names the fields.
func (w Wrong) Error() string { return "wrong: " + strings.Join(slices.Sorted(maps.Keys(w)), ", ") }

// Fault is the fault Invalid of an edit that has this wrong, with a sentence
// about the first of the fields; it wraps w and a cause, which may be nil.
func (w Wrong) Fault(cause error) error {
	for _, name := range Fields() {
		if says := w[name]; says != "" {
			return fault.New(fault.Invalid, "The field "+name+" "+says+".", errors.Join(w, cause))
		}
	}
	return cause
}

// Edit reads the JSON that took the place of an input. What failed stays as it
// was; a playlist that was changed is known by its id only, and whether the
// person may write there is for the caller to find out. Fault Invalid, which
// wraps Wrong when it is about fields.
func (i Input) Edit(text string) (Input, error) {
	if len(text) > MaxInput {
		return i, invalid("This is longer than %d characters. Shorten it.", MaxInput)
	}
	var d draft
	wrong, err := d.read(text)
	if err != nil {
		return i, err
	}
	moved := d.Playlist != i.Playlist.ID
	if moved && wrong["playlist_id"] == "" && !alphanumeric(d.Playlist, idLetters) {
		wrong["playlist_id"] = "must be a Spotify id of 22 letters and digits"
	}
	if err := wrong.Fault(nil); err != nil {
		return i, err
	}
	edited := i
	if edited.Song = d.song(); !reflect.DeepEqual(edited.Song, i.Song) {
		edited.Found = "" // was found for another song
	}
	if moved {
		edited.Playlist = Playlist{ID: d.Playlist}
	}
	if len(Changes(i, edited)) == 0 {
		return i, invalid("Nothing is changed. Change a field, or retry the letter as it is.")
	}
	return edited, nil
}

// read fills the draft and says what is wrong with each of its fields.
func (d *draft) read(text string) (Wrong, error) {
	var given map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &given); err != nil || given == nil {
		return nil, invalid("This is not a JSON object%s.", where(text, err))
	}
	wrong := Wrong{}
	for _, f := range draftFields() {
		raw, found := given[f.name]
		delete(given, f.name)
		switch {
		case found && json.Unmarshal(raw, f.of(d)) != nil:
			wrong[f.name] = "must be " + f.is
		case !found && f.required:
			wrong[f.name] = "is missing"
		}
	}
	if len(given) > 0 {
		name := slices.Sorted(maps.Keys(given))[0]
		return nil, invalid("There is no field %.40q. The fields are %s.", Line(name), strings.Join(Fields(), ", "))
	}
	d.check(wrong)
	return wrong, nil
}

// check adds what is wrong with the fields that could be read.
func (d *draft) check(wrong Wrong) {
	for _, f := range draftFields() {
		if says := f.wrong(d); says != "" && wrong[f.name] == "" {
			wrong[f.name] = says
		}
	}
}

// where says in which line JSON cannot be read, where that is known.
func where(text string, err error) string {
	if syntax, ok := err.(*json.SyntaxError); ok { //nolint:errorlint // as json returns it
		return fmt.Sprintf(": look at line %d", 1+strings.Count(text[:min(int(syntax.Offset), len(text))], "\n"))
	}
	return ""
}

func invalid(format string, args ...any) error {
	return fault.New(fault.Invalid, fmt.Sprintf(format, args...), nil)
}

// Change is one field of an input that an edit changes, as forms have it; "" where there is nothing.
type Change struct{ Field, Before, After string }

// Changes lists the fields in which two inputs differ.
func Changes(before, after Input) []Change {
	b, a := before.Form(), after.Form()
	b["playlist_id"], a["playlist_id"] = before.Playlist.String(), after.Playlist.String()
	var all []Change
	for _, name := range Fields() {
		if b[name] != a[name] {
			all = append(all, Change{Field: name, Before: b[name], After: a[name]})
		}
	}
	return all
}
