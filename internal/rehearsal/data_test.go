package rehearsal

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const dataDir = "../../../shared/data"

// Every table of the data folder must go through, whatever its columns are called.
func TestEveryFileOfTheDataFolder(t *testing.T) {
	t.Parallel()
	files, err := os.ReadDir(dataDir)
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") == "" {
		t.Skipf("no development data: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.HasSuffix(f.Name(), ".md") {
			continue
		}
		t.Run(f.Name(), func(t *testing.T) {
			t.Parallel()
			in, err := os.Open(filepath.Join(dataDir, f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			defer in.Close()
			table, err := NewReader(in, f.Name())
			if err != nil {
				t.Fatal(err)
			}
			l, err := lay("", "", table)
			if err != nil {
				t.Fatal(err)
			}
			for range 200 {
				cells, err := table.Next()
				if err != nil {
					break // the end, or the test of what is read has failed already
				}
				if s, notes, err := l.Song(cells); err != nil || len(notes) > 0 || len(cells) > len(table.Columns) {
					t.Fatalf("line %d: %v %v %v", table.Line(), s, notes, err)
				}
			}
			if table.Line() < 100 {
				t.Errorf("only %d lines were read", table.Line())
			}
		})
	}
}
