package workflows

import (
	"testing"

	"segue/internal/agent"
)

func TestADraftIsShownWhileItIsWritten(t *testing.T) {
	t.Parallel()
	var d Drafts
	bell, first := make(chan struct{}, 1), make(chan struct{}, 1)
	leave := d.follow("r", bells{first: first, more: bell})
	seen := map[int64]bool{}
	shown := func(run string) string {
		p := agent.Progress{RunID: run, Version: 3, State: agent.Running, Say: "before"}
		d.show(&p)
		seen[p.Version] = true
		return p.Say
	}
	for _, step := range []struct {
		piece agent.Delta
		want  string
	}{{agent.Delta{Text: "Half "}, "Half "}, {agent.Delta{Text: "an"}, "Half an"}, {agent.Delta{Reset: true}, ""}, {agent.Delta{Text: "All"}, "All"}} {
		d.hear("r", step.piece)
		select {
		case <-bell:
		case <-first:
			if step.want != "Half " && step.want != "All" {
				t.Errorf("%q is not the beginning", step.want)
			}
		default:
			t.Error("nobody rang")
		}
		if got := shown("r"); got != step.want {
			t.Errorf("shows %q, want %q", got, step.want)
		}
	}
	if shown("other") != "before" {
		t.Error("another run shows the draft")
	}
	d.end(t.Context(), "r")
	if shown("r") != "before" || len(seen) != 5 {
		t.Errorf("after the end %q; versions %v", shown("r"), seen)
	}
	d.hear("r", agent.Delta{Text: "The next step"})
	<-first
	next := agent.Progress{RunID: "r", Version: 3, State: agent.Running}
	d.show(&next)
	for version := range seen {
		if version >= next.Version {
			t.Errorf("the next draft begins at version %d, an earlier one had %d", next.Version, version)
		}
	}
	leave()
	d.hear("r", agent.Delta{Text: "x"})
	if len(bell)+len(first) > 0 || len(d.bells) > 0 {
		t.Error("rang for one who had left")
	}
}
