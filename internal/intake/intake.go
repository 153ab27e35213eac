package intake

import (
	"io"
	"strings"
	"unicode/utf8"

	"segue/internal/fault"
	"segue/internal/match"
	"segue/internal/music"
)

// Format is how a source is written.
type Format string

// The formats.
const (
	Lines  Format = "lines"  // one song a line
	Table  Format = "table"  // CSV or TSV
	ITunes Format = "itunes" // Library.xml or a playlist exported as XML
	M3U    Format = "m3u"
	JSON   Format = "json" // of the API: an array of tracks, or an object that holds one as tracks
)

// Order says what stands first where a title and an artist stand in one line.
type Order string

// The orders.
const (
	Undecided   Order = ""
	ArtistFirst Order = "artist first"
	TitleFirst  Order = "title first"
)

// Choices are what a person has decided about a source; the zero value leaves
// all to its content.
type Choices struct {
	Mapping Mapping // of a table: the column of each field, by its name in Preview.Columns
	Order   Order   // of lines, and of a table whose columns have no names
}

// Preview is a source as it was read, before anything is done with it.
type Preview struct {
	Format  Format
	Name    string   // of the playlist, where the source says it
	Columns []string // of a table; "Column 1" and so on where it does not name them
	Mapping Mapping  // of a table: the columns that were read
	Order   Order    // of lines
	Sure    float64  // of that order: 0.5 when nothing tells, to 1
	Notes   []string // how the source was read, in sentences
	Rows    []Row    // in the order of the source, at most MaxSongs
}

// Row is one song of a source, or what stands there instead.
type Row struct {
	Line    int        // where it begins in the source, from 1; its number in lists without lines
	Text    string     // as it stands there, shortened
	Song    music.Song // checked; empty under Apple and Why
	Apple   Apple      // the link to look up, if a link is all that stands there
	How     string     // how it was read: "artist – title"
	Notes   []string   // what of it could not be used, in sentences
	Unclear bool       // title and artist may be the other way round
	Same    int        // Line of the first row that asks for the same recording; 0 for that one
	Why     string     // why it could not be read, in a sentence; "" when it was
}

// State is what becomes of a row.
type State string

// The states. An unclear row is read, but a person should look at it.
const (
	Read       State = "read"
	Unclear    State = "unclear"
	Duplicate  State = "duplicate"
	Unreadable State = "unreadable"
)

// State returns what becomes of the row.
func (r Row) State() State {
	switch {
	case r.Why != "":
		return Unreadable
	case r.Same != 0:
		return Duplicate
	case r.Unclear:
		return Unclear
	default:
		return Read
	}
}

// Version returns the version the row asks for, in words; "" for any.
func (r Row) Version() string {
	if r.Song.Version != "" {
		return r.Song.Version
	}
	return match.Versions(r.Song.Title)
}

// Totals counts the rows by their state.
func (p Preview) Totals() map[State]int {
	totals := map[State]int{}
	for _, r := range p.Rows {
		totals[r.State()]++
	}
	return totals
}

// Wanted returns the rows to import: those that were read, unclear ones included,
// each recording once.
func (p Preview) Wanted() []Row {
	var out []Row
	for _, r := range p.Rows {
		if s := r.State(); s == Read || s == Unclear {
			out = append(out, r)
		}
	}
	return out
}

// Parse reads a source of at most MaxBytes and MaxSongs. A source that is no list
// of songs is an invalid fault with a message in three parts; a row that cannot be
// read is a row that says why.
func Parse(source io.Reader, c Choices) (Preview, error) {
	text, note, err := load(source)
	if err != nil {
		return Preview{}, err
	}
	p, err := parse(text, c)
	if err != nil {
		return Preview{}, err
	}
	if note != "" {
		p.Notes = append(p.Notes, note)
	}
	if len(p.Rows) == 0 {
		return Preview{}, refuse("There are no songs in the list", "Paste songs, one a line, or choose another file.")
	}
	p.finish()
	return p, nil
}

// parse reads a text by what it looks like.
func parse(text string, c Choices) (Preview, error) {
	switch {
	case looksJSON(text):
		return readJSON(text, c)
	case looksMarkup(text):
		return readITunes(text)
	case looksM3U(text):
		return readM3U(text, c)
	}
	if t, ok := findTable(text); ok {
		return readTable(t, c)
	}
	return readLines(text, c)
}

const shownText = 200 // characters of a row as it stands in the source

// finish checks every row and finds those that ask for the same recording.
func (p *Preview) finish() {
	first := map[string]int{}
	for i := range p.Rows {
		r := &p.Rows[i]
		r.check()
		if r.Why != "" {
			continue
		}
		names, origin := r.identities(), r.Line
		for _, name := range names {
			if line, ok := first[name]; ok {
				r.Same, origin = line, line
				break
			}
		}
		for _, name := range names {
			if _, ok := first[name]; !ok {
				first[name] = origin
			}
		}
	}
}

// check makes the row's song fit to be matched.
func (r *Row) check() {
	r.Text = strings.Clone(shorten(r.Text)) // a part of the source would keep all of it
	if r.Why != "" || r.Apple.ID != "" {
		r.Song = music.Song{}
		return
	}
	clean, err := match.Check(r.Song)
	if err != nil {
		r.Song, r.Why = music.Song{}, fault.MessageOf(err)
		return
	}
	r.Notes = append(r.Notes, dropped(r.Song, clean)...)
	r.Song = clean
}

// identities are what makes two rows the same: the track, the recording's code, or all that was asked for.
func (r *Row) identities() []string {
	var out []string
	for _, id := range []struct{ kind, value string }{
		{"apple ", r.Apple.ID}, {"track ", r.Song.TrackID}, {"isrc ", r.Song.ISRC}, {"", match.Key(r.Song)},
	} {
		if id.value != "" {
			out = append(out, id.kind+id.value)
		}
	}
	return out
}

func shorten(s string) string {
	if utf8.RuneCountInString(s) <= shownText {
		return s
	}
	return string([]rune(s)[:shownText-1]) + "…"
}
