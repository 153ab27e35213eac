package store

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
)

// attempt accepts a run and returns an attempt of it that is not begun.
func (db *DB) attempt(t *testing.T) agent.Attempt {
	t.Helper()
	run := db.say(t, NewMessage{PersonID: db.person(t, "ada"), Text: "add X"})
	return agent.Attempt{PersonID: run.PersonID, RunID: run.ID, Key: "k", PlaylistID: "p", URIs: []string{"spotify:track:1"}}
}

func wantAttempt(t *testing.T, db *DB, a agent.Attempt, want string) {
	t.Helper()
	found, err := db.AttemptRecords(t.Context(), a.PersonID, []string{a.Key})
	if got := found[a.Key].State; err != nil || got != want {
		t.Errorf("attempt is %q, want %q; %v", got, want, err)
	}
}

func TestAnAttemptIsBegunOnce(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	a := db.attempt(t)
	wantAttempt(t, db, a, "")
	begin := func() (fresh int32) {
		var count atomic.Int32
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				state, fresh, err := db.BeginAttempt(t.Context(), a)
				if err != nil || state != agent.AttemptOpen {
					t.Errorf("begin: %q, %v", state, err)
				}
				if fresh {
					count.Add(1)
				}
			})
		}
		wg.Wait()
		return count.Load()
	}
	if n := begin(); n != 1 {
		t.Errorf("begun %d times", n)
	}
	noError(t, db.SettleAttempts(t.Context(), a.PersonID, []string{a.Key}, agent.AttemptNotApplied))
	if n := begin(); n != 1 {
		t.Errorf("begun again %d times after it was not applied", n)
	}
}

func TestAnAttemptThatWasNeverBegunWasNotApplied(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	a := db.attempt(t)
	noError(t, db.SettleAttempts(t.Context(), a.PersonID, []string{a.Key}, agent.AttemptNotApplied))
	wantKind(t, db.SettleAttempts(t.Context(), a.PersonID, []string{a.Key}, agent.AttemptApplied), fault.NotFound)
}

func TestAnAppliedAttemptIsNeverOpenedAgain(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	a := db.attempt(t)
	_, _, err := db.BeginAttempt(t.Context(), a)
	noError(t, err)
	noError(t, db.SettleAttempts(t.Context(), a.PersonID, []string{a.Key}, agent.AttemptApplied))
	state, fresh, err := db.BeginAttempt(t.Context(), a)
	if err != nil || fresh || state != agent.AttemptApplied {
		t.Errorf("begin: %q, fresh %v, %v", state, fresh, err)
	}
}

func TestAnAttemptIsSettledOneWay(t *testing.T) {
	t.Parallel()
	for state, other := range map[string]string{
		agent.AttemptApplied:    agent.AttemptNotApplied,
		agent.AttemptNotApplied: agent.AttemptApplied,
	} {
		t.Run(state, func(t *testing.T) {
			t.Parallel()
			db := openTest(t)
			a := db.attempt(t)
			_, _, err := db.BeginAttempt(t.Context(), a)
			noError(t, err)
			settle := func(state string) error { return db.SettleAttempts(t.Context(), a.PersonID, []string{a.Key}, state) }
			wantKind(t, settle(agent.AttemptOpen), fault.Internal)
			noError(t, settle(state))
			noError(t, settle(state))
			wantKind(t, settle(other), fault.Conflict)
			wantAttempt(t, db, a, state)
		})
	}
}

func TestAttemptsOfOneRequestAreBegunAllOrNone(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	first := db.attempt(t)
	second := first
	second.Key = "k2"
	begin := func(want bool, attempts ...agent.Attempt) {
		t.Helper()
		if fresh, err := db.BeginAttempts(t.Context(), attempts); err != nil || fresh != want {
			t.Errorf("fresh %v, want %v; %v", fresh, want, err)
		}
	}
	settle := func(a agent.Attempt, state string) {
		t.Helper()
		noError(t, db.SettleAttempts(t.Context(), a.PersonID, []string{a.Key}, state))
	}
	begin(true, second)
	begin(false, first, second)
	wantAttempt(t, db, first, "") // nothing of a request that must not be sent is left
	settle(second, agent.AttemptNotApplied)
	begin(true, first, second)
	settle(first, agent.AttemptApplied)
	found, err := db.AttemptRecords(t.Context(), first.PersonID, []string{"k", "k2", "k3"})
	if err != nil || len(found) != 2 || found["k"].State != agent.AttemptApplied || found["k2"].State != agent.AttemptOpen {
		t.Errorf("attempts %v, want one applied and one open; %v", found, err)
	}
	if age := found["k2"].Age; age < 0 || age > time.Minute {
		t.Errorf("begun %v ago", age)
	}
	wantKind(t, db.SettleAttempts(t.Context(), first.PersonID, []string{"k2", "k"}, agent.AttemptNotApplied), fault.Conflict)
	wantAttempt(t, db, second, agent.AttemptOpen) // all or none
	begin(false, first, second)
}

func TestWhatMayBeTriedAloneWaitsForOthers(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	first := db.attempt(t)
	second := first
	second.Key = "k2"
	begin := func(want bool, a agent.Attempt, most time.Duration) {
		t.Helper()
		if fresh, err := db.BeginAlone(t.Context(), a, most); err != nil || fresh != want {
			t.Errorf("fresh %v, want %v; %v", fresh, want, err)
		}
	}
	begin(true, first, time.Minute)
	begin(false, first, time.Minute) // it is open itself
	begin(false, second, time.Minute)
	wantAttempt(t, db, second, "")
	elsewhere := second
	elsewhere.Key, elsewhere.PlaylistID = "k3", "another"
	begin(true, elsewhere, time.Minute)
	noError(t, db.SettleAttempts(t.Context(), first.PersonID, []string{first.Key}, agent.AttemptNotApplied))
	begin(true, second, time.Minute)
	noError(t, db.SettleAttempts(t.Context(), first.PersonID, []string{second.Key}, agent.AttemptApplied))
	begin(false, first, time.Minute)
	begin(true, first, -1) // all others are too old
}
