package agent

import (
	"context"
	"encoding/json"
	"sync"

	"segue/internal/fault"
)

// Handler does the work of a tool in an engine whose context is C.
type Handler[C any] func(ctx C, call Call) (Result, error)

// Handle returns the handler that calls do with the arguments of the call, which
// Crew.Next has checked to be an A.
func Handle[C, A any](do func(ctx C, args A) (Result, error)) Handler[C] {
	return func(ctx C, call Call) (Result, error) {
		var args A
		// Decoding into a fresh value depends on the bytes alone.
		//workflowcheck:ignore
		if err := json.Unmarshal(call.Args, &args); err != nil {
			return Result{}, fault.New(fault.Invalid, "The request could not be read.", err)
		}
		return do(ctx, args)
	}
}

// Local is an Engine in this process: nothing of a turn outlives it.
type Local struct {
	Crew       *Crew
	Planner    Planner
	Transcript Transcript
	Handlers   map[string]Handler[context.Context] // by the name of the tool
}

// Next asks the planner.
func (l *Local) Next(ctx context.Context, t Turn) (Step, error) {
	now := l.Transcript
	now.Turn = t
	return l.Crew.Next(ctx, l.Planner, now)
}

// Use carries the calls out at the same time. A fault of a handler is a result.
func (l *Local) Use(ctx context.Context, calls []Call) ([]Result, error) {
	results := make([]Result, len(calls))
	var all sync.WaitGroup
	for i, call := range calls {
		all.Go(func() { results[i] = l.use(ctx, call) })
	}
	all.Wait()
	return results, ctx.Err()
}

func (l *Local) use(ctx context.Context, call Call) Result {
	handler, ok := l.Handlers[call.Tool]
	if !ok {
		return Result{CallID: call.ID, Code: string(fault.Internal), Message: "This tool is not there."}
	}
	result, err := handler(ctx, call)
	result.CallID, result.Code = call.ID, OK
	if err != nil {
		result.Code, result.Message = string(fault.KindOf(err)), fault.MessageOf(err)
	}
	return result
}
