package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
)

func TestAMessageSentInsteadBeginsABranch(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	first := ada.say("add One by U2 to Focus")
	path := "/c/" + first.ConversationID
	finish(t, s, first, agent.Progress{State: agent.Done, Say: "It is in."})
	ada.post(path+"/messages", "text", "what is in Focus").wants(http.StatusSeeOther)

	edit := ada.get(path).page().Find(`[data-testid="edit"] form`).First()
	fields := []string{"text", "add One by U2 to Dinner"}
	for _, name := range []string{"key", "instead"} {
		fields = append(fields, name, edit.Find(`[name="`+name+`"]`).AttrOr("value", ""))
	}
	for range 2 { // a double click
		ada.post(edit.AttrOr("action", ""), fields...).redirects(path + "#latest")
	}
	anew := ada.get(path).says("to Dinner").says("2 of 2")
	if text := anew.page().Text(); strings.Contains(text, "what is in Focus") || strings.Contains(text, "It is in.") {
		t.Error("what came behind the old message is on the new branch")
	}
	old := anew.page().Find(`[data-testid="tries"] a`).First().AttrOr("href", "")
	if old != path+"?branch="+first.MessageID+"#m-"+first.MessageID {
		t.Fatalf("the try before is at %q", old)
	}
	shown := ada.get(strings.TrimSuffix(old, "#m-"+first.MessageID)).says("1 of 2").says("It is in.").says("what is in Focus")

	branch := shown.page().Find(`#composer [name="branch"]`).AttrOr("value", "")
	ada.post(path+"/messages", "text", "help", "branch", branch).redirects(path + "#latest")
	ada.get(path).says("1 of 2").says("what is in Focus").says("help")
	if got := s.engine.starts(); len(got) != 4 {
		t.Errorf("started %d runs, want 4", len(got))
	}
}

func TestARefusedEditIsStillOne(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("my playlists")
	a := ada.post("/c/"+run.ConversationID+"/messages", "text", "help\x00", "instead", run.MessageID).wants(http.StatusUnprocessableEntity)
	if got := a.page().Find(`#composer [name="instead"]`).AttrOr("value", ""); got != run.MessageID {
		t.Errorf("the composer sends it instead of %q", got)
	}
}

func TestSec13_BranchesOfOthersAreNotThere(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	hers := s.login("ada").say("my playlists")
	ben := s.login("ben")
	own := ben.say("help")
	path := "/c/" + own.ConversationID
	ben.get(path + "?branch=" + hers.MessageID).wants(http.StatusNotFound)
	for _, field := range []string{"branch", "instead"} {
		ben.post(path+"/messages", "text", "hi", field, hers.MessageID).wants(http.StatusNotFound)
		ben.post("/c/"+hers.ConversationID+"/messages", "text", "hi", field, hers.MessageID).wants(http.StatusNotFound)
	}
	if got := s.engine.starts(); len(got) != 2 {
		t.Errorf("started %d runs, want the first of each", len(got))
	}
}

func TestAThousandPiecesAreAFewMessages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("tell me a story")
	f := ada.watch(run)
	f.wants("0", "run-"+run.ID)
	counted := make(chan int)
	go func() {
		messages := 0
		for e, ok := f.next(); ok && e.name != "done"; e, ok = f.next() {
			messages++
		}
		counted <- messages
	}()
	began := time.Now()
	p := agent.Progress{RunID: run.ID, State: agent.Running, Strategy: agent.Single}
	for range 1000 {
		p.Version++
		p.Say += "word "
		s.engine.set(p)
		time.Sleep(2 * time.Millisecond)
	}
	finish(t, s, run, agent.Progress{Version: 2000, State: agent.Done, Say: p.Say, Strategy: agent.Single})
	s.engine.set(p)
	messages := <-counted
	took := time.Since(began)
	t.Logf("1,000 pieces in %v became %d messages", took.Round(10*time.Millisecond), messages)
	if most := int(took/(200*time.Millisecond)) + 3; messages > most || messages < 3 {
		t.Errorf("%d messages, want at most %d", messages, most)
	}
}

func TestUndoGoesOnWithTheBranchOfItsRun(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	first := ada.say("add One by U2 to Focus")
	path := "/c/" + first.ConversationID
	finish(t, s, first, agent.Progress{State: agent.Done, Undoable: true})
	ada.post(path+"/messages", "text", "something else", "instead", first.MessageID).wants(http.StatusSeeOther)
	ada.post("/runs/" + first.ID + "/undo").redirects(path + "#latest")
	if text := ada.get(path).says("Undo that").says("add One by U2").page().Text(); strings.Contains(text, "something else") {
		t.Error("the undo stands on the other branch")
	}
}

func TestSearchFindsOnesOwn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("add Hallelujah to <Focus>")
	search := func(b *browser, words string) answer {
		return b.get("/search?q=" + url.QueryEscape(words)).wants(http.StatusOK)
	}
	found := search(ada, "<FOCUS>").says("1 conversation.")
	if to := found.page().Find(`[data-testid="hit"]`).AttrOr("href", ""); to != "/c/"+run.ConversationID+"?branch="+run.MessageID+"#m-"+run.MessageID {
		t.Errorf("leads to %q", to)
	}
	search(ada, "nothing like it").says("Nothing you or Segue said holds these words.")
	search(ada, "").says("Write a word of what was said.")
	search(ada, strings.Repeat("%", 500)).says("Nothing you")
	if n := search(s.login("ben"), "focus").page().Find(`[data-testid="hit"]`).Length(); n != 0 {
		t.Errorf("somebody else finds %d", n)
	}
}
