package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"segue/internal/fault"
)

// readers bounds the connections that only read.
const readers = 4

// The parameters of the two pools. The text of a _pragma is run as SQL, so
// these stay constants. FULL makes a commit survive a power cut, secure_delete
// overwrites what is deleted, and mode=rw never makes a file.
const (
	pragmas      = "_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_pragma=secure_delete(1)&_pragma=synchronous(full)"
	writerParams = "mode=rw&_txlock=immediate&_pragma=journal_mode(wal)&" + pragmas
	readerParams = "mode=rw&_pragma=query_only(1)&" + pragmas
)

// openSQLite opens an existing sound file, or makes an empty one first.
func openSQLite(ctx context.Context, path string) (*DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find the database: %w", err)
	}
	if err := provide(ctx, path); err != nil {
		return nil, err
	}
	writer, err := pool(path, writerParams, 1)
	if err != nil {
		return nil, err
	}
	reader, err := pool(path, readerParams, readers)
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	db := &DB{writer: writer, reader: reader, now: time.Now, opened: time.Now()}
	if err := inspect(ctx, writer); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := assertPragmas(ctx, writer); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func pool(path, params string, size int) (*sql.DB, error) {
	dsn := url.URL{Scheme: "file", Path: path, RawQuery: params}
	p, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	p.SetMaxOpenConns(size)
	p.SetMaxIdleConns(size)
	return p, nil
}

// provide sees to it that there is a file that this user alone can read and
// that can be written. It makes one only where there is none.
func provide(ctx context.Context, path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return create(ctx, path)
	}
	if err != nil {
		return notWritable(err)
	}
	if info.Size() == 0 {
		return damaged(errors.New("the file is empty"))
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return notWritable(err)
	}
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
		return notWritable(err)
	}
	return nil
}

// create makes an empty database under another name and moves it into place, so
// that a program killed meanwhile leaves none, and an empty app.db is always damage.
func create(ctx context.Context, path string) error {
	if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
		return damaged(errors.New("the write-ahead log is there without its file"))
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return notWritable(err)
	}
	fresh := path + ".new"
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		if err := os.Remove(fresh + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return notWritable(err)
		}
	}
	f, err := os.OpenFile(fresh, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return notWritable(err)
	}
	if err := errors.Join(f.Close(), initialise(ctx, fresh)); err != nil {
		return err
	}
	if err := os.Rename(fresh, path); err != nil { // on disk with the first commit: SQLite syncs the folder of a new log
		return notWritable(err)
	}
	return nil
}

// initialise writes the header page: switching to WAL does.
func initialise(ctx context.Context, path string) error {
	p, err := pool(path, writerParams, 1)
	if err != nil {
		return err
	}
	return errors.Join(trouble("make the database", p.PingContext(ctx)), p.Close())
}

// inspect reads the whole file and reports what is wrong with it as one fault. It
// compares the indexes with their tables too, which finds what quick_check does not.
// A bit that has changed inside a text is found by neither.
func inspect(ctx context.Context, p *sql.DB) error {
	var verdict string
	err := p.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict)
	switch code := sqliteCode(err); {
	case code == sqlite3.SQLITE_ERROR: // a header that makes no sense is reported like this too
		return damaged(err)
	case err != nil:
		return trouble("check the database", err)
	case verdict != "ok":
		return damaged(errors.New(verdict))
	}
	return nil
}

// assertPragmas proves that the promises of durability hold; SQLite ignores a pragma it cannot follow.
func assertPragmas(ctx context.Context, p *sql.DB) error {
	want := []struct{ pragma, value string }{
		{"journal_mode", "wal"},
		{"synchronous", "2"},
		{"foreign_keys", "1"},
		{"busy_timeout", "5000"},
		{"secure_delete", "1"},
	}
	for _, w := range want {
		var got string
		if err := p.QueryRowContext(ctx, "PRAGMA "+w.pragma).Scan(&got); err != nil {
			return trouble("read pragma "+w.pragma, err)
		}
		if got != w.value {
			return fault.New(fault.Internal,
				"The database cannot be used safely on this file system. Set DATA_DIR to a folder on a local disk.",
				fmt.Errorf("pragma %s is %s, not %s", w.pragma, got, w.value))
		}
	}
	return nil
}

// scrub empties the write-ahead log, where deleted rows live on otherwise. A
// reader may be in the way; then the log is emptied by a later checkpoint, since
// one that waits for readers holds up every writer.
func (db *DB) scrub(ctx context.Context) error {
	_, err := db.writer.ExecContext(context.WithoutCancel(ctx),
		"PRAGMA busy_timeout = 100; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA busy_timeout = 5000")
	return trouble("empty the write-ahead log", err)
}

// trouble says what was being done when err came up, and makes a fault of what
// the driver reports about disk and file. Faults and nil pass unchanged.
func trouble(doing string, err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	err = fmt.Errorf("%s: %w", doing, err)
	switch sqliteCode(err) & 0xff {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return damaged(err)
	case sqlite3.SQLITE_FULL:
		return fault.New(fault.Unavailable, "There is no space left to save this.", err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fault.New(fault.Unavailable, "The database is busy.", err)
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
		return fault.New(fault.Unavailable, "The database cannot be read or written just now.", err)
	}
	return err
}

// sqliteCode returns the extended result code, 0 for other errors.
func sqliteCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}

func damaged(err error) error {
	return fault.New(fault.Internal, "The database file is damaged. It was left as it is. "+
		"To go on, stop Segue, move app.db, app.db-wal and app.db-shm to another folder, "+
		"put the newest backup of app.db in their place, and start Segue again.", err)
}

func notWritable(err error) error {
	return fault.New(fault.Forbidden, "Segue cannot write its data folder. "+
		"Make the folder and the files in it writable for the user who runs Segue, or set DATA_DIR to another folder.", err)
}
