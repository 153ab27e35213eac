package crew_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"segue/internal/agent"
	"segue/internal/agent/crew"
)

// says is a planner that makes one call.
type says agent.Call

func (s says) Next(context.Context, agent.Transcript) (agent.Step, error) {
	return agent.Step{Calls: []agent.Call{agent.Call(s)}}, nil
}

func TestToolsTakeWhatWasGivenAndNothingElse(t *testing.T) {
	t.Parallel()
	single, err := crew.For(agent.Single)
	if err != nil {
		t.Fatal(err)
	}
	given := agent.Transcript{
		Messages: []agent.Message{{Role: agent.Person, Text: "do it"}}, LastRun: "run-of-mine", LastPlaylist: agent.PlaylistRef{ID: "road"},
		Turn: agent.Turn{Results: []agent.Result{{Code: agent.OK, Items: []agent.Item{{Kind: "S", Value: "bohemian"}}}}},
	}
	for _, c := range []struct{ tool, args, want, refused string }{
		{agent.SyncSongs, `{"songs":[{"track_id":"S1"}],"playlist":{"id":"P1"}}`, `{"songs":[{"track_id":"bohemian"}],"playlist":{"id":"road"}}`, ""},
		{agent.SyncSongs, `{"songs":[{"title":"Creep","artists":["Radiohead"]}],"playlist":{"name":"Gym"}}`, `{"songs":[{"title":"Creep","artists":["Radiohead"]}],"playlist":{"name":"Gym"}}`, ""},
		{agent.SyncSongs, `{"songs":[{"track_id":"S2"}],"playlist":{}}`, "", "there is no"},
		{agent.SyncSongs, `{"songs":[{"track_id":"4uLU6hMCjMI75M1A2tKUQC"}],"playlist":{}}`, "", "there is no"},
		{agent.SyncSongs, `{"songs":[{"title":"Creep"}],"playlist":{"id":"37i9dQZF1DXcBWIGoYBM5M"}}`, "", "there is no"},
		{agent.SyncSongs, `{"songs":[],"playlist":{}}`, "", "1 to 50"},
		{agent.FindSongs, `{"songs":[{"version":"live"}]}`, "", "title or a handle"},
		{agent.RemoveSongs, `{"songs":[{"title":"Creep","evil":1}],"playlist":{}}`, "", "schema"},
		{agent.CreatePlaylist, `{"name":""}`, "", "1 to 100"},
		{agent.RenamePlaylist, `{"playlist":{"id":"P1"},"name":"Roads"}`, `{"playlist":{"id":"road"},"name":"Roads"}`, ""},
		{agent.RenamePlaylist, `{"playlist":{"id":"P1"},"name":""}`, "", "1 to 100"},
		{agent.DedupePlaylist, `{"playlist":{"id":"P1"}}`, `{"playlist":{"id":"road"}}`, ""},
		{agent.DedupePlaylist, `{"playlist":{"id":"P1"},"plan":{"of":"x","rows":[]}}`, "", "schema"},
		{agent.ReorderPlaylist, `{"playlist":{"id":"P1"},"by":"artist","descending":true}`, `{"playlist":{"id":"road"},"by":"artist","descending":true}`, ""},
		{agent.ReorderPlaylist, `{"playlist":{},"song":{"track_id":"S1"},"to":-1}`, `{"playlist":{},"song":{"track_id":"bohemian"},"to":-1}`, ""},
		{agent.ReorderPlaylist, `{"playlist":{},"by":"mood"}`, "", "sort by"},
		{agent.ReorderPlaylist, `{"playlist":{},"song":{"title":"Creep"}}`, "", "place of the song"},
		{agent.Undo, `{"run_id":"R1"}`, `{"run_id":"run-of-mine"}`, ""},
		{agent.Undo, `{"run_id":"run-of-others"}`, "", "there is no"},
		{"delete_everything", `{}`, "", "there is no tool"},
	} {
		step, err := single.Next(t.Context(), says{Tool: c.tool, Args: json.RawMessage(c.args)}, given)
		if err != nil {
			t.Fatal(err)
		}
		got := step.Calls[0]
		if c.refused != "" && !strings.Contains(got.Refused, c.refused) || c.refused == "" && (got.Refused != "" || string(got.Args) != c.want) {
			t.Errorf("%s %s became %s, refused with %q", c.tool, c.args, got.Args, got.Refused)
		}
	}
}

func TestArgumentsAreThoseOfTheHouse(t *testing.T) {
	t.Parallel()
	single, err := crew.For(agent.Single)
	if err != nil {
		t.Fatal(err)
	}
	call := agent.Call{Tool: agent.SyncSongs, Args: json.RawMessage(`{"songs":[{"title":"Creep","artists":["Radiohead"],"version":"live"}],"playlist":{"name":"Gym"}}`)}
	step, err := single.Next(t.Context(), says(call), agent.Transcript{})
	if err != nil {
		t.Fatal(err)
	}
	var a agent.SyncSongsArgs
	if err := json.Unmarshal(step.Calls[0].Args, &a); err != nil {
		t.Fatal(err)
	}
	if a.Playlist.Name != "Gym" || len(a.Songs) != 1 || a.Songs[0].String() != "Creep (live) by Radiohead" {
		t.Errorf("arrives as %+v", a)
	}
}

func TestEveryCrewCanStartAndRemovingIsAsked(t *testing.T) {
	t.Parallel()
	for _, strategy := range []string{agent.Single, agent.InCrew} {
		c, err := crew.For(strategy)
		if err != nil {
			t.Fatalf("%s: %v", strategy, err)
		}
		for _, tool := range c.Acting(agent.Turn{}).Tools {
			if slices.Contains([]string{agent.RemoveSongs, agent.DedupePlaylist, agent.ReorderPlaylist, agent.Undo}, tool.Name) && tool.Effect != agent.Destructive {
				t.Errorf("%s: %s is %s", strategy, tool.Name, tool.Effect)
			}
		}
	}
}
