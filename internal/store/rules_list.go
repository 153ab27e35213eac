package store

import (
	"context"
	"database/sql"
	"strings"

	"segue/internal/music"
)

const (
	selectRules = `SELECT ` + ruleColumns + ` FROM rules
		WHERE person_id = $1 AND dropped_at = 0 ORDER BY made_at DESC, id DESC LIMIT $2 OFFSET $3`
	searchRules = `SELECT ` + ruleColumns + ` FROM rules
		WHERE person_id = $1 AND dropped_at = 0 AND words LIKE $4 ESCAPE '\' ORDER BY made_at DESC, id DESC LIMIT $2 OFFSET $3`
	countRules      = `SELECT count(*) FROM rules WHERE person_id = $1 AND dropped_at = 0`
	countFoundRules = countRules + ` AND words LIKE $2 ESCAPE '\'`
	dropEarlier     = `DELETE FROM rules WHERE person_id = $1 AND dropped_at > 0 AND id <> $2`
)

// Rules returns at most limit rules of the person from offset on, the newest
// first, and how many there are. With a text only those count whose song or
// track, as named when the rule was made, holds it.
func (db *DB) Rules(ctx context.Context, personID, text string, offset, limit int) (rules []music.Rule, total int, err error) {
	page, count := selectRules, countRules
	args, of := []any{personID, limit, offset}, []any{personID}
	if text = strings.ToLower(strings.TrimSpace(text)); text != "" {
		pattern := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
		page, count = searchRules, countFoundRules
		args, of = append(args, pattern), append(of, pattern)
	}
	err = db.read(ctx, "read rules", func(tx *sql.Tx) error {
		if total, err = one[int](ctx, tx, count, of...); err != nil {
			return err
		}
		rules, err = all(ctx, tx, scanRule, page, args...)
		return err
	})
	return rules, total, err
}

// DroppedRule returns the rule of the person that was dropped last, if it has
// this id and can still be put back, or a fault NotFound.
func (db *DB) DroppedRule(ctx context.Context, personID, id string) (music.Rule, error) {
	rule, err := scanRule(db.reader.QueryRowContext(ctx,
		`SELECT `+ruleColumns+` FROM rules WHERE id = $1 AND person_id = $2 AND dropped_at > 0`, id, personID))
	return rule, trouble("read dropped rule", absent(err, noRule))
}

// DropRule takes a rule of the person out of force. It can be put back until the
// next one is dropped; those dropped before are deleted for good. Repeating it
// changes nothing. Fault NotFound.
func (db *DB) DropRule(ctx context.Context, personID, id string) error {
	return db.write(ctx, "drop rule", func(tx *sql.Tx) error {
		err := changeOne(ctx, tx, `UPDATE rules SET dropped_at = $1 WHERE person_id = $2 AND id = $3`,
			millis(db.now()), personID, id)
		if err == nil {
			_, err = exec(ctx, tx, dropEarlier, personID, id)
		}
		return err
	})
}

// RestoreRule puts a dropped rule of the person back into force. One that is in
// force stays so. Fault NotFound.
func (db *DB) RestoreRule(ctx context.Context, personID, id string) error {
	return db.changeRule(ctx, "restore rule",
		`UPDATE rules SET dropped_at = 0 WHERE person_id = $1 AND id = $2`, personID, id)
}
