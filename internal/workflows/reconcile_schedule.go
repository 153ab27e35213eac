package workflows

import (
	"context"
	"errors"
	"slices"
	"time"

	"segue/internal/schedule"
)

// timetable is all schedules; *store.DB satisfies it.
type timetable interface {
	AllSchedules(ctx context.Context) ([]schedule.Schedule, error)
}

// timekeeper starts what is due; *Client satisfies it.
type timekeeper interface {
	PutSchedule(ctx context.Context, s schedule.Schedule, now time.Time) (until time.Time, err error)
	DropSchedule(ctx context.Context, id string) error
	ScheduleIDs(ctx context.Context) ([]string, error)
}

// posted is what the engine knows of a schedule.
type posted struct {
	version int64
	renew   time.Time // when it needs more times
}

// post puts every schedule into the engine that it does not know as it is, and
// takes out those that are gone. One that fails is tried again the next time.
func (r *Reconciler) post(ctx context.Context, now time.Time) error {
	all, err := r.ledger.AllSchedules(ctx)
	if err != nil {
		return err
	}
	var failed error
	there := make(map[string]bool, len(all))
	for _, s := range all {
		there[s.ID] = true
		if known, ok := r.posted[s.ID]; ok && known.version == s.Version && now.Before(known.renew) {
			continue
		}
		until, err := r.engine.PutSchedule(ctx, s, now)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		r.posted[s.ID] = posted{version: s.Version, renew: now.Add(max(until.Sub(now)/2, sweepEvery))}
	}
	for id := range r.posted {
		if !there[id] {
			if err := r.engine.DropSchedule(ctx, id); err != nil {
				failed = errors.Join(failed, err)
				continue
			}
			delete(r.posted, id)
		}
	}
	return failed
}

// compare looks through the engine for schedules that the ledger does not have,
// which go, and forgets those that it has lost, which are put again.
func (r *Reconciler) compare(ctx context.Context) error {
	ids, err := r.engine.ScheduleIDs(ctx)
	if err != nil {
		return err
	}
	all, err := r.ledger.AllSchedules(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if !slices.ContainsFunc(all, func(s schedule.Schedule) bool { return s.ID == id }) {
			if err := r.engine.DropSchedule(ctx, id); err != nil {
				return err
			}
		}
	}
	for id := range r.posted {
		if !slices.Contains(ids, id) {
			delete(r.posted, id)
		}
	}
	return nil
}
