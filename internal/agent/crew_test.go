package agent_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"segue/internal/agent"
)

type showArgs struct {
	Playlist agent.PlaylistRef `json:"playlist"`
}

type pickArgs struct {
	Songs []string `json:"songs" handle:"S" jsonschema:"handles of songs"`
}

// Validate asks for one song at least.
func (a pickArgs) Validate() error {
	if len(a.Songs) == 0 {
		return errors.New("songs is empty")
	}
	return nil
}

type endArgs struct {
	Verdict string `json:"verdict"`
}

// house returns two agents with a tool of each effect.
func house() []agent.Agent {
	return []agent.Agent{
		{
			Name: "concierge",
			Tools: []agent.Tool{
				agent.NewTool[showArgs]("show", "Shows a playlist.", agent.Read),
				agent.NewTool[struct{}]("list", "Lists playlists.", agent.Read),
				agent.NewTool[agent.SyncSongsArgs](agent.SyncSongs, "Adds songs.", agent.Write),
			},
			Handoffs: []agent.Handoff{{To: "librarian", When: "Songs are to go."}},
		},
		{
			Name: "librarian",
			Tools: []agent.Tool{
				agent.NewTool[pickArgs]("remove", "Removes songs.", agent.Destructive),
				agent.NewTool[agent.UndoArgs](agent.Undo, "Undoes a run.", agent.Destructive),
				agent.NewTool[endArgs]("settle", "Ends with a verdict.", agent.Finish),
			},
			Handoffs: []agent.Handoff{{To: "concierge", When: "All else."}},
		},
	}
}

func newCrew(t *testing.T) *agent.Crew {
	t.Helper()
	return crewOf(t, house())
}

// plan is a planner that returns these steps in turn, and then says "Done.".
type plan []agent.Step

// Next returns the step after those taken.
func (p plan) Next(_ context.Context, t agent.Transcript) (agent.Step, error) {
	if t.Steps < len(p) {
		return p[t.Steps], nil
	}
	return agent.Step{Say: "Done.", Done: true}, nil
}

func calls(all ...string) agent.Step {
	var s agent.Step
	for _, c := range all {
		tool, args, _ := strings.Cut(c, " ")
		s.Calls = append(s.Calls, agent.Call{Tool: tool, Args: json.RawMessage(args)})
	}
	return s
}

func TestACallIsJudged(t *testing.T) {
	t.Parallel()
	const link = "37i9dQZF1DXcBWIGoYBM5M"
	conversation := agent.Transcript{
		Messages:     []agent.Message{{Role: agent.Person, Text: "see https://open.spotify.com/playlist/" + link + "?si=1"}, {Role: agent.Assistant, Text: "ofAnAnswer1234567890"}},
		Default:      agent.PlaylistRef{ID: "default-id"},
		LastPlaylist: agent.PlaylistRef{ID: "last-id"},
		LastRun:      "run-id",
	}
	song := func(id string) string {
		return agent.SyncSongs + ` {"songs":[{"title":"X","track_id":"` + id + `"}],"playlist":{}}`
	}
	for _, c := range []struct{ name, call, args, why string }{
		{"a handle is resolved", `show {"playlist":{"id":"P2"}}`, `{"playlist":{"id":"last-id"}}`, ""},
		{"what was issued stands for itself", `show {"playlist":{"id":"default-id"}}`, `{"playlist":{"id":"default-id"}}`, ""},
		{"what the person wrote stands for itself", `show {"playlist":{"id":"` + link + `"}}`, `{"playlist":{"id":"` + link + `"}}`, ""},
		{"a name needs no handle", `show {"playlist":{"name":"Road Trip"}}`, `{"playlist":{"name":"Road Trip"}}`, ""},
		{"a handle that was not issued", `show {"playlist":{"id":"P3"}}`, "", `no "P3": they go from P1 to P2`},
		{"a handle of another kind", `show {"playlist":{"id":"R1"}}`, "", `no "R1"`},
		{"a handle in other digits", `show {"playlist":{"id":"P01"}}`, "", `no "P01"`},
		{"an id of the model's own", `show {"playlist":{"id":"4u7EnebtmKWzUH433cf5Qv"}}`, "", "there is no"},
		{"an id from an answer", `show {"playlist":{"id":"ofAnAnswer1234567890"}}`, "", "there is no"},
		{"a part of what the person wrote", `show {"playlist":{"id":"open"}}`, "", "there is no"},
		{"a track of the model's own", song("4u7EnebtmKWzUH433cf5Qv"), "", "there is no"},
		{"no JSON", `show {"playlist":`, "", "not a JSON object"},
		{"no object", `show ["P1"]`, "", "not a JSON object"},
		{"null", `show null`, "", "not a JSON object"},
		{"nothing", `show`, "", "not a JSON object"},
		{"a field too many", `show {"playlist":{"id":"P1"},"force":true}`, "", "do not fit"},
		{"a field too few", `show {}`, "", "do not fit"},
		{"a wrong type", `show {"playlist":"P1"}`, "", "do not fit"},
		{"null for an array", agent.SyncSongs + ` {"songs":null,"playlist":{}}`, "", "do not fit"},
		{"too long", `show {"playlist":{"name":"` + strings.Repeat("x", agent.MaxArgs) + `"}}`, "", "32768 bytes"},
		{"an unknown tool", `drop_tables {}`, "", `no tool "drop_tables"; yours are: show, list, sync_songs, transfer_to_librarian`},
		{"a tool of another agent", `remove {"songs":["S1"]}`, "", "no tool"},
		{"a tool that is no name", "\xff" + strings.Repeat("x", 1<<20) + ` {}`, "", `no tool "unknown"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			step, err := newCrew(t).Next(t.Context(), plan{calls(c.call)}, conversation)
			if err != nil {
				t.Fatal(err)
			}
			got := step.Calls[0]
			if !strings.Contains(got.Refused, c.why) || (got.Refused == "") != (c.why == "") {
				t.Errorf("refused with %q, want %q", got.Refused, c.why)
			}
			if c.args != "" && string(got.Args) != c.args {
				t.Errorf("arguments %s, want %s", got.Args, c.args)
			}
			if text, err := json.Marshal(step); err != nil || len(text) > 2*agent.MaxArgs {
				t.Errorf("it cannot be recorded: %d bytes, %v", len(text), err)
			}
		})
	}
}

func TestAHandoverChangesWhoActs(t *testing.T) {
	t.Parallel()
	e := &recorder{t: t, planner: plan{
		calls(`transfer_to_librarian {"reason":"songs are to go"}`),
		calls(`undo {"run_id":"R1"}`),
		calls(`transfer_to_concierge {"reason":"that is all"}`),
	}}
	out, err := agent.Loop(t.Context(), e, agent.DefaultLimits())
	if err != nil || out.Ending != agent.Answered || out.Agent != "concierge" {
		t.Fatalf("%+v, %v", out, err)
	}
	if got := e.used(); !slices.Equal(got, []string{`undo {"run_id":"run-id"}`}) {
		t.Errorf("used %q", got)
	}
	if !slices.Equal(e.acted, []string{"concierge", "librarian", "librarian", "concierge"}) {
		t.Errorf("acted %q", e.acted)
	}
	if a := newCrew(t).Acting(agent.Turn{Calls: out.Turn.Calls[:2], Results: out.Turn.Results[:2]}); a.Name != "librarian" || len(a.Tools) != 4 {
		t.Errorf("acting in the middle: %s with %d tools", a.Name, len(a.Tools))
	}
}

func TestACrewThatCannotWorkIsRefused(t *testing.T) {
	t.Parallel()
	tool := func(name string) agent.Tool { return agent.NewTool[struct{}](name, "", agent.Read) }
	type loop struct {
		Next *loop `json:"next"`
	}
	for name, agents := range map[string][]agent.Agent{
		"nobody":               nil,
		"no name":              {{}},
		"two of a name":        {{Name: "a"}, {Name: "a"}},
		"two tools of a name":  {{Name: "a", Tools: []agent.Tool{tool("x"), tool("x")}}},
		"a tool with spaces":   {{Name: "a", Tools: []agent.Tool{tool("x y")}}},
		"a tool of no type":    {{Name: "a", Tools: []agent.Tool{{Name: "x"}}}},
		"an endless type":      {{Name: "a", Tools: []agent.Tool{agent.NewTool[loop]("x", "", agent.Read)}}},
		"a map":                {{Name: "a", Tools: []agent.Tool{agent.NewTool[struct{ M map[string]string }]("x", "", agent.Read)}}},
		"anything":             {{Name: "a", Tools: []agent.Tool{agent.NewTool[struct{ V any }]("x", "", agent.Read)}}},
		"a handover to nobody": {{Name: "a", Handoffs: []agent.Handoff{{To: "b"}}}},
	} {
		if _, err := agent.NewCrew(agents...); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func TestSchemasAreWhatServersRead(t *testing.T) {
	t.Parallel()
	got := string(agent.NewTool[agent.SyncSongsArgs]("x", "", agent.Write).Schema)
	for _, want := range []string{`"required":["songs","playlist"]`, `"additionalProperties":false`, `"handle of the playlist, such as P1"`} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if strings.Contains(got, "null") {
		t.Errorf("two types: %s", got)
	}
}

func TestAPlannersErrorIsReturnedAndATranscriptIsCutOnlyWhenTooLong(t *testing.T) {
	t.Parallel()
	asked := 0
	p := plannerFunc(func(ts agent.Transcript) (agent.Step, error) {
		asked++
		if len(ts.Messages) > 3 {
			return agent.Step{}, fmt.Errorf("no: %w", agent.ErrTooLong)
		}
		return calls(`show {"playlist":{"id":"4u7EnebtmKWzUH433cf5Qv"}}`), nil
	})
	ts := agent.Transcript{Messages: []agent.Message{{Role: agent.Person, Text: "spotify:playlist:4u7EnebtmKWzUH433cf5Qv"}}}
	for range 20 {
		ts.Messages = append(ts.Messages, agent.Message{Role: agent.Person, Text: "more"})
	}
	step, err := newCrew(t).Next(t.Context(), p, ts)
	if err != nil || step.Forgot != 19 || asked != 4 {
		t.Errorf("forgot %d after %d tries, %v", step.Forgot, asked, err)
	}
	if step.Calls[0].Refused != "" {
		t.Errorf("what the person wrote before is forgotten: %s", step.Calls[0].Refused)
	}
	broken := errors.New("broken")
	p = func(agent.Transcript) (agent.Step, error) { return agent.Step{}, broken }
	if _, err := newCrew(t).Next(t.Context(), p, ts); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}

type plannerFunc func(agent.Transcript) (agent.Step, error)

// Next calls the function.
func (f plannerFunc) Next(_ context.Context, t agent.Transcript) (agent.Step, error) { return f(t) }
