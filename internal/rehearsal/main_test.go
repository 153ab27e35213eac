package rehearsal

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// perform runs the sub-command on a text and returns what it wrote.
func perform(t *testing.T, input string, args ...string) (out, log string, err error) {
	t.Helper()
	var o, l bytes.Buffer
	err = Main(t.Context(), append([]string{"-in", "-"}, args...), strings.NewReader(input), &o, &l)
	return o.String(), l.String(), err
}

// table reads TSV back: rows by column.
func table(t *testing.T, text string) []map[string]string {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	columns := strings.Split(lines[0], "\t")
	var out []map[string]string
	for _, line := range lines[1:] {
		cells := strings.Split(line, "\t")
		if len(cells) != len(columns) {
			t.Fatalf("%d cells under %d columns: %q", len(cells), len(columns), line)
		}
		row := map[string]string{}
		for i, c := range cells {
			row[columns[i]] = c
		}
		out = append(out, row)
	}
	return out
}

func TestARehearsalSaysWhatWouldHappen(t *testing.T) {
	t.Parallel()
	out, log, err := perform(t, "n\ttitle\tartist\n1\tBohemian Rhapsody\tQueen\n2\tHallelujah\t\n3\tNo Such Song At All\tNobody\n4\t\tQueen\n5\tCreep\tRadiohead\tx\n6\tCreep\n")
	if err != nil {
		t.Fatal(err)
	}
	rows := table(t, out)
	for i, want := range []string{"auto", "ask", "none", "none", "none", "ask"} {
		r := rows[i]
		if r["n"] != strconv.Itoa(i+1) || r["verdict"] != want || r["reasons"] == "" {
			t.Errorf("row %d: %v, want %s", i+1, r, want)
		}
		if (r["track_id"] != "") != (want == "auto") || (r["alternatives"] != "") != (want != "none") {
			t.Errorf("row %d: ids %q and %q", i+1, r["track_id"], r["alternatives"])
		}
		if c, err := strconv.ParseFloat(r["confidence"], 64); err != nil || c < 0 || c > 1 || (c == 0) != (want == "none") {
			t.Errorf("row %d: confidence %q", i+1, r["confidence"])
		}
	}
	if rows[0]["method"] != "text" || !strings.HasPrefix(rows[0]["alternatives"], rows[0]["track_id"]) {
		t.Errorf("the pick is the first alternative: %v", rows[0])
	}
	if rows[3]["reasons"] != "The title is empty." || rows[4]["reasons"] != "Line 6 has 4 cells where the first line names 3 columns." {
		t.Errorf("refused with %q and %q", rows[3]["reasons"], rows[4]["reasons"])
	}
	if !regexp.MustCompile(`^6 songs: 1 auto, 2 ask, 3 none \(2 refused\); \d+ songs/s, \d\.\d\d queries a song\n$`).MatchString(log) {
		t.Errorf("summary %q", log)
	}
}

func TestHideMakesAsIfItWereNotSaid(t *testing.T) {
	t.Parallel()
	input := "title\tartist\tisrc\nBohemian Rhapsody\tQueen\tGBUM71029604\n"
	shown, _, err := perform(t, "title\tartist\n\tQueen\n")
	if err != nil || !strings.Contains(shown, "none") {
		t.Fatal(shown, err)
	}
	hidden, _, err := perform(t, input, "-hide", "isrc,title")
	if err == nil {
		t.Errorf("nothing is left to look for: %s", hidden)
	}
}

func TestCSVIsHarmlessToSpreadsheets(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "out.csv")
	_, _, err := perform(t, "title,artist,note\n=cmd|' /C calc'!A0,@evil,-5\n+1 (Remix),\"a, b\",- a dash\n\"two\nlines\",b,c\n", "-out", file)
	if err != nil {
		t.Fatal(err)
	}
	written, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer written.Close()
	rows, err := csv.NewReader(written).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"title|artist|note", "'=cmd|' /C calc'!A0|'@evil|-5", "'+1 (Remix)|a, b|'- a dash", "two\nlines|b|c"} {
		if got := strings.Join(rows[i][:3], "|"); got != want {
			t.Errorf("row %d: %q, want %q", i, got, want)
		}
	}
}

func TestTSVHasOneCellForEachColumn(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "out.tsv")
	if _, _, err := perform(t, "title,artist\n\"a\tb\nc\",d\n", "-out", file); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if rows := table(t, string(text)); len(rows) != 1 || rows[0]["title"] != "a b c" {
		t.Errorf("%q", text)
	}
}

func TestRowsStayInOrderAndMemoryIsBounded(t *testing.T) {
	t.Parallel()
	const songs = 2000
	in, feed := io.Pipe()
	go func() {
		_, _ = io.WriteString(feed, "n\ttitle\tartist\n")
		for i := range songs {
			_, _ = fmt.Fprintf(feed, "%d\t%s\t%s\n", i, [...]string{"Bohemian Rhapsody", "Creep", "Nothing Like It"}[i%3], [...]string{"Queen", "Radiohead", "Nobody"}[i%3])
		}
		_ = feed.Close()
	}()
	out := &ordered{t: t}
	var log bytes.Buffer
	if err := Main(t.Context(), []string{"-in", "-"}, in, out, &log); err != nil {
		t.Fatal(err)
	}
	if out.rows != songs {
		t.Errorf("%d rows", out.rows)
	}
	if out.most > 200<<20 {
		t.Errorf("%d MB in use", out.most>>20)
	}
}

// ordered checks the rows as they are written, and the memory in use.
type ordered struct {
	t    *testing.T
	rest string
	rows int
	most uint64
}

func (o *ordered) Write(p []byte) (int, error) {
	lines := strings.Split(o.rest+string(p), "\n")
	o.rest = lines[len(lines)-1]
	for _, line := range lines[:len(lines)-1] {
		n, _, _ := strings.Cut(line, "\t")
		if n == "n" {
			continue
		}
		if n != strconv.Itoa(o.rows) {
			o.t.Errorf("row %s in place %d", n, o.rows)
		}
		o.rows++
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	o.most = max(o.most, m.HeapInuse)
	return len(p), nil
}

func TestTheSameInputGivesTheSameOutput(t *testing.T) {
	t.Parallel()
	var input strings.Builder
	input.WriteString("title\tartist\n")
	for _, s := range []string{"Hallelujah\t", "Creep\tRadiohead", "Dreams\tFleetwood Mac", "Hurt\tJohnny Cash"} {
		input.WriteString(strings.Repeat(s+"\n", 20))
	}
	first, _, err := perform(t, input.String())
	if err != nil {
		t.Fatal(err)
	}
	if second, _, err := perform(t, input.String()); err != nil || second != first {
		t.Errorf("differs: %v", err)
	}
}

func TestWrongUseIsToldBeforeAnythingIsWritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	songs := filepath.Join(dir, "songs.csv")
	if err := os.WriteFile(songs, []byte("title\nCreep\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		says string
		args []string
	}{
		{"Name the table: -in FILE", nil},
		{"unexpected argument", []string{"-in", songs, "more"}},
		{"no such file", []string{"-in", filepath.Join(dir, "none.csv")}},
		{"must end in .csv or .tsv", []string{"-in", songs, "-out", filepath.Join(dir, "x.xlsx")}},
		{"must end in .csv or .tsv", []string{"-in", songs, "-out", filepath.Join(dir, "x.csv.gz")}},
		{"is the table itself", []string{"-in", songs, "-out", songs}},
		{"there is no match strategy", []string{"-in", songs, "-strategy", "lucky"}},
		{"no such file", []string{"-in", songs, "-catalogue", filepath.Join(dir, "none.tsv")}},
		{"there is no column", []string{"-in", songs, "-map", "title=x"}},
	} {
		var out bytes.Buffer
		err := Main(t.Context(), c.args, strings.NewReader(""), &out, io.Discard)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: %v, want %q", c.args, err, c.says)
		}
	}
	if text, err := os.ReadFile(songs); err != nil || string(text) != "title\nCreep\n" {
		t.Errorf("the table is now %q", text)
	}
}

func TestABrokenRowEndsWithWhereAndHowMuchWasDone(t *testing.T) {
	t.Parallel()
	out, _, err := perform(t, "title,artist\nCreep,Radiohead\nA \"b\",c\n")
	if err == nil || !strings.Contains(err.Error(), "the input, line 3, column 3") {
		t.Errorf("%v after %q", err, out)
	}
}

func TestAStopEndsTheRun(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	err := Main(ctx, []string{"-in", "-"}, strings.NewReader("title\nCreep\n"), io.Discard, io.Discard)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestHelpIsNoError(t *testing.T) {
	t.Parallel()
	out, _, err := perform(t, "", "-h")
	if err != nil || !strings.Contains(out, "-catalogue") || !strings.Contains(out, "alternatives") {
		t.Errorf("%v: %s", err, out)
	}
}
