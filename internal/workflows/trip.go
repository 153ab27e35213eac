//go:build failpoints

package workflows

import (
	"context"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/failpoint"
)

// tripwires hit the failpoints of workflows and of the border between activities
// and the engine. Workflow code itself knows nothing of them, and no replay hits one.
func tripwires() []interceptor.WorkerInterceptor { return []interceptor.WorkerInterceptor{&tripwire{}} }

type tripwire struct {
	interceptor.WorkerInterceptorBase
}

// InterceptActivity returns the tripwires of activities.
func (*tripwire) InterceptActivity(
	_ context.Context, next interceptor.ActivityInboundInterceptor,
) interceptor.ActivityInboundInterceptor {
	t := &activityTripwire{}
	t.Next = next
	return t
}

// InterceptWorkflow returns the tripwires of workflows.
func (*tripwire) InterceptWorkflow(
	_ workflow.Context, next interceptor.WorkflowInboundInterceptor,
) interceptor.WorkflowInboundInterceptor {
	t := &workflowTripwire{}
	t.Next = next
	return t
}

type activityTripwire struct {
	interceptor.ActivityInboundInterceptorBase
}

// ExecuteActivity runs an activity between two failpoints.
func (t *activityTripwire) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	info := activity.GetInfo(ctx)
	if info.ActivityType.Name == "Save" {
		failpoint.Hit(failpoint.OutcomeKnown)
	}
	out, err := t.Next.ExecuteActivity(ctx, in)
	switch info.ActivityType.Name {
	case "Save":
		failpoint.Hit(failpoint.OutcomeKept)
	case "PostAll":
		failpoint.Hit(failpoint.AnswerSettled)
	case "LookAll":
		if seen, ok := out.([]Seen); ok && ofWriter(info) {
			failpoint.Hit(readingFor(seen))
		}
	}
	return out, err
}

func ofWriter(info activity.Info) bool {
	return info.WorkflowType != nil && info.WorkflowType.Name == "Playlist"
}

// readingFor tells the reads that prove something from those before a write.
func readingFor(seen []Seen) failpoint.Point {
	if slices.ContainsFunc(seen, func(s Seen) bool { return s.Attempt == agent.AttemptOpen }) {
		return failpoint.ProofRead
	}
	return failpoint.PlaylistRead
}

type workflowTripwire struct {
	interceptor.WorkflowInboundInterceptorBase
}

// Init puts tripwires on the calls of the workflow too.
func (t *workflowTripwire) Init(outbound interceptor.WorkflowOutboundInterceptor) error {
	calls := &callTripwire{}
	calls.Next = outbound
	return t.Next.Init(calls)
}

// ExecuteWorkflow runs a workflow between two failpoints.
func (t *workflowTripwire) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	if workflow.GetInfo(ctx).WorkflowType.Name == "AgentTurn" {
		trip(ctx, failpoint.TurnBegun)
	}
	out, err := t.Next.ExecuteWorkflow(ctx, in)
	if workflow.IsContinueAsNewError(err) {
		trip(ctx, failpoint.WriterRenewed)
	}
	return out, err
}

type callTripwire struct {
	interceptor.WorkflowOutboundInterceptorBase
}

// Sleep is what the writer does between reads that prove a lost answer.
func (t *callTripwire) Sleep(ctx workflow.Context, d time.Duration) error {
	err := t.Next.Sleep(ctx, d)
	if workflow.GetInfo(ctx).WorkflowType.Name == "Playlist" {
		trip(ctx, failpoint.QuietOver)
	}
	return err
}

// ExecuteActivity follows the activity that adds to its end.
func (t *callTripwire) ExecuteActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	f := t.Next.ExecuteActivity(ctx, name, args...)
	if name == "PostAll" {
		return reported{f}
	}
	return f
}

type reported struct{ workflow.Future }

// Get waits for the outcome that the engine was told of.
func (r reported) Get(ctx workflow.Context, out any) error {
	err := r.Future.Get(ctx, out)
	trip(ctx, failpoint.AnswerReported)
	return err
}

// trip hits a point of workflow code the first time it is run.
func trip(ctx workflow.Context, p failpoint.Point) {
	if !workflow.IsReplaying(ctx) {
		failpoint.Hit(p)
	}
}
