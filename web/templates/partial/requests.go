package partial

import (
	"strings"

	"segue/internal/agent"
)

// requestWords says how another request stands: "Done: added 3, not found 1".
func requestWords(l agent.Line) string {
	word := map[agent.State]string{
		agent.Accepted: "About to start", agent.Running: "On its way", agent.Waiting: "Your turn", agent.Parked: "On hold",
		agent.Done: "Done", agent.Failed: "Did not work", agent.Cancelled: "Stopped",
	}[l.State]
	if l.Tally == "" {
		return word
	}
	return word + ": " + strings.ReplaceAll(l.Tally, "_", " ")
}
