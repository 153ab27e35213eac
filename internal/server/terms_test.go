package server_test

import (
	"net/http"
	"strings"
	"testing"

	"segue/internal/agent"
	"segue/internal/server"
)

// approving is a run that waits for a yes.
func approving(id string) agent.Progress {
	return agent.Progress{RunID: id, Version: 1, State: agent.Waiting, Strategy: agent.Single, Title: "Removing 1 song from Focus", Question: &agent.Question{
		ID: "approve-1-ab", Text: "Remove 1 song from Focus?", Plan: []string{"Hallelujah by Jeff Buckley"},
		Options: []agent.Option{{ID: agent.Approve}, {ID: agent.Always}},
	}}
}

func TestANoMayComeWithAWordThatIsKept(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada, ben := s.login("ada"), s.login("ben")
	run := ada.say("remove it")
	s.engine.set(approving(run.ID))
	ada.get("/c/" + run.ConversationID).wants(http.StatusOK).says("don't ask again").says("If not, what should be different?")
	ben.post("/runs/"+run.ID+"/answer", "question", "approve-1-ab", "option", agent.NoneOfThese, "note", "mine").wants(http.StatusNotFound)
	ada.post("/runs/"+run.ID+"/answer", "question", "approve-1-ab", "option", agent.NoneOfThese, "note", " only the live one\u0000 "+strings.Repeat("x", 600)).wants(http.StatusSeeOther)
	said, err := s.db.Remarks(t.Context(), ada.id, run.ID)
	if err != nil || !strings.HasPrefix(said["approve-1-ab"], "only the live one x") || len(said["approve-1-ab"]) != agent.MaxRemark {
		t.Errorf("kept %q, %v", said, err)
	}
}

func TestWhatNeedNotBeAskedIsListedAndEnds(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(o *server.Options, _ *http.Server) { o.Allowance = agent.Spending{Tokens: 1000} })
	ada, ben := s.login("ada"), s.login("ben")
	if err := s.db.Trust(t.Context(), ada.id, agent.RemoveSongs, agent.PlaylistRef{ID: "focus", Name: "Focus & More"}); err != nil {
		t.Fatal(err)
	}
	if err := s.db.Spend(t.Context(), ada.id, agent.Spending{Tokens: 250}); err != nil {
		t.Fatal(err)
	}
	ada.get("/account").wants(http.StatusOK).says("Removing songs from Focus & More").says("25 % of what it may do")
	if a := ben.get("/account").wants(http.StatusOK); strings.Contains(a.body, "Focus") {
		t.Error("somebody else sees it")
	}
	ben.post("/account/trusts/end", "tool", agent.RemoveSongs, "playlist", "focus").wants(http.StatusSeeOther)
	ada.get("/account").says("Focus & More")
	ada.post("/account/trusts/end", "tool", agent.RemoveSongs, "playlist", "focus").wants(http.StatusSeeOther)
	if a := ada.get("/account"); strings.Contains(a.body, "Focus") {
		t.Error("it is still listed")
	}
}
