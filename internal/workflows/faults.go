package workflows

import (
	"context"
	"errors"

	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"segue/internal/fault"
)

// Go error types do not survive the way through Temporal. This file is the one
// place where they are translated: fault.Error into ApplicationError on the way
// out of an activity, an update or a workflow, and back where it is read.

// final holds the kinds that no retry cures.
func final(kind fault.Kind) bool {
	switch kind {
	case fault.Invalid, fault.Unauthorised, fault.Forbidden, fault.NotFound, fault.Conflict:
		return true
	case fault.RateLimited, fault.Unavailable, fault.Exhausted, fault.Internal:
		return false
	}
	return false
}

// toTemporal turns a *fault.Error in the chain into an ApplicationError and lets
// everything else pass. Of the cause only what is not private goes along: it may quote an upstream.
func toTemporal(err error) error {
	if err == nil || temporal.IsCanceledError(err) {
		return err
	}
	if _, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return err
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return err
	}
	options := temporal.ApplicationErrorOptions{
		NonRetryable:   final(f.Kind),
		NextRetryDelay: f.RetryAfter,
		Details:        []any{*payload(f)},
	}
	if f.Kind != fault.Internal {
		options.Category = temporal.ApplicationErrorCategoryBenign
	}
	return temporal.NewApplicationErrorWithOptions(f.Message, string(f.Kind), options)
}

// fromTemporal is the mirror: it finds the fault in what Temporal returned. A
// timeout is Unavailable and, as nobody knows what the activity did, Unsure.
func fromTemporal(err error) *fault.Error {
	if f, ok := errors.AsType[*fault.Error](err); ok {
		return f
	}
	if app, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		var f Fault
		if app.HasDetails() && app.Details(&f) == nil && f.Kind != "" {
			return f.err()
		}
		return fault.New(fault.Internal, "Something went wrong on our side.", err)
	}
	if _, ok := errors.AsType[*temporal.TimeoutError](err); ok {
		return &fault.Error{Kind: fault.Unavailable, Message: "That took too long.", Err: err, Unsure: true}
	}
	return fault.New(fault.Internal, "Something went wrong on our side.", err)
}

// unheard reports whether the error of an activity leaves open what it has done:
// it says so, or it is none of our faults, as after a timeout or when its worker was stopped.
func unheard(err error) bool {
	app, ok := errors.AsType[*temporal.ApplicationError](err)
	return err != nil && (!ok || !app.HasDetails() || fromTemporal(err).Unsure)
}

// translator is the worker interceptor that applies toTemporal.
type translator struct {
	interceptor.WorkerInterceptorBase
}

func (*translator) InterceptActivity(
	_ context.Context, next interceptor.ActivityInboundInterceptor,
) interceptor.ActivityInboundInterceptor {
	i := &activityTranslator{}
	i.Next = next
	return i
}

func (*translator) InterceptWorkflow(
	_ workflow.Context, next interceptor.WorkflowInboundInterceptor,
) interceptor.WorkflowInboundInterceptor {
	i := &workflowTranslator{}
	i.Next = next
	return i
}

type activityTranslator struct {
	interceptor.ActivityInboundInterceptorBase
}

func (i *activityTranslator) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	stop := beat(ctx)
	defer stop()
	out, err := i.Next.ExecuteActivity(ctx, in)
	return out, toTemporal(err)
}

type workflowTranslator struct {
	interceptor.WorkflowInboundInterceptorBase
}

func (i *workflowTranslator) ExecuteWorkflow(
	ctx workflow.Context, in *interceptor.ExecuteWorkflowInput,
) (any, error) {
	out, err := i.Next.ExecuteWorkflow(ctx, in)
	return out, toTemporal(err)
}

func (i *workflowTranslator) ValidateUpdate(ctx workflow.Context, in *interceptor.UpdateInput) error {
	return toTemporal(i.Next.ValidateUpdate(ctx, in))
}

func (i *workflowTranslator) ExecuteUpdate(ctx workflow.Context, in *interceptor.UpdateInput) (any, error) {
	out, err := i.Next.ExecuteUpdate(ctx, in)
	return out, toTemporal(err)
}
