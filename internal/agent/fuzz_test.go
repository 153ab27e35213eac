package agent_test

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"segue/internal/agent"
	"segue/internal/agent/agenttest"
	"segue/internal/fault"
)

// seven is a crew over the tools of this house, with a hand-off and an end.
func seven() []agent.Agent {
	return []agent.Agent{
		{Name: "concierge", Handoffs: []agent.Handoff{{To: "librarian", When: "Songs are to go."}}, Tools: []agent.Tool{
			agent.NewTool[agent.SyncSongsArgs](agent.SyncSongs, "", agent.Write),
			agent.NewTool[agent.CreatePlaylistArgs](agent.CreatePlaylist, "", agent.Write),
			agent.NewTool[struct{}](agent.ListPlaylists, "", agent.Read),
			agent.NewTool[agent.ShowPlaylistArgs](agent.ShowPlaylist, "", agent.Read),
		}},
		{Name: "librarian", Handoffs: []agent.Handoff{{To: "concierge", When: "All else."}}, Tools: []agent.Tool{
			agent.NewTool[agent.RemoveSongsArgs](agent.RemoveSongs, "", agent.Destructive),
			agent.NewTool[agent.SetDefaultArgs](agent.SetDefault, "", agent.Write),
			agent.NewTool[agent.UndoArgs](agent.Undo, "", agent.Destructive),
			agent.NewTool[endArgs]("settle", "", agent.Finish),
		}},
	}
}

// watched returns an engine that watches a turn of those agents.
func watched(agents []agent.Agent, crew *agent.Crew, planner agent.Planner) *agenttest.Engine {
	e := &agenttest.Engine{
		Local: agent.Local{Crew: crew, Planner: planner, Transcript: agent.Transcript{
			Messages:     []agent.Message{{Role: agent.Person, Text: "Tidy up."}},
			Default:      agent.PlaylistRef{ID: "default-playlist"},
			LastPlaylist: agent.PlaylistRef{ID: "last-playlist"},
			LastRun:      "last-run",
		}},
		Answer: func(c agent.Call) agent.Result {
			return agent.Result{Code: agent.OK, Playlist: agent.PlaylistRef{ID: "made-by-" + c.ID}}
		},
	}
	for _, a := range agents {
		e.Tools = append(e.Tools, a.Tools...)
	}
	return e
}

// offered returns the tools of the agents, and their hand-offs.
func offered(agents []agent.Agent) []agent.Tool {
	var all []agent.Tool
	for _, a := range agents {
		all = append(append(all, a.Tools...), agent.Tool{Name: "transfer_to_" + a.Name})
	}
	return all
}

func crewOf(tb testing.TB, agents []agent.Agent) *agent.Crew {
	tb.Helper()
	crew, err := agent.NewCrew(agents...)
	if err != nil {
		tb.Fatal(err)
	}
	return crew
}

// mad is a planner that talks nonsense, and counts how often.
type mad struct {
	agenttest.Nonsense
	outputs int
}

// Next returns an output as a step.
func (m *mad) Next(context.Context, agent.Transcript) (agent.Step, error) {
	m.outputs++
	if m.IntN(50) == 0 {
		return agent.Step{}, fault.New(fault.Unavailable, "The language model is not answering right now.", nil)
	}
	o := m.Nonsense.Next()
	s := agent.Step{Say: o.Text, Done: len(o.Calls) == 0 && o.Text != ""}
	for _, c := range o.Calls {
		s.Calls = append(s.Calls, agent.Call{Tool: c.Tool, Args: json.RawMessage(c.Args), Effect: agent.Read, Said: json.RawMessage("x"), ID: "1"})
	}
	return s, nil
}

func TestTenThousandOutputsOfAMadPlanner(t *testing.T) {
	t.Parallel()
	agents := seven()
	crew := crewOf(t, agents)
	m := &mad{Nonsense: agenttest.Nonsense{Rand: rand.New(rand.NewPCG(1, 2)), Tools: offered(agents)}}
	endings, used, turns := map[agent.Ending]int{}, 0, 0
	for ; m.outputs < 10_000 && !t.Failed(); turns++ {
		e := watched(agents, crew, m)
		out, err := agent.Loop(t.Context(), e, agent.DefaultLimits())
		e.Check(t, out, err)
		endings[out.Ending]++
		used += len(e.Used)
	}
	t.Logf("%d outputs in %d turns, %d calls carried out, endings %v", m.outputs, turns, used, endings)
	if used < 1000 || len(endings) < 4 {
		t.Error("too little came of it to prove anything")
	}
}

func FuzzACall(f *testing.F) {
	f.Add(agent.SyncSongs, `{"songs":[{"title":"X"}],"playlist":{"id":"P1"}}`)
	f.Add(agent.Undo, `{"run_id":"R1"}`)
	f.Add("transfer_to_librarian", `{"reason":""}`)
	agents := seven()
	crew := crewOf(f, agents)
	f.Fuzz(func(t *testing.T, tool, args string) {
		e := watched(agents, crew, plan{{Calls: []agent.Call{{Tool: tool, Args: json.RawMessage(args)}}}})
		out, err := agent.Loop(t.Context(), e, agent.DefaultLimits())
		e.Check(t, out, err)
	})
}
