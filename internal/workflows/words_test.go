package workflows

import (
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
)

func TestAnUndoSaysWhatItFound(t *testing.T) {
	t.Parallel()
	added := agent.Progress{Tasks: []agent.Task{{Result: agent.Added}}}
	gone, out := agent.Task{State: agent.Done, Result: agent.NotThere}, agent.Task{State: agent.Done, Result: agent.Removed}
	refused := agent.Task{State: agent.Failed}
	for name, c := range map[string]struct {
		tasks []agent.Task
		want  string
	}{
		"all of it taken out":            {[]agent.Task{out, out}, "Taken back from Gym"},
		"one was taken out by hand":      {[]agent.Task{gone, out}, "Taken back from Gym"},
		"all of it was taken out before": {[]agent.Task{gone, gone}, "Nothing left to take back in Gym"},
		"one was refused":                {[]agent.Task{refused, out}, "Took back 1 of 2 changes"},
		"all of it was refused":          {[]agent.Task{refused}, "Not taken back"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := undoHeadline(added, c.tasks, "Gym"); got != c.want {
				t.Errorf("it says %q, want %q", got, c.want)
			}
		})
	}
}

func TestAnUndoThatFailedIsNotSentAgainLikeARequest(t *testing.T) {
	t.Parallel()
	for kind, want := range map[fault.Kind]string{
		fault.Forbidden:    "Nothing was changed. Once that is different, Undo tries it again.",
		fault.Unavailable:  "What was taken back so far stays so. Press Undo again when Spotify is back.",
		fault.Internal:     "What was taken back so far stays so. Press Undo again. If that fails too, tell whoever runs this Segue.",
		fault.Unauthorised: "Your request is saved. Log in with Spotify again; it goes on by itself.",
	} {
		p := agent.Progress{Tasks: []agent.Task{{Trouble: troubleOf(fault.New(kind, "It failed.", nil), time.Time{})}, {}}}
		notBack(&p)
		if got := p.Tasks[0].Trouble; got.Kept+" "+got.Do != want {
			t.Errorf("after %s it says %q and %q, want %q", kind, got.Kept, got.Do, want)
		}
	}
}
