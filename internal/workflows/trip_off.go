//go:build !failpoints

package workflows

import "go.temporal.io/sdk/interceptor"

// tripwires are none in an ordinary build.
func tripwires() []interceptor.WorkerInterceptor { return nil }
