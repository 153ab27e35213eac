package workflows

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
	"segue/internal/schedule"
	"segue/internal/store"
)

// press is where lists are published.
type press struct {
	list  string
	fails []error // of the next looks, in order
	asked int
}

func (p *press) Read(_ context.Context, _ string, seen schedule.Seen) ([]byte, schedule.Seen, error) {
	p.asked++
	if len(p.fails) > 0 {
		err := p.fails[0]
		if p.fails = p.fails[1:]; err != nil {
			return nil, seen, err
		}
	}
	if seen.Digest == p.list {
		return nil, seen, nil
	}
	return []byte(p.list), schedule.Seen{Digest: p.list}, nil
}

// hands is an engine in which a run is over as soon as it is started, in a state of the test's choice.
type hands struct {
	db       *store.DB
	state    agent.State // "" leaves it as it is
	question *agent.Question
	answers  []agent.Answer
}

func (h *hands) StartTurn(ctx context.Context, run agent.Run) error {
	if h.state == "" {
		return nil
	}
	p := agent.Progress{RunID: run.ID, Version: 1, State: h.state}
	if h.state == agent.Failed {
		p.Trouble = &agent.Trouble{Kind: string(fault.NotFound), What: "There is no such playlist."}
	}
	return h.db.Finish(ctx, run.PersonID, run.ID, p)
}

func (h *hands) Cancel(context.Context, string, bool) error { return nil }

func (h *hands) Progress(context.Context, string) (agent.Progress, error) {
	return agent.Progress{State: agent.Waiting, Question: h.question}, nil
}

func (h *hands) Answer(ctx context.Context, runID string, a agent.Answer) error {
	h.answers = append(h.answers, a)
	return h.db.Finish(ctx, "ada", runID, agent.Progress{RunID: runID, Version: 1, State: agent.Done})
}

// round is one time that a schedule is due: a scene over a ledger that outlives it, with a press and hands.
type round struct {
	*scene
	press *press
	hands *hands
}

func newRound(t *testing.T, db *store.DB) *round {
	t.Helper()
	r := &round{scene: newScene(t), press: &press{}, hands: &hands{db: db}}
	r.rules = db
	a := r.activities()
	a.Repeats, a.Documents, a.Engine = db, r.press, r.hands
	*r.serving = *a
	return r
}

// daily makes a schedule of Ada's.
func daily(t *testing.T, db *store.DB, kind schedule.Kind) schedule.Schedule {
	t.Helper()
	s, err := schedule.New(schedule.Schedule{
		PersonID: "ada", Name: "Charts", Kind: kind, URL: "https://lists.example/charts.csv",
		From: agent.PlaylistRef{ID: "charts", Name: "Charts"}, To: agent.PlaylistRef{ID: "road", Name: "Road Trip"},
		Timing: schedule.Timing{Every: schedule.Day, At: "07:30", Zone: "Europe/Berlin"},
	}, time.Now().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.AddSchedule(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	return s
}

// repeatOnce has the schedule be due once more, in a scene that change makes up, and
// returns its newest result and how long it took on the workflow's clock.
func repeatOnce(t *testing.T, db *store.DB, s schedule.Schedule, key string, change func(*round)) (schedule.Result, time.Duration) {
	t.Helper()
	sc := newRound(t, db)
	change(sc)
	began := sc.Now()
	sc.SetStartWorkflowOptions(client.StartWorkflowOptions{ID: key, TaskQueue: TaskQueue})
	sc.ExecuteWorkflow(Repeat, RepeatInput{ScheduleID: s.ID, PersonID: s.PersonID})
	if err := sc.GetWorkflowError(); !sc.IsWorkflowCompleted() || err != nil {
		t.Fatalf("completed %v, %v", sc.IsWorkflowCompleted(), err)
	}
	results, err := db.Results(t.Context(), s.PersonID, s.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(results) == 0 {
		return schedule.Result{}, sc.Now().Sub(began)
	}
	return results[0], sc.Now().Sub(began)
}

func songsOf(t *testing.T, db *store.DB, runID string) []string {
	t.Helper()
	rows, err := db.ListRows(t.Context(), "ada", runID, agent.RowFilter{})
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, r := range rows {
		titles = append(titles, r.Song.Title)
	}
	return titles
}

const charts = "title,artist\nAfrica,Toto\nCreep,Radiohead\n"

func TestOnlyWhatIsNewInAListIsBrought(t *testing.T) {
	t.Parallel()
	db := openLedger(t)
	s := daily(t, db, schedule.List)
	first, _ := repeatOnce(t, db, s, "1", func(sc *round) { sc.press.list, sc.hands.state = charts, agent.Done })
	if got := songsOf(t, db, first.RunID); !slices.Equal(got, []string{"Africa", "Creep"}) || first.State != agent.Done {
		t.Fatalf("the first time %q, %+v", got, first)
	}
	rows, err := db.ListRows(t.Context(), "ada", first.RunID, agent.RowFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for i, state := range []agent.RowState{agent.RowAdded, agent.RowMissing} {
		rows[i].State = state
	}
	if _, err := db.SaveRows(t.Context(), "ada", first.RunID, agent.RowOpen, rows); err != nil {
		t.Fatal(err)
	}
	if again, _ := repeatOnce(t, db, s, "1", func(sc *round) { sc.press.fails = []error{fault.New(fault.Internal, "not asked", nil)} }); again.RunID != first.RunID {
		t.Errorf("the same time again became %+v", again)
	}
	same, _ := repeatOnce(t, db, s, "2", func(sc *round) { sc.press.list = charts })
	if same.Key != "2" || same.RunID != "" || same.Trouble != nil {
		t.Errorf("an unchanged list became %+v", same)
	}
	more, _ := repeatOnce(t, db, s, "3", func(sc *round) { sc.press.list, sc.hands.state = charts+"Karma Police,Radiohead\n", agent.Done })
	if got := songsOf(t, db, more.RunID); !slices.Equal(got, []string{"Creep", "Karma Police"}) {
		t.Errorf("of a changed list %q; what was not on Spotify may be there now", got)
	}
	runs, err := db.Run(t.Context(), "ada", more.RunID)
	if err != nil {
		t.Fatal(err)
	}
	firstRun, err := db.Run(t.Context(), "ada", first.RunID)
	if err != nil || runs.ConversationID != firstRun.ConversationID {
		t.Errorf("a schedule has one conversation: %q and %q, %v", runs.ConversationID, firstRun.ConversationID, err)
	}
}

func TestOnlyRowsThatFailedForAWhileAreTriedAgain(t *testing.T) {
	t.Parallel()
	db := openLedger(t)
	s := daily(t, db, schedule.List)
	first, _ := repeatOnce(t, db, s, "1", func(sc *round) { sc.press.list, sc.hands.state = charts, agent.Done })
	rows, err := db.ListRows(t.Context(), "ada", first.RunID, agent.RowFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for i, kind := range []fault.Kind{fault.Invalid, fault.Unavailable} {
		rows[i].State, rows[i].Trouble = agent.RowFailed, &agent.Trouble{Kind: string(kind), What: "No."}
	}
	if _, err := db.SaveRows(t.Context(), "ada", first.RunID, agent.RowOpen, rows); err != nil {
		t.Fatal(err)
	}
	second, _ := repeatOnce(t, db, s, "2", func(sc *round) { sc.press.list, sc.hands.state = charts, agent.Done })
	if got := songsOf(t, db, second.RunID); second.RunID == first.RunID || !slices.Equal(got, []string{"Creep"}) {
		t.Errorf("tried again: %q", got)
	}
}

func TestAHostThatIsAwayIsAskedAgain(t *testing.T) {
	t.Parallel()
	db := openLedger(t)
	s := daily(t, db, schedule.List)
	away := fault.New(fault.Unavailable, "The host of the list did not answer.", nil)
	r, took := repeatOnce(t, db, s, "1", func(sc *round) {
		sc.press.list, sc.press.fails, sc.hands.state = charts, []error{away, away}, agent.Done
	})
	if r.RunID == "" || took < 3*time.Minute || took > 4*time.Minute {
		t.Errorf("%+v after %s", r, took)
	}
	r, took = repeatOnce(t, db, s, "2", func(sc *round) { sc.press.fails = []error{away, away, away} })
	if r.RunID != "" || r.Trouble == nil || r.Trouble.What != away.Message || r.Trouble.Kept == "" || r.Trouble.Do == "" || took > 4*time.Minute {
		t.Errorf("given up: %+v after %s", r.Trouble, took)
	}
}

func TestThreeFailuresInARowPauseASchedule(t *testing.T) {
	t.Parallel()
	db := openLedger(t)
	s := daily(t, db, schedule.List)
	gone := func(sc *round) {
		sc.press.fails = []error{fault.New(fault.NotFound, "There is no list at this address.", nil)}
	}
	failing := func(sc *round) { sc.press.list, sc.hands.state = charts, agent.Failed }
	fine := func(sc *round) { sc.press.list, sc.hands.state = charts+"Karma Police,Radiohead\n", agent.Done }
	for i, c := range []struct {
		due    func(*round)
		paused bool
	}{{gone, false}, {gone, false}, {fine, false}, {gone, false}, {failing, false}, {gone, true}} {
		time.Sleep(2 * time.Millisecond) // results are in the order of the store's clock
		repeatOnce(t, db, s, fmt.Sprint(i), c.due)
		got, err := db.Schedule(t.Context(), "ada", s.ID)
		if err != nil || got.Paused != c.paused || got.Failed != c.paused {
			t.Fatalf("after %d: %+v, %v", i, got, err)
		}
	}
	if err := db.PauseSchedule(t.Context(), "ada", s.ID, false); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * time.Millisecond)
	repeatOnce(t, db, s, "one more", gone)
	if got, err := db.Schedule(t.Context(), "ada", s.ID); err != nil || got.Paused || got.Failed {
		t.Errorf("old failures count after it was let go on: %+v, %v", got, err)
	}
}

func TestNothingIsBegunWhileTheLastTimeIsUnderWay(t *testing.T) {
	t.Parallel()
	db := openLedger(t)
	s := daily(t, db, schedule.List)
	var first string
	_, took := repeatOnce(t, db, s, "1", func(sc *round) {
		sc.press.list = charts
		sc.RegisterDelayedCallback(func() {
			results, err := db.Results(t.Context(), "ada", s.ID, 1)
			if err != nil || len(results) != 1 {
				t.Errorf("%+v, %v", results, err)
				return
			}
			first = results[0].RunID
			second, _ := repeatOnce(t, db, s, "2", func(sc *round) { sc.press.list = charts + "Karma Police,Radiohead\n" })
			if second.RunID != first {
				t.Errorf("meanwhile %+v", second)
			}
			if err := db.Finish(t.Context(), "ada", first, agent.Progress{Version: 1, State: agent.Done}); err != nil {
				t.Error(err)
			}
		}, time.Hour)
	})
	if first == "" || took < time.Hour || took > time.Hour+6*time.Minute {
		t.Errorf("followed for %s", took)
	}
}

func TestAPlaylistIsArchivedTrackByTrack(t *testing.T) {
	t.Parallel()
	db := openLedger(t)
	s := daily(t, db, schedule.Archive)
	r, _ := repeatOnce(t, db, s, "1", func(sc *round) {
		sc.shelf.tracks, sc.shelf.uris = []music.Track{queen}, []string{queen.URI, "spotify:track:other", queen.URI}
		sc.hands.state = agent.Done
	})
	if r.RunID != "" { // the shelf has one playlist, so both are the same
		t.Errorf("a playlist that has it all got %+v", r)
	}
	r, _ = repeatOnce(t, db, s, "2", func(sc *round) {
		sc.shelf.tracks, sc.shelf.uris = []music.Track{queen}, []string{queen.URI, queen.URI}
		sc.shelf.bare, sc.hands.state = "road", agent.Done
	})
	rows, err := db.ListRows(t.Context(), "ada", r.RunID, agent.RowFilter{})
	if err != nil || len(rows) != 1 || rows[0].State != agent.RowFound || rows[0].Song.TrackID != queen.ID {
		t.Fatalf("rows %+v, %v", rows, err)
	}
	if pick, ok := rows[0].Match.Pick(); !ok || pick.Track.URI != queen.URI {
		t.Errorf("match %+v", rows[0].Match)
	}
}

func TestACleanUpIsAgreedToByItsSchedule(t *testing.T) {
	t.Parallel()
	db := openLedger(t)
	s := daily(t, db, schedule.Clean)
	none, _ := repeatOnce(t, db, s, "1", func(sc *round) {
		sc.shelf.tracks, sc.shelf.uris = []music.Track{queen}, []string{queen.URI}
	})
	if none.Key != "1" || none.RunID != "" {
		t.Errorf("without duplicates %+v", none)
	}
	var h *hands
	r, _ := repeatOnce(t, db, s, "2", func(sc *round) {
		sc.shelf.tracks, sc.shelf.uris = []music.Track{queen}, []string{queen.URI, queen.URI}
		sc.hands.question = &agent.Question{ID: "agree-1", Plan: []string{"row 2 goes"}}
		h = sc.hands
	})
	run, err := db.Run(t.Context(), "ada", r.RunID)
	if err != nil || run.Call == nil || run.Call.Tool != agent.DedupePlaylist || !strings.Contains(string(run.Call.Args), "road") || run.State != agent.Done {
		t.Errorf("run %+v, %v", run, err)
	}
	if want := (agent.Answer{Question: "agree-1", Option: agent.Approve}); len(h.answers) != 1 || h.answers[0] != want {
		t.Errorf("answered %+v, want %+v", h.answers, want)
	}
}

func TestAScheduleThatWasDeletedDoesNothing(t *testing.T) {
	t.Parallel()
	db := openLedger(t)
	s := daily(t, db, schedule.List)
	if err := db.DeleteSchedule(t.Context(), "ada", s.ID); err != nil {
		t.Fatal(err)
	}
	sc := newRound(t, db)
	sc.ExecuteWorkflow(Repeat, RepeatInput{ScheduleID: s.ID, PersonID: "ada"})
	if err := sc.GetWorkflowError(); err != nil || sc.press.asked != 0 {
		t.Errorf("asked %d times, %v", sc.press.asked, err)
	}
}
