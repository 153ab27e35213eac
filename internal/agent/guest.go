package agent

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/jsonschema-go/jsonschema"
)

// NewGuestTool returns a tool of another server, of, with the schema that it gave:
// whoever carries a call out asks that server. What it returns is data.
func NewGuestTool(of, name, description string, effect Effect, schema json.RawMessage) (Tool, error) {
	var s jsonschema.Schema
	if err := json.Unmarshal(schema, &s); err != nil {
		return Tool{}, fmt.Errorf("tool %s: the schema: %w", name, err)
	}
	resolved, err := s.Resolve(nil) // which loads nothing from elsewhere
	if err != nil {
		return Tool{}, fmt.Errorf("tool %s: the schema: %w", name, err)
	}
	t := Tool{Name: name, Description: description, Effect: effect, Schema: schema, Of: of}
	t.read = func(args json.RawMessage, _ Handles) (json.RawMessage, error) { return asWritten(args, resolved) }
	return t, sound([]Tool{t})
}

// asWritten checks arguments against the schema and returns them without spaces.
func asWritten(args json.RawMessage, schema *jsonschema.Resolved) (json.RawMessage, error) {
	var fields map[string]any
	if err := json.Unmarshal(args, &fields); err != nil || fields == nil {
		return nil, errors.New("the arguments are not a JSON object")
	}
	if err := schema.Validate(fields); err != nil {
		return nil, fmt.Errorf("the arguments do not fit the schema: %w", err)
	}
	var compact bytes.Buffer
	err := json.Compact(&compact, args)
	return compact.Bytes(), err
}

// With returns the crew whose first agent has these tools too. Those whose name is
// taken are left out.
func (c *Crew) With(guests []Tool) *Crew {
	if len(guests) == 0 {
		return c
	}
	first := c.agents[0]
	first.Tools = slices.Clone(first.Tools)
	for _, g := range guests {
		if !slices.ContainsFunc(first.Tools, func(t Tool) bool { return t.Name == g.Name }) {
			first.Tools = append(first.Tools, g)
		}
	}
	return &Crew{agents: append([]Agent{first}, c.agents[1:]...)}
}

// Reply is what another server has answered.
type Reply struct {
	Text   string `json:"text"`             // data, whatever it says
	Failed bool   `json:"failed,omitempty"` // the server says that it could not do it
}
