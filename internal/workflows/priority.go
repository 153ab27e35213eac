package workflows

import (
	"context"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"segue/internal/agent"
)

// Priorities of tasks that wait for a place; a lower one goes first. What a
// workflow starts inherits its own.
const (
	forPeople = 1 // somebody looks on
	inBulk    = 4 // nobody waits for it
)

// priority lets the runs of people go before those that nobody waits for, and
// within either gives every person the same share.
func priority(run agent.Run) temporal.Priority {
	p := temporal.Priority{PriorityKey: forPeople, FairnessKey: run.PersonID}
	if run.RetryOf != "" || run.List {
		p.PriorityKey = inBulk
	}
	return p
}

// InBulk reports whether ctx is that of an activity that nobody waits for.
func InBulk(ctx context.Context) bool {
	return activity.IsActivity(ctx) && activity.GetInfo(ctx).Priority.PriorityKey >= inBulk
}
