package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"go.temporal.io/api/workflowservice/v1"

	"segue/internal/agent"
	"segue/internal/match"
	"segue/internal/spotify/emulator"
	"segue/internal/store"
	"segue/internal/workflows"
)

const bohemian = "Bohemian Rhapsody"

func waiting(p agent.Progress) bool { return p.State == agent.Waiting }

func TestASongIsAddedOnceAndUndone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	before := r.rows("Road Trip")
	run := r.say("add Bohemian Rhapsody by Queen to Road Trip")
	if p := r.end(run); p.State != agent.Done || p.Tasks[0].Result != agent.Added || !p.Undoable {
		t.Fatalf("outcome %+v", p)
	}
	if n := times(r.rows("Road Trip"), bohemian); n != 1 {
		t.Errorf("%d times in the playlist, want once", n)
	}
	if p := r.end(r.say("add Bohemian Rhapsody by Queen to Road Trip")); p.Tasks[0].Result != agent.AlreadyThere {
		t.Errorf("again: %s, want already there", p.Tasks[0].Result)
	}
	r.undo(run)
	if after := r.rows("Road Trip"); !slices.Equal(after, before) {
		t.Errorf("after the undo %v, want what was there before", after)
	}
}

// undo takes back a run as the button does.
func (r *rig) undo(run agent.Run) {
	r.t.Helper()
	undo, _, err := r.db.Accept(r.t.Context(), undoOf(r.person, run))
	must(r.t, err)
	must(r.t, r.engine.StartTurn(r.t.Context(), undo))
	if p := r.end(undo); p.State != agent.Done {
		r.t.Fatalf("undo ended %+v", p)
	}
}

func TestSongsOfOneMessageKeepTheirOrder(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	p := r.end(r.say("create a playlist called New with Fade Into You by Mazzy Star and Karma Police by Radiohead and Africa by Toto"))
	if p.State != agent.Done {
		t.Fatalf("ended %+v", p)
	}
	want := []string{"Fade Into You", "Karma Police", "Africa"}
	if got := r.rows("New"); !slices.Equal(got, want) {
		t.Errorf("rows %v, want %v", got, want)
	}
}

func TestSongsThatAreReadyTogetherShareOneReadAndOneRequest(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	must(t, r.emulator.Inject(emulator.Fault{Path: "/me/playlists$", Latency: emulator.Span(3 * time.Second)})) // all are found by then
	run := r.say("add to Dinner:\nFade Into You by Mazzy Star\nAfrica by Toto\nKarma Police by Radiohead\nFast Car by Tracy Chapman\nMr. Brightside by The Killers")
	p := r.end(run)
	if p.State != agent.Done || summary(p) != "added added added added added" {
		t.Fatalf("ended %s, %s", p.State, summary(p))
	}
	posts, reads := 0, 0
	for _, request := range r.emulator.Requests(0) {
		if strings.HasSuffix(request.Path, "/items") {
			posts += strings.Count(request.Method, "POST")
			reads += strings.Count(request.Method, "GET")
		}
	}
	if posts != 1 || reads != 2 {
		t.Errorf("%d requests to add and %d to read, want one and two: before and after", posts, reads)
	}
	want := []string{"Fade Into You", "Africa", "Karma Police", "Fast Car", "Mr. Brightside"}
	rows := r.rows("Dinner")
	if got := rows[max(0, len(rows)-len(want)):]; !slices.Equal(got, want) {
		t.Errorf("the last rows are %v, want %v", got, want)
	}
}

// summary lists the results of the songs of a run.
func summary(p agent.Progress) string {
	results := make([]string, len(p.Tasks))
	for i, task := range p.Tasks {
		results[i] = task.Result
	}
	return strings.Join(results, " ")
}

func TestRequestsThatWaitForWritersDoNotTakeTheirPlaces(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	must(t, r.emulator.Inject(emulator.Fault{Method: "POST", Path: "/items$", Drop: true, Count: 2})) // the others come while these are proved
	var runs []agent.Run
	for range 45 { // twice that is more than there are places
		runs = append(runs, r.say("add Africa by Toto to Dinner"), r.say("add Africa by Toto to Focus"))
	}
	for _, run := range runs {
		if p := r.end(run); p.State != agent.Done {
			t.Fatalf("ended %s, %+v", p.State, p.Trouble)
		}
	}
	for _, playlist := range []string{"Dinner", "Focus"} {
		if n := times(r.rows(playlist), "Africa"); n != 1 {
			t.Errorf("%d times in %s, want once", n, playlist)
		}
	}
}

func TestAPlaylistThatIsMadeLateIsMadeOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	must(t, r.emulator.Inject(emulator.Fault{Method: "POST", Path: "/me/playlists$", Late: emulator.Span(12 * time.Second), Drop: true}))
	if p := r.end(r.say("create a playlist called Rainy Sunday")); p.State != agent.Done {
		t.Fatalf("ended %s, %+v", p.State, p.Trouble)
	}
	n := 0
	for _, p := range r.emulator.State().Playlists {
		if p.Name == "Rainy Sunday" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d playlists of that name, want one", n)
	}
}

func TestAQuestionWaitsAndItsAnswerCounts(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	run := r.say("add Hallelujah to Focus")
	p := r.until(run, waiting)
	q := p.Tasks[0].Question
	must(t, r.engine.Answer(t.Context(), run.ID, agent.Answer{Question: q.ID, Option: q.Options[1].ID}))
	p = r.end(run)
	if pick, _ := p.Tasks[0].Match.Pick(); pick.Track.ID != q.Options[1].ID || p.Tasks[0].Result != agent.Added {
		t.Errorf("added %+v, want the second choice", pick.Track)
	}
	if err := r.engine.Answer(t.Context(), run.ID, agent.Answer{Question: q.ID, Option: q.Options[0].ID}); err == nil {
		t.Error("a second answer was accepted")
	}
}

func TestStopWithUndoLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	before := r.rows("Focus")
	run := r.say("add to Focus:\nFade Into You by Mazzy Star\nHallelujah")
	r.until(run, func(p agent.Progress) bool {
		return len(p.Tasks) == 2 && p.Tasks[0].Result == agent.Added && p.Tasks[1].State == agent.Waiting
	})
	must(t, r.engine.Cancel(t.Context(), run.ID, true))
	if p := r.end(run); p.State != agent.Cancelled {
		t.Errorf("ended %s, want cancelled", p.State)
	}
	if after := r.rows("Focus"); !slices.Equal(after, before) {
		t.Errorf("after the stop %v, want %v", after, before)
	}
}

func TestAWriteWhoseAnswerIsLostIsNotRepeated(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	must(t, r.emulator.Inject(emulator.Fault{Method: "POST", Path: "/items$", Apply: true, Drop: true}))
	p := r.end(r.say("add Bohemian Rhapsody by Queen to Road Trip"))
	if p.Tasks[0].Result != agent.Added {
		t.Errorf("result %q, want added", p.Tasks[0].Result)
	}
	if n := times(r.rows("Road Trip"), bohemian); n != 1 {
		t.Errorf("%d times in the playlist, want once", n)
	}
}

func TestSpotifyAwayIsWaitedFor(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	must(t, r.emulator.Inject(emulator.Fault{Path: "/v1/", Status: 503, Count: 4}))
	run := r.say("add Bohemian Rhapsody by Queen to Road Trip")
	r.until(run, func(p agent.Progress) bool {
		return slices.ContainsFunc(p.Steps, func(s agent.Stage) bool { return s.Attempt > 1 && !s.Again.IsZero() }) ||
			len(p.Tasks) > 0 && slices.ContainsFunc(p.Tasks[0].Steps, func(s agent.Stage) bool { return s.Attempt > 1 && !s.Again.IsZero() })
	})
	if p := r.end(run); p.Tasks[0].Result != agent.Added {
		t.Errorf("ended %+v", p)
	}
}

func TestARestartGoesOn(t *testing.T) {
	t.Parallel()
	for name, lose := range map[string]bool{"with Temporal's file": false, "without Temporal's file": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			run := r.say("add Hallelujah to Focus")
			q := r.until(run, waiting).Tasks[0].Question
			added := r.say("add Bohemian Rhapsody by Queen to Road Trip")
			r.end(added)
			r.stop()
			if lose {
				r.forget()
			}
			r.start()
			must(t, workflows.NewReconciler(r.db, r.engine, quiet()).Once(t.Context()))
			r.until(run, waiting)
			must(t, r.engine.Answer(t.Context(), run.ID, agent.Answer{Question: q.ID, Option: q.Options[0].ID}))
			if p := r.end(run); p.Tasks[0].Result != agent.Added {
				t.Errorf("ended %+v", p)
			}
			if n := times(r.rows("Road Trip"), bohemian); n != 1 {
				t.Errorf("the finished run's song stands there %d times, want once", n)
			}
		})
	}
}

func TestAStopHearsTheEndOfAnAddUnderWay(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	before := r.rows("Road Trip")
	must(t, r.emulator.Inject(emulator.Fault{Method: "POST", Path: "/items$", Latency: emulator.Span(3 * time.Second)}))
	run := r.say("add Bohemian Rhapsody by Queen to Road Trip")
	for posts := 0; posts == 0; time.Sleep(20 * time.Millisecond) {
		posts = r.attempts(run)
	}
	r.stop() // nobody hears the answer
	r.start()
	must(t, r.engine.Cancel(t.Context(), run.ID, true))
	if p := r.end(run); p.State != agent.Cancelled {
		t.Errorf("ended %s, want cancelled", p.State)
	}
	time.Sleep(4 * time.Second) // what was in the air has landed
	if after := r.rows("Road Trip"); !slices.Equal(after, before) {
		t.Errorf("after the stop %v, want %v", after, before)
	}
}

// attempts counts the requests to add that are on disk for the only song of a run.
func (r *rig) attempts(run agent.Run) int {
	r.t.Helper()
	found, err := r.db.AttemptRecords(r.t.Context(), r.person, []string{run.ID + "-1"})
	must(r.t, err)
	return len(found)
}

func TestWhatWasAcceptedButNeverStartedIsStarted(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	run := r.accept("add Bohemian Rhapsody by Queen to Road Trip")
	reconciler := workflows.NewReconciler(r.db, r.engine, quiet())
	must(t, reconciler.Once(t.Context()))
	must(t, reconciler.Once(t.Context()))
	if p := r.end(run); p.State != agent.Done {
		t.Errorf("ended %+v", p)
	}
}

func TestARunEndedFromOutsideEndsInTheLedger(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	run := r.say("add Hallelujah to Focus")
	r.until(run, waiting)
	must(t, r.temporal.TerminateWorkflow(t.Context(), workflows.TurnID(run.ID), "", "by hand"))
	must(t, workflows.NewReconciler(r.db, r.engine, quiet()).Once(t.Context()))
	got, err := r.db.Run(t.Context(), r.person, run.ID)
	must(t, err)
	if got.State != agent.Failed || got.Outcome.Trouble == nil {
		t.Errorf("the ledger says %s, %+v", got.State, got.Outcome)
	}
}

func TestTheStrategyOfARunIsReported(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(r *rig) { r.strategies, _ = match.ParseMix("frugal") })
	p := r.end(r.say("add Bohemian Rhapsody by Queen to Road Trip"))
	if got := p.Tasks[0].Match.Strategy; got != "frugal" {
		t.Errorf("the result names the strategy %q, want frugal", got)
	}
	r.finds("MatchMethod = 'frugal-text'", 1)
}

// finds waits until a query of the visibility store finds so many workflows.
func (r *rig) finds(query string, want int) {
	r.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		list, err := r.temporal.ListWorkflow(r.t.Context(), &workflowservice.ListWorkflowExecutionsRequest{Query: query})
		must(r.t, err)
		if len(list.GetExecutions()) == want {
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("%s: %d workflows, want %d", query, len(list.GetExecutions()), want)
		}
		time.Sleep(50 * time.Millisecond) // visibility is eventually consistent
	}
}

func TestHistoriesAreEncryptedAndFindable(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const canary = "Zanzibar Canary Song"
	run := r.say("add " + canary + " by Nobody At All to Road Trip")
	r.end(run)
	r.finds("LedgerRunId = '"+run.ID+"'", 2) // turn and song
	r.stop()
	if r.grep("Nobody At All to Road Trip") {
		t.Error("the message stands in Temporal's file")
	}
}

func undoOf(person string, run agent.Run) store.NewMessage {
	return store.NewMessage{
		PersonID: person, ConversationID: run.ConversationID, Text: "Undo", Key: "undo-" + run.ID, UndoOf: run.ID,
	}
}
