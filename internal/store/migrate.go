package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"segue/internal/failpoint"
	"segue/internal/fault"
)

// migration is one file NNN_name.sql; versions count from 1 without a gap.
type migration struct {
	version  int
	name     string
	text     string
	checksum string
}

const createMigrations = `CREATE TABLE IF NOT EXISTS schema_migrations (
	version    BIGINT NOT NULL PRIMARY KEY,
	name       TEXT   NOT NULL,
	checksum   TEXT   NOT NULL,
	applied_at BIGINT NOT NULL
)`

// migrate applies the migrations that are missing, each in a transaction, and
// returns how many those were. What was applied before must be what it knows.
func migrate(ctx context.Context, db *DB, files fs.FS) (int, error) {
	known, err := readMigrations(files)
	if err != nil {
		return 0, fmt.Errorf("read migrations: %w", err)
	}
	if _, err := db.writer.ExecContext(ctx, createMigrations); err != nil {
		return 0, trouble("make the table of migrations", err)
	}
	applied, err := all(ctx, db.writer, scanMigration,
		`SELECT version, name, checksum FROM schema_migrations ORDER BY version`)
	if err != nil {
		return 0, trouble("read the table of migrations", err)
	}
	if err := compare(applied, known); err != nil {
		return 0, err
	}
	missing := known[len(applied):]
	for _, m := range missing {
		if err := db.apply(ctx, m); err != nil {
			return 0, err
		}
	}
	return len(missing), nil
}

// apply takes the version first: of two programs that migrate one database, the second finds it taken.
func (db *DB) apply(ctx context.Context, m migration) error {
	return db.write(ctx, "apply migration "+m.name, func(tx *sql.Tx) error {
		taken, err := exec(ctx, tx, `INSERT INTO schema_migrations (version, name, checksum, applied_at)
			VALUES ($1, $2, $3, $4) ON CONFLICT (version) DO NOTHING`,
			m.version, m.name, m.checksum, millis(db.now()))
		if err != nil || taken == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, m.text)
		failpoint.Hit(failpoint.Migration)
		return err
	})
}

// compare refuses a database that another program made: a newer one, or one with other migrations.
func compare(applied, known []migration) error {
	for i, a := range applied {
		if i >= len(known) {
			return fault.New(fault.Conflict, "The database was written by a newer version of Segue. "+
				"Start that version, or restore the backup that was made before the upgrade. Nothing was changed.",
				fmt.Errorf("schema version %d, known up to %d", applied[len(applied)-1].version, len(known)))
		}
		if a.version != known[i].version || a.checksum != known[i].checksum {
			return fault.New(fault.Conflict, "The database was built by a different version of Segue than this one. "+
				"Start the version that built it, or restore a backup that fits this one. Nothing was changed.",
				fmt.Errorf("migration %s differs from %s as applied", known[i].name, a.name))
		}
	}
	return nil
}

func readMigrations(files fs.FS) ([]migration, error) {
	names, err := fs.Glob(files, "*.sql") // sorted
	if err != nil {
		return nil, err
	}
	known := make([]migration, len(names))
	for i, name := range names {
		number, _, _ := strings.Cut(name, "_")
		if version, err := strconv.Atoi(number); err != nil || version != i+1 {
			return nil, fmt.Errorf("%s: want number %03d", name, i+1)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		known[i] = migration{version: i + 1, name: name, text: string(text), checksum: hex.EncodeToString(sum[:])}
	}
	return known, nil
}

func scanMigration(r row) (m migration, err error) {
	err = r.Scan(&m.version, &m.name, &m.checksum)
	return m, err
}
