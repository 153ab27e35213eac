package llm_test

import (
	"testing"

	"segue/internal/agent"
	"segue/internal/agent/agenttest"
	"segue/internal/agent/llm/stub"
)

// obliging calls a tool for every message, then says what came of it.
func obliging(q stub.Request) stub.Reply {
	if q.Last().Role == "tool" {
		return stub.Reply{Text: "That is what came of it: " + q.Last().Text()}
	}
	return stub.Reply{Text: "Let me see.", Calls: []stub.Call{{Name: "show_playlist", Arguments: `{"playlist":{"id":"P2"}}`}, {Name: "list_playlists"}}}
}

func TestThePlannerConforms(t *testing.T) {
	t.Parallel()
	r := newRig(t, obliging)
	agenttest.Conform(t, agenttest.Subject{
		Agents: []agent.Agent{someone()}, Planner: r, Asks: []string{"What is in Road Trip?"},
	})
}
