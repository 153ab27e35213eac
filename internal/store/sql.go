package store

import (
	"context"
	"database/sql"
	"errors"

	"segue/internal/fault"
)

// querier is a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// row is the current row of a result.
type row interface {
	Scan(dest ...any) error
}

// all returns every row of a query.
func all[T any](ctx context.Context, q querier, scan func(row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		found = append(found, one)
	}
	return found, rows.Err()
}

// one returns the first value of the only row, or sql.ErrNoRows.
func one[T any](ctx context.Context, q querier, query string, args ...any) (T, error) {
	var v T
	err := q.QueryRowContext(ctx, query, args...).Scan(&v)
	return v, err
}

// exec runs a statement and returns how many rows it changed.
func exec(ctx context.Context, tx *sql.Tx, query string, args ...any) (int64, error) {
	res, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// write runs do in a transaction that is on disk when write returns nil, and
// undone when it does not.
func (db *DB) write(ctx context.Context, doing string, do func(tx *sql.Tx) error) error {
	return transact(ctx, db.writer, nil, doing, do)
}

// run is write for one statement.
func (db *DB) run(ctx context.Context, doing, query string, args ...any) error {
	return db.write(ctx, doing, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

// read runs do on one state of the database.
func (db *DB) read(ctx context.Context, doing string, do func(tx *sql.Tx) error) error {
	return transact(ctx, db.reader, &sql.TxOptions{ReadOnly: true}, doing, do)
}

func transact(ctx context.Context, p *sql.DB, opts *sql.TxOptions, doing string, do func(tx *sql.Tx) error) error {
	tx, err := p.BeginTx(ctx, opts)
	if err != nil {
		return trouble(doing, err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to roll back
	if err := do(tx); err != nil {
		return trouble(doing, err)
	}
	return trouble(doing, tx.Commit())
}

// absent turns the lack of a row into a NotFound with the message.
func absent(err error, message string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, message, nil)
	}
	return err
}

// orNull stores "" as NULL, which a reference to another table needs.
func orNull(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }
