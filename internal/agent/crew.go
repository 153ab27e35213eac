package agent

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"segue/internal/fault"
)

// Agent is a role that a planner plays: what it is told, what it can do, and who
// can take over from it.
type Agent struct {
	Name         string // letters, digits, _ and -
	Instructions string // for a model: who it is and how it works
	Tools        []Tool
	Handoffs     []Handoff
}

// Handoff lets an agent hand the turn over to another one.
type Handoff struct {
	To   string // name of the agent
	When string // a sentence for the model
}

// HandoffArgs are the arguments of the tool transfer_to_<agent>, which every hand-off is for a planner.
type HandoffArgs struct {
	Reason string `json:"reason" jsonschema:"why the other agent should go on, in one sentence"`
}

const transferTo = "transfer_to_"

// Crew is the agents of a house. The first one takes every turn.
type Crew struct {
	agents []Agent // hand-offs are among their tools
}

var validName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// NewCrew returns the crew of those agents, or an error when names are not unique,
// a hand-off leads nowhere, or a tool has no schema.
func NewCrew(agents ...Agent) (*Crew, error) {
	c := &Crew{}
	if len(agents) == 0 {
		return nil, errors.New("a crew needs an agent")
	}
	for _, a := range agents {
		if !validName.MatchString(a.Name) || c.find(a.Name) != nil {
			return nil, fmt.Errorf("agent %q: the name is not valid or not unique", a.Name)
		}
		a.Tools = slices.Clone(a.Tools)
		for _, h := range a.Handoffs {
			if !slices.ContainsFunc(agents, func(b Agent) bool { return b.Name == h.To }) {
				return nil, fmt.Errorf("agent %s hands over to %q, which is not in the crew", a.Name, h.To)
			}
			a.Tools = append(a.Tools, NewTool[HandoffArgs](transferTo+h.To, h.When, handOver))
		}
		if err := sound(a.Tools); err != nil {
			return nil, fmt.Errorf("agent %s: %w", a.Name, err)
		}
		c.agents = append(c.agents, a)
	}
	return c, nil
}

// sound returns an error when tools cannot be offered to a model.
func sound(tools []Tool) error {
	seen := map[string]bool{}
	for _, t := range tools {
		switch {
		case !validName.MatchString(t.Name) || seen[t.Name]:
			return fmt.Errorf("tool %q: the name is not valid or not unique", t.Name)
		case t.err != nil:
			return fmt.Errorf("tool %s: %w", t.Name, t.err)
		case t.read == nil:
			return fmt.Errorf("tool %s was not made by NewTool", t.Name)
		}
		seen[t.Name] = true
	}
	return nil
}

func (c *Crew) find(name string) *Agent {
	for i := range c.agents {
		if c.agents[i].Name == name {
			return &c.agents[i]
		}
	}
	return nil
}

// Acting returns who goes on with the turn: whom it was handed over to last, or the first agent.
func (c *Crew) Acting(t Turn) Agent {
	for i, call := range slices.Backward(t.Calls) {
		if call.Effect != handOver || i >= len(t.Results) || t.Results[i].Code != OK {
			continue
		}
		if a := c.find(strings.TrimPrefix(call.Tool, transferTo)); a != nil {
			return *a
		}
	}
	return c.agents[0]
}

// Next asks the planner for the next step of the turn as the agent that acts, and
// judges its calls: each comes back with an id, an effect, and resolved arguments or
// the reason why it is refused. A transcript that is too long for the planner is cut
// in halves, oldest messages first, as often as it takes.
// Faults: Invalid when the last message alone is too long; those of the planner.
func (c *Crew) Next(ctx context.Context, p Planner, t Transcript) (Step, error) {
	t.Agent = c.Acting(t.Turn)
	all := t.Messages
	for {
		t.Forgot = max(min(t.Forgot, len(all)-1), 0)
		t.Messages = all[t.Forgot:]
		step, err := p.Next(ctx, t)
		if errors.Is(err, ErrTooLong) {
			if len(t.Messages) < 2 {
				return Step{}, fault.New(fault.Invalid, "This request is too long for the language model, so nothing more was done. Send it in parts.", err)
			}
			t.Forgot += (len(t.Messages) + 1) / 2
			continue
		}
		if err != nil {
			return Step{}, err
		}
		t.Messages = all // a handle may have been named in any of them
		return judge(step, t), nil
	}
}
