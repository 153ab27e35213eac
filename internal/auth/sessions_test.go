package auth

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"segue/internal/fault"
)

// browser keeps the session cookie between requests.
type browser struct {
	t        *testing.T
	sessions *Sessions
	cookie   *http.Cookie
	raw      string // the last Set-Cookie header
}

func (b *browser) request() *http.Request {
	r := httptest.NewRequestWithContext(b.t.Context(), http.MethodGet, "http://127.0.0.1:8080/", http.NoBody)
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	return r
}

// do makes a request with the cookie and takes over what is set.
func (b *browser) do(f func(w http.ResponseWriter, r *http.Request) error) {
	b.t.Helper()
	w := httptest.NewRecorder()
	if err := f(w, b.request()); err != nil {
		b.t.Fatal(err)
	}
	answer := w.Result()
	defer func() { _ = answer.Body.Close() }()
	for _, c := range answer.Cookies() {
		b.raw = c.Raw
		b.cookie = c
		if c.MaxAge < 0 {
			b.cookie = nil
		}
	}
}

func (b *browser) logIn(personID string) {
	b.t.Helper()
	b.do(func(w http.ResponseWriter, r *http.Request) error { return b.sessions.Start(w, r, personID) })
}

func (b *browser) person() (Person, error) { return b.sessions.Person(b.request()) }

func (b *browser) wantAnonymous() {
	b.t.Helper()
	_, err := b.person()
	wantKind(b.t, err, fault.Unauthorised)
}

func (b *browser) wantPerson(id string) {
	b.t.Helper()
	if p, err := b.person(); err != nil || p.ID != id {
		b.t.Fatalf("%+v, %v, want %s", p, err, id)
	}
}

func newSessions(t *testing.T, m *memory, c *clock, keys *KeyRing, secure bool) *Sessions {
	t.Helper()
	s, err := NewSessions(SessionsOptions{Store: m, Keys: keys, Secure: secure, Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// lobby is a store with Ada in it and a browser that is not logged in.
func lobby(t *testing.T) (*browser, *memory, *clock) {
	t.Helper()
	m, c := newMemory(), newClock()
	m.people["ada"] = Person{ID: "ada", Name: "Ada"}
	return &browser{t: t, sessions: newSessions(t, m, c, testRing(t, "k1"), false)}, m, c
}

func TestSec04_TheSessionCookieGolden(t *testing.T) {
	t.Parallel()
	for secure, want := range map[bool]string{
		true:  "__Host-segue=VALUE; Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Lax",
		false: "segue=VALUE; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax",
	} {
		b, m, c := lobby(t)
		b.sessions = newSessions(t, m, c, testRing(t, "k1"), secure)
		b.logIn("ada")
		got := regexp.MustCompile(`=[^;]+; Path`).ReplaceAllString(b.raw, "=VALUE; Path")
		got = regexp.MustCompile(` Expires=[^;]+;`).ReplaceAllString(got, "")
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
		b.wantPerson("ada")
		b.do(b.sessions.End)
		want = strings.Replace(strings.Replace(want, "VALUE", "", 1), "2592000", "0", 1)
		got = regexp.MustCompile(` Expires=[^;]+;`).ReplaceAllString(b.raw, "")
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestSec03_ALoginHasANewIDAndEndsTheOldSession(t *testing.T) {
	t.Parallel()
	b, m, _ := lobby(t)
	m.people["ben"] = Person{ID: "ben"}
	b.logIn("ada")
	old := *b
	b.logIn("ben")
	if old.cookie.Value == b.cookie.Value {
		t.Fatal("the cookie did not change")
	}
	old.wantAnonymous()
	b.wantPerson("ben")
	if len(m.sessions) != 1 {
		t.Errorf("%d sessions, want 1", len(m.sessions))
	}
	for hash := range m.sessions {
		id := b.sessions.id(b.request())
		if len(hash) != 32 || hash == id || strings.Contains(b.cookie.Value, id) {
			t.Error("the raw id shows in the store or in the cookie")
		}
	}
}

func TestSec05_ASessionEndsWhenIdleAndAfterThirtyDays(t *testing.T) {
	t.Parallel()
	b, _, c := lobby(t)
	b.logIn("ada")
	c.Add(SessionIdle - time.Second)
	b.wantPerson("ada")
	c.Add(SessionIdle - time.Second)
	b.wantPerson("ada")
	c.Add(SessionIdle)
	b.wantAnonymous()
	c.Add(-time.Hour) // a clock that is set back revives it only within its limits
	b.wantPerson("ada")

	b.logIn("ada")
	for range 2*30 - 1 {
		c.Add(12 * time.Hour)
		b.wantPerson("ada")
	}
	c.Add(12*time.Hour - time.Second)
	b.wantPerson("ada")
	c.Add(time.Second)
	b.wantAnonymous()
}

func TestASessionInUseIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	b, m, c := lobby(t)
	b.logIn("ada")
	for range 10 * 60 {
		c.Add(time.Second)
		b.wantPerson("ada")
	}
	if n := m.count("TouchSession"); n != 10 {
		t.Errorf("%d writes in ten minutes, want 10", n)
	}
}

func TestSec05_AnEndedSessionCannotBeReplayed(t *testing.T) {
	t.Parallel()
	b, _, _ := lobby(t)
	b.logIn("ada")
	thief, other := *b, *b
	other.cookie = nil
	other.logIn("ada")
	b.do(b.sessions.End)
	if b.cookie != nil {
		t.Error("the cookie stays")
	}
	b.do(b.sessions.End) // without a session: nothing to do
	thief.wantAnonymous()
	other.wantPerson("ada")
}

func TestSec05_EndAllEndsEveryBrowserOfThePerson(t *testing.T) {
	t.Parallel()
	first, m, _ := lobby(t)
	m.people["ben"] = Person{ID: "ben"}
	second := &browser{t: t, sessions: first.sessions}
	ben := &browser{t: t, sessions: first.sessions}
	first.logIn("ada")
	second.logIn("ada")
	ben.logIn("ben")
	first.do(func(w http.ResponseWriter, r *http.Request) error { return first.sessions.EndAll(w, r, "ada") })
	if first.cookie != nil {
		t.Error("the cookie stays")
	}
	first.wantAnonymous()
	second.wantAnonymous()
	ben.wantPerson("ben")
}

func TestSec27_DisconnectForgetsThePerson(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.logIn()
	b := &browser{t: t, sessions: newSessions(t, h.memory, h.clock, h.keys, true)}
	b.logIn(p.ID)
	b.wantPerson(p.ID)
	if err := b.sessions.Disconnect(t.Context(), p.ID); err != nil {
		t.Fatal(err)
	}
	b.wantAnonymous()
	_, err := h.vault.Token(t.Context(), p.ID)
	wantKind(t, err, fault.Unauthorised)
	if len(h.memory.people)+len(h.memory.tokens)+len(h.memory.sessions) != 0 {
		t.Error("something was kept")
	}
	if h.logIn().ID == p.ID {
		t.Error("the forgotten person came back")
	}
}

func TestSec04_ABadCookieIsNobody(t *testing.T) {
	t.Parallel()
	b, m, c := lobby(t)
	b.logIn("ada")
	good := b.cookie.Value
	stranger := &browser{t: t, sessions: newSessions(t, m, c, testRing(t, "k9"), false)}
	stranger.logIn("ada")
	hashed := hashID(b.sessions.id(b.request()))
	tests := map[string]string{
		"empty":               "",
		"noise":               "!!!!",
		"cut":                 good[:len(good)/2],
		"tampered":            flipped(good, len(good)/2),
		"tampered at the end": flipped(good, len(good)-3),
		"of another key":      stranger.cookie.Value,
		"the hash itself":     string(hashed),
		"much too long":       strings.Repeat(good, 50),
	}
	for name, value := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cookie := *b.cookie
			cookie.Value = value
			bad := &browser{t: t, sessions: b.sessions, cookie: &cookie}
			bad.wantAnonymous()
			bad.do(bad.sessions.End)
			bad.cookie = &cookie
			bad.logIn("ada") // and a bad cookie keeps nobody out
			bad.wantPerson("ada")
		})
	}
}

// flipped returns s with another letter at i.
func flipped(s string, i int) string {
	letter := "A"
	if s[i] == 'A' {
		letter = "B"
	}
	return s[:i] + letter + s[i+1:]
}

func TestSec23_CookiesSurviveAKeyRotation(t *testing.T) {
	t.Parallel()
	b, m, c := lobby(t)
	b.logIn("ada")
	b.sessions = newSessions(t, m, c, testRing(t, "k2", "k1"), false)
	b.wantPerson("ada")
	b.sessions = newSessions(t, m, c, testRing(t, "k2"), false)
	b.wantAnonymous()
}

func TestAFailingStoreIsNoLogout(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"Session", "Person", "TouchSession"} {
		b, m, c := lobby(t)
		b.logIn("ada")
		c.Add(2 * time.Minute)
		m.fail = func(called string) error {
			if called == method {
				return errors.New("disk on fire")
			}
			return nil
		}
		_, err := b.person()
		wantKind(t, err, fault.Internal)
		m.fail = nil
		b.wantPerson("ada")
	}
}

func TestASessionOfSomebodyWhoIsGoneIsNobodys(t *testing.T) {
	t.Parallel()
	b, m, _ := lobby(t)
	b.logIn("ada")
	delete(m.people, "ada")
	b.wantAnonymous()
}
