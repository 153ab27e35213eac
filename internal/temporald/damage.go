//go:build !noembed

package temporald

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
)

// aside is what a damaged file's name ends in; the next damaged one takes its place.
const aside = ".damaged"

// damage is what is wrong with a file that cannot be worked with any more.
type damage struct{ cause error }

func (d damage) Error() string { return "the file is damaged: " + d.cause.Error() }
func (d damage) Unwrap() error { return d.cause }

// layout is the text that has made tables and indexes.
const layout = `SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master ORDER BY name)`

// inspect reads the whole file and returns fs.ErrNotExist when there is none and
// damage when it makes no sense. SQLite checks how pages, indexes and tables hang together; whether
// the tables are the server's, and have their names still, the seal says.
func inspect(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	err := open(path, func(db *sql.DB) error {
		var verdict string
		if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
			return err
		}
		if verdict != "ok" {
			return damage{errors.New(verdict)}
		}
		return unseal(ctx, db)
	})
	if makesNoSense(err) {
		return damage{err}
	}
	return err
}

// seal writes the checksum of the layout into the header, where SQLite keeps a
// number for its user.
func seal(ctx context.Context, path string) error {
	return open(path, func(db *sql.DB) error {
		sum, err := checksum(ctx, db)
		if err != nil {
			return err
		}
		_, err = db.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", sum))
		return err
	})
}

func unseal(ctx context.Context, db *sql.DB) error {
	sum, err := checksum(ctx, db)
	if err != nil {
		return err
	}
	var sealed int32
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&sealed); err != nil {
		return err
	}
	if sealed != sum || sealed == 0 { // an empty file has neither tables nor a seal
		return damage{errors.New("the tables are not those that were made")}
	}
	return nil
}

func checksum(ctx context.Context, db *sql.DB) (int32, error) {
	var text sql.NullString
	err := db.QueryRowContext(ctx, layout).Scan(&text)
	return int32(crc32.ChecksumIEEE([]byte(text.String))), err // signed, as in the header
}

// open lends a connection to the file, which must exist.
func open(path string, use func(*sql.DB) error) error {
	db, err := sql.Open("sqlite", "file:"+path+"?mode=rw&_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	return errors.Join(use(db), db.Close())
}

// makesNoSense reports whether SQLite could read the file but not understand it:
// SQLITE_ERROR, SQLITE_CORRUPT or SQLITE_NOTADB. A disk that is full is no damage.
func makesNoSense(err error) bool {
	coded, ok := errors.AsType[interface {
		error
		Code() int
	}](err)
	if !ok {
		return false
	}
	switch coded.Code() & 0xff {
	case 1, 11, 26:
		return true
	}
	return false
}

// putAside renames a file and its logs, so that somebody may look at it.
func putAside(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := remove(path + aside + suffix); err != nil {
			return err
		}
		if err := os.Rename(path+suffix, path+aside+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// remove deletes those of the files that are there.
func remove(names ...string) error {
	for _, name := range names {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
