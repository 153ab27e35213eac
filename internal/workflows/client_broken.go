package workflows

import (
	"context"
	"strings"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"
)

// Broken is a run whose turn ended without saving what became of it.
type Broken struct {
	RunID    string
	PersonID string
}

const brokenPage = 200

// Broken lists the runs whose turn has failed, timed out or been terminated since then.
func (c *Client) Broken(ctx context.Context, since time.Time) ([]Broken, error) {
	request := &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: c.namespace, PageSize: brokenPage,
		Query: `WorkflowType = "AgentTurn" AND ExecutionStatus IN ("Failed", "TimedOut", "Terminated")`,
	}
	if !since.IsZero() {
		request.Query += ` AND CloseTime >= "` + since.UTC().Format(time.RFC3339) + `"`
	}
	var found []Broken
	for {
		answer, err := c.temporal.ListWorkflow(ctx, request)
		if err != nil {
			return nil, unavailable(err)
		}
		for _, e := range answer.GetExecutions() {
			id, ok := strings.CutPrefix(e.GetExecution().GetWorkflowId(), TurnID(""))
			if person := attribute(e.GetSearchAttributes(), AttrUserID); ok && person != "" {
				found = append(found, Broken{RunID: id, PersonID: person})
			}
		}
		if request.NextPageToken = answer.GetNextPageToken(); len(request.NextPageToken) == 0 {
			return found, nil
		}
	}
}

// attribute reads a Keyword, "" when there is none. Search attributes are never encrypted.
func attribute(all *commonpb.SearchAttributes, name string) string {
	var value string
	if p := all.GetIndexedFields()[name]; p == nil || converter.GetDefaultDataConverter().FromPayload(p, &value) != nil {
		return ""
	}
	return value
}
