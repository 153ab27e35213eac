package auth

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"segue/internal/fault"
)

const (
	testClient   = "client-1"
	testSecret   = Secret("hush-hush")
	testRedirect = "http://127.0.0.1:8080/auth/callback"
)

// clock is a time that moves when told to.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// stub is an accounts service. It checks what Spotify checks of a token call and
// answers with numbered tokens.
type stub struct {
	t   *testing.T
	url string

	mu         sync.Mutex
	challenges map[string]string // by code
	refreshing map[string]bool   // refresh tokens that work
	calls      int
	issued     int
	rotate     bool         // a refresh brings a new refresh token and kills the old one
	scope      string       // granted scope; "" leaves it out
	answer     http.Handler // replaces the answer when set
	secret     Secret       // expected client secret; "" = public client
}

func newStub(t *testing.T) *stub {
	t.Helper()
	s := &stub{
		t: t, secret: testSecret, scope: strings.Join(Scopes(), " "),
		challenges: map[string]string{}, refreshing: map[string]bool{},
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// consent plays the person who agrees on the page behind the address: it returns
// the query of the redirect back.
func (s *stub) consent(authorizeURL string) url.Values {
	s.t.Helper()
	u, err := url.Parse(authorizeURL)
	if err != nil {
		s.t.Fatal(err)
	}
	q := u.Query()
	s.mu.Lock()
	defer s.mu.Unlock()
	code := fmt.Sprintf("code-%d", len(s.challenges)+1)
	s.challenges[code] = q.Get("code_challenge")
	return url.Values{"state": {q.Get("state")}, "code": {code}}
}

// answerWith makes every further token call get this answer; nil ends that.
func (s *stub) answerWith(h http.Handler) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = h
}

func (s *stub) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.calls++
	answer := s.answer
	s.mu.Unlock()
	if answer != nil {
		answer.ServeHTTP(w, r)
		return
	}
	s.respond(w, r)
}

// respond answers as Spotify does.
func (s *stub) respond(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method != http.MethodPost || r.URL.Path != "/api/token" || !s.knows(r) {
		refuse(w, "invalid_client")
		return
	}
	switch r.FormValue("grant_type") {
	case "authorization_code":
		s.code(w, r)
	case "refresh_token":
		s.refresh(w, r)
	default:
		refuse(w, "unsupported_grant_type")
	}
}

func (s *stub) knows(r *http.Request) bool {
	id, secret, basic := r.BasicAuth()
	if s.secret != "" {
		return basic && id == testClient && secret == s.secret.Reveal()
	}
	return !basic && r.FormValue("client_id") == testClient && r.FormValue("client_secret") == ""
}

func (s *stub) code(w http.ResponseWriter, r *http.Request) {
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	challenge, ok := s.challenges[r.FormValue("code")]
	delete(s.challenges, r.FormValue("code"))
	proven := base64.RawURLEncoding.EncodeToString(sum[:]) == challenge
	if !ok || !proven || r.FormValue("redirect_uri") != testRedirect {
		refuse(w, "invalid_grant")
		return
	}
	s.issued++
	s.grant(w, fmt.Sprintf("refresh-%d", s.issued))
}

func (s *stub) refresh(w http.ResponseWriter, r *http.Request) {
	old := r.FormValue("refresh_token")
	if !s.refreshing[old] {
		refuse(w, "invalid_grant")
		return
	}
	s.issued++
	if !s.rotate {
		s.grant(w, "")
		return
	}
	delete(s.refreshing, old)
	s.grant(w, fmt.Sprintf("refresh-%d", s.issued))
}

func (s *stub) grant(w http.ResponseWriter, refresh string) {
	body := map[string]any{
		"access_token": fmt.Sprintf("access-%d", s.issued), "token_type": "Bearer", "expires_in": 3600,
	}
	if refresh != "" {
		s.refreshing[refresh] = true
		body["refresh_token"] = refresh
	}
	if s.scope != "" {
		body["scope"] = s.scope
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = fmt.Fprintf(w, `{"error":%q,"error_description":"because"}`, code)
}

// status answers with a status, a Retry-After and a page that is no JSON.
func status(code int, retryAfter string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(code)
		_, _ = w.Write([]byte("<html>SECRET-CANARY</html>"))
	})
}

// waitFor answers as the stub does once the channel is closed.
type waitFor struct {
	gate <-chan struct{}
	stub *stub
}

func (a waitFor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	<-a.gate
	a.stub.respond(w, r)
}

// restore puts tokens into the store (or takes them out, when zero) while a token
// call is under way: somebody else was faster.
type restore struct {
	h        *house
	personID string
	tokens   SealedTokens
}

func (a restore) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.h.memory.mu.Lock()
	a.h.memory.tokens[a.personID] = a.tokens
	if a.tokens.PersonID == "" {
		delete(a.h.memory.tokens, a.personID)
	}
	a.h.memory.mu.Unlock()
	a.h.stub.respond(w, r)
}

// direct is a transport without a network.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// house is everything of this package around a stub and a memory.
type house struct {
	t        *testing.T
	stub     *stub
	memory   *memory
	clock    *clock
	keys     *KeyRing
	accounts *Accounts
	vault    *Vault
	login    *Login
	account  Account // who the profile says it is
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, stub: newStub(t), memory: newMemory(), clock: newClock(), keys: testRing(t, "k1")}
	h.account = Account{ID: "ada_emu", AccountID: "acc-ada", Name: "Ada"}
	h.build(testSecret)
	return h
}

func (h *house) build(secret Secret) {
	h.t.Helper()
	accounts, err := NewAccounts(AccountsOptions{
		URL: h.stub.url, ClientID: testClient, ClientSecret: secret, RedirectURI: testRedirect,
		HTTP: http.DefaultClient, Now: h.clock.Now,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.accounts = accounts
	h.vault = NewVault(accounts, h.keys, h.memory)
	h.login = NewLogin(LoginOptions{
		Accounts: accounts, Keys: h.keys, Vault: h.vault, Store: h.memory,
		Profile: func(context.Context, string) (Account, error) { return h.account, nil },
	})
}

// logIn walks a person through the whole login.
func (h *house) logIn() Person {
	h.t.Helper()
	address, cookie, err := h.login.Begin(h.t.Context(), "/c")
	if err != nil {
		h.t.Fatal(err)
	}
	p, _, err := h.login.Finish(h.t.Context(), cookie, h.stub.consent(address))
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

// testRing returns a ring of fixed keys with these ids, the first one sealing.
func testRing(t *testing.T, ids ...string) *KeyRing {
	t.Helper()
	keys := make([]Key, len(ids))
	for i, id := range ids {
		sum := sha256.Sum256([]byte("test key " + id))
		keys[i] = Key{ID: id, Secret: sum[:]}
	}
	ring, err := NewKeyRing(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func wantKind(t *testing.T, err error, want fault.Kind) {
	t.Helper()
	if got := fault.KindOf(err); got != want {
		t.Fatalf("fault is %q (%v), want %q", got, err, want)
	}
}
