package workflows

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/music"
)

// The second look fails at once, so this request does not find out what the first has left open.
func TestARequestStaysUnsureUntilItsOutcomeIsRead(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.fails = []failure{{err: unsure(), applied: true}}
	s.shelf.reads = []error{nil, away(), away()}
	first := s.appends(t, time.Second, songs("run1", "a"))
	second := s.appends(t, time.Minute, songs("run1", "a"))
	third := s.appends(t, 2*time.Minute, songs("run1", "a"))
	s.write(t)
	for _, r := range []*batchReply{first, second} {
		if f := r.out.Songs[0].Fault; f == nil || !f.Unsure {
			t.Errorf("fault %+v, want one that is unsure", f)
		}
	}
	third.want(t, agent.Added)
	s.wantRows(t, "a")
}

// An undo is broken off while its removal may still be applied; the song is asked for again meanwhile.
func TestALateUndoTakesNothingThatWasAskedForAfterIt(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	late := &tardy{shelf: s.shelf, after: []time.Duration{20 * time.Second}}
	s.serving.Library = late
	s.shelf.uris = []string{"b", "a"}
	s.shelf.reads = []error{nil, away()}
	s.takesBack(t, time.Second, put(map[string]int{"a": 1}, "a"))
	in := s.appends(t, 3*time.Second, songs("run3", "a"))
	s.write(t)
	late.arrive()
	in.want(t, agent.Added)
	s.wantRows(t, "b", "a")
}

func TestNamesakesAreCountedThoughNotAllAreShown(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	spotify := &workshop{shelf: s.shelf}
	for i := range 200 {
		spotify.lists = append(spotify.lists, music.Playlist{ID: fmt.Sprint("p", i), Name: "Road Trip", Editable: true})
	}
	s.serving.Library = spotify
	s.RegisterDelayedCallback(func() {
		var p agent.Progress
		value, err := s.QueryWorkflow(QueryProgress)
		if err != nil || value.Get(&p) != nil || p.Question == nil {
			t.Errorf("asks %+v, %v", p.Question, err)
			return
		}
		q := p.Question
		if len(q.Options) != offered || !strings.HasPrefix(q.Text, "You have 200 playlists called Road Trip.") {
			t.Errorf("asked %q with %d choices", q.Text, len(q.Options))
		}
		s.CancelWorkflow()
	}, time.Minute)
	s.ExecuteWorkflow(AgentTurn, TurnInput{RunID: s.accept(t, "show Road Trip").ID, PersonID: "ada", Batches: true})
}
