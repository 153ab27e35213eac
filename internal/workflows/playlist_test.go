package workflows

import (
	"slices"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
)

// reply collects the outcome of one update.
type reply struct {
	t   *testing.T
	out WriteOutcome
	err error
	got bool
}

func (r *reply) Accept()          {}
func (r *reply) Reject(err error) { r.t.Errorf("rejected: %v", err) }

func (r *reply) Complete(result any, err error) {
	r.got, r.err = true, err
	if out, ok := result.(WriteOutcome); ok {
		r.out = out
	}
}

// ask sends a change to the writer after a while of workflow time.
func (s *scene) ask(t *testing.T, after time.Duration, kind string, change Write) *reply {
	t.Helper()
	r := &reply{t: t}
	s.RegisterDelayedCallback(func() {
		s.UpdateWorkflow(kind, change.id()+after.String(), r, change)
	}, after)
	return r
}

// write runs the writer until it is idle.
func (s *scene) write(t *testing.T) {
	t.Helper()
	s.ExecuteWorkflow(Playlist, WriterInput{PlaylistID: road.ID, Recalls: true})
	if !s.IsWorkflowCompleted() || s.GetWorkflowError() != nil {
		t.Fatalf("writer: completed %v, error %v", s.IsWorkflowCompleted(), s.GetWorkflowError())
	}
}

func (s *scene) wantRows(t *testing.T, rows ...string) {
	t.Helper()
	if !slices.Equal(s.shelf.uris, rows) {
		t.Errorf("rows %v, want %v", s.shelf.uris, rows)
	}
}

func (r *reply) want(t *testing.T, result string) {
	t.Helper()
	if !r.got || r.err != nil || r.out.Fault != nil || r.out.Result != result {
		t.Errorf("outcome %+v, error %v, answered %v; want %s", r.out, r.err, r.got, result)
	}
}

func change(run, uri string) Write {
	return Write{PersonID: "ada", RunID: run, Key: "1", URI: uri, Position: Append}
}

func unsure() *fault.Error {
	return &fault.Error{Kind: fault.Unavailable, Message: "Spotify did not answer.", Unsure: true}
}

func TestAWriterAddsATrackOnce(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	first := s.ask(t, time.Second, UpdateAdd, change("run1", "a"))
	again := s.ask(t, 2*time.Second, UpdateAdd, change("run1", "a"))
	other := s.ask(t, 3*time.Second, UpdateAdd, change("run2", "a"))
	s.write(t)
	first.want(t, agent.Added)
	again.want(t, agent.Added)
	other.want(t, agent.AlreadyThere)
	s.wantRows(t, "a")
	if s.shelf.posts != 1 {
		t.Errorf("%d posts, want 1", s.shelf.posts)
	}
}

func TestATwinOfTheRecordingCountsAsThere(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.uris = []string{"x", "twin"}
	c := change("run1", "a")
	c.Twins = []string{"twin"}
	r := s.ask(t, time.Second, UpdateAdd, c)
	s.write(t)
	r.want(t, agent.AlreadyThere)
	s.wantRows(t, "x", "twin")
}

func TestAPostOfUnknownOutcomeIsNeverRepeatedBlindly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fails []failure
		posts int
	}{
		"applied, answer lost":            {[]failure{{err: unsure(), applied: true}}, 1},
		"applied 20 s late":               {[]failure{{err: unsure(), after: 20 * time.Second}}, 1},
		"applied 44 s late":               {[]failure{{err: unsure(), after: 44 * time.Second}}, 1},
		"not applied":                     {[]failure{{err: unsure()}}, 2},
		"not applied, then answer lost":   {[]failure{{err: unsure()}, {err: unsure(), applied: true}}, 2},
		"not applied twice, then applied": {[]failure{{err: unsure()}, {err: unsure()}}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.shelf.fails = c.fails
			r := s.ask(t, time.Second, UpdateAdd, change("run1", "a"))
			s.write(t)
			r.want(t, agent.Added)
			s.wantRows(t, "a")
			if s.shelf.posts != c.posts {
				t.Errorf("%d posts, want %d", s.shelf.posts, c.posts)
			}
		})
	}
}

func TestAnAttemptOfAnEarlierLifeIsProvedBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.book.states["run1-1"] = agent.AttemptOpen
	s.shelf.late = []lateRow{{"a", s.Now().Add(30 * time.Second)}}
	r := s.ask(t, time.Second, UpdateAdd, change("run1", "a"))
	s.write(t)
	r.want(t, agent.Added)
	s.wantRows(t, "a")
	if s.shelf.posts != 0 {
		t.Errorf("%d posts, want none", s.shelf.posts)
	}
}

func TestARefusedPostIsReportedAndLeavesNothing(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.fails = []failure{{err: &fault.Error{Kind: fault.RateLimited, Message: "Busy.", RetryAfter: time.Minute}}}
	r := s.ask(t, time.Second, UpdateAdd, change("run1", "a"))
	s.write(t)
	if r.out.Fault == nil || r.out.Fault.Kind != fault.RateLimited || r.out.Fault.RetryAfter != time.Minute {
		t.Errorf("outcome %+v, want the fault with its pause", r.out)
	}
	if state := s.book.states["run1-1"]; state != agent.AttemptNotApplied {
		t.Errorf("attempt %q, want not applied", state)
	}
	s.wantRows(t)
}

func TestChangesAreMadeInTheOrderOfArrival(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	replies := make([]*reply, 0, 5)
	for _, uri := range []string{"a", "b", "c", "d", "e"} {
		replies = append(replies, s.ask(t, time.Second, UpdateAdd, change("run-"+uri, uri)))
	}
	s.shelf.fails = []failure{{err: unsure(), after: 10 * time.Second}}
	s.write(t)
	for _, r := range replies {
		r.want(t, agent.Added)
	}
	s.wantRows(t, "a", "b", "c", "d", "e")
}

func TestARemovalTakesTheRecordingOutAndSaysWhereItStood(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.uris = []string{"x", "a", "y", "twin"}
	c := change("run1", "a")
	c.Twins = []string{"twin"}
	r := s.ask(t, time.Second, UpdateRemove, c)
	none := s.ask(t, 2*time.Second, UpdateRemove, change("run2", "a"))
	s.write(t)
	r.want(t, agent.Removed)
	none.want(t, agent.NotThere)
	s.wantRows(t, "x", "y")
	if !slices.Equal(r.out.Positions, []int{1, 3}) {
		t.Errorf("positions %v, want 1 and 3", r.out.Positions)
	}
}

func TestAnUndoNeverRemovesWhatStandsThereTwice(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.uris = []string{"a", "x", "a"}
	c := change("run1", "a")
	c.Most = 1
	r := s.ask(t, time.Second, UpdateRemove, c)
	s.write(t)
	if r.out.Fault == nil || r.out.Fault.Kind != fault.Conflict {
		t.Errorf("outcome %+v, want a conflict", r.out)
	}
	s.wantRows(t, "a", "x", "a")
}
