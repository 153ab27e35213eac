package workflows

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// tardy is a shelf whose next removals are applied later than they are refused.
type tardy struct {
	*shelf
	after []time.Duration // of the next removals, in order
	due   []lateRow
}

func (s *tardy) Remove(ctx context.Context, personID, playlistID string, uris []string) error {
	if len(s.after) == 0 {
		return s.shelf.Remove(ctx, personID, playlistID, uris)
	}
	for _, uri := range uris {
		s.due = append(s.due, lateRow{uri, s.now().Add(s.after[0])})
	}
	s.after = s.after[1:]
	return unsure()
}

func (s *tardy) arrive() {
	for _, late := range s.due {
		if !s.now().Before(late.at) {
			s.uris = slices.DeleteFunc(s.uris, func(u string) bool { return u == late.uri })
		}
	}
	s.due = slices.DeleteFunc(s.due, func(late lateRow) bool { return !s.now().Before(late.at) })
}

func (s *tardy) Add(ctx context.Context, personID, playlistID string, uris []string, position int) error {
	s.arrive()
	return s.shelf.Add(ctx, personID, playlistID, uris, position)
}

func (s *tardy) Rows(ctx context.Context, personID, playlistID string) ([]string, error) {
	s.arrive()
	return s.shelf.Rows(ctx, personID, playlistID)
}

// settleDown lets everything happen that is late.
func (s *scene) settleDown(t *testing.T) {
	t.Helper()
	if _, err := s.shelf.Items(t.Context(), "ada", road.ID); err != nil {
		t.Fatal(err)
	}
}

func away() error {
	return fault.New(fault.Unavailable, "Spotify has trouble answering at the moment.", nil)
}

// The proof of the one is broken off, and while its request may still be applied the other has its turn.
func TestASongOfUnknownOutcomeIsNotAddedForAnotherRun(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.fails = []failure{{err: unsure(), after: 20 * time.Second}}
	s.shelf.reads = []error{nil, away()}
	first := s.appends(t, time.Second, songs("run1", "a"))
	second := s.appends(t, 1500*time.Millisecond, songs("run2", "a"))
	again := s.appends(t, 2*time.Minute, songs("run1", "a"))
	s.write(t)
	s.settleDown(t)
	t.Log(first.out, second.out, again.out)
	s.wantRows(t, "a")
}

// What is handed back while it may have been applied says so, so that a stop waits for the outcome.
func TestARequestWhoseProofIsBrokenOffIsUnsure(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.fails = []failure{{err: unsure(), applied: true}}
	s.shelf.reads = []error{nil, away()}
	r := s.appends(t, time.Second, songs("run1", "a"))
	s.write(t)
	if f := r.out.Songs[0].Fault; f == nil || !f.Unsure {
		t.Errorf("fault %+v, want one that is unsure", f)
	}
}

func TestALateRemovalTakesNothingThatWasAddedAfterIt(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	late := &tardy{shelf: s.shelf, after: []time.Duration{20 * time.Second}}
	s.serving.Library = late
	s.shelf.uris = []string{"a", "b"}
	out := s.ask(t, time.Second, UpdateRemove, change("run1", "a"))
	in := s.appends(t, 5*time.Second, songs("run2", "a"))
	s.write(t)
	late.arrive()
	out.want(t, agent.Removed)
	in.want(t, agent.Added)
	s.wantRows(t, "b", "a")
}

func TestASongAddedJustNowIsRemovedThoughReadsDoNotShowItYet(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.fails = []failure{{after: 20 * time.Second}} // confirmed at once, shown later
	in := s.appends(t, time.Second, songs("run1", "a"))
	out := s.ask(t, 5*time.Second, UpdateRemove, change("run2", "a"))
	s.write(t)
	s.settleDown(t)
	in.want(t, agent.Added)
	out.want(t, agent.Removed)
	s.wantRows(t)
}

// The list has added one id of a recording, and later somebody else another one.
func TestTakingAListBackLeavesAnotherIDOfTheRecording(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.shelf.uris = []string{"x", "a", "twin"}
	row := agent.Row{Position: 1, State: agent.RowAdded, Match: &music.Match{
		Verdict: music.Auto, Choices: []music.Choice{{Track: music.Track{URI: "a"}, Twins: []string{"twin"}}},
	}}
	back := RowsInput{PersonID: "ada", RunID: "run2", PlaylistID: road.ID}.change(row, UpdateUndo)
	r := s.takesBack(t, time.Second, Batch{Changes: []Write{back}})
	s.write(t)
	r.want(t, agent.Removed)
	s.wantRows(t, "x", "twin")
}

// hesitant stands in for the writer of the playlist: at first it cannot tell whether it has added the songs.
func (s *scene) hesitant() {
	asked := 0
	s.RegisterActivityWithOptions(func(_ context.Context, in AppendInput) (BatchOutcome, error) {
		asked++
		var out BatchOutcome
		for _, c := range in.Batch.Changes {
			if asked > 1 {
				out.Songs = append(out.Songs, WriteOutcome{Result: agent.Added, URI: c.URI})
				continue
			}
			out.Songs = append(out.Songs, WriteOutcome{Fault: &Fault{Kind: fault.RateLimited, Message: "Slow down.", RetryAfter: 9 * time.Hour, Unsure: true}})
		}
		s.shelf.mu.Lock()
		defer s.shelf.mu.Unlock()
		s.shelf.uris = []string{"x", queen.URI}
		return out, nil
	}, activity.RegisterOptions{Name: "Append", DisableAlreadyRegisteredCheck: true})
	s.RegisterActivityWithOptions(func(_ context.Context, in AppendInput) (BatchOutcome, error) {
		s.shelf.mu.Lock()
		defer s.shelf.mu.Unlock()
		s.shelf.uris = []string{"x"}
		return BatchOutcome{Songs: []WriteOutcome{{Result: agent.Removed, URI: in.Batch.Changes[0].URI}}}, nil
	}, activity.RegisterOptions{Name: "TakeBack", DisableAlreadyRegisteredCheck: true})
}

func TestAStopHearsWhatMayHaveBeenDone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		undo bool
		rows []string
		want string
	}{
		"kept":       {false, []string{"x", queen.URI}, agent.Added},
		"taken back": {true, []string{"x"}, agent.Removed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.hesitant()
			s.shelf.tracks = []music.Track{queen}
			s.RegisterDelayedCallback(func() { s.UpdateWorkflow(UpdateCancel, "c", &reply{t: t}, Cancel{Undo: c.undo}) }, time.Hour)
			p := s.turns(t, s.accept(t, "add Bohemian Rhapsody by Queen to Road Trip"))
			if p.State != agent.Cancelled || p.Tasks[0].Result != c.want {
				t.Errorf("ended %s, the song %q, want %q; says %q", p.State, p.Tasks[0].Result, c.want, p.Say)
			}
			if p.Undoable == c.undo || p.Tasks[0].Reversed != c.undo || p.Stopping {
				t.Errorf("can be undone %v, taken back %v, stopping %v", p.Undoable, p.Tasks[0].Reversed, p.Stopping)
			}
			s.wantRows(t, c.rows...)
		})
	}
}

func TestAStoppedListHearsWhatMayHaveBeenDone(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	c := s.clerk()
	c.faults = []*Fault{{Kind: fault.RateLimited, Message: "Slow down.", RetryAfter: 9 * time.Hour, Unsure: true}}
	run := s.links(t, 3)
	s.RegisterDelayedCallback(func() { s.UpdateWorkflow(UpdateCancel, "c", &reply{t: t}, Cancel{}) }, time.Hour)
	wantCounts(t, s.serves(t, run), agent.Counts{agent.RowAdded: 3})
}

func TestABatchIsUnsureWhenOneOfItsRowsIs(t *testing.T) {
	t.Parallel()
	busy := &Fault{Kind: fault.RateLimited, Message: "Slow down."}
	unheard := &Fault{Kind: fault.Unavailable, Message: "No answer.", Unsure: true}
	_, out := sortRows(make([]agent.Row, 3), []WriteOutcome{{Fault: busy}, {Fault: unheard}, {Fault: busy}}, UpdateAppend)
	if out.Fault == nil || !out.Fault.Unsure {
		t.Errorf("fault %+v", out.Fault)
	}
}

// verdict hears whether an update was taken.
type verdict struct{ accepted, rejected bool }

func (v *verdict) Accept()             { v.accepted = true }
func (v *verdict) Reject(error)        { v.rejected = true }
func (v *verdict) Complete(any, error) {}

// The turn is at its end, and the ledger takes a while to hear of it.
func TestAStopThatComesTooLateIsRefused(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.addsAll()
	s.shelf.tracks = []music.Track{queen}
	slow := &reluctant{ledger: s.rules, refuse: 5}
	s.serving.Ledger = slow
	var late verdict
	slow.asked = func() { s.UpdateWorkflow(UpdateCancel, "c", &late, Cancel{Undo: true}) }
	p := s.turns(t, s.accept(t, "add Bohemian Rhapsody by Queen to Road Trip"))
	if late.accepted || !late.rejected || p.State != agent.Done {
		t.Errorf("the stop was accepted %v, the run ended %s", late.accepted, p.State)
	}
}

// reluctant is a ledger that takes an outcome only after some tries.
type reluctant struct {
	ledger
	mu     sync.Mutex
	refuse int
	asked  func()
}

func (r *reluctant) Finish(ctx context.Context, personID, runID string, p agent.Progress) error {
	r.mu.Lock()
	r.refuse--
	left := r.refuse
	r.mu.Unlock()
	switch {
	case left == 3:
		r.asked()
		fallthrough
	case left > 0:
		return fault.New(fault.Unavailable, "The disk is full.", nil)
	}
	return r.ledger.Finish(ctx, personID, runID, p)
}
