package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"strings"
	"testing"
	"time"

	"segue/internal/music"
)

func some(rows ...Row) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func two() iter.Seq2[Row, error] {
	return some(
		Row{Number: 1, Song: music.Song{Title: `=HYPERLINK("x")`, Artists: []string{"@A", "B"}, Album: "a, \"b\"\nc", Duration: time.Minute}, State: "matched", Confidence: 0.97, Reasons: []string{"It is.", "Sure."}, Track: &music.Track{ID: "i", Title: "-T", Artists: []music.Artist{{Name: "+A"}}, Duration: 61 * time.Second}},
		Row{Number: 2, Song: music.Song{Title: "\tTab"}, State: "not found"},
	)
}

func TestCSVRunsNothing(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := CSV(&out, two()); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&out).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		strings.Join(columns(), "|"),
		`1|'=HYPERLINK("x")|'@A, B|a, "b"` + "\n" + `c||60000||matched|'-T|'+A||61000|i||0.970|It is. Sure.`,
		"2|'\tTab||||||not found||||||||",
	} {
		if got := strings.Join(rows[i], "|"); got != want {
			t.Errorf("row %d\n%q, want\n%q", i, got, want)
		}
	}
}

func TestNeutralLeavesTheRestAlone(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"": "", "Creep": "Creep", "'39": "'39", "1-2": "1-2", " =1": " =1", "=1": "'=1", "+1": "'+1", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "\nx": "'\nx", "＝1": "'＝1",
	} {
		if got := Neutral(cell); got != want {
			t.Errorf("%q became %q", cell, got)
		}
	}
}

func TestJSONHasTheFieldsOfTheCSV(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := JSON(&out, two()); err != nil {
		t.Fatal(err)
	}
	var rows []map[string]any
	if err := json.Unmarshal(out.Bytes(), &rows); err != nil {
		t.Fatalf("%v: %s", err, out.Bytes())
	}
	if len(rows) != 2 || rows[0]["title"] != `=HYPERLINK("x")` || rows[0]["track_id"] != "i" || rows[1]["state"] != "not found" {
		t.Errorf("%v", rows)
	}
	known := map[string]bool{}
	for _, c := range columns() {
		known[c] = true
	}
	for field := range rows[0] {
		if !known[field] {
			t.Errorf("the CSV has no column %s", field)
		}
	}
	out.Reset()
	if err := JSON(&out, some()); err != nil || out.String() != "[]\n" {
		t.Errorf("nothing is %q, %v", out.String(), err)
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func TestErrorsEndTheExport(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	fails := func(yield func(Row, error) bool) { yield(Row{}, broken) }
	for name, write := range map[string]func(io.Writer, iter.Seq2[Row, error]) error{"csv": CSV, "json": JSON} {
		if err := write(io.Discard, fails); !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
		if err := write(full{}, two()); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
