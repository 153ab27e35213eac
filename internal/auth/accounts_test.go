package auth

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/fault"
)

func TestSec02_TheAuthorizeAddressAsksForExactlyTheseThings(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	address, _, err := h.login.Begin(t.Context(), "/")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	if got := u.Scheme + "://" + u.Host + u.Path; got != h.stub.url+"/authorize" {
		t.Errorf("address %s", got)
	}
	q := u.Query()
	want := url.Values{
		"client_id":             {testClient},
		"response_type":         {"code"},
		"redirect_uri":          {testRedirect},
		"scope":                 {"playlist-read-private playlist-read-collaborative playlist-modify-private playlist-modify-public"},
		"code_challenge_method": {"S256"},
		"code_challenge":        q["code_challenge"],
		"state":                 q["state"],
	}
	if q.Encode() != want.Encode() {
		t.Errorf("query\n%s, want\n%s", q.Encode(), want.Encode())
	}
	if len(q.Get("state")) != 43 || len(q.Get("code_challenge")) != 43 {
		t.Errorf("state %q and challenge %q should hold 32 bytes each", q.Get("state"), q.Get("code_challenge"))
	}
}

func TestSec01_NewAccountsTakesOnlyRedirectsThatSpotifyTakes(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"https://segue.example/auth/callback": true,
		"http://127.0.0.1:8080/auth/callback": true,
		"http://[::1]:8080/auth/callback":     true,
		"http://localhost:8080/auth/callback": false,
		"http://segue.example/auth/callback":  false,
		"http://10.0.0.1/auth/callback":       false,
		"/auth/callback":                      false,
		"":                                    false,
		"https://segue.example/#x":            false,
		"ftp://127.0.0.1/":                    false,
		"http://127.0.0.1:x/":                 false,
	}
	for uri, want := range tests {
		_, err := NewAccounts(AccountsOptions{ClientID: "c", RedirectURI: uri})
		if (err == nil) != want {
			t.Errorf("%q: %v", uri, err)
		}
		if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", uri, err)
		}
	}
	_, err := NewAccounts(AccountsOptions{RedirectURI: testRedirect})
	wantKind(t, err, fault.Invalid)
}

func TestAccountsAreSpotifysUnlessToldOtherwise(t *testing.T) {
	t.Parallel()
	a, err := NewAccounts(AccountsOptions{ClientID: "c", RedirectURI: testRedirect})
	if err != nil {
		t.Fatal(err)
	}
	if got := a.authorizeURL("s", "v"); !strings.HasPrefix(got, "https://accounts.spotify.com/authorize?") {
		t.Error(got)
	}
}

func TestAPublicClientSendsItsIDAndNoSecret(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.stub.secret = ""
	h.build("")
	p := h.logIn()
	h.clock.Add(2 * time.Hour)
	if got, err := h.vault.Token(t.Context(), p.ID); err != nil || got != "access-2" {
		t.Fatalf("%q, %v", got, err)
	}
}

func TestFailedTokenCallsAreClassified(t *testing.T) {
	t.Parallel()
	json := func(code int, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			_, _ = w.Write([]byte(body))
		})
	}
	hangUp := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	tests := []struct {
		name   string
		answer http.Handler
		want   fault.Kind
		after  time.Duration
	}{
		{"429", status(429, "7"), fault.RateLimited, 7 * time.Second},
		{"429 without a time", status(429, ""), fault.RateLimited, 5 * time.Second},
		{"429 with nonsense", status(429, "-soon"), fault.RateLimited, 5 * time.Second},
		{"500", status(500, ""), fault.Unavailable, 0},
		{"503 page", status(503, ""), fault.Unavailable, 0},
		{"503 that says invalid_grant", json(503, `{"error":"invalid_grant"}`), fault.Unavailable, 0},
		{"redirect", status(302, ""), fault.Unavailable, 0},
		{"dropped connection", hangUp, fault.Unavailable, 0},
		{"200 that is no JSON", json(200, `<html>SECRET-CANARY`), fault.Unavailable, 0},
		{"200 without a token", json(200, `{}`), fault.Unavailable, 0},
		{"invalid_client", json(400, `{"error":"invalid_client"}`), fault.Internal, 0},
		{"invalid_grant", json(400, `{"error":"invalid_grant"}`), fault.Unauthorised, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.stub.answerWith(tt.answer)
			_, err := h.accounts.refresh(t.Context(), "refresh-1")
			wantKind(t, err, tt.want)
			if f, ok := err.(*fault.Error); !ok || f.RetryAfter != tt.after { //nolint:errorlint // the very type is what is tested
				t.Errorf("%#v, want RetryAfter %v", err, tt.after)
			}
			if strings.Contains(err.Error(), "CANARY") || strings.Contains(err.Error(), "refresh-1") {
				t.Errorf("%q shows a body or a token", err)
			}
			if h.stub.count() != 1 {
				t.Errorf("%d calls, want 1", h.stub.count())
			}
		})
	}
}

func TestSec11_ARedirectOfTheTokenCallIsNotFollowed(t *testing.T) {
	t.Parallel()
	h, elsewhere := newHouse(t), newStub(t)
	h.stub.answerWith(http.RedirectHandler(elsewhere.url+"/api/token", http.StatusTemporaryRedirect))
	_, err := h.accounts.refresh(t.Context(), "refresh-1")
	wantKind(t, err, fault.Unavailable)
	if elsewhere.count() != 0 {
		t.Fatal("the refresh token was posted elsewhere")
	}
}

func TestSec02_MissingScopesAreNamed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.stub.scope = "playlist-read-private playlist-modify-public"
	address, cookie, err := h.login.Begin(t.Context(), "/c")
	if err != nil {
		t.Fatal(err)
	}
	_, returnTo, err := h.login.Finish(t.Context(), cookie, h.stub.consent(address))
	wantKind(t, err, fault.Forbidden)
	if !strings.Contains(err.Error(), "[playlist-read-collaborative playlist-modify-private]") || returnTo != "/c" {
		t.Errorf("%v, %s", err, returnTo)
	}
	if len(h.memory.people) != 0 || len(h.memory.tokens) != 0 {
		t.Error("something was kept")
	}
	h.stub.scope = "" // an answer without a scope grants what was asked for
	h.logIn()
	h.stub.scope = strings.Join(slices.Concat(Scopes(), []string{"user-read-email"}), " ")
	h.logIn()
}
