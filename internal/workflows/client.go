package workflows

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
)

// Client is all that the rest of the program sees of the engine. Its errors are *fault.Error.
type Client struct {
	temporal  client.Client
	namespace string
	data      converter.DataConverter
	assign    func(agent.Run) *ModelTurn
	drafts    *Drafts
	wary      bool
	asking    chan struct{} // a place for each query under way
}

// mostAsked is how many workflows are asked at the same time. One that no worker has in memory
// is replayed for it: with a thousand at once, after a restart, the workflows themselves would get no turn.
const mostAsked = 16

// A worker that has just started is known to the engine within moments.
const (
	pollerTries = 15
	pollerPause = 100 * time.Millisecond
)

// NewClient wraps a connection, with the data converter it was made with.
func NewClient(c client.Client, namespace string, data converter.DataConverter) *Client {
	return &Client{temporal: c, namespace: namespace, data: data, assign: func(agent.Run) *ModelTurn { return nil }, asking: make(chan struct{}, mostAsked)}
}

// Assign has to decide, once for each run that is started, how a language model
// plans it; nil is without one.
func (c *Client) Assign(to func(agent.Run) *ModelTurn) { c.assign = to }

// Show shows drafts in the progress of runs that are watched.
func (c *Client) Show(d *Drafts) { c.drafts = d }

// Beware has every change asked about that a program calls for: it is shown names
// that anybody may have written.
func (c *Client) Beware(wary bool) { c.wary = wary }

// turnOf is how the run is started. What a program asks for, and an undo, need no model.
func (c *Client) turnOf(run agent.Run) TurnInput {
	in := TurnInput{RunID: run.ID, PersonID: run.PersonID, Batches: true, Stop: stopOf(run)}
	switch {
	case run.Call != nil:
		in.Given = &GivenTurn{Wary: c.wary}
	case run.Wish == nil && run.UndoOf == "":
		in.Model = c.assign(run)
	}
	return in
}

// StartTurn starts the run. Starting it again is a no-op; a run whose workflow
// has ended already is a Conflict.
func (c *Client) StartTurn(ctx context.Context, run agent.Run) error {
	var serve, in any = SyncList, ListInput{RunID: run.ID, PersonID: run.PersonID, UndoOf: run.UndoOf, Stop: stopOf(run)}
	if !run.List {
		serve, in = AgentTurn, c.turnOf(run)
	}
	_, err := c.temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                       TurnID(run.ID),
		TaskQueue:                TaskQueue,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		// Without it the client hides that the workflow has ended.
		WorkflowExecutionErrorWhenAlreadyStarted: true,
		WorkflowTaskTimeout:                      taskLimit,
		Priority:                                 priority(run),
		TypedSearchAttributes: temporal.NewSearchAttributes(
			keyword(AttrUserID).ValueSet(run.PersonID),
			keyword(AttrRunID).ValueSet(run.ID),
		),
	}, serve, in)
	if _, ok := errors.AsType[*serviceerror.WorkflowExecutionAlreadyStarted](err); ok {
		return fault.New(fault.Conflict, "This request has ended already.", err)
	}
	return unavailable(err)
}

// StartLetter starts what keeps a letter. A letter that was kept already is no error.
func (c *Client) StartLetter(ctx context.Context, l deadletter.Letter) error {
	l = l.Seal()
	_, err := c.temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                       DeadID(l.ID),
		TaskQueue:                DeadQueue,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		TypedSearchAttributes:    deadAttributes(l),
	}, DeadLetter, l)
	if _, ok := errors.AsType[*serviceerror.WorkflowExecutionAlreadyStarted](err); ok {
		return nil
	}
	return unavailable(err)
}

// StartBulk starts what acts on the letters of a bulk. Starting it again is a
// no-op while it runs; afterwards it goes on with what the ledger has left.
func (c *Client) StartBulk(ctx context.Context, b deadletter.Bulk) error {
	_, err := c.temporal.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID:                       BulkWorkflowID(b.ID),
		TaskQueue:                DeadQueue,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		TypedSearchAttributes:    temporal.NewSearchAttributes(keyword(AttrUserID).ValueSet(b.By)),
	}, Bulk, BulkInput{ID: b.ID, Rate: b.Rate})
	return unavailable(err)
}

// Progress returns the state of a run as it is now: that of its turn, with the
// songs under way as their own workflows tell it. NotFound when the engine does not know the run.
func (c *Client) Progress(ctx context.Context, runID string) (agent.Progress, error) {
	var p agent.Progress
	if err := c.query(ctx, TurnID(runID), &p); err != nil {
		return p, err
	}
	if p.State.Final() {
		return p, nil
	}
	for i := range p.Tasks {
		if task := &p.Tasks[i]; task.State == agent.Running && len(task.Steps) == 0 { // steps: the turn knows better
			c.merge(ctx, &p, task)
		}
	}
	p.State = overall(p)
	c.drafts.show(&p)
	return p, nil
}

// merge replaces a task by what its own workflow says. A task that has no
// workflow, or none that answers, is shown as the turn knows it.
func (c *Client) merge(ctx context.Context, p *agent.Progress, task *agent.Task) {
	var song SongProgress
	if err := c.query(ctx, SongID(p.RunID, task.Key), &song); err != nil {
		return
	}
	*task = song.Task // when it has ended the turn may not have heard of it yet
	p.Version += song.Version
}

// overall derives the state of a running turn from what its songs do.
func overall(p agent.Progress) agent.State {
	if p.State != agent.Running {
		return p.State
	}
	state := agent.Running
	for _, task := range p.Tasks {
		switch task.State {
		case agent.Running:
			return agent.Running
		case agent.Waiting:
			state = agent.Waiting
		case agent.Parked:
			if state == agent.Running {
				state = agent.Parked
			}
		case agent.Accepted, agent.Done, agent.Failed, agent.Cancelled:
		}
	}
	return state
}

// query asks a workflow for its progress. Right after a start the engine may not have heard
// of a worker yet; then it is asked again for a while.
func (c *Client) query(ctx context.Context, workflowID string, out any) error {
	for try := 0; ; try++ {
		value, err := c.ask(ctx, workflowID)
		if err == nil {
			return value.Get(out)
		}
		if _, idle := errors.AsType[*serviceerror.FailedPrecondition](err); !idle || try == pollerTries {
			return unavailable(err)
		}
		select {
		case <-time.After(pollerPause):
		case <-ctx.Done():
			return unavailable(err)
		}
	}
}

// ask sends one query, once there is a place for it.
func (c *Client) ask(ctx context.Context, workflowID string) (converter.EncodedValue, error) {
	select {
	case c.asking <- struct{}{}:
		defer func() { <-c.asking }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return c.temporal.QueryWorkflow(ctx, workflowID, "", QueryProgress)
}

// Answer settles a question; the first answer counts. Conflict when it is settled already, Invalid for an option that was not offered.
func (c *Client) Answer(ctx context.Context, runID string, a agent.Answer) error {
	id := TurnID(runID)
	if key, ok := strings.CutPrefix(a.Question, "song-"); ok {
		id = SongID(runID, key)
	}
	return c.update(ctx, id, UpdateAnswer, a)
}

// Cancel stops a run. What was added stays unless undo is set. NotFound when it has ended.
func (c *Client) Cancel(ctx context.Context, runID string, undo bool) error {
	return c.update(ctx, TurnID(runID), UpdateCancel, Cancel{Undo: undo})
}

// Wake tells a run that what it waits for may be over, such as a missing login.
func (c *Client) Wake(ctx context.Context, runID string) error {
	return unavailable(c.temporal.SignalWorkflow(ctx, TurnID(runID), "", SignalWake, nil))
}

func (c *Client) update(ctx context.Context, workflowID, name string, arg any) error {
	handle, err := c.temporal.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID:   workflowID,
		UpdateName:   name,
		Args:         []any{arg},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err == nil {
		err = handle.Get(ctx, nil)
	}
	return unavailable(err)
}

// Healthy reports whether the engine answers.
func (c *Client) Healthy(ctx context.Context) error {
	_, err := c.temporal.CheckHealth(ctx, &client.CheckHealthRequest{})
	return unavailable(err)
}

// unavailable translates what the engine returned: the faults of workflows as
// they are, an unknown workflow into NotFound, anything else into Unavailable.
func unavailable(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*serviceerror.NotFound](err); ok {
		return fault.New(fault.NotFound, "This request has ended or is not known.", err)
	}
	if _, ok := errors.AsType[*temporal.ApplicationError](err); ok {
		return fromTemporal(err)
	}
	return fault.New(fault.Unavailable, "The engine did not answer.", fmt.Errorf("temporal: %w", err))
}
