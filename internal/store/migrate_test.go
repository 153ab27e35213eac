package store

import (
	"context"
	"io/fs"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"segue/internal/fault"
)

func script(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

func openWith(ctx context.Context, path string, files fs.FS) error {
	db, err := open(ctx, path, files, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return db.Close()
}

func TestMigrationsOnlyGoForward(t *testing.T) {
	t.Parallel()
	one := fstest.MapFS{"001_a.sql": script("CREATE TABLE a (id TEXT); CREATE TABLE b (id TEXT)")}
	two := fstest.MapFS{"001_a.sql": one["001_a.sql"], "002_c.sql": script("ALTER TABLE a ADD COLUMN c TEXT")}
	altered := fstest.MapFS{"001_a.sql": script("CREATE TABLE a (id TEXT, more TEXT)")}
	broken := fstest.MapFS{"001_a.sql": one["001_a.sql"], "002_c.sql": script("CREATE TABLE c (id TEXT); CREATE TABLE b (id TEXT)")}
	gap := fstest.MapFS{"001_a.sql": one["001_a.sql"], "003_c.sql": script("CREATE TABLE c (id TEXT)")}

	tests := map[string]struct {
		first, then fs.FS
		kind        fault.Kind
		says        string
	}{
		"again":             {one, one, "", ""},
		"one more":          {one, two, "", ""},
		"a newer schema":    {two, one, fault.Conflict, "newer version"},
		"altered":           {one, altered, fault.Conflict, "different version"},
		"one that fails":    {one, broken, fault.Internal, ""},
		"a missing number":  {one, gap, fault.Internal, ""},
		"none known at all": {one, fstest.MapFS{}, fault.Conflict, "newer version"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "app.db")
			noError(t, openWith(t.Context(), path, test.first))
			before, err := contents(path)
			noError(t, err)
			err = openWith(t.Context(), path, test.then)
			wantKind(t, err, test.kind)
			if test.kind == "" {
				return
			}
			if !strings.Contains(fault.MessageOf(err), test.says) {
				t.Errorf("message %q does not say %q", fault.MessageOf(err), test.says)
			}
			after, err := contents(path)
			if err != nil || string(before) != string(after) {
				t.Error("a refused database was changed:", err)
			}
			noError(t, openWith(t.Context(), path, test.first)) // and can still be used as before
		})
	}
}
