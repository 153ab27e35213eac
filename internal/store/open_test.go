package store

import (
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"segue/internal/fault"
)

func contents(path string) ([]byte, error) {
	return fs.ReadFile(os.DirFS(filepath.Dir(path)), filepath.Base(path))
}

// refused opens the file and returns the fault.
func refused(t *testing.T, path string, want fault.Kind, says string) {
	t.Helper()
	db, err := Open(t.Context(), path, slog.New(slog.DiscardHandler))
	if err == nil {
		t.Fatal("opened", db.Close())
	}
	wantKind(t, err, want)
	if !strings.Contains(fault.MessageOf(err), says) {
		t.Errorf("message %q does not say %q", fault.MessageOf(err), says)
	}
}

func TestOpenMakesAFileForThisUserOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new folder?", "app.db") // ? and space mean something in a DSN
	db := openAt(t, path)
	db.person(t, "ada")
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(name)
		noError(t, err)
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", name, info.Mode().Perm())
		}
	}
	if _, err := os.Stat(path + ".new"); err == nil {
		t.Error("the file it was made as is still there")
	}
}

func TestOpenKeepsWhatIsThere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.db")
	noError(t, os.WriteFile(path+".new", []byte("left by a program that was killed"), 0o600))
	db := openAt(t, path)
	run := db.say(t, NewMessage{PersonID: db.person(t, "ada"), Text: "add X"})
	noError(t, db.Close())
	noError(t, os.Chmod(path, 0o644))

	again := openAt(t, path)
	got, err := again.Run(t.Context(), run.PersonID, run.ID)
	if err != nil || got != run {
		t.Errorf("run %+v, %v; want %+v", got, err, run)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("file %v, %v", info, err)
	}
}

// What is committed must be readable from the files as they are at that moment, as after kill -9.
func TestACommitIsInTheFilesAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := openAt(t, filepath.Join(dir, "app.db"))
	run := db.say(t, NewMessage{PersonID: db.person(t, "ada"), Text: "add X"})
	copied := t.TempDir()
	noError(t, os.CopyFS(copied, os.DirFS(dir)))
	got, err := openAt(t, filepath.Join(copied, "app.db")).Run(t.Context(), run.PersonID, run.ID)
	if err != nil || got != run {
		t.Errorf("run %+v, %v; want %+v", got, err, run)
	}
}

func TestEveryConnectionIsDurableAndReadersCannotWrite(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	noError(t, assertPragmas(t.Context(), db.writer))
	noError(t, assertPragmas(t.Context(), db.reader))
	_, err := db.reader.ExecContext(t.Context(), `DELETE FROM people`)
	wantKind(t, trouble("write by a reader", err), fault.Unavailable)
}

func TestAPragmaThatDoesNotHoldIsRefused(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	for _, pragma := range []string{"synchronous = normal", "foreign_keys = off"} {
		_, err := db.writer.ExecContext(t.Context(), "PRAGMA "+pragma)
		noError(t, err)
		err = assertPragmas(t.Context(), db.writer)
		wantKind(t, err, fault.Internal)
		if name, _, _ := strings.Cut(pragma, " "); !strings.Contains(err.Error(), name) {
			t.Errorf("%v does not name %s", err, name)
		}
		_, err = db.writer.ExecContext(t.Context(), "PRAGMA synchronous = full")
		noError(t, err)
	}
}

// soundFile writes a database of many pages and returns its path.
func soundFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "app.db")
	db := openAt(t, path)
	ada := db.person(t, "ada")
	for range 60 {
		db.say(t, NewMessage{PersonID: ada, Text: strings.Repeat("long ", 400)})
	}
	noError(t, db.Close())
	return path
}

func TestADamagedFileIsRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	const page = 4096
	noise := func(size int) []byte {
		b := make([]byte, size)
		for i := range b {
			b[i] = byte(rand.Uint32())
		}
		return b
	}
	tests := map[string]func(file []byte) []byte{
		"random bytes in page 1":         func(f []byte) []byte { copy(f, noise(page)); return f },
		"random bytes behind the header": func(f []byte) []byte { copy(f[100:page], noise(page)); return f },
		"random bytes in the middle":     func(f []byte) []byte { copy(f[len(f)/2/page*page:], noise(4*page)); return f },
		"zeros in the middle":            func(f []byte) []byte { copy(f[len(f)/2/page*page:], make([]byte, 4*page)); return f },
		"cut in half":                    func(f []byte) []byte { return f[:len(f)/2] },
		"empty":                          func([]byte) []byte { return nil },
		"something else":                 func([]byte) []byte { return []byte("<html>not found</html>") },
		"impossible schema format":       func(f []byte) []byte { f[47] = 200; return f },
	}
	for name, damage := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := soundFile(t)
			file, err := contents(path)
			noError(t, err)
			file = damage(file)
			noError(t, os.WriteFile(path, file, 0o600))
			refused(t, path, fault.Internal, "newest backup")
			after, err := contents(path)
			if err != nil || string(after) != string(file) {
				t.Errorf("the file was changed: %d bytes, then %d; %v", len(file), len(after), err)
			}
		})
	}
}

func TestALogWithoutItsFileIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.db")
	noError(t, os.WriteFile(path+"-wal", []byte("committed pages"), 0o600))
	refused(t, path, fault.Internal, "newest backup")
	if _, err := os.Stat(path); err == nil {
		t.Error("a new file was made")
	}
}

func TestATruncatedLogOpens(t *testing.T) {
	t.Parallel()
	dir, copied := t.TempDir(), t.TempDir()
	db := openAt(t, filepath.Join(dir, "app.db"))
	ada := db.person(t, "ada")
	db.say(t, NewMessage{PersonID: ada, Text: "the last commit"})
	noError(t, os.CopyFS(copied, os.DirFS(dir)))
	wal := filepath.Join(copied, "app.db-wal")
	info, err := os.Stat(wal)
	noError(t, err)
	noError(t, os.Truncate(wal, info.Size()-100))
	noError(t, os.Remove(filepath.Join(copied, "app.db-shm"))) // as after a restart of the machine
	again := openAt(t, filepath.Join(copied, "app.db"))
	if _, err := again.Person(t.Context(), ada); err != nil {
		t.Error("an earlier commit is lost:", err)
	}
	found, err := again.Conversations(t.Context(), ada, 1)
	if err != nil || len(found) != 0 {
		t.Errorf("half a commit is there: %+v, %v", found, err)
	}
}

func TestAFolderThatCannotBeWrittenIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	noError(t, os.WriteFile(filepath.Join(dir, "file"), []byte("x"), 0o600))
	refused(t, filepath.Join(dir, "file", "app.db"), fault.Forbidden, "DATA_DIR")
	refused(t, filepath.Join(dir, "file", "deeper", "app.db"), fault.Forbidden, "DATA_DIR")
	refused(t, dir, fault.Forbidden, "DATA_DIR") // a folder in the place of the file
	if os.Getuid() == 0 {
		return // root may write everything
	}
	noError(t, os.Chmod(dir, 0o500))
	refused(t, filepath.Join(dir, "app.db"), fault.Forbidden, "DATA_DIR")
}

func TestAFullDiskIsUnavailableUntilThereIsSpace(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	pages := func(n int) {
		_, err := one[int](t.Context(), db.writer, "PRAGMA max_page_count = "+strings.Repeat("9", n))
		noError(t, err)
	}
	pages(2) // 99 pages
	var kept int
	var err error
	var began time.Time
	for range 1000 {
		began = time.Now()
		if _, _, err = db.Accept(t.Context(), NewMessage{PersonID: ada, Text: strings.Repeat("long ", 400), Key: newID()}); err != nil {
			break
		}
		kept++
	}
	wantKind(t, err, fault.Unavailable)
	if took := time.Since(began); took > time.Second {
		t.Errorf("the refusal took %v", took)
	}
	found, err := db.Conversations(t.Context(), ada, 1000)
	if err != nil || len(found) != kept {
		t.Errorf("%d conversations of %d, %v", len(found), kept, err)
	}
	pages(6)
	db.say(t, NewMessage{PersonID: ada, Text: "goes on"})
}

func TestALongReaderKeepsNobodyFromWriting(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	tx, err := db.reader.BeginTx(t.Context(), nil)
	noError(t, err)
	defer tx.Rollback() //nolint:errcheck // nothing to keep
	count := func() int {
		n, err := one[int](t.Context(), tx, `SELECT count(*) FROM runs`)
		noError(t, err)
		return n
	}
	before := count()
	for range 50 {
		db.say(t, NewMessage{PersonID: ada, Text: "add X"})
	}
	began := time.Now()
	noError(t, db.DeletePerson(t.Context(), db.person(t, "ben"))) // empties the log, or would
	if took := time.Since(began); took > time.Second {
		t.Errorf("a disconnect waited %v for the reader, and every writer with it", took)
	}
	noError(t, assertPragmas(t.Context(), db.writer))
	if before != 0 || count() != 0 {
		t.Errorf("the reader saw %d runs, then %d", before, count())
	}
}
