package server

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"segue/web/templates/page"
)

// openAPI describes the addresses of api.go; tests hold every answer against it.
//
//go:embed openapi.json
var openAPI []byte

func (s *Server) showOpenAPI(c echo.Context) error {
	return c.Blob(http.StatusOK, echo.MIMEApplicationJSON, openAPI)
}

// showAPIDocs shows the description to people.
func (s *Server) showAPIDocs(c echo.Context) error {
	var d apiDescription
	if err := json.Unmarshal(openAPI, &d); err != nil {
		return fmt.Errorf("read openapi.json: %w", err)
	}
	return render(c, http.StatusOK, page.Docs(d.view(s.PublicURL)))
}

// apiDescription is the part of OpenAPI that the page shows.
type apiDescription struct {
	Info       struct{ Description string }
	Tags       []struct{ Name string }
	Paths      map[string]map[string]apiOperation
	Components struct {
		Schemas   map[string]apiSchema
		Responses map[string]apiResponse
	}
}

type apiOperation struct {
	OperationID, Summary, Description string
	Tags                              []string
	Security                          []map[string][]string
	Parameters                        []apiParameter
	RequestBody                       struct{ Content map[string]apiContent }
	Responses                         map[string]apiResponse
}

type apiParameter struct {
	Name, In, Description string
	Required              bool
	Example               any
}

// apiResponse is an answer, or the name of one that many calls may give.
type apiResponse struct {
	Ref         string `json:"$ref"`
	Description string
}

type apiContent struct {
	Schema  apiSchema
	Example json.RawMessage
}

type apiSchema struct {
	Ref         string `json:"$ref"`
	Description string
	Properties  map[string]apiSchema
	Required    []string
}

func (d apiDescription) view(base string) page.DocsView {
	v := page.DocsView{Intro: paragraphs(d.Info.Description)}
	for _, tag := range d.Tags {
		group := page.DocsGroup{Name: tag.Name}
		for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
			for method, op := range d.Paths[path] {
				if slices.Contains(op.Tags, tag.Name) {
					group.Calls = append(group.Calls, d.call(base, strings.ToUpper(method), path, op))
				}
			}
		}
		v.Groups = append(v.Groups, group)
	}
	v.Errors = answersOf(d.errors())
	return v
}

// errors are what calls answer that fail, the same for each status.
func (d apiDescription) errors() map[string]string {
	texts := map[string]string{}
	for _, methods := range d.Paths {
		for _, op := range methods {
			for status, r := range op.Responses {
				if name, ok := strings.CutPrefix(r.Ref, "#/components/responses/"); ok {
					texts[status] = d.Components.Responses[name].Description
				}
			}
		}
	}
	return texts
}

func (d apiDescription) call(base, method, path string, op apiOperation) page.DocsCall {
	call := page.DocsCall{ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, Text: paragraphs(op.Description)}
	for _, need := range op.Security {
		call.Scope = strings.Join(need["token"], " ")
	}
	for _, p := range op.Parameters {
		in := p.In
		if in == "path" {
			in = "address"
		}
		call.Fields = append(call.Fields, page.DocsField{Name: p.Name, In: in, Required: p.Required, Text: plainText(p.Description)})
	}
	body := op.RequestBody.Content[echo.MIMEApplicationJSON]
	schema := body.Schema
	if name, ok := strings.CutPrefix(schema.Ref, "#/components/schemas/"); ok {
		schema = d.Components.Schemas[name]
	}
	for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
		call.Fields = append(call.Fields, page.DocsField{
			Name: name, In: "body", Required: slices.Contains(schema.Required, name), Text: plainText(schema.Properties[name].Description),
		})
	}
	call.Example = command(method, base+exampleAddress(path, op.Parameters), call.Scope != "", body.Example)
	success := map[string]string{}
	for status, r := range op.Responses {
		if r.Ref == "" {
			success[status] = r.Description
		}
	}
	call.Answers = answersOf(success)
	return call
}

// exampleAddress puts the examples of its parameters into an address.
func exampleAddress(path string, parameters []apiParameter) string {
	query := url.Values{}
	for _, p := range parameters {
		switch text := fmt.Sprint(p.Example); {
		case p.Example == nil:
		case p.In == "path":
			path = strings.ReplaceAll(path, "{"+p.Name+"}", text)
		case p.In == "query":
			query.Set(p.Name, text)
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return path
}

// command is a call as one types it.
func command(method, address string, token bool, body json.RawMessage) string {
	parts := []string{"curl '" + address + "'"}
	if method != http.MethodGet {
		parts[0] = "curl -X " + method + " '" + address + "'"
	}
	if token {
		parts = append(parts, "-H 'Authorization: Bearer segue_…'")
	}
	if body != nil {
		var one bytes.Buffer
		_ = json.Compact(&one, body) // what is embedded was read as JSON before
		parts = append(parts, "-H 'Content-Type: application/json'", "-d '"+one.String()+"'")
	}
	return strings.Join(parts, " \\\n  ")
}

func answersOf(texts map[string]string) []page.DocsAnswer {
	var all []page.DocsAnswer
	for _, status := range slices.Sorted(maps.Keys(texts)) {
		all = append(all, page.DocsAnswer{Status: status, Text: plainText(texts[status])})
	}
	return all
}

func paragraphs(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(plainText(text), "\n\n")
}

// plainText drops the marks of code: the page has no Markdown.
func plainText(text string) string { return strings.ReplaceAll(text, "`", "") }
