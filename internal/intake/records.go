package intake

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// record is a row of a table as it stands there.
type record struct {
	line  int
	cells []string
	plain bool // quotation marks did not match and were read as text
}

// far is how many lines a cell may span before its opening quotation mark is
// taken for a stray one.
const far = 20

// records reads the rows of a table that are not blank, at most limit and one. A
// row whose quotation marks do not match is cut at every separator instead, so
// that it spoils no other.
func records(text string, separator rune, limit int) []record {
	var out []record
	line := 1
	for text != "" && len(out) <= limit {
		read, rest, wrong := regular(text, separator, line, limit-len(out))
		out = append(out, read...)
		line += strings.Count(text[:len(text)-len(rest)], "\n")
		if !wrong {
			break
		}
		first, after, _ := strings.Cut(rest, "\n")
		out = append(out, record{line: line, cells: loose(first, separator), plain: true})
		text, line = after, line+1
	}
	return out
}

// regular reads rows up to one that breaks the rules, which is the first line of the rest.
func regular(text string, separator rune, line, limit int) (out []record, rest string, wrong bool) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord = separator, -1
	for len(out) <= limit {
		start := r.InputOffset()
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return out, "", false
		}
		if err != nil {
			return out, strings.TrimLeft(text[start:], "\n"), true
		}
		at, _ := r.FieldPos(0)
		if int64(strings.Count(text[start:r.InputOffset()], "\n")) > far {
			return out, strings.TrimLeft(text[start:], "\n"), true
		}
		if strings.TrimSpace(strings.Join(cells, "")) != "" {
			out = append(out, record{line: line + at - 1, cells: cells})
		}
	}
	return out, "", false
}

// loose cuts a line at every separator and takes the quotation marks off its cells.
func loose(line string, separator rune) []string {
	cells := strings.Split(line, string(separator))
	for i, c := range cells {
		cells[i] = unquote(c)
	}
	return cells
}

// Separator returns what most likely separates the cells of a table with this
// header: some programs write semicolons or tabs.
func Separator(header string) rune {
	best := ','
	for _, r := range ";\t" {
		if strings.Count(header, string(r)) > strings.Count(header, string(best)) {
			best = r
		}
	}
	return best
}
