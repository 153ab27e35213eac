package workflows

import (
	"slices"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
)

// obey makes the one call that a program has made: on the terms on which a language
// model would, for one is behind most such programs. What the program is told stands in the progress.
func (t *turn) obey(ctx workflow.Context) error {
	step, err := t.plan(ctx)
	if err != nil {
		return err
	}
	for _, call := range step.Calls {
		result, err := t.carryOut(ctx, call)
		if err != nil {
			return err
		}
		if t.p.Result = &result; result.Code == agent.Denied {
			t.p.Say = "You said no, so everything was left as it is."
		}
		t.bump()
	}
	return nil
}

// wary reports whether whoever decides what this turn does may have read what
// anybody can write, so that the person is asked about every change.
func (t *turn) wary() bool {
	return t.in.Given != nil && t.in.Given.Wary || t.in.Model != nil && t.in.Model.Wary ||
		slices.ContainsFunc(t.calls, func(c agent.Call) bool { return c.Of != "" })
}
