package agent

import "encoding/json"

// Offered returns the tools that a program may call by itself: those of the first
// agent that are neither part of a conversation or of a turn, nor of another server.
func (c *Crew) Offered() []Tool {
	var offered []Tool
	for _, t := range c.agents[0].Tools {
		if !t.Talk && t.Of == "" && t.Effect != Finish && t.Effect != handOver {
			offered = append(offered, t)
		}
	}
	return offered
}

// Given returns the call that a program makes, judged as a planner's calls are: with
// its effect, or refused. There is no turn in which handles were issued, so the id of
// a thing stands for itself; whatever it names is looked up as the person's.
func (c *Crew) Given(tool string, args json.RawMessage) Call {
	j := judging{by: Agent{Tools: c.Offered()}, handles: Handles{ids: true}, room: MaxArgs}
	return j.judge(Call{ID: "1", Tool: tool, Args: args})
}
