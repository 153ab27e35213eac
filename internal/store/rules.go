package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"segue/internal/fault"
	"segue/internal/music"
)

const noRule = "This choice is not remembered any more."

const ruleColumns = `id, source_key, song, track, gone, made_at, uses, used_at`

func scanRule(r row) (rule music.Rule, err error) {
	var song, track string
	var made, used int64
	if err = r.Scan(&rule.ID, &rule.Key, &song, &track, &rule.Gone, &made, &rule.Uses, &used); err != nil {
		return music.Rule{}, err
	}
	rule.MadeAt, rule.UsedAt = fromMillis(made), fromMillis(used)
	err = json.Unmarshal([]byte(song), &rule.Song)
	if err == nil && track != "" {
		err = json.Unmarshal([]byte(track), &rule.Track)
	}
	if err != nil {
		return music.Rule{}, fmt.Errorf("read rule %s: %w", rule.ID, err)
	}
	return rule, nil
}

const selectRuleFor = `SELECT ` + ruleColumns + ` FROM rules
	WHERE person_id = $1 AND source_key = $2 AND dropped_at = 0`

// RuleFor returns the person's rule for the songs of a key, and whether there is one.
func (db *DB) RuleFor(ctx context.Context, personID, key string) (rule music.Rule, found bool, err error) {
	rule, err = scanRule(db.reader.QueryRowContext(ctx, selectRuleFor, personID, key))
	if errors.Is(err, sql.ErrNoRows) {
		return music.Rule{}, false, nil
	}
	return rule, err == nil, trouble("read the rule for a song", err)
}

// SaveRule makes a rule of the person out of Key, Song and Track, in place of
// the one they had for the same key. Faults: NotFound when the person is gone;
// Invalid without a key, as of a song without a title.
func (db *DB) SaveRule(ctx context.Context, personID string, rule music.Rule) error {
	if rule.Key == "" {
		return fault.New(fault.Invalid, "This song has no title to remember it by.", nil)
	}
	song, err := json.Marshal(rule.Song)
	if err != nil {
		return fmt.Errorf("write the song of a rule: %w", err)
	}
	var track []byte
	if rule.Track != nil {
		if track, err = json.Marshal(rule.Track); err != nil {
			return fmt.Errorf("write the track of a rule: %w", err)
		}
	}
	return db.write(ctx, "save rule", func(tx *sql.Tx) error {
		if _, err := one[int](ctx, tx, `SELECT 1 FROM people WHERE id = $1`, personID); err != nil {
			return absent(err, noPerson)
		}
		_, err := exec(ctx, tx, `INSERT INTO rules
			(id, person_id, source_key, song, track, words, gone, made_at, uses, used_at, dropped_at)
			VALUES ($1, $2, $3, $4, $5, $6, FALSE, $7, 0, 0, 0)
			ON CONFLICT (person_id, source_key) DO UPDATE SET song = excluded.song, track = excluded.track,
			words = excluded.words, gone = FALSE, made_at = excluded.made_at, uses = 0, used_at = 0, dropped_at = 0`,
			newID(), personID, rule.Key, string(song), string(track), ruleWords(rule), millis(db.now()))
		return err
	})
}

// ruleWords are what a rule is searched by: the song as written and the track.
func ruleWords(r music.Rule) string {
	words := []string{r.Song.String(), r.Song.Album}
	if r.Track != nil {
		words = append(words, r.Track.Title, r.Track.ArtistNames(), r.Track.Album.Name)
	}
	return strings.ToLower(strings.Join(words, "\n"))
}

// UseRule counts that a rule of the person was applied, and notes whether its
// track was gone. Fault NotFound, also for a rule that was dropped meanwhile.
func (db *DB) UseRule(ctx context.Context, personID, id string, gone bool) error {
	return db.changeRule(ctx, "count the use of a rule",
		`UPDATE rules SET uses = uses + 1, used_at = $1, gone = $2 WHERE person_id = $3 AND id = $4 AND dropped_at = 0`,
		millis(db.now()), gone, personID, id)
}

// changeRule runs a statement that changes one rule, or returns a fault NotFound.
func (db *DB) changeRule(ctx context.Context, doing, query string, args ...any) error {
	return db.write(ctx, doing, func(tx *sql.Tx) error { return changeOne(ctx, tx, query, args...) })
}

func changeOne(ctx context.Context, tx *sql.Tx, query string, args ...any) error {
	n, err := exec(ctx, tx, query, args...)
	if err == nil && n == 0 {
		err = sql.ErrNoRows
	}
	return absent(err, noRule)
}
