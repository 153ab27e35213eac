package rehearsal

import (
	"bufio"
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"segue/internal/export"
	"segue/internal/music"
)

// added are the columns that a rehearsal adds to its table.
func added() []string {
	return []string{"verdict", "track_id", "confidence", "method", "reasons", "alternatives"}
}

// answer fills the added columns: under auto the id of the pick; under auto and
// ask the ids of all recordings that could be meant, best first.
func answer(m music.Match) []string {
	id, confidence := "", 0.0
	if len(m.Choices) > 0 {
		confidence = m.Choices[0].Confidence
	}
	if pick, ok := m.Pick(); ok {
		id = pick.Track.ID
	}
	ids := make([]string, len(m.Choices))
	for i, c := range m.Choices {
		ids[i] = c.Track.ID
	}
	return []string{
		string(m.Verdict), id, strconv.FormatFloat(confidence, 'f', 3, 64), m.Method,
		strings.Join(m.Reasons, " "), strings.Join(ids, "|"),
	}
}

// writer writes rows; flush must follow the last.
type writer interface {
	Write(cells []string) error
	flush() error
}

func newWriter(out io.Writer, f Format) writer {
	if f == CSV {
		return csvWriter{csv.NewWriter(out)}
	}
	return tsvWriter{bufio.NewWriter(out)}
}

type csvWriter struct{ *csv.Writer }

func (w csvWriter) Write(cells []string) error {
	safe := make([]string, len(cells))
	for i, c := range cells {
		safe[i] = harmless(c)
	}
	return w.Writer.Write(safe)
}

func (w csvWriter) flush() error {
	w.Flush()
	return w.Error()
}

// harmless neutralises what a spreadsheet would run as a formula. Numbers stay numbers.
func harmless(cell string) string {
	if _, err := strconv.ParseFloat(cell, 64); err == nil {
		return cell
	}
	return export.Neutral(cell)
}

type tsvWriter struct{ *bufio.Writer }

func (w tsvWriter) Write(cells []string) error {
	for i, c := range cells {
		if i > 0 {
			_ = w.WriteByte('\t') // flush tells what went wrong
		}
		_, _ = w.WriteString(oneCell(c))
	}
	return w.WriteByte('\n')
}

func (w tsvWriter) flush() error { return w.Flush() }

// oneCell takes from a text what would end its cell.
func oneCell(s string) string {
	if !strings.ContainsAny(s, "\t\r\n") {
		return s
	}
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("\t\r\n", r) }), " ")
}
