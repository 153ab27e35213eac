package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
)

// visitLimit is for a call of another server, with what it takes to reach it anew.
const visitLimit = 90 * time.Second

// visit makes a call of another server. It is never made twice from here: only who
// talks to that server knows what may be repeated.
func (t *turn) visit(ctx workflow.Context, call agent.Call) (agent.Result, error) {
	t.p.Title = "Asking " + call.Of
	f := t.step(ctx, agent.Visiting)
	var reply agent.Reply
	visiting := workflow.WithTaskQueue(once(ctx, visitLimit), ModelQueue)
	err := workflow.ExecuteActivity(visiting, acts.Visit, VisitInput{RunID: t.in.RunID, Call: call}).Get(ctx, &reply)
	result := agent.Result{CallID: call.ID, Data: reply.Text}
	if err != nil {
		result, err = t.result(ctx, result, err)
		if t.p.Trouble != nil {
			t.p.Trouble.Kept, t.p.Trouble.Do = "What was done so far stays.", "Look in "+call.Of+" whether it was done, then ask again."
		}
		return result, err
	}
	if result.Code = agent.OK; reply.Failed {
		result.Note = "The other program says that it could not do this."
	}
	f.done(call.Of)
	return result, nil
}

// errand is what a call of another server is about to do, as far as we can tell:
// nothing but the call itself.
func errand(call agent.Call) deed {
	return deed{call: call, text: "Let " + call.Of + " do this?", plan: []string{call.Tool, string(call.Args)}}
}
