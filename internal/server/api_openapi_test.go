package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
)

// operation is what the description says of one kind of request.
type operation struct {
	Responses   map[string]response
	RequestBody struct {
		Content map[string]struct{ Example json.RawMessage }
	}
	Security *[]map[string][]string
}

// response is an answer, or the name of one that many calls may give.
type response struct {
	Ref     string `json:"$ref"`
	Content map[string]struct{ Schema json.RawMessage }
}

// description is openapi.json as far as answers are held against it.
type description struct {
	OpenAPI    string
	Paths      map[string]map[string]operation
	Components struct {
		Schemas   json.RawMessage
		Responses map[string]response
	}
}

func describe(tb testing.TB) description {
	tb.Helper()
	text, err := os.ReadFile("openapi.json")
	if err != nil {
		tb.Fatal(err)
	}
	var d description
	if err := json.Unmarshal(text, &d); err != nil {
		tb.Fatal(err)
	}
	return d
}

// operation finds what is said of a method and an address.
func (d description) operation(method, address string) (operation, bool) {
	address, _, _ = strings.Cut(address, "?")
	for _, path := range slices.Sorted(maps.Keys(d.Paths)) { // "batch" comes before "{id}"
		shape := "^" + regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(regexp.QuoteMeta(path), "[^/]+") + "$"
		if regexp.MustCompile(shape).MatchString(address) {
			op, known := d.Paths[path][strings.ToLower(method)]
			return op, known
		}
	}
	return operation{}, false
}

// check holds an answer of the API against its description. What the
// description does not know, such as a wrong method, is none of its business.
func check(a answer, method, address string) {
	a.t.Helper()
	d := describe(a.t)
	op, known := d.operation(method, address)
	if !known {
		return
	}
	said, known := op.Responses[fmt.Sprint(a.StatusCode)]
	if !known {
		a.t.Errorf("%s: the description knows no %d", a.what, a.StatusCode)
		return
	}
	if name, ok := strings.CutPrefix(said.Ref, "#/components/responses/"); ok {
		said = d.Components.Responses[name]
	}
	var v any
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		a.t.Errorf("%s: %v", a.what, err)
		return
	}
	if err := d.validate(a.t, said.Content["application/json"].Schema, v); err != nil {
		a.t.Errorf("%s: %d is not as described: %v\n%.600s", a.what, a.StatusCode, err, a.body)
	}
}

// validate reads the schema of an answer with those that it refers to. Schemas of
// OpenAPI 3.1 are JSON Schema 2020-12.
func (d description) validate(tb testing.TB, schema json.RawMessage, v any) error {
	tb.Helper()
	whole := fmt.Sprintf(`{"$defs": %s, "allOf": [%s]}`, d.Components.Schemas, schema)
	whole = strings.ReplaceAll(whole, "#/components/schemas/", "#/$defs/")
	var s jsonschema.Schema
	if err := json.Unmarshal([]byte(whole), &s); err != nil {
		tb.Fatal(err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		tb.Fatal(err)
	}
	return resolved.Validate(v)
}

func TestTheDescriptionAndTheRoutesAgree(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	d := describe(t)
	if !strings.HasPrefix(d.OpenAPI, "3.1.") {
		t.Errorf("version %s", d.OpenAPI)
	}
	routes := map[string]bool{}
	for _, name := range s.server.RouteNames() {
		method, path, _ := strings.Cut(name, " ")
		if (strings.HasPrefix(path, "/api/") || path == "/health") && method != "HEAD" {
			routes[strings.ToLower(method)+" "+regexp.MustCompile(`:(\w+)`).ReplaceAllString(path, "{$1}")] = true
		}
	}
	for path, methods := range d.Paths {
		for method, op := range methods {
			if !routes[method+" "+path] {
				t.Errorf("%s %s is described, but there is no such route", method, path)
			}
			if op.Security == nil {
				t.Errorf("%s %s: say who may", method, path)
			}
			delete(routes, method+" "+path)
		}
	}
	for name := range routes {
		t.Errorf("%s is not described", name)
	}
}

func TestTheDescriptionSaysWhichScopeIsNeeded(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	stranger := &gadget{site: s}
	bare := s.login("ada").gadget(0, "sync:write")
	writer := s.login("ben").gadget(0, "sync:read")
	for path, methods := range describe(t).Paths {
		for method, op := range methods {
			address := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, "x")
			method = strings.ToUpper(method)
			if len(*op.Security) == 0 {
				stranger.call(method, address, "").wants(200)
				continue
			}
			stranger.call(method, address, "").wants(401)
			g := bare
			scope := (*op.Security)[0]["token"][0]
			if scope == "sync:write" {
				g = writer
			}
			if h := g.call(method, address, "").wants(403).Header.Get("WWW-Authenticate"); !strings.Contains(h, `scope="`+scope+`"`) {
				t.Errorf("%s %s wants %q, described is %s", method, path, h, scope)
			}
		}
	}
}

func TestTheDescriptionIsServed(t *testing.T) {
	t.Parallel()
	a := newSite(t).browser().get("/api/v1/openapi.json").wants(200)
	text, err := os.ReadFile("openapi.json")
	if err != nil || a.body != string(text) || a.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%s, %v: %.80s", a.Header.Get("Content-Type"), err, a.body)
	}
}
