package intake

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"segue/internal/match"
	"segue/internal/music"
)

// row reads one record.
func (l Layout) row(r record, width int, how string) Row {
	out := Row{Line: r.line, Text: strings.Join(slices.DeleteFunc(slices.Clone(r.cells), func(s string) bool { return strings.TrimSpace(s) == "" }), " · ")}
	if len(r.cells) > width && strings.TrimSpace(strings.Join(r.cells[width:], "")) != "" {
		out.Why = fmt.Sprintf("The row has %d cells where the first line names %d columns.", len(r.cells), width)
		return out
	}
	for i, c := range r.cells {
		r.cells[i] = unneutral(c)
	}
	out.Song, out.Notes = l.raw(r.cells)
	out.How = how
	if r.plain {
		out.Notes = append(out.Notes, "Its quotation marks do not match; they were read as text.")
	}
	if l.seconds && out.Song.Duration >= implausible {
		out.Song.Duration /= 1000 // the column says no unit, and a length of hours is one in milliseconds
	}
	l.link(r.cells, &out)
	var names []string
	for _, a := range out.Song.Artists {
		names = append(names, Performers(strings.TrimSuffix(strings.TrimSpace(a), " - Topic"))...)
	}
	out.Song.Artists = names
	if names != nil && out.Song.ISRC == "" && out.Song.TrackID == "" {
		untangle(&out.Song)
	}
	return out
}

// unneutral takes off the apostrophe that an export has put before what a
// spreadsheet would run.
func unneutral(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && rest != "" && strings.ContainsRune("=+-@", rune(rest[0])) {
		return rest
	}
	return cell
}

// implausible is a length that is in milliseconds where the column does not say so.
const implausible = 10_000 * time.Second

// link reads the cell that names a track. Beside a title, a link that leads nowhere
// is of no use and does no harm.
func (l Layout) link(cells []string, out *Row) {
	text := strings.TrimSpace(l.cell(cells, TrackID))
	out.Song.TrackID = ""
	if text == "" {
		return
	}
	row, ok := readLink(text)
	if !ok {
		row, ok = readLink("spotify:track:" + text)
	}
	switch {
	case ok && row.Song.TrackID != "":
		out.Song.TrackID = row.Song.TrackID
	case out.Song.Title != "" || out.Song.ISRC != "":
	case ok:
		row.Line, row.Text = out.Line, out.Text
		*out = row
	default:
		out.Why = "The link or id of the track was not understood."
	}
}

// untangle takes the artist and the decoration of videos off a title, "Queen - Bohemian
// Rhapsody (Official Video)" by Queen, as lists from video services have it.
func untangle(s *music.Song) {
	p := halve(s.Title)
	if p.how != dashed {
		if bare, dressed := undress(s.Title); dressed && bare != "" {
			s.Title = bare
		}
		return
	}
	for _, a := range s.Artists {
		name := match.Fold(a)
		if name != "" && match.Fold(p.left) == name {
			s.Title = p.right
			return
		}
	}
}
