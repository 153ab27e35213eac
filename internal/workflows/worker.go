package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
)

// stopLimit is how long running activities may take to end when the worker stops.
const stopLimit = 10 * time.Second

// mostWaiting is how many requests may wait for writers at once: each is a goroutine and an open call.
const mostWaiting = 2000

// Workers serve the task queues of this package.
type Workers []worker.Worker

// NewWorkers returns the workers of all workflows and activities, not started.
func NewWorkers(c client.Client, a *Activities, u *Undertaker) Workers {
	return Workers{newWorker(c, a), newDeadWorker(c, u), newWaitWorker(c, a), newModelWorker(c, a)}
}

// Start starts them all; after an error none is left running.
func (l Workers) Start() error {
	for i, w := range l {
		if err := w.Start(); err != nil {
			l[:i].Stop()
			return err
		}
	}
	return nil
}

// Stop ends them, last first, and waits for what they do.
func (l Workers) Stop() {
	for _, w := range slices.Backward(l) {
		w.Stop()
	}
}

func newWorker(c client.Client, a *Activities) worker.Worker {
	w := worker.New(c, TaskQueue, worker.Options{
		MaxConcurrentActivityExecutionSize: 64,
		MaxConcurrentActivityTaskPollers:   4,
		MaxConcurrentWorkflowTaskPollers:   8,
		MaxHeartbeatThrottleInterval:       beatEvery, // else a beat waits for four fifths of the timeout
		WorkerStopTimeout:                  stopLimit,
		Interceptors:                       interceptors(),
	})
	register(w, a)
	return w
}

// newWaitWorker returns the worker of activities that only wait for writers.
func newWaitWorker(c client.Client, a *Activities) worker.Worker {
	w := worker.New(c, WaitQueue, worker.Options{
		MaxConcurrentActivityExecutionSize: mostWaiting,
		MaxConcurrentActivityTaskPollers:   2,
		MaxHeartbeatThrottleInterval:       beatEvery,
		DisableWorkflowWorker:              true,
		WorkerStopTimeout:                  time.Second, // the writer goes on after a restart, and whoever waited asks again
		Interceptors:                       interceptors(),
	})
	w.RegisterActivity(a)
	return w
}

// newModelWorker returns the worker of calls of the language model, each of which may take a minute.
func newModelWorker(c client.Client, a *Activities) worker.Worker {
	w := worker.New(c, ModelQueue, worker.Options{
		MaxConcurrentActivityExecutionSize: 32,
		MaxConcurrentActivityTaskPollers:   4,
		MaxHeartbeatThrottleInterval:       beatEvery,
		DisableWorkflowWorker:              true,
		WorkerStopTimeout:                  stopLimit,
		Interceptors:                       interceptors(),
	})
	w.RegisterActivity(a)
	return w
}

// newDeadWorker returns the worker that writes dead letters, and acts on many.
func newDeadWorker(c client.Client, u *Undertaker) worker.Worker {
	w := worker.New(c, DeadQueue, worker.Options{
		MaxConcurrentActivityExecutionSize: 4,
		MaxConcurrentActivityTaskPollers:   1,
		MaxConcurrentWorkflowTaskPollers:   2,
		WorkerStopTimeout:                  stopLimit,
		Interceptors:                       interceptors(),
	})
	w.RegisterWorkflow(DeadLetter)
	w.RegisterWorkflow(Bulk)
	w.RegisterActivity(u)
	return w
}

func interceptors() []interceptor.WorkerInterceptor {
	return append([]interceptor.WorkerInterceptor{&translator{}}, tripwires()...)
}

func register(w worker.Registry, a *Activities) {
	w.RegisterWorkflow(AgentTurn)
	w.RegisterWorkflow(SyncSong)
	w.RegisterWorkflow(SyncList)
	w.RegisterWorkflow(Repeat)
	w.RegisterWorkflow(Playlist)
	w.RegisterActivity(a)
}
