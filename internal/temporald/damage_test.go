//go:build !noembed

package temporald

import (
	"bytes"
	"database/sql"
	"errors"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// file makes a file and returns where it is. One process can make one in a folder once,
// since the server keeps its connections.
func file(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if _, err := openStore(t.Context(), Options{Dir: dir, Logger: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	name, err := fileName()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, name)
}

func TestADamagedFileIsPutAsideAndMadeAnew(t *testing.T) {
	t.Parallel()
	noise := func(b []byte) {
		for i := range b {
			b[i] = byte(rand.Uint32())
		}
	}
	made, err := os.ReadFile(file(t))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]func(b []byte) []byte{
		"empty":                func([]byte) []byte { return nil },
		"cut in half":          func(b []byte) []byte { return b[:len(b)/2] },
		"cut after a page":     func(b []byte) []byte { return b[:4096] },
		"cut inside a page":    func(b []byte) []byte { return b[:len(b)-1000] },
		"noise":                func(b []byte) []byte { noise(b); return b },
		"noise in the middle":  func(b []byte) []byte { noise(b[len(b)/2 : len(b)/2+4*4096]); return b },
		"noise in the header":  func(b []byte) []byte { noise(b[:100]); return b },
		"something else":       func([]byte) []byte { return []byte("<html>not found</html>") },
		"a table has no name":  func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("executions"), []byte("executionz")) },
		"a column has no name": func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("range_id"), []byte("range_ie")) },
	}
	for name, damage := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "temporal.db")
			spoilt := damage(bytes.Clone(made))
			if err := os.WriteFile(path, spoilt, 0o600); err != nil {
				t.Fatal(err)
			}
			var log bytes.Buffer
			if err := provide(t.Context(), path, Options{Logger: slog.New(slog.NewTextHandler(&log, nil))}); err != nil {
				t.Fatal(err)
			}
			if err := inspect(t.Context(), path); err != nil {
				t.Errorf("the new file: %v", err)
			}
			if kept, err := os.ReadFile(path + aside); err != nil || len(kept) != len(spoilt) {
				t.Errorf("%d bytes are put aside, want %d; %v", len(kept), len(spoilt), err)
			}
			if !strings.Contains(log.String(), "put aside") {
				t.Errorf("the log says %q", log.String())
			}
		})
	}
}

func TestASoundFileIsUsedAsItIs(t *testing.T) {
	t.Parallel()
	path := file(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := provide(t.Context(), path, Options{Logger: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed: %v", err)
	}
	if _, err := os.Stat(path + aside); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it was put aside: %v", err)
	}
}

// A log that outlived its file would be played into the next one.
func TestTheLogOfALostFileIsNotPlayedIntoTheNext(t *testing.T) {
	t.Parallel()
	lost, dir := file(t), t.TempDir()
	path := filepath.Join(dir, filepath.Base(lost))
	err := open(lost, func(db *sql.DB) error {
		_, err := db.ExecContext(t.Context(), `PRAGMA journal_mode = wal; PRAGMA wal_autocheckpoint = 0;
			DELETE FROM namespaces; CREATE TABLE stray (x TEXT); INSERT INTO stray VALUES (hex(randomblob(100000)))`)
		return errors.Join(err, os.CopyFS(dir, os.DirFS(filepath.Dir(lost))))
	})
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path + "-wal"); err != nil || info.Size() < 100_000 {
		t.Fatalf("there is no log to be played: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	start(t, dir).Stop()
	if err := inspect(t.Context(), path); err != nil {
		t.Error(err)
	}
}
