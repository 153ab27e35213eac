package workflows

import (
	"context"

	"segue/internal/agent"
	"segue/internal/fault"
)

// guests are the tools of other servers; *mcp.Guests satisfies it.
type guests interface {
	Tools() []agent.Tool
	// Call returns what the server says. Faults: Unavailable when it does not answer,
	// Unsure when it may have done what was asked; Forbidden for a tool that is not there.
	Call(ctx context.Context, call agent.Call) (agent.Reply, error)
}

// VisitInput is a call of another server, made for a run.
type VisitInput struct {
	RunID string     `json:"run_id"`
	Call  agent.Call `json:"call"`
}

// Visit makes a call of another server.
func (a *Activities) Visit(ctx context.Context, in VisitInput) (agent.Reply, error) {
	if a.Guests == nil {
		return agent.Reply{}, fault.New(fault.Forbidden, "The program "+in.Call.Of+" is not set up any more.", nil)
	}
	return a.Guests.Call(ctx, in.Call)
}

// visitable are the tools of other servers that answer now or have answered before.
func (a *Activities) visitable() []agent.Tool {
	if a.Guests == nil {
		return nil
	}
	return a.Guests.Tools()
}
