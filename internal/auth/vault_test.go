package auth

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"segue/internal/fault"
	"segue/internal/guard"
)

func TestATokenIsRenewedInItsLastMinute(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		after time.Duration
		want  string
	}{
		{"new", 0, "access-1"},
		{"61 s left", time.Hour - 61*time.Second, "access-1"},
		{"60 s left", time.Hour - 60*time.Second, "access-2"},
		{"expired", time.Hour, "access-2"},
		{"long ago", 90 * 24 * time.Hour, "access-2"},
		{"the clock went back", -48 * time.Hour, "access-1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			p := h.logIn()
			h.clock.Add(tt.after)
			for range 2 { // the second one takes what the first one stored
				if got, err := h.vault.Token(t.Context(), p.ID); err != nil || got != tt.want {
					t.Fatalf("%q, %v, want %q", got, err, tt.want)
				}
			}
			wantCalls := 1
			if tt.want == "access-2" {
				wantCalls = 2
			}
			if h.stub.count() != wantCalls {
				t.Errorf("%d token calls, want %d", h.stub.count(), wantCalls)
			}
		})
	}
}

func TestTheOldRefreshTokenIsKeptUntilANewOneComes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.logIn()
	for _, rotate := range []bool{false, true, true, false} {
		h.stub.mu.Lock()
		h.stub.rotate = rotate
		h.stub.mu.Unlock()
		h.clock.Add(2 * time.Hour)
		if _, err := h.vault.Token(t.Context(), p.ID); err != nil {
			t.Fatal(err)
		}
	}
	if consent := h.memory.tokens[p.ID].ConsentAt; !consent.Before(h.clock.Now().Add(-7 * time.Hour)) {
		t.Errorf("a refresh counts as consent: %v", consent)
	}
}

func TestFiftyCallersCauseOneRefresh(t *testing.T) {
	t.Parallel()
	for _, after401 := range []bool{false, true} {
		h := newHouse(t)
		p := h.logIn()
		const callers = 50
		everybodyLooked := make(chan struct{})
		call := func() (string, error) { return h.vault.Refresh(t.Context(), p.ID, "access-1") }
		if !after401 {
			h.clock.Add(2 * time.Hour)
			// Spotify answers only when every caller has seen the old token.
			h.memory.loaded = func(n int) {
				if n == callers {
					close(everybodyLooked)
				}
			}
			h.stub.answerWith(waitFor{everybodyLooked, h.stub})
			call = func() (string, error) { return h.vault.Token(t.Context(), p.ID) }
		}
		var wg sync.WaitGroup
		for range callers {
			wg.Go(func() {
				if got, err := call(); err != nil || got != "access-2" {
					t.Errorf("%q, %v", got, err)
				}
			})
		}
		wg.Wait()
		if n := h.memory.count("ReplaceTokens"); n != 1 {
			t.Errorf("%d refreshes, want 1", n)
		}
	}
}

func TestRefreshBringsAnotherTokenThanTheRefusedOne(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.logIn()
	for range 2 { // the second caller was refused the same token and takes the first one's
		if got, err := h.vault.Refresh(t.Context(), p.ID, "access-1"); err != nil || got != "access-2" {
			t.Fatalf("%q, %v", got, err)
		}
	}
	if got, err := h.vault.Refresh(t.Context(), p.ID, "access-2"); err != nil || got != "access-3" {
		t.Fatalf("%q, %v", got, err)
	}
	if h.stub.count() != 3 {
		t.Errorf("%d token calls, want 3", h.stub.count())
	}
}

func TestRefreshDoesNotTakeTheRefusedTokenFromTheFlightItJoins(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.accounts.http.Transport = direct{h.stub} // a bubble cannot wait for a network
	p := h.logIn()
	synctest.Test(t, func(t *testing.T) {
		if _, err := h.vault.Refresh(t.Context(), p.ID, "access-1"); err != nil {
			t.Fatal(err)
		}
		// A straggler with the first token finds the second one; while it looks, the
		// second one is refused to somebody else.
		looking, first := make(chan struct{}), h.memory.count("Tokens")+1
		h.memory.loaded = func(n int) {
			if n == first {
				<-looking
			}
		}
		var wg sync.WaitGroup
		wants := func(stale, want string) {
			wg.Go(func() {
				if got, err := h.vault.Refresh(t.Context(), p.ID, stale); err != nil || got != want {
					t.Errorf("instead of %s: %q, %v, want %q", stale, got, err, want)
				}
			})
			synctest.Wait()
		}
		wants("access-1", "access-2")
		wants("access-2", "access-3")
		close(looking)
		wg.Wait()
	})
}

func TestSec28_ADeadRefreshTokenCallsNobodyUntilTheNextLogin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.logIn()
	sealed := h.memory.tokens[p.ID].Refresh
	h.stub.refreshing = map[string]bool{}
	h.clock.Add(2 * time.Hour)
	for range 3 {
		_, err := h.vault.Token(t.Context(), p.ID)
		wantKind(t, err, fault.Unauthorised)
		_, err = h.vault.Refresh(t.Context(), p.ID, "access-1")
		wantKind(t, err, fault.Unauthorised)
	}
	if h.stub.count() != 2 {
		t.Errorf("%d token calls, want the login and one refresh", h.stub.count())
	}
	if got, err := h.memory.Person(t.Context(), p.ID); err != nil || !got.NeedsReauth {
		t.Errorf("%+v, %v", got, err)
	}
	if string(h.memory.tokens[p.ID].Refresh) != string(sealed) {
		t.Error("the sealed token was not kept")
	}
	again := h.logIn()
	if got, err := h.vault.Token(t.Context(), p.ID); err != nil || got != "access-2" || again.ID != p.ID || again.NeedsReauth {
		t.Errorf("after the login: %q, %v, %+v", got, err, again)
	}
}

func TestTroubleOfSpotifyPassesAndChangesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.logIn()
	h.clock.Add(2 * time.Hour)
	h.stub.answerWith(status(503, ""))
	_, err := h.vault.Token(t.Context(), p.ID)
	wantKind(t, err, fault.Unavailable)
	h.stub.answerWith(status(429, "12"))
	_, err = h.vault.Token(t.Context(), p.ID)
	wantKind(t, err, fault.RateLimited)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.RetryAfter != 12*time.Second {
		t.Errorf("%v", err)
	}
	h.stub.answerWith(nil)
	h.clock.Add(11 * time.Second)
	before := h.stub.count()
	_, err = h.vault.Token(t.Context(), p.ID)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != fault.RateLimited || f.RetryAfter != time.Second || h.stub.count() != before {
		t.Errorf("inside the pause: %v, %d calls", err, h.stub.count()-before)
	}
	h.clock.Add(time.Second)
	if got, err := h.vault.Token(t.Context(), p.ID); err != nil || got != "access-2" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAnOutageOfTheLoginServiceIsNotHammered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.logIn()
	h.accounts.breaker = guard.NewBreaker(guard.BreakerOptions{Name: "accounts", Message: spotifyAway})
	h.clock.Add(2 * time.Hour)
	h.stub.answerWith(status(400, "")) // an answer, though a bad one
	for range 20 {
		_, err := h.vault.Token(t.Context(), p.ID)
		wantKind(t, err, fault.Internal)
	}
	h.stub.answerWith(status(503, ""))
	before := h.stub.count()
	for range 100 {
		_, err := h.vault.Token(t.Context(), p.ID)
		wantKind(t, err, fault.Unavailable)
	}
	_, err := h.vault.Token(t.Context(), p.ID)
	f, ok := errors.AsType[*fault.Error](err)
	if n := h.stub.count() - before; !ok || n != 6 || f.RetryAfter <= 0 || f.RetryAfter > 17*time.Second || f.Message != spotifyAway {
		t.Errorf("%d calls went out, want 6; then %v, after %v", n, err, f.RetryAfter)
	}
	h.accounts.breaker.Reset()
	h.stub.answerWith(nil)
	if got, err := h.vault.Token(t.Context(), p.ID); err != nil || got != "access-2" {
		t.Errorf("after the outage: %q, %v", got, err)
	}
}

func TestATokenThatCannotBeStoredIsNotHandedOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.logIn()
	h.clock.Add(2 * time.Hour)
	h.memory.fail = func(method string) error {
		if method == "ReplaceTokens" {
			return fault.New(fault.Unavailable, "The disk is full.", nil)
		}
		return nil
	}
	got, err := h.vault.Token(t.Context(), p.ID)
	wantKind(t, err, fault.Unavailable)
	if got != "" {
		t.Errorf("handed out %q", got)
	}
}

func TestARefreshEndsThoughItsCallerLeft(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.logIn()
	h.clock.Add(2 * time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan struct{})
	h.stub.answerWith(waitFor{left, h.stub})
	h.memory.loaded = func(n int) {
		if n == 2 { // the flight is under way
			cancel()
			close(left)
		}
	}
	if got, err := h.vault.Token(ctx, p.ID); err != nil || got != "access-2" {
		t.Errorf("%q, %v", got, err)
	}
	if v := h.memory.tokens[p.ID].Version; v != 2 {
		t.Errorf("version %d, want the refreshed tokens stored", v)
	}
}

// other is a second process on the same store and keys.
func (h *house) other() *Vault { return NewVault(h.accounts, h.keys, h.memory) }

func TestOfTwoProcessesTheLoserTakesWhatTheWinnerStored(t *testing.T) {
	t.Parallel()
	for _, rotate := range []bool{false, true} { // with rotation the loser hears invalid_grant
		h := newHouse(t)
		p := h.logIn()
		h.stub.rotate = rotate
		h.clock.Add(2 * time.Hour)
		row := h.memory.tokens[p.ID]
		if got, err := h.other().Token(t.Context(), p.ID); err != nil || got != "access-2" {
			t.Fatalf("%q, %v", got, err)
		}
		// The loser had read the row before.
		winner := h.memory.tokens[p.ID]
		h.memory.tokens[p.ID] = row
		h.stub.answerWith(restore{h, p.ID, winner})
		if got, err := h.vault.Token(t.Context(), p.ID); err != nil || got != "access-2" {
			t.Errorf("rotate %v: %q, %v", rotate, got, err)
		}
		if h.memory.tokens[p.ID].NeedsReauth {
			t.Errorf("rotate %v: a newer login was marked as refused", rotate)
		}
	}
}

func TestDisconnectDuringARefreshLeavesNoTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.logIn()
	h.clock.Add(2 * time.Hour)
	h.stub.answerWith(restore{h, p.ID, SealedTokens{}})
	_, err := h.vault.Token(t.Context(), p.ID)
	wantKind(t, err, fault.Unauthorised)
	if len(h.memory.tokens) != 0 {
		t.Error("the tokens are back")
	}
}

func TestSec23_SwappedTokensAreNotHandedOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ada := h.logIn()
	h.account = Account{ID: "ben_emu", AccountID: "acc-ben", Name: "Ben"}
	ben := h.logIn()
	swapped := h.memory.tokens[ada.ID]
	swapped.PersonID = ben.ID
	h.memory.tokens[ben.ID] = swapped
	_, err := h.vault.Token(t.Context(), ben.ID)
	wantKind(t, err, fault.Unauthorised)
	columns := h.memory.tokens[ada.ID]
	columns.Access, columns.Refresh = columns.Refresh, columns.Access
	h.memory.tokens[ada.ID] = columns
	_, err = h.vault.Token(t.Context(), ada.ID)
	wantKind(t, err, fault.Unauthorised)
	if h.stub.count() != 2 {
		t.Errorf("%d token calls, want the two logins", h.stub.count())
	}
}

func TestSec23_TokensSurviveAKeyRotation(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.logIn()
	rotated := NewVault(h.accounts, testRing(t, "k2", "k1"), h.memory)
	if got, err := rotated.Token(t.Context(), p.ID); err != nil || got != "access-1" {
		t.Fatalf("%q, %v", got, err)
	}
	h.clock.Add(2 * time.Hour)
	if _, err := rotated.Token(t.Context(), p.ID); err != nil {
		t.Fatal(err)
	}
	onlyNew := NewVault(h.accounts, testRing(t, "k2"), h.memory)
	if got, err := onlyNew.Token(t.Context(), p.ID); err != nil || got != "access-2" {
		t.Errorf("a refresh did not seal with the new key: %q, %v", got, err)
	}
}

func TestSomebodyWithoutTokensHasToLogIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, err := h.vault.Token(t.Context(), "nobody")
	wantKind(t, err, fault.Unauthorised)
	_, err = h.vault.Refresh(t.Context(), "nobody", "x")
	wantKind(t, err, fault.Unauthorised)
	if !strings.HasSuffix(fault.MessageOf(err), "Nothing was lost.") {
		t.Errorf("%q", fault.MessageOf(err))
	}
}
