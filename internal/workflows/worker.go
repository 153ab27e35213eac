package workflows

import (
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
)

// stopLimit is how long running activities may take to end when the worker stops.
const stopLimit = 10 * time.Second

// NewWorker returns a worker of all workflows and activities, not started.
func NewWorker(c client.Client, a *Activities) worker.Worker {
	w := worker.New(c, TaskQueue, worker.Options{
		MaxConcurrentActivityExecutionSize: 64,
		MaxConcurrentActivityTaskPollers:   4,
		MaxConcurrentWorkflowTaskPollers:   8,
		MaxHeartbeatThrottleInterval:       beatEvery, // else a beat waits for four fifths of the timeout
		WorkerStopTimeout:                  stopLimit,
		Interceptors:                       []interceptor.WorkerInterceptor{&translator{}},
	})
	register(w, a)
	return w
}

func register(w worker.Registry, a *Activities) {
	w.RegisterWorkflow(AgentTurn)
	w.RegisterWorkflow(SyncSong)
	w.RegisterWorkflow(Playlist)
	w.RegisterActivity(a)
}
