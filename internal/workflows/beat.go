package workflows

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"
)

// beatEvery is how often a running activity says that it is alive. The first
// beat comes late, so that a short activity never costs one.
const beatEvery = 2 * time.Second

// beat heartbeats for an activity that has a heartbeat timeout until stop is
// called; stop waits for the goroutine.
func beat(ctx context.Context) (stop func()) {
	if !activity.IsActivity(ctx) || activity.GetInfo(ctx).HeartbeatTimeout == 0 {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(beatEvery)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				activity.RecordHeartbeat(ctx)
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}
