package server

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
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
	Components struct{ Schemas map[string]apiSchema }
}

type apiOperation struct {
	OperationID, Summary, Description string
	Tags                              []string
	Security                          []map[string][]string
	Parameters                        []struct {
		Name, In, Description string
		Required              bool
	}
	RequestBody struct{ Content map[string]apiContent }
	Responses   map[string]struct{ Description string }
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
	errors := map[string]string{}
	for _, tag := range d.Tags {
		group := page.DocsGroup{Name: tag.Name}
		for _, path := range slices.Sorted(maps.Keys(d.Paths)) {
			for method, op := range d.Paths[path] {
				if slices.Contains(op.Tags, tag.Name) {
					group.Calls = append(group.Calls, d.call(base, strings.ToUpper(method), path, op))
				}
				for status, r := range op.Responses {
					if status >= "4" {
						errors[status] = r.Description
					}
				}
			}
		}
		v.Groups = append(v.Groups, group)
	}
	v.Errors = answersOf(errors)
	return v
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
	if body.Example != nil {
		call.Example = command(base, method, path, body.Example)
	}
	success := map[string]string{}
	for status, r := range op.Responses {
		if status < "4" {
			success[status] = r.Description
		}
	}
	call.Answers = answersOf(success)
	return call
}

func command(base, method, path string, body json.RawMessage) string {
	text := string(body)
	var v any
	if json.Unmarshal(body, &v) == nil {
		if one, err := json.Marshal(v); err == nil {
			text = string(one)
		}
	}
	return fmt.Sprintf("curl -X %s %s%s \\\n  -H 'Authorization: Bearer segue_…' \\\n  -H 'Content-Type: application/json' \\\n  -d '%s'", method, base, path, text)
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
