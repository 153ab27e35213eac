// Package store keeps what must not be lost: people and their sealed tokens,
// sessions, conversations, and the ledger of accepted requests with their
// outcomes. Every call that concerns a person takes their id and sees nothing
// of anybody else's. It keeps no playlists: those live in Spotify.
//
// The SQL is one text for SQLite and PostgreSQL; all that knows which of the
// two it is stands in sqlite.go.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"segue/internal/auth"
)

//go:embed migrations/*.sql
var migrations embed.FS

// DB is the application database. Its methods may be called concurrently.
// They return a *fault.Error for what a person or operator can act upon:
// NotFound for what is absent or somebody else's, Unavailable for a full disk
// or a busy database, Internal for a damaged file.
type DB struct {
	writer *sql.DB // one connection: writers queue here and not inside SQLite
	reader *sql.DB
	now    func() time.Time
	opened time.Time
}

// steady is the time by a clock that shows that of the machine when the database
// was opened and goes on evenly from there, whatever becomes of that of the machine.
func (db *DB) steady() time.Time { return db.opened.Add(time.Since(db.opened)) }

// age returns how long ago a time of the steady clock was. One of an earlier life that
// lies ahead was told by a clock that has gone back since: it is as old as this life.
func (db *DB) age(at time.Time) time.Duration {
	now := db.steady()
	if at.After(now) {
		at = db.opened
	}
	return now.Sub(at)
}

// Open opens the database file at path, makes it (and its folder) when there is
// none, brings its schema up to date and checks that the file is sound. It
// refuses, with a fault whose message says what to do, a folder that cannot be
// written (Forbidden), a schema that is newer than or different from this
// program's (Conflict), and a damaged file (Internal), which it leaves as it is.
func Open(ctx context.Context, path string, logger *slog.Logger) (*DB, error) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, err
	}
	return open(ctx, path, files, logger)
}

func open(ctx context.Context, path string, files fs.FS, logger *slog.Logger) (*DB, error) {
	start := time.Now()
	db, err := openSQLite(ctx, path)
	if err != nil {
		return nil, err
	}
	applied, err := migrate(ctx, db, files)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	logger.InfoContext(ctx, "database is open", "migrations_applied", applied, "took", time.Since(start))
	return db, nil
}

// Close waits for calls that are under way and closes the database.
func (db *DB) Close() error {
	// The writer goes last: the last connection folds the write-ahead log into the file.
	return errors.Join(db.reader.Close(), db.writer.Close())
}

// newID returns 128 random bits as 26 characters that are safe in a URL.
func newID() string { return strings.ToLower(rand.Text()) }

// millis is how times are stored; the zero time is 0.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// DB is all that auth wants kept.
var _ auth.Store = (*DB)(nil)
