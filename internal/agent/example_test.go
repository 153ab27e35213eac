package agent_test

import (
	"context"
	"fmt"

	"segue/internal/agent"
)

// A crew of one agent with one tool. A language model would plan the steps; here they are written down.
func Example() {
	type show struct {
		Playlist string `json:"playlist" handle:"P" jsonschema:"the playlist, such as P1"`
	}
	crew, err := agent.NewCrew(agent.Agent{
		Name:         "concierge",
		Instructions: "You look after playlists.",
		Tools:        []agent.Tool{agent.NewTool[show]("show", "Shows a playlist.", agent.Read)},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	engine := &agent.Local{
		Crew:    crew,
		Planner: plan{calls(`show {"playlist":"P7"}`), calls(`show {"playlist":"P1"}`)},
		Transcript: agent.Transcript{
			Messages: []agent.Message{{Role: agent.Person, Text: "What is in my playlist?"}},
			Default:  agent.PlaylistRef{ID: "3cEYpjA9oz9GiPac4AsH4n"},
		},
		Handlers: map[string]agent.Handler[context.Context]{
			"show": agent.Handle(func(_ context.Context, a show) (agent.Result, error) {
				fmt.Println("showing", a.Playlist)
				return agent.Result{Total: 12}, nil
			}),
		},
	}
	outcome, err := agent.Loop(context.Background(), engine, agent.DefaultLimits())
	fmt.Println(outcome.Ending, outcome.Say, err)
	fmt.Println(outcome.Turn.Results[0].Note)
	// Output:
	// showing 3cEYpjA9oz9GiPac4AsH4n
	// answered Done. <nil>
	// there is no "P7": the only one is P1
}
