package workflows

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/schedule"
	"segue/internal/store"
)

// broken is an engine in which workflows were ended from outside. Its letters
// are kept at once, as DeadLetter would.
type broken struct {
	db     *store.DB
	ended  map[string]error // by run: what starting it says
	turns  []string         // started, in order
	broke  []Broken
	since  []time.Time
	letter error
	lost   []deadletter.Letter
	bulks  []string // started, in order
	stops  []string // told, in order
	deaf   error    // what that says
	away   error    // the engine itself
	timer  timer    // what it knows of schedules
}

func (b *broken) PutSchedule(_ context.Context, s schedule.Schedule, now time.Time) (time.Time, error) {
	return b.timer.put(s, now)
}

func (b *broken) DropSchedule(_ context.Context, id string) error { return b.timer.drop(id) }

func (b *broken) ScheduleIDs(context.Context) ([]string, error) { return b.timer.ids, nil }

func (b *broken) StartTurn(_ context.Context, run agent.Run) error {
	b.turns = append(b.turns, run.ID)
	return b.ended[run.ID]
}

func (b *broken) Cancel(_ context.Context, runID string, undo bool) error {
	b.stops = append(b.stops, fmt.Sprint(runID, undo))
	return b.deaf
}

func (b *broken) Healthy(context.Context) error { return b.away }

func (b *broken) StartLetter(ctx context.Context, l deadletter.Letter) error {
	if b.letter != nil {
		return b.letter
	}
	_, _, err := b.db.SaveLetter(ctx, l)
	return err
}

func (b *broken) Broken(_ context.Context, since time.Time) ([]Broken, error) {
	b.since = append(b.since, since)
	return b.broke, nil
}

func (b *broken) LostLetters(context.Context, time.Time) ([]deadletter.Letter, error) {
	return b.lost, nil
}

func (b *broken) StartBulk(_ context.Context, bulk deadletter.Bulk) error {
	b.bulks = append(b.bulks, bulk.ID)
	return nil
}

func TestARunEndedFromOutsideBecomesALetter(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	run := s.accept(t, "x")
	b := &broken{db: s.rules, ended: map[string]error{run.ID: fault.New(fault.Conflict, "", nil)}}
	r := NewReconciler(s.rules, b, slog.New(slog.DiscardHandler))
	for range 2 {
		if err := r.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	found := s.letters(t, deadletter.Filter{})
	if len(found) != 1 || found[0].ID != run.ID || found[0].Kind != fault.Internal || len(found[0].Causes()) != 1 {
		t.Errorf("letters %+v", found)
	}
}

func TestTheSweepFindsWhatBrokeWithoutALetterOnce(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	finish := func(text string, p agent.Progress) agent.Run {
		run := s.accept(t, text)
		if p.State != "" {
			if err := s.rules.Finish(t.Context(), "ada", run.ID, p); err != nil {
				t.Fatal(err)
			}
		}
		return run
	}
	trouble := func(kind fault.Kind) agent.Progress {
		return agent.Progress{State: agent.Failed, Trouble: &agent.Trouble{Kind: string(kind), What: "No."}}
	}
	open := finish("still open, and known to this process", agent.Progress{})
	dead := finish("failed", trouble(fault.Internal))
	own := finish("the person's own mistake", trouble(fault.Invalid))
	done := finish("done", agent.Progress{State: agent.Done})
	b := &broken{db: s.rules, letter: errors.New("engine away")}
	for _, run := range []agent.Run{open, dead, own, done} {
		b.broke = append(b.broke, Broken{RunID: run.ID, PersonID: "ada"})
	}
	b.broke = append(b.broke, Broken{RunID: "r", PersonID: "has left"})
	r := NewReconciler(s.rules, b, slog.New(slog.DiscardHandler))
	if err := r.Sweep(t.Context()); err == nil {
		t.Error("a sweep that could not keep a letter says nothing")
	}
	b.letter = nil
	for range 2 {
		if err := r.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	found := s.letters(t, deadletter.Filter{})
	if len(found) != 2 {
		t.Fatalf("%d letters, want those of %s and %s: %+v", len(found), open.ID, dead.ID, found)
	}
	for _, l := range found {
		if l.RunID != open.ID && l.RunID != dead.ID {
			t.Errorf("letter %+v", l)
		}
	}
	if !b.since[0].IsZero() || !b.since[1].IsZero() || b.since[2].IsZero() {
		t.Errorf("looked since %v: a sweep that failed must be repeated whole", b.since)
	}
}

func TestTheSweepStartsLostLettersAndBulksAgainAndForgetsOldOnes(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	save := func(text string) deadletter.Letter {
		run := s.accept(t, text)
		if err := s.rules.Finish(t.Context(), "ada", run.ID, agent.Progress{State: agent.Failed}); err != nil {
			t.Fatal(err)
		}
		l := newLetter("ada", run.ID, troubleOf(fault.New(fault.Internal, "No.", nil), noTime), time.Now())
		id, _, err := s.rules.SaveLetter(t.Context(), l)
		if err != nil {
			t.Fatal(err)
		}
		l.ID = id
		return l
	}
	old, waiting := save("old"), save("waiting")
	again, err := s.rules.RetryLetter(t.Context(), old.ID, 1, "op")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.rules.Finish(t.Context(), "ada", again.ID, agent.Progress{State: agent.Done}); err != nil {
		t.Fatal(err)
	}
	bulk, err := s.rules.StartBulk(t.Context(), deadletter.Bulk{By: "op", Act: deadletter.ActRetry, Rate: 1, AsOf: time.Now()}, "k")
	if err != nil {
		t.Fatal(err)
	}
	lost := newLetter("ada", s.accept(t, "lost").ID, troubleOf(fault.New(fault.Internal, "No.", nil), noTime), time.Now())
	b := &broken{db: s.rules, lost: []deadletter.Letter{lost}}
	r := NewReconciler(s.rules, b, slog.New(slog.DiscardHandler))
	for range 2 {
		if err := r.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(b.bulks) != 1 || b.bulks[0] != bulk.ID {
		t.Errorf("started %q, want %s once", b.bulks, bulk.ID)
	}
	for i, keep := range []time.Duration{time.Hour, -time.Hour} { // the second time everything is old
		r.Keep(keep)
		if err := r.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.rules.Letter(t.Context(), old.ID); (err == nil) != (i == 0) {
			t.Errorf("kept for %s: %v", keep, err)
		}
	}
	if len(b.bulks) != 3 {
		t.Errorf("a sweep must start the bulk again: %q", b.bulks)
	}
	for _, id := range []string{waiting.ID, lost.ID} {
		if l, err := s.rules.Letter(t.Context(), id); err != nil || l.State != deadletter.Waiting {
			t.Errorf("%s is %s, %v", id, l.State, err)
		}
	}
}

func TestTheSweepMakesLettersThatWereLostWithTheEnginesDatabase(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	given := &agent.Trouble{Kind: string(fault.Unavailable), What: "Spotify did not answer."}
	own := &agent.Trouble{Kind: string(fault.NotFound), What: "No such playlist."}
	task := func(trouble *agent.Trouble) []agent.Task {
		return []agent.Task{{Key: "1", State: agent.Done}, {Key: "2", State: agent.Failed, Trouble: trouble}}
	}
	want := map[string]bool{}
	for text, p := range map[string]agent.Progress{
		"a song given up":       {State: agent.Done, Tasks: task(given)},
		"the run given up":      {State: agent.Failed, Trouble: given},
		"the person's mistake":  {State: agent.Failed, Trouble: own},
		"a song not for adding": {State: agent.Done, Tasks: task(own)},
		"stopped":               {State: agent.Cancelled, Tasks: task(given)},
	} {
		run := s.accept(t, text)
		if err := s.rules.Finish(t.Context(), "ada", run.ID, p); err != nil {
			t.Fatal(err)
		}
		want[run.ID] = text == "a song given up" || text == "the run given up"
	}
	r := NewReconciler(s.rules, &broken{db: s.rules}, slog.New(slog.DiscardHandler))
	if err := r.unlettered(t.Context(), time.Time{}, time.Now()); err != nil || len(s.letters(t, deadletter.Filter{})) > 0 {
		t.Fatalf("%v; what ended just now may still get its own letter", err)
	}
	for range 2 {
		if err := r.unlettered(t.Context(), time.Time{}, time.Now().Add(2*letterGrace)); err != nil {
			t.Fatal(err)
		}
	}
	found := s.letters(t, deadletter.Filter{})
	for _, l := range found {
		if !want[l.RunID] {
			t.Errorf("letter %+v of a run that has given nothing up", l)
		}
	}
	if len(found) != 2 {
		t.Errorf("%d letters, want 2", len(found))
	}
}

func TestWhatIsNoLongerKeptIsForgottenInBatches(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	for i := range sweepMost + 1 {
		run := s.accept(t, fmt.Sprint(i))
		if err := s.rules.Finish(t.Context(), "ada", run.ID, agent.Progress{State: agent.Done}); err != nil {
			t.Fatal(err)
		}
	}
	open := s.accept(t, "still going on")
	if err := s.rules.SetKeepDays(t.Context(), "ada", 90); err != nil {
		t.Fatal(err)
	}
	r := NewReconciler(s.rules, &broken{db: s.rules}, slog.New(slog.DiscardHandler))
	if err := r.forget(t.Context(), time.Now().Add(91*24*time.Hour)); err != nil {
		t.Fatal(err)
	}
	left, err := s.rules.History(t.Context(), "ada", agent.HistoryFilter{}, "", 10)
	if err != nil || len(left) != 1 || left[0].ID != open.ID {
		t.Errorf("%d runs left, %v; want the open one alone", len(left), err)
	}
}

func TestARunThatCannotBeStartedHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	bad, good := s.accept(t, "bad"), s.accept(t, "good")
	refused := fault.New(fault.Unavailable, "The engine did not answer.", nil)
	b := &broken{db: s.rules, ended: map[string]error{bad.ID: refused}}
	var log strings.Builder
	r := NewReconciler(s.rules, b, slog.New(slog.NewTextHandler(&log, nil)))
	for range 3 {
		if err := r.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.turns; !slices.Equal(got, []string{bad.ID, good.ID, bad.ID, bad.ID}) {
		t.Errorf("started %q: the good one once, the bad one each time", got)
	}
	if n := strings.Count(log.String(), bad.ID); n != 1 {
		t.Errorf("the log names the run %d times, want once: %s", n, log.String())
	}
	r.failing[bad.ID] = time.Now().Add(-startLimit)
	if err := r.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	found := s.letters(t, deadletter.Filter{})
	if len(found) != 1 || found[0].RunID != bad.ID {
		t.Errorf("letters %+v", found)
	}
}

func TestWhileTheEngineIsAwayNoRunIsToBlame(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	away := fault.New(fault.Unavailable, "The engine did not answer.", nil)
	first := s.accept(t, "first")
	b := &broken{db: s.rules, away: away, ended: map[string]error{first.ID: away, s.accept(t, "second").ID: away}}
	r := NewReconciler(s.rules, b, slog.New(slog.DiscardHandler))
	if err := r.Once(t.Context()); err == nil || len(b.turns) != 1 || len(r.failing) != 0 {
		t.Errorf("%v; %d starts were tried, %d runs are to blame", err, len(b.turns), len(r.failing))
	}
}

func TestAStopThatTheEngineHasNotHeardIsToldUntilItHas(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	run := s.accept(t, "stopped")
	b := &broken{db: s.rules, deaf: fault.New(fault.Unavailable, "The engine did not answer.", nil)}
	r := NewReconciler(s.rules, b, slog.New(slog.DiscardHandler))
	if err := r.Once(t.Context()); err != nil || len(b.stops) != 0 {
		t.Fatalf("%v, told %q", err, b.stops)
	}
	if err := s.rules.Stop(t.Context(), "ada", run.ID, agent.StopUndo); err != nil {
		t.Fatal(err)
	}
	for range 4 {
		if err := r.Once(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(b.stops) == 2 {
			b.deaf = nil
		}
	}
	if want := run.ID + "true"; !slices.Equal(b.stops, []string{want, want, want}) {
		t.Errorf("told %q, want three times that it is to be taken back", b.stops)
	}
}
