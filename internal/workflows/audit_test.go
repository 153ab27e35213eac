package workflows

import (
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
)

func TestASongThatSpotifyAppliedTwiceAfterAllIsToldToAnOperator(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		late    time.Duration
		reads   []error
		letters int
	}{
		"applied a minute late":                     {time.Minute, nil, 1},
		"never applied":                             {0, nil, 0},
		"applied a minute late, and one look fails": {time.Minute, append(make([]error, 9), fault.New(fault.Unavailable, "Away.", nil)), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.buries(nil)
			run := s.accept(t, "add a")
			s.shelf.fails = []failure{{err: unsure(), after: c.late}}
			s.shelf.reads = c.reads
			r := s.appends(t, time.Second, songs(run.ID, "a"))
			s.write(t)
			r.want(t, agent.Added)
			found := s.letters(t, deadletter.Filter{})
			if len(found) != c.letters {
				t.Fatalf("%d letters, want %d", len(found), c.letters)
			}
			if c.letters > 0 && (found[0].Task != "1" || found[0].Step != agent.Verifying || !strings.Contains(found[0].Message, "2 times instead of 1")) {
				t.Errorf("letter %+v", found[0])
			}
		})
	}
}
