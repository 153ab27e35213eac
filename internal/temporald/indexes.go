//go:build !noembed

package temporald

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// spare makes the statements that drop the indexes of the visibility table but for
// the one that gives a list its order. There are 57, one for each attribute somebody
// may search by, and writing them costs more than all else in a record; who searches
// here reads the rows of the retention, which are few.
const spare = `SELECT group_concat('DROP INDEX ' || name, ';') FROM sqlite_master
	WHERE type = 'index' AND tbl_name = 'executions_visibility' AND name LIKE 'by@_%' ESCAPE '@'`

// dropIndexes drops the spare ones of a new file.
func dropIndexes(ctx context.Context, path string) (err error) {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var drops string
	if err := db.QueryRowContext(ctx, spare).Scan(&drops); err != nil {
		return fmt.Errorf("list indexes: %w", err)
	}
	if _, err := db.ExecContext(ctx, "BEGIN;"+drops+";COMMIT"); err != nil {
		return fmt.Errorf("drop indexes: %w", err)
	}
	return nil
}
