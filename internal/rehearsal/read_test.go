package rehearsal

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

func zipped(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTablesAreRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file, text string
		format     Format
		want       []string // header and rows, cells joined by |
		lines      []int
	}{
		"TSV has no quoting":           {"a.tsv", "title\tartist\n\"Heroes\"\tDavid \"D\" Bowie\n", TSV, []string{"title|artist", `"Heroes"|David "D" Bowie`}, []int{2}},
		"CSV has":                      {"a.csv", "title,artist\n\"Hello, Goodbye\",\"The \"\"Fab\"\"\"\n", CSV, []string{"title|artist", `Hello, Goodbye|The "Fab"`}, []int{2}},
		"a cell of several lines":      {"a.csv", "title,artist\n\"a\nb\",c\nd,e\n", CSV, []string{"title|artist", "a\nb|c", "d|e"}, []int{2, 4}},
		"semicolons":                   {"a.csv", "title;artist\nOne, Two;B\n", CSV, []string{"title|artist", "One, Two|B"}, []int{2}},
		"tabs in CSV":                  {"a.csv", "title\tartist\nOne, Two\tB\n", CSV, []string{"title|artist", "One, Two|B"}, []int{2}},
		"a byte order mark":            {"a.csv", "\ufefftitle,artist\nA,B\n", CSV, []string{"title|artist", "A|B"}, []int{2}},
		"line ends of Windows":         {"a.tsv", "title\tartist\r\nA\tB\r\n", TSV, []string{"title|artist", "A|B"}, []int{2}},
		"no line end at the end":       {"a.tsv", "title\nA", TSV, []string{"title", "A"}, []int{2}},
		"blank lines are skipped":      {"a.tsv", "title\n\nA\n  \nB\n", TSV, []string{"title", "A", "B"}, []int{3, 5}},
		"short and long rows stay":     {"a.tsv", "title\tartist\nA\nB\tC\tD\n", TSV, []string{"title|artist", "A", "B|C|D"}, []int{2, 3}},
		"a header alone":               {"a.csv", "title,artist\n", CSV, []string{"title|artist"}, nil},
		"spaces round a column's name": {"a.csv", " title , artist\nA,B\n", CSV, []string{"title|artist", "A|B"}, []int{2}},
		"by the first line: tabs":      {"the input", "title\tartist\nA\tB\n", TSV, []string{"title|artist", "A|B"}, []int{2}},
		"by the first line: commas":    {"the input", "title,artist\nA,B\n", CSV, []string{"title|artist", "A|B"}, []int{2}},
		"lines":                        {"a.txt", "Blue - Joni Mitchell\n\nRiver - Live - A / B\nNo dash\n", Lines, []string{"title|artists", "Blue|Joni Mitchell", "River - Live|A ¦ B", "No dash"}, []int{1, 3, 4}},
		"zipped":                       {"a.TSV.gz", zipped(t, "title\nA\n"), TSV, []string{"title", "A"}, []int{2}},
		"a long title":                 {"a.tsv", "title\n" + strings.Repeat("x", 200_000) + "\n", TSV, []string{"title", strings.Repeat("x", 200_000)}, []int{2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := NewReader(strings.NewReader(c.text), c.file)
			if err != nil {
				t.Fatal(err)
			}
			got := []string{strings.Join(r.Columns, "|")}
			var lines []int
			for {
				cells, err := r.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				got, lines = append(got, strings.Join(cells, "|")), append(lines, r.Line())
			}
			if !slices.Equal(got, c.want) || !slices.Equal(lines, c.lines) || r.Format != c.format {
				t.Errorf("got %q at %v as %s", got, lines, r.Format)
			}
		})
	}
}

func TestBrokenTablesSayWhere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, text, says string }{
		"an empty file":    {"a.csv", "", "a.csv is empty: its first line must name the columns"},
		"UTF-16":           {"a.csv", "\xff\xfet\x00", "UTF-16; save it as UTF-8"},
		"a bare quote":     {"a.csv", "title,artist\nA,B\nC,D \"x\"\n", `a.csv, line 3, column 5: bare`},
		"an open quote":    {"a.csv", "title\n\"A\n", "a.csv, line 2"},
		"an endless line":  {"a.tsv", "title\nA\n" + strings.Repeat("x", longestLine+1), "a.tsv, line 3: longer than 1048576 bytes"},
		"no zip at all":    {"a.csv.gz", "title\n", "a.csv.gz"},
		"half a zip":       {"a.tsv.gz", zipped(t, strings.Repeat("title\n", 9))[:20], "a.tsv.gz"},
		"quotes in header": {"a.csv", "ti\"tle\n", "a.csv, line 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := NewReader(strings.NewReader(c.text), c.file)
			for err == nil {
				_, err = r.Next()
			}
			if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("says %q, want %q", err, c.says)
			}
		})
	}
}
