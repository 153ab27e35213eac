package auth

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"segue/internal/fault"
)

func TestALoginEndsWithAPersonTheirTokensAndTheWayBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.account.Image = "https://i.scdn.co/ada"
	address, cookie, err := h.login.Begin(t.Context(), "/c/42?x=1")
	if err != nil {
		t.Fatal(err)
	}
	p, returnTo, err := h.login.Finish(t.Context(), cookie, h.stub.consent(address))
	if err != nil {
		t.Fatal(err)
	}
	want := Person{ID: p.ID, SpotifyID: "ada_emu", AccountID: "acc-ada", Name: "Ada", Image: "https://i.scdn.co/ada", CreatedAt: h.clock.Now()}
	if p != want || len(p.ID) != 26 {
		t.Errorf("person %+v, want %+v", p, want)
	}
	if returnTo != "/c/42?x=1" {
		t.Errorf("return to %q", returnTo)
	}
	if token, err := h.vault.Token(t.Context(), p.ID); err != nil || token != "access-1" {
		t.Errorf("token %q, %v", token, err)
	}
	if h.stub.count() != 1 {
		t.Errorf("%d token calls, want 1", h.stub.count())
	}
	if got := h.memory.tokens[p.ID].ConsentAt; !got.Equal(h.clock.Now()) {
		t.Errorf("consent at %v", got)
	}
}

func TestSec01_ABadStateIsInvalidAndCallsNobody(t *testing.T) {
	t.Parallel()
	type login struct {
		cookie string
		query  url.Values
	}
	tests := []struct {
		name string
		bend func(h *house, l, other login) login
	}{
		{"no state", func(_ *house, l, _ login) login { l.query.Del("state"); return l }},
		{"unknown state", func(_ *house, l, _ login) login { l.query.Set("state", randomID()); return l }},
		{"no cookie", func(_ *house, l, _ login) login { l.cookie = ""; return l }},
		{"unknown cookie", func(_ *house, l, _ login) login { l.cookie = randomID(); return l }},
		{"state of another browser", func(_ *house, l, other login) login { l.query = other.query; return l }},
		{"cookie of another browser", func(_ *house, l, other login) login { l.cookie = other.cookie; return l }},
		{"expired", func(h *house, l, _ login) login { h.clock.Add(LoginTTL); return l }},
		{"swept", func(h *house, l, _ login) login {
			h.clock.Add(LoginTTL)
			if _, _, err := h.login.Begin(h.t.Context(), "/"); err != nil {
				h.t.Fatal(err)
			}
			return l
		}},
		{"no code", func(_ *house, l, _ login) login { l.query.Del("code"); return l }},
		{"state as cookie", func(_ *house, l, _ login) login { l.cookie = l.query.Get("state"); return l }},
		{"another row's verifier", func(h *house, l, other login) login {
			mine, theirs := hashID(l.query.Get("state")), hashID(other.query.Get("state"))
			row := h.memory.logins[string(mine)]
			row.Verifier = h.memory.logins[string(theirs)].Verifier
			h.memory.logins[string(mine)] = row
			return l
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			begin := func() login {
				address, cookie, err := h.login.Begin(t.Context(), "/c")
				if err != nil {
					t.Fatal(err)
				}
				return login{cookie, h.stub.consent(address)}
			}
			bent := tt.bend(h, begin(), begin())
			_, returnTo, err := h.login.Finish(t.Context(), bent.cookie, bent.query)
			wantKind(t, err, fault.Invalid)
			if ReturnTo(returnTo) != returnTo {
				t.Errorf("return to %q", returnTo)
			}
			if strings.HasPrefix(tt.name, "no ") && tt.name != "no code" && h.memory.count("TakeLogin") != 0 {
				t.Error("the store was asked for nothing")
			}
			if h.stub.count() != 0 || h.memory.count("SavePerson") != 0 {
				t.Error("Spotify or the store was called")
			}
		})
	}
}

func TestSec01_AStateWorksOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	address, cookie, err := h.login.Begin(t.Context(), "/")
	if err != nil {
		t.Fatal(err)
	}
	query := h.stub.consent(address)
	if _, _, err := h.login.Finish(t.Context(), cookie, query); err != nil {
		t.Fatal(err)
	}
	_, _, err = h.login.Finish(t.Context(), cookie, query)
	wantKind(t, err, fault.Invalid)
	if h.stub.count() != 1 {
		t.Errorf("%d token calls, want 1", h.stub.count())
	}
}

func TestSec01_AForeignTryDoesNotUseUpTheLogin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	address, cookie, err := h.login.Begin(t.Context(), "/")
	if err != nil {
		t.Fatal(err)
	}
	query := h.stub.consent(address)
	_, _, err = h.login.Finish(t.Context(), cookie, url.Values{"state": {randomID()}, "code": {"x"}})
	wantKind(t, err, fault.Invalid)
	if _, _, err := h.login.Finish(t.Context(), cookie, query); err != nil {
		t.Fatal(err)
	}
}

func TestSec01_AnotherLoginsCodeFailsTheProof(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	mine, cookie, err := h.login.Begin(t.Context(), "/")
	if err != nil {
		t.Fatal(err)
	}
	theirs, _, err := h.login.Begin(t.Context(), "/")
	if err != nil {
		t.Fatal(err)
	}
	query := h.stub.consent(mine)
	query.Set("code", h.stub.consent(theirs).Get("code"))
	_, _, err = h.login.Finish(t.Context(), cookie, query)
	wantKind(t, err, fault.Invalid)
	if len(h.memory.people) != 0 {
		t.Error("somebody was let in")
	}
}

func TestSec01_TheStoreSeesOnlyHashesAndSealedBytes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	address, cookie, err := h.login.Begin(t.Context(), "/")
	if err != nil {
		t.Fatal(err)
	}
	query := h.stub.consent(address)
	for _, row := range h.memory.logins {
		if len(row.StateHash) != 32 || len(row.CookieHash) != 32 {
			t.Errorf("hashes of %d and %d bytes", len(row.StateHash), len(row.CookieHash))
		}
		if text := fmt.Sprintf("%s", row); strings.Contains(text, cookie) || strings.Contains(text, query.Get("state")) {
			t.Error("a raw id is stored")
		}
	}
	p, _, err := h.login.Finish(t.Context(), cookie, query)
	if err != nil {
		t.Fatal(err)
	}
	row := h.memory.tokens[p.ID]
	if bytes.Contains(row.Access, []byte("access-1")) || bytes.Contains(row.Refresh, []byte("refresh-1")) {
		t.Error("a raw token is stored")
	}
}

func TestARefusalIsCalmAndCallsNobody(t *testing.T) {
	t.Parallel()
	tests := map[string]fault.Kind{
		"access_denied":             fault.Forbidden,
		"server_error":              fault.Unavailable,
		"temporarily_unavailable":   fault.Unavailable,
		"unsupported_response_type": fault.Invalid,
	}
	for code, want := range tests {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			address, cookie, err := h.login.Begin(t.Context(), "/c")
			if err != nil {
				t.Fatal(err)
			}
			query := h.stub.consent(address)
			query.Del("code")
			query.Set("error", code)
			_, returnTo, err := h.login.Finish(t.Context(), cookie, query)
			wantKind(t, err, want)
			if returnTo != "/c" || h.stub.count() != 0 {
				t.Errorf("return to %q after %d calls", returnTo, h.stub.count())
			}
			if strings.Contains(fault.MessageOf(err), code) {
				t.Errorf("%q is not in the person's words", fault.MessageOf(err))
			}
		})
	}
}

func TestTroubleDuringALoginKeepsNothing(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	tests := []struct {
		name string
		bend func(h *house)
		want fault.Kind
	}{
		{"accounts service down", func(h *house) { h.stub.answerWith(status(502, "")) }, fault.Unavailable},
		{"too many logins", func(h *house) { h.stub.answerWith(status(429, "3")) }, fault.RateLimited},
		{"not on the allow-list", func(h *house) {
			h.login.o.Profile = func(context.Context, string) (Account, error) {
				return Account{}, fault.New(fault.Forbidden, "You are not on the list.", nil)
			}
		}, fault.Forbidden},
		{"a profile of nobody", func(h *house) { h.account = Account{} }, fault.Unavailable},
		{"no refresh token", func(h *house) {
			h.stub.answerWith(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{"access_token":"a","token_type":"Bearer","expires_in":3600}`))
			}))
		}, fault.Unavailable},
		{"store fails", func(h *house) {
			h.memory.fail = func(method string) error {
				if method == "SavePerson" {
					return broken
				}
				return nil
			}
		}, fault.Internal},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			address, cookie, err := h.login.Begin(t.Context(), "/c")
			if err != nil {
				t.Fatal(err)
			}
			tt.bend(h)
			_, returnTo, err := h.login.Finish(t.Context(), cookie, h.stub.consent(address))
			wantKind(t, err, tt.want)
			if returnTo != "/c" {
				t.Errorf("return to %q", returnTo)
			}
			if len(h.memory.people) != 0 || len(h.memory.tokens) != 0 {
				t.Error("something was kept")
			}
		})
	}
}

func TestLoggingInAgainIsTheSamePerson(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		first, second Account
		same          bool
	}{
		{"same account under a new name", Account{ID: "ada", AccountID: "1"}, Account{ID: "ada2", AccountID: "1"}, true},
		{"account id came later", Account{ID: "ada"}, Account{ID: "ada", AccountID: "1"}, true},
		{"account id is missing once", Account{ID: "ada", AccountID: "1"}, Account{ID: "ada"}, true},
		{"user id went to another account", Account{ID: "ada", AccountID: "1"}, Account{ID: "ada", AccountID: "2"}, false},
		{"somebody else", Account{ID: "ada"}, Account{ID: "ben"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.account = tt.first
			first := h.logIn()
			h.account = tt.second
			second := h.logIn()
			if (first.ID == second.ID) != tt.same {
				t.Errorf("%+v and %+v", first, second)
			}
		})
	}
}

func TestSec12_ALoginLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	address, cookie, err := h.login.Begin(t.Context(), "//evil.example")
	if err != nil {
		t.Fatal(err)
	}
	_, returnTo, err := h.login.Finish(t.Context(), cookie, h.stub.consent(address))
	if err != nil || returnTo != "/" {
		t.Fatalf("%q, %v", returnTo, err)
	}
}

func TestSec04_TheLoginCookieGolden(t *testing.T) {
	t.Parallel()
	tests := []struct {
		value  string
		secure bool
		want   string
	}{
		{"v", true, "__Host-oauth=v; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax"},
		{"v", false, "oauth=v; Path=/; Max-Age=600; HttpOnly; SameSite=Lax"},
		{"", true, "__Host-oauth=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"},
	}
	for _, tt := range tests {
		if got := LoginCookie(tt.value, tt.secure).String(); got != tt.want {
			t.Errorf("%s, want %s", got, tt.want)
		}
	}
}

func TestExpiredLoginsAreSwept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for range 3 {
		if _, _, err := h.login.Begin(t.Context(), "/"); err != nil {
			t.Fatal(err)
		}
		h.clock.Add(LoginTTL - time.Minute)
	}
	if n := len(h.memory.logins); n != 2 {
		t.Errorf("%d logins are kept, want 2", n)
	}
}
