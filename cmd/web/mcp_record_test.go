package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"segue/internal/agent"
	"segue/internal/agent/crew"
	"segue/internal/agent/llm/stub"
	"segue/internal/auth"
	"segue/internal/mcp"
	"segue/internal/store"
	"segue/internal/workflows"
)

// radio is a server of tools: one tells what was played, one skips a song.
func radio(t *testing.T) func(*rig) {
	t.Helper()
	s := sdk.NewServer(&sdk.Implementation{Name: "radio", Version: "1"}, nil)
	for name, reads := range map[string]bool{"played": true, "skip": false} {
		tool := &sdk.Tool{Name: name, Annotations: &sdk.ToolAnnotations{ReadOnlyHint: reads}}
		sdk.AddTool(s, tool, func(context.Context, *sdk.CallToolRequest, struct{}) (*sdk.CallToolResult, any, error) {
			return &sdk.CallToolResult{Content: []sdk.Content{&sdk.TextContent{Text: "Bohemian Rhapsody"}}}, nil, nil
		})
	}
	srv := httptest.NewServer(sdk.NewStreamableHTTPHandler(func(*http.Request) *sdk.Server { return s }, &sdk.StreamableHTTPOptions{Stateless: true}))
	t.Cleanup(srv.Close)
	return func(r *rig) { r.places = []mcp.Place{{Name: "radio", URL: srv.URL}} }
}

// TestRecordProgramHistories is TestRecordHistories for calls of programs, and of tools of other programs.
func TestRecordProgramHistories(t *testing.T) { //nolint:paralleltest // it writes files that other tests read
	reason := os.Getenv("RECORD_HISTORIES")
	if reason == "" {
		t.Skip("RECORD_HISTORIES gives no reason to record")
	}
	s := rounds(
		calls("radio_played", `{}`), calls("radio_skip", `{}`), calls(agent.SyncSongs, addBohemian), stub.Reply{Text: "Done."},
	)
	r := newRig(t, func(r *rig) { r.plain = true }, withModel(t, s), radio(t))
	r.visited()
	single, err := crew.For(agent.Single)
	must(t, err)
	token, _, err := auth.NewPersonalToken(r.person, auth.Nobody, auth.PersonalWish{Name: "a program", Scopes: []auth.Scope{auth.SyncWrite}}, time.Now())
	must(t, err)
	must(t, r.db.AddPersonalToken(t.Context(), token))
	call := func(tool, args string) agent.Run {
		given := single.Given(tool, json.RawMessage(args))
		run, _, err := r.db.AcceptSync(t.Context(), store.NewSync{PersonID: r.person, TokenID: token.ID, Text: tool, Call: &given, Request: []byte(tool)})
		must(t, err)
		must(t, r.engine.StartTurn(t.Context(), run))
		return run
	}
	record := func(name string, run agent.Run, option string) {
		for {
			p := r.until(run, func(p agent.Progress) bool { return p.State.Final() || len(p.Questions()) > 0 })
			if p.State.Final() {
				break
			}
			_ = r.engine.Answer(t.Context(), run.ID, agent.Answer{Question: p.Questions()[0].ID, Option: option}) // it may be answered already
		}
		if p := r.end(run); p.Trouble != nil {
			t.Errorf("%s ended %+v", name, p.Trouble)
		}
		must(t, os.WriteFile(filepath.Join(testdata, "programs-"+name+".json"), r.history(workflows.TurnID(run.ID)), 0o600))
	}
	record("visited", r.say("what was played"), agent.Approve)
	record("added", call(agent.SyncSongs, addBohemian), agent.Approve)
	record("denied", call(agent.RemoveSongs, addBohemian), agent.NoneOfThese)
	record("removed", call(agent.RemoveSongs, addBohemian), agent.Approve)
	must(t, os.WriteFile(filepath.Join(testdata, "SUMS"), []byte(sums(t, "programs-", reason)), 0o600))
}
