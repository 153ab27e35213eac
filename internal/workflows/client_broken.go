package workflows

import (
	"context"
	"errors"
	"strings"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"

	"segue/internal/deadletter"
	"segue/internal/fault"
)

// Broken is a run whose turn ended without saving what became of it.
type Broken struct {
	RunID    string
	PersonID string
}

const brokenPage = 200

// Broken lists the runs whose turn has failed, timed out or been terminated since then.
func (c *Client) Broken(ctx context.Context, since time.Time) (found []Broken, err error) {
	for _, name := range []string{"AgentTurn", "SyncList"} {
		err = errors.Join(err, c.broken(ctx, name, since, func(e *workflowpb.WorkflowExecutionInfo) error {
			id, ok := strings.CutPrefix(e.GetExecution().GetWorkflowId(), TurnID(""))
			if person := attribute(e.GetSearchAttributes(), AttrUserID); ok && person != "" {
				found = append(found, Broken{RunID: id, PersonID: person})
			}
			return nil
		}))
	}
	return found, err
}

// LostLetters returns the letters whose DeadLetter has failed, timed out or been
// terminated since then. With an error it returns those that could be read.
func (c *Client) LostLetters(ctx context.Context, since time.Time) (found []deadletter.Letter, err error) {
	var unreadable error
	err = c.broken(ctx, "DeadLetter", since, func(e *workflowpb.WorkflowExecutionInfo) error {
		l, err := c.letterOf(ctx, e.GetExecution())
		if err != nil {
			unreadable = errors.Join(unreadable, err)
			return nil
		}
		found = append(found, l)
		return nil
	})
	return found, errors.Join(err, unreadable)
}

// broken lists the workflows of a type that have failed, timed out or been terminated since then.
func (c *Client) broken(ctx context.Context, name string, since time.Time, each func(*workflowpb.WorkflowExecutionInfo) error) error {
	request := &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: c.namespace, PageSize: brokenPage,
		Query: `WorkflowType = "` + name + `" AND ExecutionStatus IN ("Failed", "TimedOut", "Terminated")`,
	}
	if !since.IsZero() {
		request.Query += ` AND CloseTime >= "` + since.UTC().Format(time.RFC3339) + `"`
	}
	for {
		answer, err := c.temporal.ListWorkflow(ctx, request)
		if err != nil {
			return unavailable(err)
		}
		for _, e := range answer.GetExecutions() {
			if err := each(e); err != nil {
				return err
			}
		}
		if request.NextPageToken = answer.GetNextPageToken(); len(request.NextPageToken) == 0 {
			return nil
		}
	}
}

// letterOf reads what a DeadLetter was started with, which is in the first event of its history.
func (c *Client) letterOf(ctx context.Context, e *commonpb.WorkflowExecution) (l deadletter.Letter, err error) {
	history := c.temporal.GetWorkflowHistory(ctx, e.GetWorkflowId(), e.GetRunId(), false, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	first, err := history.Next()
	if err != nil {
		return l, unavailable(err)
	}
	input := first.GetWorkflowExecutionStartedEventAttributes().GetInput()
	if err := c.data.FromPayloads(input, &l); err != nil {
		return l, fault.New(fault.Internal, "A lost letter cannot be read.", err)
	}
	return l, nil
}

// attribute reads a Keyword, "" when there is none. Search attributes are never encrypted.
func attribute(all *commonpb.SearchAttributes, name string) string {
	var value string
	if p := all.GetIndexedFields()[name]; p == nil || converter.GetDefaultDataConverter().FromPayload(p, &value) != nil {
		return ""
	}
	return value
}
