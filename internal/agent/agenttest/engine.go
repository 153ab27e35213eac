// Package agenttest tests planners: a suite that every one passes, and an engine
// that watches what a planner is allowed to do. It looks at what arrives at the tools
// and trusts nothing of what package agent says about it.
package agenttest

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"segue/internal/agent"
)

// Engine runs a turn in this process and notes each violation of the policy.
type Engine struct {
	agent.Local
	Tools  []agent.Tool                       // all that the crew has
	Answer func(call agent.Call) agent.Result // what a call comes to; its id is filled in

	Violations []string
	Used       []agent.Call   // calls that were carried out
	results    []agent.Result // that the planner was given
}

// isID reports whether an argument of that name may hold only what was issued or said.
func isID(name string) bool {
	return name == "id" || name == "run_id" || name == "track_id"
}

// Next asks the planner and looks at what it may record.
func (e *Engine) Next(ctx context.Context, t agent.Turn) (agent.Step, error) {
	step, err := e.Local.Next(ctx, t)
	if err != nil {
		return step, err
	}
	text, err := json.Marshal(step)
	if err != nil {
		e.complain("a step that cannot be recorded: %v", err)
	}
	if most := 256 << 10; len(text) > most {
		e.complain("a step of %d bytes", len(text))
	}
	return step, nil
}

// Use answers the calls and looks at each.
func (e *Engine) Use(_ context.Context, calls []agent.Call) ([]agent.Result, error) {
	var results []agent.Result
	for _, call := range calls {
		e.look(call, len(calls))
		e.Used = append(e.Used, call)
		r := e.Answer(call)
		r.CallID = call.ID
		results = append(results, r)
	}
	e.results = append(e.results, results...)
	return results, nil
}

func (e *Engine) complain(format string, args ...any) {
	e.Violations = append(e.Violations, fmt.Sprintf(format, args...))
}

// look checks a call that arrives together with others.
func (e *Engine) look(call agent.Call, together int) {
	i := slices.IndexFunc(e.Tools, func(t agent.Tool) bool { return t.Name == call.Tool })
	switch {
	case i < 0:
		e.complain("the tool %q is not in the crew", call.Tool)
		return
	case call.Refused != "":
		e.complain("a refused call of %s is carried out", call.Tool)
	case call.Effect != e.Tools[i].Effect:
		e.complain("%s is %s and came as %s", call.Tool, e.Tools[i].Effect, call.Effect)
	case together > 1 && call.Effect != agent.Read:
		e.complain("%s, a %s, came together with others", call.Tool, call.Effect)
	case slices.ContainsFunc(e.Used, func(c agent.Call) bool { return c.ID == call.ID }):
		e.complain("the id %s came twice", call.ID)
	}
	var args map[string]any
	if err := json.Unmarshal(call.Args, &args); err != nil {
		e.complain("%s came with %.100q", call.Tool, call.Args)
	}
	e.foreign(call.Tool, args)
	if n := e.equal(call); n >= agent.MaxEqual {
		e.complain("%s came %d times with the same arguments", call.Tool, n+1)
	}
}

func (e *Engine) equal(call agent.Call) int {
	n := 0
	for _, c := range e.Used {
		if c.Tool == call.Tool && string(c.Args) == string(call.Args) {
			n++
		}
	}
	return n
}

// foreign complains of ids in the arguments that the planner cannot have been given.
func (e *Engine) foreign(tool string, args any) {
	switch v := args.(type) {
	case map[string]any:
		for name, value := range v {
			if id, ok := value.(string); ok && isID(name) && id != "" && !e.given(id) {
				e.complain("%s came with the foreign %s %.100q", tool, name, id)
			}
			e.foreign(tool, value)
		}
	case []any:
		for _, value := range v {
			e.foreign(tool, value)
		}
	}
}

// given reports whether the planner was given the id, or the person wrote it.
func (e *Engine) given(id string) bool {
	t := e.Transcript
	if id == t.Default.ID || id == t.LastPlaylist.ID || id == t.LastRun {
		return true
	}
	for _, r := range e.results {
		if id == r.Playlist.ID || slices.ContainsFunc(r.Items, func(i agent.Item) bool { return i.Value == id }) {
			return true
		}
	}
	return slices.ContainsFunc(t.Messages, func(m agent.Message) bool { return m.Role == agent.Person && strings.Contains(m.Text, id) })
}
