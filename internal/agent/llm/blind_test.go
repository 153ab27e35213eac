package llm_test

import (
	"encoding/json"
	"strings"
	"testing"

	"segue/internal/agent"
	"segue/internal/agent/llm"
	"segue/internal/agent/llm/stub"
)

// canary marks what comes from the catalogue.
const canary = "CANARY"

// shown is a transcript with the canary in every place where the catalogue may stand.
func shown(r *rig) agent.Transcript {
	t := r.says("what is in Road Trip?")
	t.Messages = append([]agent.Message{
		{Role: agent.Person, Text: "hi"}, {Role: agent.Assistant, Text: "Your default playlist is " + canary + "."},
	}, t.Messages...)
	t.Default = agent.PlaylistRef{ID: canary + "-default", Name: canary + " default"}
	t.LastPlaylist = agent.PlaylistRef{ID: canary + "-last", Name: canary + " last"}
	t.LastRun = canary + "-run"
	t.Calls = []agent.Call{{ID: "1", Tool: "show_playlist", Args: json.RawMessage(`{"playlist":"` + canary + `-last"}`), Said: json.RawMessage(`{"playlist":"P2"}`)}}
	t.Results = []agent.Result{{
		CallID: "1", Code: "conflict", Message: canary + " changed meanwhile.",
		Playlist: agent.PlaylistRef{ID: canary + "-third", Name: canary + " third"},
		Items:    []agent.Item{{Kind: "S", Value: canary + "-track", Text: canary + " by " + canary}},
	}}
	return t
}

func TestABlindModelSeesNothingOfTheCatalogue(t *testing.T) {
	t.Parallel()
	r := newRig(t, stub.Always(stub.Reply{Text: "Done."}))
	if _, err := r.Next(t.Context(), shown(r)); err != nil {
		t.Fatal(err)
	}
	sent := string(r.stub.Records()[0].Body)
	if strings.Contains(sent, canary) {
		t.Errorf("the model was sent %s", sent)
	}
	for _, handle := range []string{"P1", "P2", "P3", "R1", "S1"} {
		if !strings.Contains(sent, handle) {
			t.Errorf("no %s in %s", handle, sent)
		}
	}
}

func TestAModelThatSeesTheCatalogueSeesItAsData(t *testing.T) {
	t.Parallel()
	r := newRig(t, stub.Always(stub.Reply{Text: "Done."}), func(o *llm.Options) { o.SeesCatalogue = true })
	ts := shown(r)
	ts.Messages[1].Text = "Your default playlist is set." // what was said is no data
	if _, err := r.Next(t.Context(), ts); err != nil {
		t.Fatal(err)
	}
	var sent stub.Request
	if err := json.Unmarshal(r.stub.Records()[0].Body, &sent); err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, m := range sent.Messages {
		inside := strings.Split(m.Text(), `"data":"`)
		if strings.Contains(inside[0], canary) {
			t.Errorf("outside of data: %s", m.Text())
		}
		for _, rest := range inside[1:] {
			data, outside, _ := strings.Cut(rest, `"`)
			if found += strings.Count(data, canary); strings.Contains(outside, canary) {
				t.Errorf("outside of data: %s", m.Text())
			}
		}
	}
	if found != 6 {
		t.Errorf("the canary was shown %d times, want 6", found)
	}
}
