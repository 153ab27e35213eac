package agent

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
)

// Effect says what a tool does to the world.
type Effect string

// The effects. Only reading calls run at the same time as others.
const (
	Read        Effect = "read"
	Write       Effect = "write"
	Destructive Effect = "destructive" // takes something away; engines ask the person first
	Finish      Effect = "finish"      // ends the turn with its arguments as the outcome; it is not carried out
	handOver    Effect = "handover"    // another agent goes on; it is not carried out
)

// Tool is what an agent can do: a name, a schema of arguments and an effect. What
// it does is up to the engine, by name.
type Tool struct {
	Name        string // letters, digits, _ and -
	Description string // for the model: what it does and when to use it
	Effect      Effect
	Timeout     time.Duration   // of one try; 0 = the engine's own
	Tries       int             // 0 = the engine's own
	Schema      json.RawMessage // JSON Schema of the arguments
	Of          string          // the server that has it; "" = this house
	Talk        bool            // it is part of a conversation, which a program that calls tools does not have

	read func(args json.RawMessage, h Handles) (json.RawMessage, error)
	err  error // of the schema, for NewCrew
}

// Validator is implemented by arguments that a schema cannot describe in full.
// Its error is for the planner.
type Validator interface{ Validate() error }

// NewTool returns a tool whose arguments are an A, a struct: fields are required
// unless omitempty or omitzero, described by the tag jsonschema, and handles by the
// tag handle with their prefix. An A that has no schema is an error of NewCrew.
func NewTool[A any](name, description string, effect Effect) Tool {
	t := Tool{Name: name, Description: description, Effect: effect}
	schema, err := schemaOf[A]()
	if err != nil {
		t.err = err
		return t
	}
	t.Schema, t.err = json.Marshal(schema.Schema())
	t.read = func(args json.RawMessage, h Handles) (json.RawMessage, error) { return read[A](args, schema, h) }
	return t
}

func schemaOf[A any]() (*jsonschema.Resolved, error) {
	schema, err := jsonschema.For[A](nil) // which refuses types that hold themselves
	if err != nil {
		return nil, err
	}
	if err := plain(reflect.TypeFor[A]()); err != nil {
		return nil, err
	}
	withoutNull(schema)
	return schema.Resolve(nil)
}

// withoutNull takes null from the types of slices: some servers understand one type only.
func withoutNull(s *jsonschema.Schema) {
	if s == nil {
		return
	}
	if rest := slices.DeleteFunc(slices.Clone(s.Types), func(t string) bool { return t == "null" }); len(rest) == 1 {
		s.Type, s.Types = rest[0], nil
	}
	withoutNull(s.Items)
	withoutNull(s.AdditionalProperties)
	for _, property := range s.Properties {
		withoutNull(property)
	}
}

// read checks arguments against the schema, resolves their handles and writes
// them again. Its errors are for the planner.
func read[A any](raw json.RawMessage, schema *jsonschema.Resolved, h Handles) (json.RawMessage, error) {
	var fields map[string]any
	if err := json.Unmarshal(raw, &fields); err != nil || fields == nil {
		return nil, errors.New("the arguments are not a JSON object")
	}
	if err := schema.Validate(fields); err != nil {
		return nil, fmt.Errorf("the arguments do not fit the schema: %w", err)
	}
	var args A
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&args); err != nil {
		return nil, fmt.Errorf("the arguments do not fit the schema: %w", err)
	}
	if err := h.resolve(&args); err != nil {
		return nil, err
	}
	if v, ok := any(args).(Validator); ok {
		if err := v.Validate(); err != nil {
			return nil, err
		}
	}
	return json.Marshal(args)
}
