package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"segue/internal/deadletter"
)

// conditions are what a filter asks of a row, with their arguments in order.
type conditions struct {
	terms []string
	args  []any
}

// add appends a condition whose every %s is the place of an argument.
func (w *conditions) add(term string, args ...any) {
	places := make([]any, len(args))
	for i, arg := range args {
		w.args = append(w.args, arg)
		places[i] = fmt.Sprintf("$%d", len(w.args))
	}
	w.terms = append(w.terms, fmt.Sprintf(term, places...))
}

// among adds that a column holds one of these values, of which there may be none.
func (w *conditions) among(column string, values []string) {
	if len(values) == 0 {
		w.add("1 = 0")
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	w.add(column+" IN (%s"+strings.Repeat(", %s", len(args)-1)+")", args...)
}

func termsOf(f deadletter.Filter) *conditions {
	w := &conditions{}
	for _, c := range []struct{ column, value string }{
		{"state", string(f.Wants())},
		{"kind", string(f.Kind)},
		{"step", f.Step},
		{"fingerprint", f.Fingerprint},
		{"person_id", f.Person},
		{"playlist_id", f.Playlist},
	} {
		if c.value != "" {
			w.add("l."+c.column+" = %s", c.value)
		}
	}
	if !f.Since.IsZero() {
		w.add("l.made_at >= %s", millis(f.Since))
	}
	if !f.Until.IsZero() {
		w.add("l.made_at < %s", millis(f.Until))
	}
	if f.IDs != nil {
		w.among("l.id", f.IDs)
	}
	if f.Text != "" {
		w.add(`l.words LIKE %s ESCAPE '\'`, containing(f.Text))
	}
	return w
}

// containing is the pattern, for LIKE with the escape \, of what has the text in it, in lower case.
func containing(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(text)) + "%"
}

func (w *conditions) where() string {
	if len(w.terms) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.terms, " AND ")
}

// Letters returns at most limit letters that the filter lets through, the
// newest first, from the place after the cursor on.
func (db *DB) Letters(ctx context.Context, f deadletter.Filter, after deadletter.Cursor, limit int) ([]deadletter.Letter, error) {
	query, args := lettersQuery(f, after, limit)
	found, err := all(ctx, db.reader, scanLetter, query, args...)
	return found, trouble("read letters", err)
}

func lettersQuery(f deadletter.Filter, after deadletter.Cursor, limit int) (query string, args []any) {
	w := termsOf(f)
	if !after.MadeAt.IsZero() {
		w.add("(l.made_at, l.id) < (%s, %s)", millis(after.MadeAt), after.ID)
	}
	w.args = append(w.args, limit)
	return `SELECT ` + letterColumns + fromLetters + ` WHERE l.id IN (SELECT l.id FROM letters l` + w.where() +
		fmt.Sprintf(` ORDER BY l.made_at DESC, l.id DESC LIMIT $%d) ORDER BY l.made_at DESC, l.id DESC`, len(w.args)), w.args
}

// NewLetters counts the letters that the filter lets through and that stand
// before a cursor in the list: those that came since.
func (db *DB) NewLetters(ctx context.Context, f deadletter.Filter, since deadletter.Cursor) (int, error) {
	w := termsOf(f)
	w.add("(l.made_at, l.id) > (%s, %s)", millis(since.MadeAt), since.ID)
	n, err := one[int](ctx, db.reader, `SELECT count(*) FROM letters l`+w.where(), w.args...)
	return n, trouble("count new letters", err)
}

// LetterGroups returns the largest groups of the letters that the filter lets
// through, at most limit, and how many letters there are in all groups.
func (db *DB) LetterGroups(ctx context.Context, f deadletter.Filter, limit int) (groups []deadletter.Group, total int, err error) {
	err = db.read(ctx, "group letters", func(tx *sql.Tx) error {
		query, args := groupsQuery(f, limit)
		groups, err = all(ctx, tx, func(r row) (g deadletter.Group, err error) {
			var newest int64
			err = r.Scan(&g.Fingerprint, &g.Count, &newest, &total)
			g.Newest.MadeAt = fromMillis(newest)
			return g, err
		}, query, args...)
		for i := range groups {
			if err == nil {
				g := &groups[i]
				g.Newest, err = scanLetter(tx.QueryRowContext(ctx, selectNewest, millis(g.Newest.MadeAt), g.Fingerprint))
			}
		}
		return err
	})
	return groups, total, err
}

func groupsQuery(f deadletter.Filter, limit int) (query string, args []any) {
	w := termsOf(f)
	w.args = append(w.args, limit)
	return `SELECT l.fingerprint, count(*), max(l.made_at), sum(count(*)) OVER () FROM letters l` + w.where() +
		fmt.Sprintf(` GROUP BY l.fingerprint ORDER BY count(*) DESC, l.fingerprint LIMIT $%d`, len(w.args)), w.args
}

const selectNewest = `SELECT ` + letterColumns + fromLetters + ` WHERE l.made_at = $1 AND l.fingerprint = $2 ORDER BY l.id DESC LIMIT 1`
