package workflows

import (
	"context"
	"io"
	"slices"
	"sync"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/workflowservice/v1"

	"segue/internal/agent"
)

// mostBells bounds the long polls of one watch: the turn and the songs under way.
const mostBells = 16

// Watch follows one run for one watcher: Progress says how things are, Wait
// returns when they may have changed since. It is not safe for concurrent use.
type Watch struct {
	client *Client
	runID  string
	ring   chan struct{}
	now    chan struct{} // rings for what nobody should wait for: the first words of an answer, the end of the turn
	stop   context.CancelFunc
	ctx    context.Context //nolint:containedctx // the life of the polls, which are started as songs appear
	wg     sync.WaitGroup
	hung   map[string]bool
	leave  func() // ends following drafts
	heard  int64  // pieces of drafts with the newest progress
}

// Watch starts following a run. Close it.
func (c *Client) Watch(runID string) *Watch {
	ctx, stop := context.WithCancel(context.Background())
	w := &Watch{
		client: c, runID: runID, ring: make(chan struct{}, 1), now: make(chan struct{}, 1),
		stop: stop, ctx: ctx, hung: map[string]bool{},
	}
	w.leave = c.drafts.follow(runID, bells{first: w.now, more: w.ring})
	return w
}

// Close ends the polls and waits for them.
func (w *Watch) Close() {
	w.leave()
	w.stop()
	w.wg.Wait()
}

// Progress returns the progress of the run and hangs a bell on every workflow it consists of.
func (w *Watch) Progress(ctx context.Context) (agent.Progress, error) {
	w.hang(TurnID(w.runID))
	p, err := w.client.Progress(ctx, w.runID)
	for _, task := range p.Tasks {
		if !task.State.Final() && task.State != agent.Accepted {
			w.hang(SongID(w.runID, task.Key))
		}
	}
	// A draft is gone once its step is recorded, and versions must not fall with it.
	w.heard = max(w.heard, p.Version>>heardShift)
	p.Version = w.heard<<heardShift + p.Version&(1<<heardShift-1)
	return p, err
}

// Wait returns when something may have changed since the last Progress: io.EOF for
// what is to be read at once. Otherwise it returns the error of ctx.
func (w *Watch) Wait(ctx context.Context) error {
	select {
	case <-w.now:
		return io.EOF
	case <-w.ring:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// hang starts the long poll on one workflow, once.
func (w *Watch) hang(workflowID string) {
	if w.hung[workflowID] || len(w.hung) >= mostBells {
		return
	}
	w.hung[workflowID] = true
	w.wg.Go(func() { w.listen(workflowID) })
}

// listen polls the history for new events until the workflow closes. It asks
// for all events, not for the close event, whose wake-up is sometimes lost.
func (w *Watch) listen(workflowID string) {
	request := &workflowservice.GetWorkflowExecutionHistoryRequest{
		Namespace:              w.client.namespace,
		Execution:              &commonpb.WorkflowExecution{WorkflowId: workflowID},
		WaitNewEvent:           true,
		HistoryEventFilterType: enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT,
		MaximumPageSize:        100,
	}
	for w.ctx.Err() == nil {
		answer, err := w.client.temporal.WorkflowService().GetWorkflowExecutionHistory(w.ctx, request)
		if err != nil {
			w.pause()
			request.NextPageToken = nil
			continue
		}
		if slices.ContainsFunc(answer.GetHistory().GetEvents(), telling) {
			toll(w.ring)
		}
		if request.NextPageToken = answer.GetNextPageToken(); len(request.NextPageToken) == 0 {
			if workflowID == TurnID(w.runID) {
				toll(w.now)
			}
			return
		}
	}
}

// telling reports whether an event may have changed what a query answers: that
// changes in workflow tasks only. The beginning counts, for a run that was not known before.
func telling(e *historypb.HistoryEvent) bool {
	switch e.GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED, enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
		enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
		return true
	default:
		return false
	}
}

// toll rings without blocking: one ring stands for any number.
func toll(bell chan<- struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// pause keeps a failing poll from spinning; the workflow may not exist yet.
func (w *Watch) pause() {
	select {
	case <-time.After(100 * time.Millisecond):
	case <-w.ctx.Done():
	}
}
