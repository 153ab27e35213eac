package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"segue/internal/fault"
	"segue/internal/schedule"
)

const noSchedule = "This schedule does not exist any more."

const scheduleColumns = `s.id, s.person_id, s.name, s.kind, s.url, s.from_id, s.from_name, s.to_id, s.to_name, s.timing,
	s.paused, s.failed, s.since, s.seen, s.version, s.created_at`

func scanSchedule(r row) (s schedule.Schedule, err error) {
	var timing, seen string
	var since, created int64
	err = r.Scan(&s.ID, &s.PersonID, &s.Name, &s.Kind, &s.URL, &s.From.ID, &s.From.Name, &s.To.ID, &s.To.Name, &timing,
		&s.Paused, &s.Failed, &since, &seen, &s.Version, &created)
	if err != nil {
		return s, err
	}
	s.Since, s.CreatedAt = fromMillis(since), fromMillis(created)
	if err := json.Unmarshal([]byte(timing), &s.Timing); err != nil {
		return s, fmt.Errorf("read when a schedule is due: %w", err)
	}
	if seen != "" {
		err = json.Unmarshal([]byte(seen), &s.Seen)
	}
	return s, err
}

// AddSchedule keeps a new schedule; one that is there stays as it is. Faults: Unauthorised when the person is gone,
// Conflict when they have schedule.Max of them.
func (db *DB) AddSchedule(ctx context.Context, s schedule.Schedule) error {
	timing, err := encode(&s.Timing)
	if err != nil {
		return fmt.Errorf("write when a schedule is due: %w", err)
	}
	return db.write(ctx, "add schedule", func(tx *sql.Tx) error {
		if err := lockPerson(ctx, tx, s.PersonID); err != nil {
			return err
		}
		_, err := scanSchedule(tx.QueryRowContext(ctx, selectSchedule, s.ID, s.PersonID))
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		n, err := one[int](ctx, tx, `SELECT count(*) FROM schedules WHERE person_id = $1`, s.PersonID)
		if err != nil {
			return err
		}
		if n >= schedule.Max {
			return fault.New(fault.Conflict, fmt.Sprintf("You have %d schedules, and that is the most.", n), nil)
		}
		_, err = exec(ctx, tx, `INSERT INTO schedules
			(id, person_id, name, kind, url, from_id, from_name, to_id, to_name, timing, paused, failed, since, seen, conversation_id, version, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, FALSE, $12, '', '', $13, $14)`,
			s.ID, s.PersonID, s.Name, s.Kind, s.URL, s.From.ID, s.From.Name, s.To.ID, s.To.Name, timing, s.Paused, millis(s.Since), s.Version, millis(s.CreatedAt))
		return err
	})
}

// Schedules returns those of the person, the oldest first.
func (db *DB) Schedules(ctx context.Context, personID string) ([]schedule.Schedule, error) {
	found, err := all(ctx, db.reader, scanSchedule, `SELECT `+scheduleColumns+` FROM schedules s
		WHERE s.person_id = $1 ORDER BY s.created_at, s.id`, personID)
	return found, trouble("read schedules", err)
}

// AllSchedules returns those of everybody, for whoever keeps the engine to them.
func (db *DB) AllSchedules(ctx context.Context) ([]schedule.Schedule, error) {
	found, err := all(ctx, db.reader, scanSchedule, `SELECT `+scheduleColumns+` FROM schedules s ORDER BY s.created_at, s.id`)
	return found, trouble("read all schedules", err)
}

const selectSchedule = `SELECT ` + scheduleColumns + ` FROM schedules s WHERE s.id = $1 AND s.person_id = $2`

// Schedule returns one of the person's. Fault NotFound.
func (db *DB) Schedule(ctx context.Context, personID, id string) (schedule.Schedule, error) {
	s, err := scanSchedule(db.reader.QueryRowContext(ctx, selectSchedule, id, personID))
	return s, trouble("read schedule", absent(err, noSchedule))
}

// PauseSchedule holds a schedule up, or lets it go on from now. Fault NotFound.
func (db *DB) PauseSchedule(ctx context.Context, personID, id string, paused bool) error {
	return db.changeSchedule(ctx, `UPDATE schedules SET paused = $3, failed = FALSE, version = version + 1,
		since = CASE WHEN paused AND NOT $3 THEN $4 ELSE since END`, personID, id, paused, millis(db.now()))
}

// DeleteSchedule forgets a schedule; its requests stay. Fault NotFound.
func (db *DB) DeleteSchedule(ctx context.Context, personID, id string) error {
	return db.changeSchedule(ctx, `DELETE FROM schedules`, personID, id)
}

// changeSchedule changes one of the person's; the values count from $3.
func (db *DB) changeSchedule(ctx context.Context, change, personID, id string, values ...any) error {
	return db.write(ctx, "change schedule", func(tx *sql.Tx) error {
		n, err := exec(ctx, tx, change+` WHERE id = $1 AND person_id = $2`, append([]any{id, personID}, values...)...)
		if err == nil && n == 0 {
			err = sql.ErrNoRows
		}
		return absent(err, noSchedule)
	})
}
