// Package agent is the conversation: what a transcript is, what a planner may
// decide next, who acts and with which tools, how a turn is taken to its end, and
// what a run looks like from outside. It knows no model, no workflow engine and no
// database.
//
// # Agents
//
// An [Agent] is a name, instructions, tools, and other agents it may hand over to.
// A [Tool] takes its JSON Schema from a Go type and says what it does to the world:
//
//	type show struct {
//		Playlist string `json:"playlist" handle:"P" jsonschema:"the playlist, such as P1"`
//	}
//
//	crew, err := agent.NewCrew(
//		agent.Agent{
//			Name:         "concierge",
//			Instructions: "You look after playlists.",
//			Tools:        []agent.Tool{agent.NewTool[show]("show", "Shows a playlist.", agent.Read)},
//			Handoffs:     []agent.Handoff{{To: "librarian", When: "Songs are to be removed."}},
//		},
//		agent.Agent{Name: "librarian", …},
//	)
//
// # Turns
//
// A turn is a loop of two halves. [Crew.Next] is the half that talks to the world:
// it asks a [Planner] for the next step and judges every call of it. [Loop] is the
// half that decides: it carries calls out through an [Engine], hands over, counts,
// and ends. Loop reads no clock and keeps no state but its variables, so that it may
// be the body of a durable workflow; all it needs to know of a call stands in the
// step, so that a recorded step is carried out the same way after the tools have changed.
//
//	outcome, err := agent.Loop(ctx, engine, agent.DefaultLimits())
//
// C, the context of an engine, is context.Context in a process ([Local]) and the
// context of the workflow in a workflow, where Next and Use become activities.
//
// # Programs and guests
//
// A program that calls a tool by itself gets it from [Crew.Offered] and has the call
// judged by [Crew.Given]. Tools of other servers ([NewGuestTool]) join a crew by
// [Crew.With]; who carries their calls out knows them by [Call].Of, and puts what they
// return into [Result].Data, which is never an instruction.
//
// # What a planner cannot do
//
// A planner is not trusted; it may be a language model that reads hostile text.
// It cannot call a tool that its agent lacks, or with arguments that do not fit the
// schema, or name a thing that it was not given: a field with the tag handle takes
// only what was issued in this turn (see [Handles]) or what the person wrote. What is
// refused comes back as the result of the call, once; a second step that cannot be
// used ends the turn. Nor can it repeat the same call for ever, or go on beyond its
// [Limits]. However a turn ends, its [Outcome] has words for the person.
package agent
