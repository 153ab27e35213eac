package rules_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"segue/internal/agent"
	"segue/internal/agent/rules"
)

func TestALongListBelowALineThatSaysWhereIsBroughtAsAWhole(t *testing.T) {
	t.Parallel()
	lines := func(n int, format string) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(format, i+1))
		}
		return strings.Join(all, "\n")
	}
	for message, want := range map[string]string{
		"add these to Gym:\n" + lines(60, "Song number %d by Queen"):           `{"playlist":{"name":"Gym"},"header":1}`,
		"please put these into Gym:\n\n" + lines(60, "Queen - Song number %d"): `{"playlist":{"name":"Gym"},"header":1}`,
		"add:\n" + lines(60, "Song number %d by Queen"):                        `{"playlist":{"name":"Roads"},"header":1}`,
		"add these to Gym:\n" + lines(50, "Song number %d by Queen"):           "",
		lines(60, "Song number %d by Queen") + "\nto Gym":                      "",
	} {
		step, err := rules.New().Next(t.Context(), agent.Transcript{
			Messages: []agent.Message{{Role: agent.Person, Text: message}}, Default: agent.PlaylistRef{Name: "Roads"},
		})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if len(step.Calls) == 1 && step.Calls[0].Tool == agent.SyncList {
			got = string(step.Calls[0].Args)
		}
		if got != want {
			t.Errorf("%.60s… became %s, %+v, %q", message, got, len(step.Calls), step.Say)
		}
	}
	step, err := rules.New().Next(t.Context(), agent.Transcript{
		Messages: []agent.Message{{Role: agent.Person, Text: "add these to Gym:\n" + lines(60, "Song number %d by Queen")}},
		Turn:     agent.Turn{Calls: []agent.Call{{Tool: agent.SyncList, Args: json.RawMessage(`{}`)}}, Results: []agent.Result{{Code: agent.OK}}},
	})
	if err != nil || !step.Done || len(step.Calls) > 0 {
		t.Errorf("after it was brought: %+v, %v", step, err)
	}
}
