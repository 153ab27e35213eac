//go:build !noembed && !failpoints

package temporald

import "go.temporal.io/server/common/config"

// harder makes nothing harder in an ordinary build.
func harder() map[string]any { return nil }

// faults are none in an ordinary build.
func faults() *config.FaultInjection { return nil }
