package agent_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"segue/internal/agent"
)

type shown struct {
	Playlist string `json:"playlist" handle:"P"`
}

func hosts(t *testing.T) *agent.Crew {
	t.Helper()
	talk := agent.NewTool[struct{}]("ask", "Asks.", agent.Read)
	talk.Talk = true
	c, err := agent.NewCrew(
		agent.Agent{Name: "first", Tools: []agent.Tool{
			agent.NewTool[shown]("show", "Shows.", agent.Read), talk, agent.NewTool[struct{}]("end", "Ends.", agent.Finish),
		}, Handoffs: []agent.Handoff{{To: "second"}}},
		agent.Agent{Name: "second"},
	)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func guest(t *testing.T, name, schema string) agent.Tool {
	t.Helper()
	tool, err := agent.NewGuestTool("radio", name, "Of others.", agent.Destructive, json.RawMessage(schema))
	if err != nil {
		t.Fatal(err)
	}
	return tool
}

func TestAProgramIsOfferedNothingOfAConversation(t *testing.T) {
	t.Parallel()
	c := hosts(t).With([]agent.Tool{guest(t, "radio_skip", `{"type":"object"}`)})
	if offered := c.Offered(); len(offered) != 1 || offered[0].Name != "show" {
		t.Fatalf("offered %+v", offered)
	}
	for _, call := range []struct{ tool, args, refused string }{
		{"show", `{"playlist":"37i9dQZF1DXcBWIGoYBM5M"}`, ""},
		{"show", `{"playlist":"P1"}`, "handle of an earlier result"},
		{"show", `{"playlist":"../37i9dQZF1DXcBWIGoYBM5M"}`, "handle of an earlier result"},
		{"show", `{"playlist":1}`, "schema"},
		{"ask", `{}`, "no tool"},
		{"end", `{}`, "no tool"},
		{"transfer_to_second", `{"reason":"x"}`, "no tool"},
		{"radio_skip", `{}`, "no tool"},
	} {
		got := c.Given(call.tool, json.RawMessage(call.args))
		if (got.Refused == "") != (call.refused == "") || !strings.Contains(got.Refused, call.refused) || got.Refused == "" && got.Effect != agent.Read {
			t.Errorf("%s %s: %+v", call.tool, call.args, got)
		}
	}
}

func TestAGuestIsTheFirstAgentsAndDisplacesNobody(t *testing.T) {
	t.Parallel()
	c := hosts(t)
	before := len(c.Acting(agent.Turn{}).Tools)
	with := c.With([]agent.Tool{guest(t, "show", `{"type":"object"}`), guest(t, "radio_skip", `{"type":"object","required":["day"],"properties":{"day":{"type":"string"}}}`)})
	tools := with.Acting(agent.Turn{}).Tools
	if len(tools) != before+1 || tools[0].Of != "" || tools[before].Of != "radio" || len(c.Acting(agent.Turn{}).Tools) != before {
		t.Fatalf("the tools are %+v", tools)
	}
	for args, refused := range map[string]string{`{ "day": "today" }`: "", `{}`: "schema", `[]`: "JSON object"} {
		step, err := with.Next(t.Context(), oneCall{Tool: "radio_skip", Args: json.RawMessage(args)}, agent.Transcript{})
		if err != nil {
			t.Fatal(err)
		}
		got := step.Calls[0]
		if !strings.Contains(got.Refused, refused) || refused == "" && (got.Of != "radio" || got.Effect != agent.Destructive || string(got.Args) != `{"day":"today"}`) {
			t.Errorf("%s: %+v", args, got)
		}
	}
	for _, c := range []struct{ name, schema string }{{"bad.name", `{"type":"object"}`}, {"good", `{"type":7}`}, {"good", `{"$ref":"https://elsewhere.example/s.json"}`}} {
		if _, err := agent.NewGuestTool("radio", c.name, "", agent.Read, json.RawMessage(c.schema)); err == nil {
			t.Errorf("%+v was taken", c)
		}
	}
}

// oneCall is a planner that makes one call.
type oneCall agent.Call

func (c oneCall) Next(context.Context, agent.Transcript) (agent.Step, error) {
	return agent.Step{Calls: []agent.Call{agent.Call(c)}}, nil
}
