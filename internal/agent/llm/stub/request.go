package stub

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"github.com/google/jsonschema-go/jsonschema"
)

// Request is a chat completion request, with the fields that every server knows:
// any other is refused, as OpenAI refuses those it does not know.
type Request struct {
	Model         string        `json:"model"`
	Messages      []Message     `json:"messages"`
	Tools         []Tool        `json:"tools"`
	Stream        bool          `json:"stream"`
	StreamOptions streamOptions `json:"stream_options"`
}

type streamOptions struct {
	IncludeUsage bool `json:"include_usage"`
}

// Message is one of the messages.
type Message struct {
	Role       string     `json:"role"`
	Content    *string    `json:"content"`
	ToolCalls  []ToolCall `json:"tool_calls"`
	ToolCallID string     `json:"tool_call_id"`
}

// Text returns the content, "" when there is none.
func (m Message) Text() string {
	if m.Content == nil {
		return ""
	}
	return *m.Content
}

// ToolCall is a call that the model made before.
type ToolCall struct {
	ID       string   `json:"id"`
	Type     string   `json:"type"`
	Function Function `json:"function"`
}

// Function is what was called.
type Function struct {
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
}

// Tool is what the model may call.
type Tool struct {
	Type     string     `json:"type"`
	Function Definition `json:"function"`
}

// Definition describes a function.
type Definition struct {
	Name        string          `json:"name"`
	Description string          `json:"description"`
	Parameters  json.RawMessage `json:"parameters"`
}

// Last returns the last message.
func (r Request) Last() Message { return r.Messages[len(r.Messages)-1] }

// Asked returns what the person said last.
func (r Request) Asked() string {
	for _, m := range slices.Backward(r.Messages) {
		if m.Role == user {
			return m.Text()
		}
	}
	return ""
}

// Rounds returns how many results of tools have come since the person spoke.
func (r Request) Rounds() int {
	n := 0
	for _, m := range slices.Backward(r.Messages) {
		if m.Role == user {
			break
		}
		if m.Role == tool {
			n++
		}
	}
	return n
}

const (
	system    = "system"
	user      = "user"
	assistant = "assistant"
	tool      = "tool"
)

// parse reads a request and says what is wrong with it, "" for nothing.
func parse(body []byte) (Request, string) {
	var r Request
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		return r, "the request cannot be read: " + err.Error()
	}
	switch {
	case r.Model == "":
		return r, "a model is missing"
	case !r.Stream:
		return r, "this server only streams"
	case len(r.Messages) == 0:
		return r, "messages are missing"
	}
	if why := checkTools(r.Tools); why != "" {
		return r, why
	}
	return r, checkMessages(r.Messages)
}

var name = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

func checkTools(tools []Tool) string {
	seen := map[string]bool{}
	for _, t := range tools {
		f := t.Function
		switch {
		case t.Type != "function":
			return fmt.Sprintf("a tool of type %q", t.Type)
		case !name.MatchString(f.Name) || seen[f.Name]:
			return fmt.Sprintf("tool %q: the name is not valid or not unique", f.Name)
		case len(f.Description) > 1024:
			return fmt.Sprintf("tool %s: the description is too long", f.Name)
		}
		seen[f.Name] = true
		if why := checkSchema(f.Parameters); why != "" {
			return fmt.Sprintf("tool %s: %s", f.Name, why)
		}
	}
	return ""
}

func checkSchema(parameters json.RawMessage) string {
	var s jsonschema.Schema
	if err := json.Unmarshal(parameters, &s); err != nil {
		return "the parameters are no JSON Schema: " + err.Error()
	}
	if s.Type != "object" {
		return "the parameters are no object"
	}
	if _, err := s.Resolve(nil); err != nil {
		return "the parameters are no JSON Schema: " + err.Error()
	}
	return ""
}

// order is what checkMessages remembers of the messages so far.
type order struct {
	role string
	open map[string]bool // ids of calls without a result
	used map[string]bool // ids of all calls
}

// checkMessages checks the order that chat templates insist on: one system message,
// person and model in turns, and after calls their results, all of them and nothing else.
func checkMessages(messages []Message) string {
	o := order{open: map[string]bool{}, used: map[string]bool{}}
	for i, m := range messages {
		if why := o.next(i, m); why != "" {
			return fmt.Sprintf("messages[%d]: %s", i, why)
		}
		o.role = m.Role
	}
	switch {
	case len(o.open) > 0:
		return "a call has no result"
	case o.role != user && o.role != tool:
		return "the last message must be of user or tool"
	}
	return ""
}

func (o *order) next(i int, m Message) string {
	if len(o.open) > 0 && m.Role != tool {
		return "a call has no result"
	}
	if m.Role != assistant && m.Content == nil {
		return "content is missing"
	}
	switch m.Role {
	case system:
		if i != 0 {
			return "a system message must be the first"
		}
	case user:
		if o.role == user {
			return "user messages must not follow one another"
		}
	case assistant:
		return o.assistant(m)
	case tool:
		if !o.open[m.ToolCallID] {
			return fmt.Sprintf("tool_call_id %q is not that of a call before", m.ToolCallID)
		}
		delete(o.open, m.ToolCallID)
	default:
		return fmt.Sprintf("there is no role %q", m.Role)
	}
	return ""
}

func (o *order) assistant(m Message) string {
	if o.role == system || o.role == "" {
		return "the first to speak must be the user"
	}
	if len(m.ToolCalls) == 0 {
		if m.Content == nil {
			return "an assistant message needs content or tool_calls"
		}
		if o.role == assistant {
			return "assistant messages must not follow one another"
		}
	}
	for _, c := range m.ToolCalls {
		var args map[string]any
		switch {
		case c.ID == "" || o.used[c.ID]:
			return fmt.Sprintf("id %q of a call is missing or not unique", c.ID)
		case c.Type != "function" || !name.MatchString(c.Function.Name):
			return fmt.Sprintf("call %s is not of a function", c.ID)
		case json.Unmarshal([]byte(c.Function.Arguments), &args) != nil || args == nil:
			return fmt.Sprintf("the arguments of call %s are no JSON object", c.ID)
		}
		o.open[c.ID], o.used[c.ID] = true, true
	}
	return ""
}
