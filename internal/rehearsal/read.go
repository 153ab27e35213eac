package rehearsal

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"segue/internal/intake"
)

// longestLine bounds one line of a table without quoting, in bytes.
const longestLine = 1 << 20

// Reader reads a table row by row. Its first line names the columns.
type Reader struct {
	Columns []string
	Format  Format
	name    string
	line    int
	next    func() (cells []string, line int, err error)
}

// Format is how a table is written.
type Format string

// The formats. TSV has no quoting: a cell holds neither tabs nor line breaks.
// Lines is "Title - Artist / Artist" on each line, without a header.
const (
	TSV   Format = "tsv"
	CSV   Format = "csv"
	Lines Format = "txt"
)

// formatOf tells the format by the ending of a file's name, "" when it does not say.
func formatOf(name string) Format {
	switch f := Format(strings.TrimPrefix(strings.ToLower(filepath.Ext(strings.TrimSuffix(name, ".gz"))), ".")); f {
	case TSV, CSV, Lines:
		return f
	case "tab":
		return TSV
	default:
		return ""
	}
}

// NewReader reads the table's header. The name stands in errors; its ending says
// how the table is written, .gz included, and where it does not, the first line does.
func NewReader(in io.Reader, name string) (*Reader, error) {
	if strings.HasSuffix(name, ".gz") {
		zip, err := gzip.NewReader(in)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		in = zip
	}
	text := bufio.NewReaderSize(in, 64<<10)
	first, err := text.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if bytes.HasPrefix(first, []byte("\xff\xfe")) || bytes.HasPrefix(first, []byte("\xfe\xff")) {
		return nil, fmt.Errorf("%s is written in UTF-16; save it as UTF-8", name)
	}
	if bytes.HasPrefix(first, []byte("\ufeff")) {
		_, _ = text.Discard(len("\ufeff")) // it was peeked
		first = first[len("\ufeff"):]
	}
	r := &Reader{name: name, Format: formatOf(name)}
	header, _, _ := strings.Cut(string(first), "\n")
	if r.Format == "" {
		r.Format = CSV
		if strings.Contains(header, "\t") {
			r.Format = TSV
		}
	}
	return r, r.open(text, header)
}

// open starts reading and takes the header.
func (r *Reader) open(text *bufio.Reader, header string) error {
	switch r.Format {
	case Lines:
		r.next, r.Columns = byLine(text, splitLine), []string{"title", "artists"}
		return nil
	case CSV:
		r.next = byRecord(text, intake.Separator(header))
	case TSV:
		r.next = byLine(text, func(line string) []string { return strings.Split(line, "\t") })
	}
	cells, err := r.Next()
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%s is empty: its first line must name the columns", r.name)
	}
	for _, c := range cells {
		r.Columns = append(r.Columns, strings.TrimSpace(c))
	}
	return err
}

// Next returns the cells of the next row that is not blank, as many as there
// are; io.EOF after the last. Another error names the file, the line and the column.
func (r *Reader) Next() ([]string, error) {
	for {
		cells, line, err := r.next()
		if line > 0 {
			r.line = line
		}
		if err != nil {
			return nil, r.explain(err)
		}
		if len(cells) > 1 || len(cells) == 1 && strings.TrimSpace(cells[0]) != "" {
			return cells, nil
		}
	}
}

// Line is where the last row began, from 1.
func (r *Reader) Line() int { return r.line }

func (r *Reader) explain(err error) error {
	var wrong *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return io.EOF
	case errors.As(err, &wrong):
		return fmt.Errorf("%s, line %d, column %d: %w", r.name, wrong.Line, wrong.Column, wrong.Err)
	case errors.Is(err, bufio.ErrTooLong):
		return fmt.Errorf("%s, line %d: longer than %d bytes", r.name, r.line+1, longestLine)
	default:
		return fmt.Errorf("%s, after line %d: %w", r.name, r.line, err)
	}
}

func byLine(in io.Reader, split func(string) []string) func() ([]string, int, error) {
	lines, n := bufio.NewScanner(in), 0
	lines.Buffer(nil, longestLine)
	return func() ([]string, int, error) {
		if !lines.Scan() {
			if err := lines.Err(); err != nil {
				return nil, 0, err
			}
			return nil, 0, io.EOF
		}
		n++
		return split(strings.TrimSuffix(lines.Text(), "\r")), n, nil
	}
}

func byRecord(in io.Reader, separator rune) func() ([]string, int, error) {
	records := csv.NewReader(in)
	records.Comma, records.FieldsPerRecord = separator, -1
	return func() ([]string, int, error) {
		cells, err := records.Read()
		if err != nil {
			return nil, 0, err
		}
		line, _ := records.FieldPos(0)
		return cells, line, nil
	}
}

// splitLine reads "Title - Artist / Artist"; the last dash counts.
func splitLine(line string) []string {
	line = strings.TrimSpace(line)
	at := strings.LastIndex(line, " - ")
	if at < 0 {
		return []string{line}
	}
	return []string{line[:at], strings.ReplaceAll(line[at+len(" - "):], " / ", intake.ArtistBreak)}
}

// Rows reads the table in a file and hands on its rows by the names of their
// columns, empty cells left out, with the line on which each began.
func Rows(path string, each func(line int, cells map[string]string)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	table, err := NewReader(f, path)
	if err != nil {
		return err
	}
	for {
		cells, err := table.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		row := make(map[string]string, len(cells))
		for i, c := range cells[:min(len(cells), len(table.Columns))] {
			if c != "" {
				row[table.Columns[i]] = c
			}
		}
		each(table.Line(), row)
	}
}
