package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxEcho is how much of a value that cannot be used is sent back with the reason.
const maxEcho = 4 << 10

// problem is one value that cannot be used, in the shape that pydantic 2 gives
// it and clients of the service before this one read.
type problem struct {
	Type  string          `json:"type"`
	Loc   []any           `json:"loc"`
	Msg   string          `json:"msg"`
	Input json.RawMessage `json:"input"`
	Ctx   map[string]any  `json:"ctx,omitempty"`
}

// unusable is the error of a request with problems; it is its own answer.
type unusable struct {
	Detail []problem `json:"detail"`
}

// Error names the places only: values are the person's.
func (u *unusable) Error() string {
	places := make([]string, len(u.Detail))
	for i, p := range u.Detail {
		places[i] = fmt.Sprint(p.Loc...) + " " + p.Type
	}
	return "unusable request: " + strings.Join(places, ", ")
}

// sentence tells of the first problem: "tracks.17.artist: Field required".
func (u *unusable) sentence() string {
	p := u.Detail[0]
	if len(p.Loc) < 2 {
		return p.Msg
	}
	names := make([]string, len(p.Loc)-1)
	for i, name := range p.Loc[1:] {
		names[i] = fmt.Sprint(name)
	}
	return strings.Join(names, ".") + ": " + p.Msg
}

// fields reads a JSON object value by value and collects what is wrong with it.
type fields struct {
	at       []any // where the object stands
	body     json.RawMessage
	values   map[string]json.RawMessage
	problems []problem
}

// parseFields reads the object of a body, in which every one of known may
// stand; nil lets everything pass. An empty body is an empty object unless needed.
func parseFields(body []byte, needed bool, known []string) *fields {
	body = bytes.TrimSpace(body)
	if len(body) == 0 && !needed {
		body = []byte("{}")
	}
	f := fieldsAt(body, "body")
	for _, name := range slices.Sorted(maps.Keys(f.values)) {
		if known != nil && !slices.Contains(known, name) {
			f.refuse(name, "extra_forbidden", "Extra inputs are not permitted", nil)
		}
	}
	return f
}

// fieldsAt reads an object that stands somewhere in a body.
func fieldsAt(body []byte, at ...any) *fields {
	f := &fields{at: at, body: body}
	switch err := json.Unmarshal(body, &f.values); {
	case len(body) == 0:
		f.add("missing", at, "Field required", nil, nil)
	case err != nil && !json.Valid(body):
		f.add("json_invalid", at, "JSON decode error", nil, map[string]any{"error": "This is not JSON"})
	case err != nil || f.values == nil:
		f.add("model_attributes_type", at, "Input should be a valid dictionary or object to extract fields from", body, nil)
	}
	return f
}

// place is where one of the values stands.
func (f *fields) place(name string) []any { return append(slices.Clone(f.at), name) }

// err is nil when every value could be used.
func (f *fields) err() error {
	if len(f.problems) == 0 {
		return nil
	}
	return &unusable{f.problems}
}

func (f *fields) add(kind string, loc []any, msg string, input json.RawMessage, ctx map[string]any) {
	if len(input) == 0 || len(input) > maxEcho {
		input = json.RawMessage("null")
	}
	f.problems = append(f.problems, problem{Type: kind, Loc: loc, Msg: msg, Input: input, Ctx: ctx})
}

func (f *fields) refuse(name, kind, msg string, ctx map[string]any) {
	f.add(kind, f.place(name), msg, f.values[name], ctx)
}

// value returns a field that is there and not null.
func (f *fields) value(name string) (json.RawMessage, bool) {
	v, ok := f.values[name]
	return v, ok && string(v) != "null"
}

// missing notes that a field is not there, unless the whole body is at fault.
func (f *fields) missing(name string) {
	if f.values != nil {
		f.add("missing", f.place(name), "Field required", f.body, nil)
	}
}

// text reads a text of at most so many characters, counted before what stands
// around it is trimmed; "" when there is none. A needed one must show something.
func (f *fields) text(name string, most int, needed bool) string {
	v, ok := f.values[name]
	if !ok {
		if needed {
			f.missing(name)
		}
		return ""
	}
	if string(v) == "null" && !needed {
		return ""
	}
	var text string
	if json.Unmarshal(v, &text) != nil || string(v) == "null" {
		f.refuse(name, "string_type", "Input should be a valid string", nil)
		return ""
	}
	switch n := utf8.RuneCountInString(text); {
	case n > most:
		f.refuse(name, "string_too_long", fmt.Sprintf("String should have at most %d characters", most), map[string]any{"max_length": most})
		return ""
	case n == 0 && needed:
		f.refuse(name, "string_too_short", "String should have at least 1 character", map[string]any{"min_length": 1})
		return ""
	case needed && !strings.ContainsFunc(text, visible):
		f.refuse(name, "value_error", "Value error, should not be blank", map[string]any{"error": map[string]any{}})
		return ""
	}
	return strings.TrimSpace(text)
}

// number reads a number between least and most, also one written as a text; 0 when there is none.
func (f *fields) number(name string, least, most float64) float64 {
	v, ok := f.value(name)
	if !ok {
		return 0
	}
	var text string
	if json.Unmarshal(v, &text) != nil {
		text = string(v)
	}
	n, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	switch {
	case err != nil && v[0] == '"':
		f.refuse(name, "float_parsing", "Input should be a valid number, unable to parse string as a number", nil)
	case err != nil:
		f.refuse(name, "float_type", "Input should be a valid number", nil)
	case !(n >= least): // also what is not a number at all
		f.refuse(name, "greater_than_equal", fmt.Sprintf("Input should be greater than or equal to %v", least), map[string]any{"ge": least})
	case n > most:
		f.refuse(name, "less_than_equal", fmt.Sprintf("Input should be less than or equal to %v", most), map[string]any{"le": most})
	default:
		return n
	}
	return 0
}

// flags are the words that pydantic takes for yes and no.
var flags = map[string]bool{
	"true": true, "1": true, "yes": true, "y": true, "on": true, "t": true,
	"false": false, "0": false, "no": false, "n": false, "off": false, "f": false,
}

// flag reads yes or no; nil when neither was said.
func (f *fields) flag(name string) *bool {
	v, ok := f.value(name)
	if !ok {
		return nil
	}
	if yes, known := flags[strings.ToLower(strings.Trim(string(v), `"`))]; known {
		return &yes
	}
	f.refuse(name, "bool_parsing", "Input should be a valid boolean, unable to interpret input", nil)
	return nil
}
