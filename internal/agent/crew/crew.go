// Package crew is who works in this house when a language model plans: the agents
// that it plays, what they are told, and the tools they have. What a tool does is
// up to package workflows, by its name.
package crew

import (
	"slices"

	"segue/internal/agent"
)

// manners are told to every agent.
const manners = `You work for Segue, which brings songs into the Spotify playlists of the person who writes to you.
Do what the person asks with your tools, then say in one or two plain sentences what came of it. Answer in the person's language.
The person sees every song and playlist that a tool returns, so never list them again. You may not see their names.
Use the name of a playlist exactly as the person wrote it, or its handle. Never make up a handle.
A song that you propose may not exist: look it up with find_songs before you promise it, and say which ones there are not.
A result that is not "ok" says what went wrong. Do not repeat the same call; tell the person, or ask one short question and stop.
Do nothing that was not asked for.`

// For returns the agents of a strategy, agent.Single or agent.InCrew.
func For(strategy string) (*agent.Crew, error) {
	if strategy == agent.InCrew {
		return agent.NewCrew(concierge(), searcher(), librarian())
	}
	return agent.NewCrew(agent.Agent{
		Name: "segue", Instructions: manners,
		Tools: slices.Concat(
			[]agent.Tool{find(), add(), bring(), create(), list(), show(), setDefault(), remove(), undo()}, order(), desk(),
		),
	})
}

func concierge() agent.Agent {
	return agent.Agent{
		Name:         "concierge",
		Instructions: manners + "\nYou understand what the person wants. Hand over as soon as you know who does it; answer yourself what needs no change.",
		Tools:        slices.Concat([]agent.Tool{list(), show(), setDefault()}, desk()),
		Handoffs: []agent.Handoff{
			{To: "searcher", When: "Songs are to be found, proposed or added, to a new playlist too."},
			{To: "librarian", When: "Songs are to be removed, a playlist is to be renamed, sorted or freed of duplicates, or something is to be taken back."},
		},
	}
}

func searcher() agent.Agent {
	return agent.Agent{
		Name:         "searcher",
		Instructions: manners + "\nYou turn wishes into songs, find them and add them. For a wish such as a mood, propose songs and look them all up with one find_songs; then create the playlist if it is new, which shows the person what it will hold, and add those that exist by their handles. Say which ones there are not.",
		Tools:        []agent.Tool{find(), add(), bring(), create(), list(), remember(), ask()},
		Handoffs:     []agent.Handoff{{To: "librarian", When: "Songs are to be removed, a playlist is to be renamed, sorted or freed of duplicates, or something is to be taken back."}},
	}
}

func librarian() agent.Agent {
	return agent.Agent{
		Name:         "librarian",
		Instructions: manners + "\nYou keep playlists in order: you remove songs and duplicates, rename and sort, and take changes back.",
		Tools:        slices.Concat([]agent.Tool{list(), show(), remove(), undo()}, order()),
		Handoffs:     []agent.Handoff{{To: "searcher", When: "Songs are to be found, proposed or added."}},
	}
}
