package workflows

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
	"segue/internal/store"
)

// clerk stands in for the writer, which the test environment cannot reach from an
// activity: it adds what it is handed, or answers with a fault first.
type clerk struct {
	scene  *scene
	faults []*Fault // of the next batches, in order; nil for none
	refuse int      // position of a row that Spotify refuses for good; 0 for none
	sizes  []int    // of each batch
	order  []int    // positions as they were added
}

func (c *clerk) move(ctx context.Context, in RowsInput, from, to agent.RowState) (RowsOutcome, error) {
	a := c.scene.activities()
	rows, err := a.rows(ctx, in, from)
	if err != nil {
		return RowsOutcome{}, err
	}
	c.sizes = append(c.sizes, len(rows))
	if len(c.faults) > 0 {
		f := c.faults[0]
		if c.faults = c.faults[1:]; f != nil {
			return RowsOutcome{Fault: f}, nil
		}
	}
	kind, result := UpdateAppend, agent.Added
	if to == agent.RowRemoved {
		kind, result = UpdateUndo, agent.Removed
	}
	songs := make([]WriteOutcome, len(rows))
	for i, row := range rows {
		songs[i].Result = result
		if row.Position == c.refuse {
			songs[i] = refused(fault.New(fault.Invalid, "Spotify does not know this song.", nil))
			continue
		}
		c.order = append(c.order, row.Position)
	}
	moved, out := sortRows(rows, songs, kind)
	_, err = a.Lists.SaveRows(ctx, in.PersonID, in.of(), from, moved)
	return out, err
}

func (s *scene) clerk() *clerk {
	c := &clerk{scene: s}
	for name, states := range map[string][2]agent.RowState{
		"AppendRows": {agent.RowFound, agent.RowAdded}, "TakeBackRows": {agent.RowAdded, agent.RowRemoved},
	} {
		s.RegisterActivityWithOptions(func(ctx context.Context, in RowsInput) (RowsOutcome, error) {
			return c.move(ctx, in, states[0], states[1])
		}, activity.RegisterOptions{Name: name, DisableAlreadyRegisteredCheck: true})
	}
	return c
}

// bring accepts a list of songs; the shelf has all that are called "Song …".
func (s *scene) bring(t *testing.T, titles ...string) agent.Run {
	t.Helper()
	l := agent.NewList{PersonID: "ada", Key: fmt.Sprint(titles), Text: "Import songs into Road Trip", Playlist: agent.PlaylistRef{ID: "road", Name: "Road Trip"}}
	for _, title := range titles {
		l.Rows = append(l.Rows, agent.Row{Song: music.Song{Title: title}, State: agent.RowOpen})
	}
	run, _, err := s.rules.AcceptList(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// links are n songs that are named by a link, each of its own track.
func (s *scene) links(t *testing.T, n int) agent.Run {
	t.Helper()
	l := agent.NewList{PersonID: "ada", Key: "links", Text: "Import songs into Road Trip", Playlist: agent.PlaylistRef{ID: "road", Name: "Road Trip"}}
	for i := range n {
		id := fmt.Sprintf("track%03d", i)
		s.shelf.tracks = append(s.shelf.tracks, music.Track{ID: id, URI: "spotify:track:" + id, Title: id})
		l.Rows = append(l.Rows, agent.Row{Song: music.Song{TrackID: id}, State: agent.RowOpen})
	}
	run, _, err := s.rules.AcceptList(t.Context(), l)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// serves runs the list to its end and returns the outcome in the ledger.
func (s *scene) serves(t *testing.T, run agent.Run) agent.Progress {
	t.Helper()
	s.ExecuteWorkflow(SyncList, ListInput{RunID: run.ID, PersonID: "ada", UndoOf: run.UndoOf})
	if err := s.GetWorkflowError(); !s.IsWorkflowCompleted() || err != nil {
		t.Fatalf("completed %v, %v", s.IsWorkflowCompleted(), err)
	}
	got, err := s.rules.Run(t.Context(), "ada", run.ID)
	if err != nil || got.Outcome == nil {
		t.Fatalf("the ledger has %+v, %v", got, err)
	}
	return *got.Outcome
}

func wantCounts(t *testing.T, p agent.Progress, want agent.Counts) {
	t.Helper()
	if p.List == nil {
		t.Fatalf("no list in %+v", p)
	}
	for _, state := range []agent.RowState{
		agent.RowOpen, agent.RowFound, agent.RowReview, agent.RowAdded, agent.RowThere, agent.RowMissing, agent.RowLeftOut, agent.RowFailed, agent.RowStopped, agent.RowRemoved,
	} {
		if p.List.Counts[state] != want[state] {
			t.Errorf("%d rows are %s, want %d; %+v", p.List.Counts[state], state, want[state], p.Trouble)
		}
	}
}

func TestAListIsAddedInItsOrderAHundredAtATime(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	c := s.clerk()
	p := s.serves(t, s.links(t, 230))
	wantCounts(t, p, agent.Counts{agent.RowAdded: 230})
	if !slices.Equal(c.sizes, []int{100, 100, 30}) || !slices.IsSorted(c.order) {
		t.Errorf("batches of %v in the order %v", c.sizes, c.order)
	}
	if p.State != agent.Done || p.Title != "Added 230 songs to Road Trip" || !p.Undoable {
		t.Errorf("%s, %q, undoable %v", p.State, p.Title, p.Undoable)
	}
}

func TestAListThatBeginsAnewAddsNoRowBeforeThoseAheadOfIt(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	c := s.clerk()
	run := s.links(t, 30)
	if err := s.activities().FindRows(t.Context(), RowsInput{PersonID: "ada", RunID: run.ID, Positions: []int{26, 27, 28, 29, 30}}); err != nil {
		t.Fatal(err) // as when an earlier life had found the last of them first
	}
	wantCounts(t, s.serves(t, run), agent.Counts{agent.RowAdded: 30})
	if !slices.IsSorted(c.order) {
		t.Errorf("added in the order %v", c.order)
	}
}

func TestAnUnclearRowHoldsUpNobodyAndIsAddedOnceItIsAnswered(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	c := s.clerk()
	s.shelf.tracks = hallelujahs()
	run := s.bring(t, "Hallelujah", "Nothing Like It")
	s.RegisterDelayedCallback(func() {
		rows, err := s.rules.ListRows(t.Context(), "ada", run.ID, agent.RowFilter{States: []agent.RowState{agent.RowReview}})
		if err != nil || len(rows) != 1 {
			t.Errorf("%d rows ask, %v", len(rows), err)
			return
		}
		settled, err := Answered(rows[0], agent.Answer{Option: "cohen"})
		if err != nil {
			t.Error(err)
		}
		if _, err := s.rules.SaveRows(t.Context(), "ada", run.ID, agent.RowReview, []agent.Row{settled}); err != nil {
			t.Error(err)
		}
		s.SignalWorkflow(SignalWake, nil)
	}, 3*time.Hour)
	p := s.serves(t, run)
	wantCounts(t, p, agent.Counts{agent.RowAdded: 1, agent.RowMissing: 1})
	if !slices.Equal(c.order, []int{1}) {
		t.Errorf("added %v", c.order)
	}
}

func TestARowNobodyAnswersAboutIsLeftOutAfterSevenDays(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		since time.Duration
		want  agent.Counts
	}{
		"on the seventh day": {answerLimit - 30*time.Minute, agent.Counts{agent.RowLeftOut: 1}},
		"on the second":      {24 * time.Hour, nil}, // in a fresh history by then
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			s.clerk()
			s.shelf.tracks = hallelujahs()
			run := s.bring(t, "Hallelujah")
			s.ExecuteWorkflow(SyncList, ListInput{RunID: run.ID, PersonID: "ada", Asked: s.Now().Add(-c.since)})
			if c.want == nil {
				if err := s.GetWorkflowError(); !workflow.IsContinueAsNewError(err) {
					t.Errorf("ended with %v, want a fresh history", err)
				}
				return
			}
			got, err := s.rules.Run(t.Context(), "ada", run.ID)
			if err != nil || got.Outcome == nil {
				t.Fatalf("the ledger has %+v, %v", got, err)
			}
			wantCounts(t, *got.Outcome, c.want)
		})
	}
}

func TestAPausedListGoesOnWhenItIsTold(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.clerk()
	run := s.links(t, 3)
	if err := s.rules.PauseList(t.Context(), "ada", run.ID, true); err != nil {
		t.Fatal(err)
	}
	s.RegisterDelayedCallback(func() {
		if counts, err := s.rules.ListCounts(t.Context(), "ada", run.ID); err != nil || counts[agent.RowOpen] != 3 {
			t.Errorf("while it is paused: %v, %v", counts, err)
		}
		if err := s.rules.PauseList(t.Context(), "ada", run.ID, false); err != nil {
			t.Error(err)
		}
		s.SignalWorkflow(SignalWake, nil)
	}, 90*time.Minute)
	wantCounts(t, s.serves(t, run), agent.Counts{agent.RowAdded: 3})
}

func TestAnOutageIsWaitedForAndCostsNoRow(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	c := s.clerk()
	c.faults = []*Fault{{Kind: fault.RateLimited, Message: "Slow down.", RetryAfter: time.Hour}}
	run, began := s.links(t, 40), s.Now()
	wantCounts(t, s.serves(t, run), agent.Counts{agent.RowAdded: 40})
	if waited := s.Now().Sub(began); waited < time.Hour || waited > 2*time.Hour {
		t.Errorf("done after %s, want an hour", waited)
	}
}

func TestARowThatIsRefusedForGoodFailsAlone(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.clerk().refuse = 2
	p := s.serves(t, s.links(t, 3))
	wantCounts(t, p, agent.Counts{agent.RowAdded: 2, agent.RowFailed: 1})
	if p.State != agent.Done || p.Title != "Added 2 of 3 songs to Road Trip" {
		t.Errorf("%s, %q", p.State, p.Title)
	}
}

func TestAStoppedListKeepsOrTakesBackWhatItHasAdded(t *testing.T) {
	t.Parallel()
	for name, undo := range map[string]bool{"keeps": false, "takes back": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScene(t)
			c := s.clerk()
			c.faults = []*Fault{nil, {Kind: fault.RateLimited, Message: "Slow down.", RetryAfter: 9 * time.Hour}}
			run := s.links(t, 150)
			s.RegisterDelayedCallback(func() { s.UpdateWorkflow(UpdateCancel, "c", &reply{t: t}, Cancel{Undo: undo}) }, time.Hour)
			want := agent.Counts{agent.RowAdded: 100, agent.RowStopped: 50}
			if undo {
				want = agent.Counts{agent.RowRemoved: 100, agent.RowStopped: 50}
			}
			p := s.serves(t, run)
			wantCounts(t, p, want)
			if p.State != agent.Cancelled || p.Undoable == undo {
				t.Errorf("ended %s, undoable %v", p.State, p.Undoable)
			}
		})
	}
}

func TestAListIsTakenBackByAnotherRun(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	c := s.clerk()
	run := s.links(t, 120)
	rows, err := s.rules.ListRows(t.Context(), "ada", run.ID, agent.RowFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		rows[i].State = agent.RowAdded
	}
	if _, err := s.rules.SaveRows(t.Context(), "ada", run.ID, agent.RowOpen, rows); err != nil {
		t.Fatal(err)
	}
	if err := s.rules.Finish(t.Context(), "ada", run.ID, agent.Progress{State: agent.Done, Playlist: &road, Undoable: true}); err != nil {
		t.Fatal(err)
	}
	undo, _, err := s.rules.Accept(t.Context(), store.NewMessage{PersonID: "ada", ConversationID: run.ConversationID, Text: "Undo that", Key: "u", UndoOf: run.ID})
	if err != nil {
		t.Fatal(err)
	}
	p := s.serves(t, undo)
	wantCounts(t, p, agent.Counts{agent.RowRemoved: 120})
	if p.State != agent.Done || !slices.Equal(c.sizes, []int{100, 20}) || c.order[len(c.order)-1] != 20 {
		t.Errorf("%s in batches of %v, the last %d", p.State, c.sizes, c.order[len(c.order)-1])
	}
}
