package server_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"segue/internal/agent"
	"segue/internal/fault"
)

func running(id string, version int64) agent.Progress {
	return agent.Progress{RunID: id, Version: version, State: agent.Running, Title: "Reading your playlists"}
}

// finish puts the end of a run into the ledger, as the engine does.
func finish(t *testing.T, s *site, run agent.Run, p agent.Progress) {
	t.Helper()
	p.RunID = run.ID
	if err := s.db.Finish(t.Context(), run.PersonID, run.ID, p); err != nil {
		t.Fatal(err)
	}
}

func TestARunIsShownInEachState(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("my playlists")
	ada.get("/runs/" + run.ID).wants(http.StatusOK).says("my playlists") // before the engine knows it
	s.engine.set(running(run.ID, 1))
	ada.get("/runs/" + run.ID).wants(http.StatusOK).says("Reading your playlists")
	finish(t, s, run, agent.Progress{State: agent.Done, Version: 2, Say: "You have 5 playlists."})
	ada.get("/runs/" + run.ID).wants(http.StatusOK).says("You have 5 playlists.")
	page := ada.get("/c/" + run.ConversationID).wants(http.StatusOK).page().Find("main").Text()
	if n := strings.Count(page, "You have 5 playlists."); n != 1 {
		t.Errorf("the conversation says it %d times", n)
	}
}

func TestAnAnswerReachesTheEngine(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("add One")
	path := "/runs/" + run.ID + "/answer"
	ada.post(path, "question", "q1", "option", "t1").wants(http.StatusServiceUnavailable).says("not started yet")
	s.engine.set(running(run.ID, 1))
	ada.post(path, "question", "q1").wants(http.StatusBadRequest).says("Choose one")
	ada.post(path, "question", "q1", "option", "t1").redirects("/c/" + run.ConversationID)
	ada.post(path, "question", "q1", "option", "none", "back", "/runs/"+run.ID).redirects("/runs/" + run.ID)
	ada.post(path, "question", "q1", "option", "t2", "back", "https://evil.example").redirects("/c/" + run.ConversationID)
	if got := s.engine.answers; len(got) != 3 || got[0] != (agent.Answer{Question: "q1", Option: "t1"}) {
		t.Errorf("answers %v", got)
	}
	finish(t, s, run, agent.Progress{State: agent.Done})
	ada.post(path, "question", "q1", "option", "t1").wants(http.StatusConflict).says("has ended")
}

func TestStopCancelsWithAndWithoutUndo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("add One")
	s.engine.set(running(run.ID, 1))
	ada.post("/runs/" + run.ID + "/cancel").redirects("/c/" + run.ConversationID)
	ada.post("/runs/"+run.ID+"/cancel", "undo", "1").redirects("/c/" + run.ConversationID)
	if got := s.engine.undos; len(got) != 2 || got[0] || !got[1] {
		t.Errorf("cancelled with undo %v, want false, true", got)
	}
	finish(t, s, run, agent.Progress{State: agent.Cancelled})
	ada.post("/runs/" + run.ID + "/cancel").redirects("/c/" + run.ConversationID)
	if len(s.engine.undos) != 2 {
		t.Error("a run that has ended was cancelled")
	}
}

// The button was pressed while the run was coming to its end.
func TestStopAndTakeBackOfARunThatHasEndedTakesItBack(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	for i, late := range []bool{false, true} { // whether the page or only the engine knows of the end
		run := ada.say("add " + strconv.Itoa(i))
		path, here := "/runs/"+run.ID+"/cancel", "/c/"+run.ConversationID
		end := agent.Progress{State: agent.Done, Undoable: true}
		if s.engine.set(running(run.ID, 1)); late {
			s.engine.refuse = func() error {
				finish(t, s, run, end)
				return fault.New(fault.NotFound, "This request has ended or is not known.", nil)
			}
		} else {
			finish(t, s, run, end)
		}
		for range 2 {
			ada.post(path, "undo", "1").redirects(here)
		}
		runs, err := s.db.Runs(t.Context(), ada.id, run.ConversationID, "")
		if err != nil || len(runs) != 2 || runs[1].UndoOf != run.ID {
			t.Errorf("late %v: runs %+v, %v; want one that takes the first back", late, runs, err)
		}
	}
}

func TestUndoIsOneRunHoweverOftenItIsSent(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("add One")
	path := "/runs/" + run.ID + "/undo"
	ada.post(path).wants(http.StatusConflict).says("nothing here that can be undone")
	finish(t, s, run, agent.Progress{State: agent.Done, Undoable: true})
	for range 3 {
		ada.post(path).redirects("/c/" + run.ConversationID + "#latest")
	}
	runs, err := s.db.Runs(t.Context(), ada.id, run.ConversationID, "")
	if err != nil || len(runs) != 2 || runs[1].UndoOf != run.ID {
		t.Errorf("runs %+v, %v", runs, err)
	}
	if got := s.engine.starts(); len(got) != 2 {
		t.Errorf("started %v", got)
	}
}

func TestAFailedUndoCanBePressedAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("add One")
	finish(t, s, run, agent.Progress{State: agent.Done, Undoable: true})
	press := func() []agent.Run {
		for range 2 {
			ada.post("/runs/" + run.ID + "/undo").redirects("/c/" + run.ConversationID + "#latest")
		}
		runs, err := s.db.Runs(t.Context(), ada.id, run.ConversationID, "")
		if err != nil {
			t.Fatal(err)
		}
		return runs
	}
	first := press()
	finish(t, s, first[len(first)-1], agent.Progress{State: agent.Failed})
	second := press()
	if len(first) != 2 || len(second) != 3 || len(s.engine.starts()) != 3 {
		t.Fatalf("%d, then %d runs, %d started; want 2, 3, 3", len(first), len(second), len(s.engine.starts()))
	}
	finish(t, s, second[2], agent.Progress{State: agent.Done})
	if third := press(); len(third) != 3 || third[0].UndoneBy != second[2].ID {
		t.Errorf("after it was undone: %+v", third)
	}
}
