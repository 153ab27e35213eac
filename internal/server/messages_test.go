package server_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"segue/internal/agent"
	"segue/internal/server"
)

func TestAMessageIsOnDiskBeforeItIsStarted(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("add One by U2 to Focus")
	if got := s.engine.starts(); len(got) != 1 || got[0] != run.ID {
		t.Errorf("started %v, want %s", got, run.ID)
	}
	ada.get("/c/" + run.ConversationID).wants(http.StatusOK).says("add One by U2 to Focus")
	ada.post("/c/"+run.ConversationID+"/messages", "text", "my playlists\r\n").redirects("/c/" + run.ConversationID + "#latest")
	runs, err := s.db.Runs(t.Context(), ada.id, run.ConversationID, "")
	if err != nil || len(runs) != 2 {
		t.Errorf("%d runs, want 2 (%v)", len(runs), err)
	}
}

func TestARunThatCannotStartIsStillAccepted(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	s.engine.broken = errors.New("engine is away")
	run := ada.say("my playlists")
	if run.State != agent.Accepted {
		t.Errorf("state %s, want accepted", run.State)
	}
	ada.get("/c/" + run.ConversationID).wants(http.StatusOK)
	if log := s.log.String(); !strings.Contains(log, "not started yet") || !strings.Contains(log, run.ID) {
		t.Error("the operator is not told")
	}
}

func TestDoubleClickedSendIsOneRun(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	var clicks sync.WaitGroup
	places := make([]string, 8)
	for i := range places {
		clicks.Go(func() {
			places[i] = ada.post("/c", "text", "my playlists", "key", "k-1").wants(http.StatusSeeOther).Header.Get("Location")
		})
	}
	clicks.Wait()
	for _, place := range places {
		if place != places[0] {
			t.Errorf("one click leads to %s, another to %s", places[0], place)
		}
	}
	if got := s.engine.starts(); len(got) != 1 {
		t.Errorf("started %d runs, want 1", len(got))
	}
	ada.post("/c", "text", "help", "key", "k-1").wants(http.StatusConflict).says("another message")
}

func TestWhatCannotBeAcceptedStaysInTheComposer(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	conversation := "/c/" + ada.say("my playlists").ConversationID
	tests := []struct{ name, text, says, kept string }{
		{"empty", "", "Write a message first", ""},
		{"blank", " \t\r\n ", "Write a message first", ""},
		{"invisible", "\u200b\u2060\ufeff", "Write a message first", ""},
		{"too long", strings.Repeat("é", 10_001), "10,001 characters; 10,000 is the most", strings.Repeat("é", 10_001)},
		{"control characters", "play\x00 <b>\x1b[31mOne", "control characters", "play <b>[31mOne"},
		{"not text", "play \xff\xfe One", "not readable text", "play  One"},
	}
	for _, form := range []string{"/c", conversation + "/messages"} {
		for _, test := range tests {
			a := ada.post(form, "text", test.text).wants(http.StatusUnprocessableEntity).says(test.says)
			if got := strings.TrimSpace(a.page().Find("#composer textarea").Text()); got != test.kept {
				t.Errorf("%s at %s: composer holds %.40q, want %.40q", test.name, form, got, test.kept)
			}
		}
		ada.post(form, "text", "One", "key", strings.Repeat("k", 65)).wants(http.StatusUnprocessableEntity)
	}
	if got := s.engine.starts(); len(got) != 1 {
		t.Errorf("started %d runs, want the first only", len(got))
	}
	ada.post(conversation+"/messages", "text", strings.Repeat("🎵", 10_000)).wants(http.StatusSeeOther)
}

func TestTheComposerHasANewKeyEachTime(t *testing.T) {
	t.Parallel()
	ada := newSite(t).login("ada")
	key := func() string { return ada.get("/c").page().Find("input[name=key]").AttrOr("value", "") }
	if one, two := key(), key(); one == "" || one == two {
		t.Errorf("keys %q and %q", one, two)
	}
}

func TestSec19_MessagesAreCountedByPerson(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	for range 20 {
		ada.post("/c", "text", "help").wants(http.StatusSeeOther)
	}
	a := ada.post("/c", "text", "not lost").wants(http.StatusTooManyRequests).says("many messages").says("not lost")
	if a.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	s.login("ben").post("/c", "text", "help").wants(http.StatusSeeOther)
}

func TestConversationsAreRenamedAndDeleted(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ada := s.login("ada")
	run := ada.say("my playlists")
	path := "/c/" + run.ConversationID
	ada.post(path+"/rename", "title", "For\x07 the road").redirects(path)
	ada.get(path).says("For the road")
	ada.post(path+"/rename", "title", " ").wants(http.StatusUnprocessableEntity).says("needs a name")
	ada.post(path + "/delete").wants(http.StatusConflict).says("still being worked on")
	finish(t, s, run, agent.Progress{State: agent.Done})
	ada.post(path + "/delete").redirects("/c")
	ada.get(path).wants(http.StatusNotFound)
}

func TestSuggestionsComeFromThePersonOrAreTheUsualOnes(t *testing.T) {
	t.Parallel()
	var fails bool
	s := newSite(t, func(o *server.Options, _ *http.Server) {
		o.Suggest = func(ctx context.Context, personID string) ([]string, error) {
			if fails {
				<-ctx.Done() // as a Spotify that does not answer
				return nil, ctx.Err()
			}
			return []string{"what is in " + personID}, nil
		}
	})
	ada := s.login("ada")
	ada.get("/c").wants(http.StatusOK).says("what is in id-ada")
	fails = true
	ada.get("/c").wants(http.StatusOK).says("my playlists")
}
