package workflows

import (
	"context"
	"errors"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"segue/internal/fault"
	"segue/internal/schedule"
)

// plannedTimes is how many times of a schedule the engine knows ahead.
const plannedTimes = 64

const (
	schedulePrefix = "schedule-"
	schedulePage   = 200
)

// ScheduleID is the id of a schedule in the engine, and the beginning of the workflow ids it starts.
func ScheduleID(id string) string { return schedulePrefix + id }

// PutSchedule makes the engine's schedule agree with the ledger's, and has what
// was due within schedule.CatchUp done now if it has not been. until is the last
// time that the engine knows: before then it has to be put again. The engine gets
// times and no calendar, so that what it does is what the page shows, also when the clocks change.
func (c *Client) PutSchedule(ctx context.Context, s schedule.Schedule, now time.Time) (until time.Time, err error) {
	from := now.Add(-schedule.CatchUp)
	if s.Since.After(from) {
		from = s.Since
	}
	times := s.Timing.Next(from, plannedTimes)
	if len(times) > 0 {
		until = times[len(times)-1]
	}
	handle := c.temporal.ScheduleClient().GetHandle(ctx, ScheduleID(s.ID))
	plan := planOf(s, times)
	err = handle.Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			return &client.ScheduleUpdate{Schedule: &plan}, nil
		},
	})
	if _, absent := errors.AsType[*serviceerror.NotFound](err); absent {
		handle, err = c.temporal.ScheduleClient().Create(ctx, client.ScheduleOptions{
			ID: ScheduleID(s.ID), Spec: *plan.Spec, Action: plan.Action, Paused: s.Paused,
			Overlap: plan.Policy.Overlap, CatchupWindow: plan.Policy.CatchupWindow,
		})
	}
	if err == nil && !s.Paused && len(times) > 0 && !times[0].After(now) {
		err = handle.Backfill(ctx, client.ScheduleBackfillOptions{Backfill: []client.ScheduleBackfill{
			{Start: from, End: now, Overlap: enumspb.SCHEDULE_OVERLAP_POLICY_SKIP},
		}})
	}
	return until, unavailable(err)
}

func planOf(s schedule.Schedule, times []time.Time) client.Schedule {
	spec := &client.ScheduleSpec{Jitter: schedule.Jitter}
	for _, at := range times {
		at = at.UTC()
		spec.Calendars = append(spec.Calendars, client.ScheduleCalendarSpec{
			Year: exactly(at.Year()), Month: exactly(int(at.Month())), DayOfMonth: exactly(at.Day()), Hour: exactly(at.Hour()), Minute: exactly(at.Minute()),
		})
	}
	return client.Schedule{
		Spec: spec,
		Action: &client.ScheduleWorkflowAction{
			ID: ScheduleID(s.ID), Workflow: Repeat, Args: []any{RepeatInput{ScheduleID: s.ID, PersonID: s.PersonID}}, TaskQueue: TaskQueue,
			WorkflowTaskTimeout:   taskLimit,
			TypedSearchAttributes: temporal.NewSearchAttributes(keyword(AttrUserID).ValueSet(s.PersonID)),
			Priority:              temporal.Priority{PriorityKey: inBulk, FairnessKey: s.PersonID},
		},
		Policy: &client.SchedulePolicies{Overlap: enumspb.SCHEDULE_OVERLAP_POLICY_SKIP, CatchupWindow: schedule.CatchUp},
		State:  &client.ScheduleState{Paused: s.Paused},
	}
}

func exactly(n int) []client.ScheduleRange { return []client.ScheduleRange{{Start: n}} }

// TriggerSchedule has a schedule run now, paused or not, or once it has ended when it is running.
func (c *Client) TriggerSchedule(ctx context.Context, s schedule.Schedule) error {
	if _, err := c.PutSchedule(ctx, s, time.Now()); err != nil {
		return err
	}
	return unavailable(c.temporal.ScheduleClient().GetHandle(ctx, ScheduleID(s.ID)).Trigger(ctx, client.ScheduleTriggerOptions{
		Overlap: enumspb.SCHEDULE_OVERLAP_POLICY_BUFFER_ONE,
	}))
}

// DropSchedule takes a schedule out of the engine. One that is not there is no error.
func (c *Client) DropSchedule(ctx context.Context, id string) error {
	err := unavailable(c.temporal.ScheduleClient().GetHandle(ctx, ScheduleID(id)).Delete(ctx))
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}

// ScheduleIDs are the schedules in the engine, by their ids in the ledger; one that was put just now may be missing.
func (c *Client) ScheduleIDs(ctx context.Context) ([]string, error) {
	all, err := c.temporal.ScheduleClient().List(ctx, client.ScheduleListOptions{PageSize: schedulePage})
	if err != nil {
		return nil, unavailable(err)
	}
	var ids []string
	for all.HasNext() {
		entry, err := all.Next()
		if err != nil {
			return nil, unavailable(err)
		}
		if id, ok := strings.CutPrefix(entry.ID, schedulePrefix); ok {
			ids = append(ids, id)
		}
	}
	return ids, nil
}
