package intake

import (
	"fmt"
	"slices"
	"strings"

	"segue/internal/fault"
)

// table is a text in rows and columns.
type table struct {
	columns []string
	rows    []record
	named   bool // the first line names the columns
}

const sampled = 50 // lines that decide whether a text is a table

// findTable reads a text as a table, if it is one: its first line names columns,
// or all lines have the same number of cells.
func findTable(text string) (table, bool) {
	text, separators := hint(text)
	sample := entries(head(text))
	if len(sample) == 0 {
		return table{}, false
	}
	sample = sample[:min(len(sample), sampled)]
	for _, s := range separators {
		if header := cellsOf(sample[0].raw, s); heads(header) {
			return open(text, s, true), true
		}
	}
	for _, s := range separators[:min(3, len(separators))] {
		if even(sample, s) {
			return open(text, s, false), true
		}
	}
	return table{}, false
}

// head returns whole lines of at most 64 KB.
func head(text string) string {
	const enough = 64 << 10
	if len(text) <= enough {
		return text
	}
	if at := strings.LastIndexByte(text[:enough], '\n'); at > 0 {
		return text[:at]
	}
	return text[:enough]
}

// hint reads the line "sep=;" that Excel understands.
func hint(text string) (rest string, separators []rune) {
	if after, ok := strings.CutPrefix(text, "sep="); ok && len(after) > 1 && after[1] == '\n' {
		return "\n" + after[2:], []rune{rune(after[0])}
	}
	return text, []rune{'\t', ';', ',', '|'}
}

// heads reports whether cells name the columns of a table of songs.
func heads(cells []string) bool {
	l := Guess(cells)
	if !l.Usable() {
		return false
	}
	_, title := l.at[Title]
	l.find(cells, TrackID, "")
	switch {
	case len(cells) == 1:
		return slices.Contains([]string{"isrc", "title", "spotify id", "spotify uri", "track uri", "track id"}, plain(cells[0]))
	case title:
		return len(l.at) > 1 || len(cells) > 2
	default:
		return true
	}
}

// even reports whether lines without a header are rows of a table.
func even(sample []entry, separator rune) bool {
	width, dashes := 0, 0
	for _, e := range sample {
		cells := cellsOf(e.raw, separator)
		if width == 0 {
			width = len(cells)
		}
		if len(cells) != width || len(cells) < 2 {
			return false
		}
		if len(split(e.raw)) > 1 {
			dashes++
		}
	}
	return len(sample) > 1 && (separator == '\t' || dashes*2 < len(sample))
}

// cellsOf cuts one line.
func cellsOf(line string, separator rune) []string {
	rows := records(line, separator, 1)
	if len(rows) == 0 {
		return nil
	}
	cells := rows[0].cells
	for i, c := range cells {
		cells[i] = strings.TrimSpace(c)
	}
	return cells
}

// open reads the rows; every column gets a name of its own.
func open(text string, separator rune, named bool) table {
	t := table{named: named, rows: records(text, separator, MaxSongs+1)}
	var header []string
	width := 0
	if named {
		header, t.rows = t.rows[0].cells, t.rows[1:]
		width = len(header)
	} else {
		for _, r := range t.rows {
			width = max(width, len(r.cells))
		}
	}
	for i := range width {
		name := ""
		if i < len(header) {
			name = strings.TrimSpace(header[i])
		}
		switch {
		case name == "":
			name = fmt.Sprintf("Column %d", i+1)
		case slices.Contains(t.columns, name):
			name = fmt.Sprintf("%s (column %d)", name, i+1)
		}
		t.columns = append(t.columns, name)
	}
	return t
}

// readTable reads the rows of a table.
func readTable(t table, c Choices) (Preview, error) {
	if len(t.rows) > MaxSongs {
		return Preview{}, tooMany()
	}
	p := Preview{Format: Table, Columns: t.columns}
	l, err := t.lay(c, &p)
	if err != nil {
		return Preview{}, err
	}
	p.Mapping = l.mapping(t.columns)
	p.Rows = make([]Row, len(t.rows))
	how := "columns " + described(l, t.columns)
	for i, r := range t.rows {
		p.Rows[i] = l.row(r, len(t.columns), how)
	}
	if p.Order != Undecided && p.Sure < enough { // of columns without names
		for i := range p.Rows {
			p.Rows[i].Unclear = true
		}
	}
	t.note(&p)
	t.leaveOut(p.Rows)
	if _, named := l.at[Artist]; !named {
		videos(&p, c)
	}
	return p, nil
}

// lay finds the fields: as mapped, by the names of the columns, or by what stands in them.
func (t table) lay(c Choices, p *Preview) (Layout, error) {
	var l Layout
	switch {
	case c.Mapping != nil:
		var err error
		if l, err = Arrange(t.columns, c.Mapping); err != nil {
			return l, fault.New(fault.Invalid, "The columns could not be read as chosen: "+err.Error()+". The list is kept as it was. Choose among these.", nil)
		}
	case t.named:
		l = Guess(t.columns)
		if _, ok := l.at[TrackID]; !ok {
			l.find(t.columns, TrackID, "")
		}
	default:
		l = t.byContent(c, p)
	}
	if !l.Usable() {
		return l, refuse("No column holds titles, ISRCs or links", "Choose the column for the title.")
	}
	if i, ok := l.at[Duration]; ok {
		l.seconds = !slices.Contains(strings.Fields(plain(t.columns[i])), "ms")
	}
	return l, nil
}

// described names the columns that were read.
func described(l Layout, columns []string) string {
	var out []string
	for _, f := range Fields() {
		if i, ok := l.at[f]; ok {
			out = append(out, columns[i])
		}
	}
	return joined(out)
}

// note says what the table is called and how many lists it holds.
func (t table) note(p *Preview) {
	for i, c := range t.columns {
		if name := plain(c); name != "playlist name" && name != "playlist" {
			continue
		}
		lists := map[string]bool{}
		for _, r := range t.rows {
			if i < len(r.cells) && r.cells[i] != "" {
				lists[r.cells[i]] = true
				p.Name = shorten(strings.TrimSpace(r.cells[i]))
			}
		}
		if len(lists) > 1 {
			p.Name = ""
			p.Notes = append(p.Notes, fmt.Sprintf("The table holds %d playlists; all their songs were read.", len(lists)))
		}
		return
	}
}

// leaveOut marks rows that are albums or artists, as exports of whole libraries have them.
func (t table) leaveOut(rows []Row) {
	i := slices.IndexFunc(t.columns, func(c string) bool { return plain(c) == "type" })
	if i < 0 {
		return
	}
	for n, r := range t.rows {
		if i >= len(r.cells) {
			continue
		}
		switch kind := strings.ToLower(strings.TrimSpace(r.cells[i])); kind {
		case "album", "artist":
			rows[n].Why = "This row is an " + kind + ", not a song."
		}
	}
}

// videos reads titles that come without an artist as lines.
func videos(p *Preview, c Choices) {
	var list []entry
	var at []int
	for i, r := range p.Rows {
		if r.Why == "" && r.Song.Title != "" {
			list, at = append(list, entry{line: r.Line, raw: r.Text, text: spaced(r.Song.Title)}), append(at, i)
		}
	}
	rows, order, sure := readEntries(list, c.Order)
	for n, r := range rows {
		if r.Why != "" || r.Song.Title == "" {
			continue
		}
		to := &p.Rows[at[n]]
		to.Song.Title, to.Song.Artists = r.Song.Title, r.Song.Artists
		to.How, to.Unclear, to.Notes = r.How, r.Unclear && to.Song.TrackID == "" && to.Song.ISRC == "", append(to.Notes, r.Notes...)
	}
	p.Order, p.Sure = order, sure
	p.Notes = append(p.Notes, orderNotes(order, sure, c.Order)...)
}
