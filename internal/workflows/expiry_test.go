package workflows

import (
	"testing"
	"time"

	"segue/internal/agent"
)

func TestAQuestionExpiresByItsKindAndSinceItIsAsked(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
	waits := []agent.Stage{{Name: agent.Searching, State: agent.Done, Since: at.Add(-time.Hour)}, {Name: agent.Matching, State: agent.Waiting, Since: at}}
	for name, c := range map[string]struct {
		progress agent.Progress
		question agent.Question
		want     time.Time
	}{
		"a song":      {agent.Progress{Tasks: []agent.Task{{Key: "1"}, {Key: "2", Steps: waits}}}, agent.Question{Task: "2"}, at.Add(7 * 24 * time.Hour)},
		"a playlist":  {agent.Progress{Steps: waits}, agent.Question{}, at.Add(7 * 24 * time.Hour)},
		"a plan":      {agent.Progress{Steps: waits}, agent.Question{Plan: []string{"Remove 2 songs"}}, at.Add(24 * time.Hour)},
		"not known":   {agent.Progress{Tasks: []agent.Task{{Key: "1", Steps: waits}}}, agent.Question{Task: "2"}, time.Time{}},
		"not waiting": {agent.Progress{Steps: waits[:1]}, agent.Question{}, time.Time{}},
	} {
		if got := Expires(c.progress, c.question); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
