package page

import (
	"slices"

	"segue/internal/agent"
	"segue/internal/intake"
	"segue/internal/music"
	"segue/web/templates/layout"
)

// ImportView is /import.
type ImportView struct {
	Person  layout.Person
	Text    string         // as pasted, when it was refused
	Trouble *agent.Trouble // why; nil when nothing was
}

func (v ImportView) frame() layout.Frame {
	return layout.Frame{Title: "Import a list", Person: v.Person}
}

// PreviewView is /import/{id}.
type PreviewView struct {
	Person    layout.Person
	ID        string
	Key       string // idempotency key of the form that starts it
	Preview   intake.Preview
	Playlists []music.Playlist // that can be changed
	Unlisted  bool             // Spotify did not say which there are
	Name      string           // of a new playlist, as it is offered
	Trouble   *agent.Trouble   // why a form was refused; nil when none was
}

func (v PreviewView) frame() layout.Frame {
	return layout.Frame{Title: "Look through the list", Person: v.Person}
}

// shownRows is how many rows of each kind a preview shows.
const shownRows = 100

// links are the rows that only Apple Music can name.
func (v PreviewView) links() []intake.Row {
	return slices.DeleteFunc(v.Preview.Wanted(), func(r intake.Row) bool { return !linkOnly(r) })
}

func linkOnly(r intake.Row) bool { return r.Apple.ID != "" }

func (v PreviewView) in(state intake.State) []intake.Row {
	return slices.DeleteFunc(slices.Clone(v.Preview.Rows), func(r intake.Row) bool { return r.State() != state })
}

// unsure reports whether the person should say what stands first in a line.
func (v PreviewView) unsure() bool {
	return v.Preview.Order != intake.Undecided && len(v.in(intake.Unclear)) > 0
}

var fieldWords = map[intake.Field]string{
	intake.Title: "Title", intake.Artist: "Artist", intake.Album: "Album", intake.Duration: "Length", intake.ISRC: "ISRC",
	intake.Explicit: "Explicit", intake.Version: "Version", intake.Year: "Year", intake.TrackID: "Spotify link or id",
}
