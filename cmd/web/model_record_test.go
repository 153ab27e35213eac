package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/agent/llm/stub"
	"segue/internal/workflows"
)

// TestRecordModelHistories is TestRecordHistories for turns that a language model plans.
func TestRecordModelHistories(t *testing.T) { //nolint:paralleltest // it writes files that other tests read
	reason := os.Getenv("RECORD_HISTORIES")
	if reason == "" {
		t.Skip("RECORD_HISTORIES gives no reason to record")
	}
	scripts := map[string][]stub.Reply{
		"look and add": {
			calls("transfer_to_searcher", `{"reason":"to look"}`),
			{Calls: []stub.Call{{Name: agent.ListPlaylists}, {Name: agent.FindSongs, Arguments: `{"songs":[{"title":"Bohemian Rhapsody","artists":["Queen"]}]}`}}},
			calls("transfer_to_librarian", `{"reason":"to see"}`), calls("transfer_to_searcher", `{"reason":"to add"}`),
			calls(agent.SyncSongs, `{"songs":[{"track_id":"S1"}],"playlist":{"name":"Road Trip"}}`),
			{Text: "It is in there."},
		},
		"add an unclear one":      {calls("transfer_to_searcher", `{"reason":"to add"}`), calls(agent.SyncSongs, `{"songs":[{"title":"Hallelujah"}],"playlist":{"name":"Focus"}}`), {Text: "Done."}},
		"remove":                  {calls("transfer_to_librarian", `{"reason":"to remove"}`), calls(agent.RemoveSongs, addBohemian), {Text: "That is how it is."}},
		"tidy up":                 {calls("transfer_to_librarian", `{"reason":"to tidy up"}`), calls(agent.RenamePlaylist, `{"playlist":{"name":"Dinner"},"name":"Supper"}`), {Text: "Done."}},
		"put these into Focus:\n": {calls("transfer_to_searcher", `{"reason":"a list"}`), calls(agent.SyncList, `{"playlist":{"name":"Focus"},"header":1}`), {Text: "On their way."}},
		"what goes on":            {calls(agent.RunStatus, `{}`), calls(agent.AskPerson, `{"question":"Which?","answers":["a","b"]}`), {Text: "Good."}},
		"talk":                    {{Text: strings.Repeat("One word after the other. ", 20), Pace: 100 * time.Millisecond}},
	}
	s := stub.New(stub.Options{Script: func(q stub.Request) stub.Reply {
		for asked, replies := range scripts {
			if strings.HasPrefix(q.Asked(), asked) {
				return replies[min(q.Rounds(), len(replies)-1)]
			}
		}
		return stub.Reply{Calls: []stub.Call{{Name: "meant", Arguments: `{"track_id":"S1","sure":true}`}}}
	}})
	record := func(change func(*modelConfig), texts map[string]string, answers map[string]string) {
		r := newRig(t, func(r *rig) { r.plain = true }, withModel(t, s, func(m *modelConfig) { m.rollout, _ = agent.ParseRollout("crew") }, change))
		for name, text := range texts {
			run := r.say(text)
			for option, known := answers[name]; known; {
				p := r.until(run, func(p agent.Progress) bool { return p.State.Final() || len(p.Questions()) > 0 || len(p.Say) > 40 })
				if p.State.Final() {
					break
				}
				if option == "stop" {
					must(t, r.engine.Cancel(t.Context(), run.ID, false))
					break
				}
				q := p.Questions()[0]
				if option == "" {
					must(t, r.engine.Answer(t.Context(), run.ID, agent.Answer{Question: q.ID, Option: q.Options[0].ID}))
					continue
				}
				must(t, r.engine.Answer(t.Context(), run.ID, agent.Answer{Question: q.ID, Option: option}))
			}
			p := r.end(run)
			if p.Trouble != nil {
				t.Errorf("%s ended %+v", name, p.Trouble)
			}
			must(t, os.WriteFile(filepath.Join(testdata, "models-"+name+".json"), r.history(workflows.TurnID(run.ID)), 0o600))
			if name == "preferred" {
				must(t, os.WriteFile(filepath.Join(testdata, "models-song.json"), r.history(workflows.SongID(run.ID, "1")), 0o600))
			}
		}
	}
	record(func(*modelConfig) {}, map[string]string{
		"added": "look and add", "removed": "remove it always", "renamed": "tidy up", "brought": "put these into Focus:\nQueen - Bohemian Rhapsody\nToto - Africa",
		"asked": "what goes on", "stopped": "talk",
	}, map[string]string{"removed": agent.Always, "brought": "", "asked": "", "stopped": "stop"})
	record(func(*modelConfig) {}, map[string]string{"denied": "remove it"}, map[string]string{"denied": agent.NoneOfThese})
	record(func(m *modelConfig) { m.sees, m.settles = true, true }, map[string]string{"preferred": "add an unclear one"}, map[string]string{"preferred": ""})
	must(t, os.WriteFile(filepath.Join(testdata, "SUMS"), []byte(sums(t, "models-", reason)), 0o600))
}
