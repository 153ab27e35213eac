package rules_test

import (
	"testing"

	"segue/internal/agent"
	"segue/internal/agent/agenttest"
	"segue/internal/agent/rules"
)

func TestThePlannerConforms(t *testing.T) {
	t.Parallel()
	house := agent.Agent{Name: "segue", Tools: []agent.Tool{
		agent.NewTool[agent.SyncSongsArgs](agent.SyncSongs, "Adds songs.", agent.Write),
		agent.NewTool[agent.CreatePlaylistArgs](agent.CreatePlaylist, "Creates a playlist.", agent.Write),
		agent.NewTool[struct{}](agent.ListPlaylists, "Lists the playlists.", agent.Read),
		agent.NewTool[agent.ShowPlaylistArgs](agent.ShowPlaylist, "Shows a playlist.", agent.Read),
		agent.NewTool[agent.RemoveSongsArgs](agent.RemoveSongs, "Removes songs.", agent.Destructive),
		agent.NewTool[agent.RenameArgs](agent.RenamePlaylist, "Renames a playlist.", agent.Write),
		agent.NewTool[agent.DedupeArgs](agent.DedupePlaylist, "Removes duplicates.", agent.Destructive),
		agent.NewTool[agent.ReorderArgs](agent.ReorderPlaylist, "Sorts a playlist.", agent.Destructive),
		agent.NewTool[agent.SetDefaultArgs](agent.SetDefault, "Sets the default.", agent.Write),
		agent.NewTool[agent.UndoArgs](agent.Undo, "Undoes a run.", agent.Destructive),
	}}
	agenttest.Conform(t, agenttest.Subject{Agents: []agent.Agent{house}, Planner: rules.New(), Asks: []string{
		"Add Bohemian Rhapsody by Queen to Road Trip",
		"Add https://open.spotify.com/track/4u7EnebtmKWzUH433cf5Qv?si=1 to https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M",
		"Create a playlist called Gym and add Toxic by Britney Spears to it",
		"List my playlists",
		"What is in Road Trip?",
		"Remove Yellow by Coldplay from Road Trip",
		"Rename Road Trip to Roads",
		"Remove duplicates from Road Trip",
		"Sort Road Trip by artist",
		"Make Road Trip my default playlist",
		"Undo that",
		"And Clocks by Coldplay",
	}})
}
