package store

import (
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"segue/internal/auth"
	"segue/internal/fault"
)

func TestSessionsLiveUntilTheyAreEnded(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada, ben := db.person(t, "ada"), db.person(t, "ben")
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	add := func(hash, person string) auth.Session {
		s := auth.Session{IDHash: []byte(hash), PersonID: person, CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(time.Hour)}
		noError(t, db.AddSession(t.Context(), s))
		return s
	}
	ada1, _, bens := add("ada-1", ada), add("ada-2", ada), add("ben-1", ben)

	ada1.SeenAt, ada1.ExpiresAt = at.Add(time.Minute), at.Add(2*time.Hour)
	noError(t, db.TouchSession(t.Context(), ada1.IDHash, ada1.SeenAt, ada1.ExpiresAt))
	got, err := db.Session(t.Context(), ada1.IDHash)
	if err != nil || !reflect.DeepEqual(got, ada1) {
		t.Errorf("session %+v, %v; want %+v", got, err, ada1)
	}

	gone := func(hash string) {
		t.Helper()
		_, err := db.Session(t.Context(), []byte(hash))
		wantKind(t, err, fault.NotFound)
	}
	noError(t, db.DeleteSession(t.Context(), ada1.IDHash))
	noError(t, db.DeleteSession(t.Context(), ada1.IDHash))
	noError(t, db.TouchSession(t.Context(), ada1.IDHash, at, at))
	gone("ada-1")
	noError(t, db.DeleteSessions(t.Context(), ada))
	gone("ada-2")
	if got, err := db.Session(t.Context(), bens.IDHash); err != nil || got.PersonID != ben {
		t.Errorf("session %+v, %v", got, err)
	}
}

func TestALoginIsTakenOnceAndOnlyByItsBrowser(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	login := auth.PendingLogin{
		StateHash: []byte("state"), CookieHash: []byte("cookie"), Verifier: []byte{0, 1, 2}, ReturnTo: "/c/1",
		ExpiresAt: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC),
	}
	noError(t, db.AddLogin(t.Context(), login))
	_, err := db.TakeLogin(t.Context(), []byte("state"), []byte("another browser"))
	wantKind(t, err, fault.NotFound)

	var taken atomic.Int32
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			got, err := db.TakeLogin(t.Context(), login.StateHash, login.CookieHash)
			if err != nil {
				if fault.KindOf(err) != fault.NotFound {
					t.Error(err)
				}
				return
			}
			taken.Add(1)
			if !reflect.DeepEqual(got, login) {
				t.Errorf("login %+v, want %+v", got, login)
			}
		})
	}
	wg.Wait()
	if taken.Load() != 1 {
		t.Errorf("taken %d times", taken.Load())
	}
}

func TestDeleteExpiredRemovesOnlyWhatIsOver(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	for name, expires := range map[string]time.Time{"over": now, "alive": now.Add(time.Millisecond)} {
		noError(t, db.AddSession(t.Context(), auth.Session{IDHash: []byte(name), PersonID: ada, ExpiresAt: expires}))
		noError(t, db.AddLogin(t.Context(), auth.PendingLogin{
			StateHash: []byte(name), CookieHash: []byte(name), Verifier: []byte("v"), ExpiresAt: expires,
		}))
	}
	noError(t, db.DeleteExpired(t.Context(), now))
	for name, want := range map[string]fault.Kind{"over": fault.NotFound, "alive": ""} {
		_, err := db.Session(t.Context(), []byte(name))
		wantKind(t, err, want)
		_, err = db.TakeLogin(t.Context(), []byte(name), []byte(name))
		wantKind(t, err, want)
	}
}

func TestTokensAreReplacedOnlyByWhoReadThemLast(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	tokens := auth.SealedTokens{PersonID: ada, Access: []byte{0, 255}, Refresh: []byte("r1"), ExpiresAt: at, ConsentAt: at}
	noError(t, db.SaveTokens(t.Context(), tokens))
	read := func() auth.SealedTokens {
		got, err := db.Tokens(t.Context(), ada)
		noError(t, err)
		return got
	}
	tokens.Version = 1
	if got := read(); !reflect.DeepEqual(got, tokens) {
		t.Errorf("tokens %+v, want %+v", got, tokens)
	}

	next := tokens
	next.Access, next.Refresh, next.ExpiresAt = []byte("a2"), []byte("r2"), at.Add(time.Hour)
	noError(t, db.ReplaceTokens(t.Context(), next))
	wantKind(t, db.ReplaceTokens(t.Context(), tokens), fault.Conflict)
	next.Version = 2
	if got := read(); !reflect.DeepEqual(got, next) {
		t.Errorf("tokens %+v, want %+v", got, next)
	}

	noError(t, db.SaveTokens(t.Context(), tokens)) // a new login wins always
	if got := read(); got.Version != 3 || string(got.Refresh) != "r1" {
		t.Errorf("tokens %+v", got)
	}
	noError(t, db.DeletePerson(t.Context(), ada))
	wantKind(t, db.ReplaceTokens(t.Context(), tokens), fault.Conflict)
}

func TestNeedsReauthLastsUntilTheNextLogin(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	tokens := auth.SealedTokens{PersonID: ada, Access: []byte("a"), Refresh: []byte("r")}
	noError(t, db.SaveTokens(t.Context(), tokens))
	check := func(want bool) {
		t.Helper()
		p, err := db.Person(t.Context(), ada)
		noError(t, err)
		got, err := db.Tokens(t.Context(), ada)
		noError(t, err)
		if p.NeedsReauth != want || got.NeedsReauth != want {
			t.Errorf("person %v, tokens %v, want %v", p.NeedsReauth, got.NeedsReauth, want)
		}
		if string(got.Refresh) != "r" {
			t.Errorf("the refresh token is %q", got.Refresh)
		}
	}
	noError(t, db.MarkNeedsReauth(t.Context(), ada, 1))
	check(true)
	db.person(t, "ada") // who logs in is saved first, and does not clear it
	check(true)
	noError(t, db.SaveTokens(t.Context(), tokens))
	check(false)
	noError(t, db.MarkNeedsReauth(t.Context(), ada, 1)) // of the tokens before
	check(false)
}
