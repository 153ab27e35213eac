package intake

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"segue/internal/match"
)

const longestLine = 2000 // characters

// How a line was read.
const (
	howArtist = "artist – title"
	howTitle  = "title – artist"
	howWhole  = "title alone"
)

// readLines reads one song a line.
func readLines(text string, c Choices) (Preview, error) {
	list := entries(text)
	if len(list) > MaxSongs {
		return Preview{}, tooMany()
	}
	p := Preview{Format: Lines}
	p.Rows, p.Order, p.Sure = readEntries(list, c.Order)
	p.Notes = orderNotes(p.Order, p.Sure, c.Order)
	return p, nil
}

// readEntries reads lines, whose order is decided over all of them unless it is given.
func readEntries(list []entry, given Order) (rows []Row, order Order, sure float64) {
	unmark(list)
	rows, pairs := make([]Row, len(list)), make([]pair, len(list))
	for i, e := range list {
		rows[i], pairs[i] = e.read()
	}
	speak(pairs)
	c := take(pairs)
	order, sure = decide(pairs, c)
	if given != Undecided {
		order, sure = given, 1
	}
	c.divide(pairs, order)
	dashes := 0
	for i, p := range pairs {
		if rows[i].settled() {
			continue
		}
		if p.how == dashed {
			dashes++
		}
		turned, doubt := false, false
		if p.how == dashed && given == Undecided {
			turned, doubt = c.against(p, order)
			doubt = doubt || sure < enough && !p.clear(order)
		}
		rows[i].Unclear = doubt || p.unsure
		if turned {
			rows[i].turn(p, order)
		} else {
			rows[i].fill(p, order)
		}
	}
	if dashes == 0 {
		return rows, Undecided, 0
	}
	return rows, order, sure
}

// settled reports whether there is nothing more to read.
func (r *Row) settled() bool { return r.Why != "" || r.How != "" }

// read reads a line as far as it can be read without the others.
func (e entry) read() (Row, pair) {
	row := Row{Line: e.line, Text: e.raw}
	if n := utf8.RuneCountInString(e.text); n > longestLine {
		row.Why = fmt.Sprintf("The line has %s characters; a song has fewer.", grouped(n))
		return row, pair{}
	}
	if strings.HasSuffix(e.text, ":") {
		row.Why = "This looks like a heading, not a song."
		return row, pair{}
	}
	if linked, ok := readLink(e.text); ok {
		linked.Line, linked.Text = row.Line, row.Text
		return linked, pair{}
	}
	row.Song.Duration = e.length
	return row, halve(e.text)
}

// halve cuts a line in two, without what it says of a video and its channel.
func halve(text string) pair {
	var parts []string
	var p pair
	for i, part := range split(text) {
		bare, dressed := undress(part)
		if bare == "" && i < 2 { // a title may be called so: "Paroles, paroles"
			bare, dressed = part, false
		}
		p.dressed = p.dressed || dressed
		p.behind = p.behind || dressed && i == 0 && strings.IndexAny(part, "([") != 0
		if bare != "" {
			parts = append(parts, bare)
		}
	}
	joined := gather(parts)
	switch {
	case len(joined) == 0:
		p.left = text
	case len(joined) > 1:
		p.left, p.right, p.how = joined[0], asides(strings.Join(joined[1:], " - ")), dashed
		if name, title, ok := quotedTitle(joined[0]); ok {
			p.left, p.right, p.how = name, title, quoted
		}
	case len(parts) > 1:
		p.left = joined[0]
	default:
		p.divide(joined[0])
		p.behind = false
	}
	return p
}

// gather joins the parts between dashes that belong to the one before: guests and
// versions. It drops the channel and the year at the end.
func gather(parts []string) []string {
	for last := len(parts) - 1; last > 1 && (channel(parts[last], parts[0]) || isYear(parts[last])); last-- {
		parts = parts[:last]
	}
	var out []string
	for i, part := range parts {
		switch _, guest := featured(part); {
		case i > 0 && guest && i < len(parts)-1: // "A - feat. B - Title"
			out[len(out)-1] += " " + part
		case i > 0 && versionPart(part):
			out[len(out)-1] += " - " + part
		default:
			out = append(out, part)
		}
	}
	return out
}

// versionPart reports whether a part between dashes names a version, or where a
// theme is from, and cannot well be a title: "Radio Edit", "Main Theme", but not "Radio".
func versionPart(part string) bool {
	w := strings.Fields(strings.ToLower(part))
	switch strings.Join(w, " ") {
	case "theme", "main theme", "theme song", "opening theme", "main title", "soundtrack", "original soundtrack", "original motion picture soundtrack", "ost":
		return true
	}
	if len(w) == 1 {
		return slices.Contains([]string{"live", "acoustic", "remastered", "remaster", "instrumental", "remix", "unplugged", "karaoke", "demo"}, w[0])
	}
	for _, word := range []string{w[0], w[len(w)-1]} {
		switch word {
		case "version", "edit", "mix", "remix", "remaster", "remastered", "live":
			return match.Versions("x - "+part) != ""
		}
	}
	return false
}

func isYear(s string) bool {
	return len(s) == 4 && number(s) && (s[:2] == "19" || s[:2] == "20")
}

// speak reads "Title by Artist" where most lines without a dash are written so, and
// in the titles of videos, if what follows looks like a name: not "Saved by the Bell".
func speak(pairs []pair) {
	undivided, by := 0, 0
	for _, p := range pairs {
		if p.how == whole && p.left != "" {
			undivided++
			if strings.LastIndex(p.left, " by ") > 0 {
				by++
			}
		}
	}
	for i, p := range pairs {
		at := strings.LastIndex(p.left, " by ")
		if p.how != whole || at < 1 {
			continue
		}
		name := p.left[at+len(" by "):]
		listed := by*3 >= undivided*2 && undivided > 2
		likely := (p.dressed || by == undivided) && strings.Contains(name, " ") && strings.ToLower(name[:1]) != name[:1]
		if listed || likely {
			pairs[i].left, pairs[i].right, pairs[i].how, pairs[i].unsure = p.left[:at], name, spoken, !listed
		}
	}
}

// fill reads the halves into the row's song.
func (r *Row) fill(p pair, o Order) {
	switch {
	case p.how == whole:
		r.name(p.left, "", false)
		r.How = howWhole
	case p.how == spoken, p.how == dashed && o == TitleFirst:
		title, artist := p.titleFirst()
		r.name(title, artist, true)
		r.How = howTitle
	default:
		r.name(p.right, p.left, false)
		r.How = howArtist
	}
}

// turn reads a line that stands the other way round than its list.
func (r *Row) turn(p pair, o Order) {
	other := ArtistFirst
	if o == ArtistFirst {
		other = TitleFirst
	}
	r.fill(p, other)
	r.Unclear = true
	r.Notes = append(r.Notes, "Read the other way round than the rest of the list.")
}

// titleFirst finds the artist behind the last dash.
func (p pair) titleFirst() (title, artist string) {
	if i := strings.LastIndex(p.right, " - "); i >= 0 && p.how == dashed {
		return p.left + " - " + p.right[:i], p.right[i+len(" - "):]
	}
	return p.left, p.right
}

// name fills in title and artists. Guests go from the title to the artists, unless
// the title is as written by a player.
func (r *Row) name(title, artist string, asWritten bool) {
	var feats []string
	if !asWritten && artist != "" {
		title, feats = guests(title)
	}
	if artist != "" && !asWritten {
		title = unproduced(title)
		if bare, _ := undress(title); bare != "" {
			title = bare
		}
	}
	r.Song.Title = unquote(title)
	if names := append(Performers(unquote(artist)), feats...); len(names) > 0 {
		r.Song.Artists = names
	}
}

// unproduced cuts off who has produced a song.
func unproduced(title string) string {
	if i := strings.Index(strings.ToLower(title), " prod. "); i > 0 && i < len(title) && !strings.ContainsAny(title[:i], "([") {
		return title[:i]
	}
	return title
}

// orderNotes says how lines were read.
func orderNotes(o Order, sure float64, given Order) []string {
	switch {
	case o == Undecided:
		return nil
	case given != Undecided:
		return []string{"Read with the " + strings.TrimSuffix(string(o), " first") + " first, as you chose."}
	case sure < enough:
		return []string{"Nothing in the list tells whether the artist or the title comes first. It was read with the " + strings.TrimSuffix(string(o), " first") + " first."}
	default:
		return []string{"Read with the " + strings.TrimSuffix(string(o), " first") + " first."}
	}
}
