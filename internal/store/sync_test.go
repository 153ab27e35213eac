package store

import (
	"reflect"
	"sync"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/music"
)

// ask accepts a sync and fails unless it is new.
func (db *DB) ask(tb testing.TB, s NewSync) agent.Run {
	tb.Helper()
	if s.Request == nil {
		s.Request = []byte("body")
	}
	run, fresh, err := db.AcceptSync(tb.Context(), s)
	if err != nil || !fresh {
		tb.Fatalf("accept: fresh %v, %v", fresh, err)
	}
	return run
}

func wish(title, playlist string) agent.SyncSongsArgs {
	return agent.SyncSongsArgs{
		Songs:    []music.Song{{Title: title, Artists: []string{"Queen"}, Duration: time.Minute}},
		Playlist: agent.PlaylistRef{Name: playlist}, Least: 0.85,
	}
}

func TestASyncIsARunOfItsPersonThatKeepsItsWish(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	token := db.token(t, ada, "My phone")
	s := NewSync{PersonID: ada, TokenID: token.ID, Text: "Add Jazz by Queen to Gym", Wish: wish("Jazz", "Gym")}
	first := db.ask(t, s)
	got, err := db.Run(t.Context(), ada, first.ID)
	if err != nil || got.Wish == nil || !reflect.DeepEqual(*got.Wish, s.Wish) || got.State != agent.Accepted {
		t.Fatalf("run %+v, %v", got, err)
	}
	s.Wish = wish("Innuendo", "Gym")
	second := db.ask(t, s)
	c, err := db.Conversation(t.Context(), ada, first.ConversationID)
	if err != nil || c.Title != "My phone" || second.ConversationID != first.ConversationID {
		t.Errorf("conversation %+v, %v; the second run is in %s", c, err, second.ConversationID)
	}
	db.end(t, first, "p")
	db.end(t, second, "p")
	noError(t, db.DeleteConversation(t.Context(), ada, first.ConversationID))
	if third := db.ask(t, s); third.ConversationID == first.ConversationID {
		t.Error("it went into a conversation that was deleted")
	}
	noError(t, db.RevokePersonalToken(t.Context(), ada, token.ID))
	_, _, err = db.AcceptSync(t.Context(), s)
	wantKind(t, err, fault.Unauthorised)
}

func TestTheSameSyncWithinAMinuteIsTheSameRun(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	s := NewSync{PersonID: ada, TokenID: db.token(t, ada, "phone").ID, Wish: wish("Jazz", "Gym")}
	start := time.Now()
	db.setClock(start)
	first := db.ask(t, s)
	again := func(s NewSync) agent.Run {
		t.Helper()
		run, fresh, err := db.AcceptSync(t.Context(), s)
		if err != nil || fresh {
			t.Fatalf("fresh %v, %v", fresh, err)
		}
		return run
	}
	db.setClock(start.Add(59 * time.Second))
	shouted := s
	shouted.Wish = wish("JAZZ", "gym")
	for _, s := range []NewSync{s, shouted} {
		if run := again(s); run.ID != first.ID {
			t.Errorf("%v is another run", s.Wish)
		}
	}
	elsewhere, watch := s, s
	elsewhere.Wish = wish("Jazz", "Focus")
	watch.TokenID = db.token(t, ada, "watch").ID
	db.ask(t, elsewhere)
	db.ask(t, watch)
	keyed := s
	keyed.Key = "on purpose"
	db.ask(t, keyed)
	noError(t, db.Finish(t.Context(), ada, first.ID, agent.Progress{State: agent.Failed}))
	if run := again(s); run.ID == first.ID {
		t.Error("what has failed cannot be asked for again")
	}
	db.setClock(start.Add(2 * time.Minute))
	db.ask(t, s)
}

func TestAKeyStandsForOneBodyForThirtyDays(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	s := NewSync{PersonID: ada, TokenID: db.token(t, ada, "phone").ID, Wish: wish("Jazz", "Gym"), Key: "k", Request: []byte("a")}
	start := time.Now()
	db.setClock(start)
	first := db.ask(t, s)
	noError(t, db.Finish(t.Context(), ada, first.ID, agent.Progress{State: agent.Failed}))
	db.setClock(start.Add(29 * 24 * time.Hour))
	if run, fresh, err := db.AcceptSync(t.Context(), s); err != nil || fresh || run.ID != first.ID {
		t.Errorf("again: run %s, fresh %v, %v", run.ID, fresh, err)
	}
	other := s
	other.Request = []byte("b")
	_, _, err := db.AcceptSync(t.Context(), other)
	wantKind(t, err, fault.Conflict)
	watch := other
	watch.TokenID = db.token(t, ada, "watch").ID
	db.ask(t, watch)
	db.setClock(start.Add(31 * 24 * time.Hour))
	db.ask(t, other)
}

func TestOneOfManyEqualSyncsIsAccepted(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	s := NewSync{PersonID: ada, TokenID: db.token(t, ada, "phone").ID, Wish: wish("Jazz", "Gym"), Request: []byte("a")}
	var mu sync.Mutex
	ids, news := map[string]bool{}, 0
	var all sync.WaitGroup
	for i := range 10 {
		all.Go(func() {
			s := s
			if i%2 == 0 {
				s.Key = "k"
			}
			run, fresh, err := db.AcceptSync(t.Context(), s)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			ids[run.ID] = true
			if fresh {
				news++
			}
		})
	}
	all.Wait()
	if len(ids) > 2 || news != len(ids) {
		t.Errorf("%d runs, %d times told as new; want at most one with the key and one without", len(ids), news)
	}
}

func TestTheRetryOfAWholeSyncHasItsWish(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	run := db.ask(t, NewSync{PersonID: ada, TokenID: db.token(t, ada, "phone").ID, Wish: wish("Jazz", "Gym")})
	noError(t, db.Finish(t.Context(), ada, run.ID, agent.Progress{State: agent.Failed}))
	id, _, err := db.SaveLetter(t.Context(), deadletter.Letter{PersonID: ada, RunID: run.ID, Kind: fault.Internal})
	noError(t, err)
	again, err := db.RetryLetter(t.Context(), id, 1, ada)
	if err != nil || again.Wish == nil || !reflect.DeepEqual(*again.Wish, *run.Wish) {
		t.Errorf("the retry wishes %+v, %v", again.Wish, err)
	}
}
