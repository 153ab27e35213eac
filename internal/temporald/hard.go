//go:build !noembed && failpoints

package temporald

import (
	"os"
	"strconv"

	"go.temporal.io/server/common/config"
)

// harder has workflows that can continue as new do so after a few requests, which
// takes thousands of events otherwise.
func harder() map[string]any {
	return map[string]any{"limit.historyCount.suggestContinueAsNew": 20}
}

// faultShare is the name in the environment of the share of the server's own
// database calls that fail, each way of failing counted apart: "0.02".
const faultShare = "SEGUE_ENGINE_FAULTS"

// faults has calls of the server's database fail: refused, timed out, and timed
// out after they were carried out.
func faults() *config.FaultInjection {
	share, err := strconv.ParseFloat(os.Getenv(faultShare), 64)
	if err != nil {
		return nil
	}
	f := &config.FaultInjection{}
	for _, method := range []string{
		"CreateWorkflowExecution", "UpdateWorkflowExecution", "GetWorkflowExecution", "GetCurrentExecution",
		"AppendHistoryNodes", "ReadHistoryBranch",
	} {
		f.WithError(config.ExecutionStoreName, method, "ResourceExhausted", share).
			WithError(config.ExecutionStoreName, method, "Timeout", share)
	}
	for _, method := range []string{"CreateWorkflowExecution", "UpdateWorkflowExecution", "AppendHistoryNodes"} {
		f.WithError(config.ExecutionStoreName, method, "ExecuteAndTimeout", share)
	}
	return f
}
