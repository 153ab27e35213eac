package deadletter

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"segue/internal/fault"
	"segue/internal/music"
)

// Bounds of an edited input.
const (
	MaxInput    = 32 << 10 // bytes of its JSON
	longestText = 400      // characters of one text, as many as can be looked for
	mostArtists = 30
	idLetters   = 22 // of every Spotify id
)

// draft is an input as an operator edits it: one flat object. What failed (the
// tool) is not part of it, so an edit never turns one act into another.
type draft struct {
	Title      string     `json:"title"`
	Artists    []string   `json:"artists"`
	Album      string     `json:"album"`
	Version    string     `json:"version"`
	Explicit   music.Wish `json:"explicit"`
	Year       int        `json:"year"`
	ISRC       string     `json:"isrc"`
	DurationMS int64      `json:"duration_ms"`
	TrackID    string     `json:"track_id"`
	Playlist   string     `json:"playlist_id"`
}

// draftField is one field of a draft, by the name it has in JSON and on the page.
type draftField struct {
	name     string
	required bool
	is       string // what it must be, in words
	of       func(*draft) any
}

func draftFields() []draftField {
	const text = "a text in quotes"
	return []draftField{
		{"title", true, text, func(d *draft) any { return &d.Title }},
		{"artists", false, "a list of texts in brackets", func(d *draft) any { return &d.Artists }},
		{"album", false, text, func(d *draft) any { return &d.Album }},
		{"version", false, text, func(d *draft) any { return &d.Version }},
		{"explicit", false, `"explicit", "clean" or ""`, func(d *draft) any { return &d.Explicit }},
		{"year", false, "a whole number", func(d *draft) any { return &d.Year }},
		{"isrc", false, text, func(d *draft) any { return &d.ISRC }},
		{"duration_ms", false, "a whole number", func(d *draft) any { return &d.DurationMS }},
		{"track_id", false, text, func(d *draft) any { return &d.TrackID }},
		{"playlist_id", true, text, func(d *draft) any { return &d.Playlist }},
	}
}

func draftOf(in Input) draft {
	s := in.Song
	return draft{
		Title: s.Title, Artists: append([]string{}, s.Artists...), Album: s.Album, Version: s.Version, Explicit: s.Explicit, Year: s.Year,
		ISRC: s.ISRC, DurationMS: s.Duration.Milliseconds(), TrackID: s.TrackID, Playlist: in.Playlist.ID,
	}
}

func (d draft) song() music.Song {
	s := music.Song{
		Title: d.Title, Artists: d.Artists, Album: d.Album, Version: d.Version, Explicit: d.Explicit, Year: d.Year,
		ISRC: d.ISRC, Duration: time.Duration(d.DurationMS) * time.Millisecond, TrackID: d.TrackID,
	}
	if len(s.Artists) == 0 {
		s.Artists = nil
	}
	return s
}

// JSON is the input as an operator may edit it, one field a line.
func (i Input) JSON() string {
	text, _ := json.MarshalIndent(draftOf(i), "", "  ") // texts and numbers only
	return string(text)
}

// Edit reads the JSON that took the place of an input. What failed stays as it
// was; a playlist that was changed is known by its id only, and whether the
// person may write there is for the caller to find out. Fault Invalid, with a
// sentence that names the field.
func (i Input) Edit(text string) (Input, error) {
	if len(text) > MaxInput {
		return i, invalid("This is longer than %d characters. Shorten it.", MaxInput)
	}
	var d draft
	if err := d.read(text); err != nil {
		return i, err
	}
	if err := d.check(); err != nil {
		return i, err
	}
	edited := i
	if edited.Song = d.song(); !reflect.DeepEqual(edited.Song, i.Song) {
		edited.Found = "" // was found for another song
	}
	if d.Playlist != i.Playlist.ID {
		if !alphanumeric(d.Playlist, idLetters) {
			return i, invalid("The field playlist_id must be a Spotify id of 22 letters and digits.")
		}
		edited.Playlist = Playlist{ID: d.Playlist}
	}
	if len(Changes(i, edited)) == 0 {
		return i, invalid("Nothing is changed. Change a field, or retry the letter as it is.")
	}
	return edited, nil
}

func (d *draft) read(text string) error {
	var given map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &given); err != nil || given == nil {
		return invalid("This is not a JSON object%s.", where(text, err))
	}
	for _, f := range draftFields() {
		raw, found := given[f.name]
		delete(given, f.name)
		switch {
		case found && json.Unmarshal(raw, f.of(d)) != nil:
			return invalid("The field %s must be %s.", f.name, f.is)
		case !found && f.required:
			return invalid("The field %s is missing.", f.name)
		}
	}
	if len(given) > 0 {
		name := slices.Sorted(maps.Keys(given))[0]
		return invalid("There is no field %.40q. The fields are %s.", Line(name), fieldNames())
	}
	return nil
}

// where says in which line JSON cannot be read, where that is known.
func where(text string, err error) string {
	if syntax, ok := err.(*json.SyntaxError); ok { //nolint:errorlint // as json returns it
		return fmt.Sprintf(": look at line %d", 1+strings.Count(text[:min(int(syntax.Offset), len(text))], "\n"))
	}
	return ""
}

func fieldNames() string {
	var names []string
	for _, f := range draftFields() {
		names = append(names, f.name)
	}
	return strings.Join(names, ", ")
}

func (d *draft) check() error {
	texts := []struct{ name, text string }{{"title", d.Title}, {"album", d.Album}, {"version", d.Version}}
	for _, artist := range d.Artists {
		texts = append(texts, struct{ name, text string }{"artists", artist})
	}
	for _, f := range texts {
		if utf8.RuneCountInString(f.text) > longestText {
			return invalid("The field %s has more than %d characters.", f.name, longestText)
		}
		if Line(f.text) != strings.TrimSpace(f.text) {
			return invalid("The field %s has characters or breaks that are no text.", f.name)
		}
	}
	switch {
	case strings.TrimSpace(d.Title) == "" && d.TrackID == "":
		return invalid("The field title is empty. Give a title, or a track_id.")
	case len(d.Artists) > mostArtists:
		return invalid("The field artists names more than %d.", mostArtists)
	case !slices.Contains([]music.Wish{music.NoWish, music.WishClean, music.WishExplicit}, d.Explicit):
		return invalid(`The field explicit must be "explicit", "clean" or "".`)
	case d.Year != 0 && (d.Year < 1000 || d.Year > 2999):
		return invalid("The field year must be a year, or 0.")
	case d.ISRC != "" && !alphanumeric(d.ISRC, 12):
		return invalid("The field isrc must have 12 letters and digits, or be empty.")
	case d.DurationMS < 0 || d.DurationMS > (24*time.Hour).Milliseconds():
		return invalid("The field duration_ms must be between 0 and a day.")
	case d.TrackID != "" && !alphanumeric(d.TrackID, idLetters):
		return invalid("The field track_id must be a Spotify id of 22 letters and digits, or empty.")
	}
	return nil
}

func alphanumeric(s string, n int) bool {
	other := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}
	return len(s) == n && !strings.ContainsFunc(s, other)
}

func invalid(format string, args ...any) error {
	return fault.New(fault.Invalid, fmt.Sprintf(format, args...), nil)
}

// Change is one field of an input that an edit changes; "" where there is nothing.
type Change struct{ Field, Before, After string }

// Changes lists the fields in which two inputs differ.
func Changes(before, after Input) []Change {
	b, a := draftOf(before), draftOf(after)
	var all []Change
	for _, f := range draftFields() {
		c := Change{Field: f.name, Before: shown(f.of(&b)), After: shown(f.of(&a))}
		if f.name == "playlist_id" {
			c.Before, c.After = before.Playlist.String(), after.Playlist.String()
		}
		if c.Before != c.After {
			all = append(all, c)
		}
	}
	return all
}

// shown is the value of a field in a table, "" for what was not said.
func shown(field any) string {
	switch v := reflect.ValueOf(field).Elem(); v.Kind() {
	case reflect.Slice:
		return strings.Join(v.Interface().([]string), "; ")
	case reflect.Int, reflect.Int64:
		if v.IsZero() {
			return ""
		}
		return fmt.Sprint(v.Int())
	default:
		return v.String()
	}
}
