package page

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/music"
	"segue/web/templates/layout"
)

// EditView is /admin/dlq/{id}/edit: an input as fields, and the same as JSON.
type EditView struct {
	Person  layout.Person
	Letter  deadletter.Letter
	Version int64 // of the letter that is being edited
	Form    deadletter.Form
	Text    string              // JSON
	AsJSON  bool                // that is what was typed, not the form
	Changes []deadletter.Change // what it changes, once that was asked for
	Trouble *agent.Trouble      // why it was refused; nil when it was not
	Wrong   deadletter.Wrong    // of the fields
	Now     time.Time
}

func (v EditView) path() templ.SafeURL { return templ.URL("/admin/dlq/" + v.Letter.ID + "/edit") }

// EditField is the name of a field of an input in the form.
func EditField(name string) string { return "input-" + name }

// inputLabels are the fields of an input in words, as on the letter's page.
var inputLabels = map[string]string{
	"title": "Song", "artists": "Artists", "album": "Album", "version": "Version", "explicit": "Explicit", "year": "Year",
	"isrc": "ISRC", "duration_ms": "Length", "track_id": "Track", "playlist_id": "Playlist",
}

// hint says what is expected in a field, "" where its label does.
func (v EditView) hint(field string) string {
	switch field {
	case "artists":
		return "One on a line."
	case "duration_ms":
		return "Minutes and seconds, such as 3:58."
	case "track_id":
		return "A link or an id at Spotify, for exactly this recording."
	case "playlist_id":
		return "A link or an id at Spotify. Now " + v.Letter.Current().Playlist.String() + "."
	default:
		return ""
	}
}

// wishes are what can be said of explicit words, with the words for it.
var wishes = []struct {
	wish music.Wish
	word string
}{{music.NoWish, "Either"}, {music.WishExplicit, "Explicit"}, {music.WishClean, "Clean"}}

// says are the attributes of a field by which its hint and what is wrong with it are read with it.
func (v EditView) says(field string) templ.Attributes {
	all, by := templ.Attributes{}, []string{}
	if v.wrong(field) != "" {
		all["aria-invalid"] = "true"
		by = append(by, "wrong-"+field)
	}
	if v.hint(field) != "" {
		by = append(by, "hint-"+field)
	}
	if len(by) > 0 {
		all["aria-describedby"] = strings.Join(by, " ")
	}
	return all
}

// wrong says what is wrong with a field of the form, "" when nothing is.
func (v EditView) wrong(field string) string {
	if v.AsJSON || v.Wrong[field] == "" {
		return ""
	}
	return inputLabels[field] + " " + v.Wrong[field] + "."
}

// refusal is why the edit was refused; of the form, in the words of its labels.
func (v EditView) refusal() agent.Trouble {
	t := *v.Trouble
	var wrong []string
	for _, name := range deadletter.Fields() {
		if v.wrong(name) != "" {
			wrong = append(wrong, inputLabels[name])
		}
	}
	if len(wrong) > 0 {
		t.What = "Segue cannot use this yet. Look at: " + strings.Join(wrong, ", ") + "."
	}
	return t
}

// draft names what is typed into a field, so that the browser can bring it back.
func (v EditView) draft(field string) string {
	return strings.Join([]string{"edit", v.Letter.ID, strconv.FormatInt(v.Version, 10), field}, ":")
}

// typed reports whether the page shows what was typed, not what the letter has.
func (v EditView) typed() bool { return v.Trouble != nil || len(v.Changes) > 0 }

// wrongJSON are the attributes of JSON that was refused.
func (v EditView) wrongJSON() templ.Attributes {
	if v.Trouble == nil || !v.AsJSON {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "refused"}
}

// wide reports whether a field takes the whole width of the form.
func wide(field string) bool { return slices.Contains([]string{"title", "artists"}, field) }
