package emulator

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

const (
	callback = "http://127.0.0.1:8080/auth/callback"
	verifier = "a-verifier-that-is-at-least-forty-three-characters-long"
)

// ask is the query of a usual /authorize.
func ask(change ...string) url.Values {
	sum := sha256.Sum256([]byte(verifier))
	q := url.Values{
		"client_id": {"segue"}, "response_type": {"code"}, "redirect_uri": {callback}, "state": {"s&1"},
		"scope":          {scopeReadPrivate + " " + scopeModifyPrivate},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"},
	}
	for i := 0; i < len(change); i += 2 {
		if q.Set(change[i], change[i+1]); change[i+1] == "" {
			q.Del(change[i])
		}
	}
	return q
}

// form posts fields without following redirects.
func (s *station) form(t *testing.T, path string, q url.Values, cookies http.CookieJar) reply {
	t.Helper()
	return s.browse(t, http.MethodPost, path, q, cookies)
}

func (s *station) browse(t *testing.T, method, path string, q url.Values, cookies http.CookieJar) reply {
	t.Helper()
	content := q.Encode()
	if method == http.MethodGet {
		path, content = path+"?"+content, ""
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if content != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	client := http.Client{Jar: cookies, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text := new(strings.Builder)
	if err := res.Write(text); err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(text.String(), "\r\n\r\n")
	return reply{res.StatusCode, res.Header, []byte(after)}
}

// back returns what came back to the redirect URI.
func back(t *testing.T, got reply) url.Values {
	t.Helper()
	u, err := url.Parse(got.header.Get("Location"))
	if err != nil || got.status != http.StatusFound || !strings.HasPrefix(u.String(), callback) {
		t.Fatalf("status %d, location %q, %s", got.status, got.header.Get("Location"), got.body)
	}
	return u.Query()
}

// code goes through the consent page as the listener.
func (s *station) code(t *testing.T, q url.Values, listener string) string { //nolint:unparam // tests of several listeners read better
	t.Helper()
	q.Set("listener", listener)
	return back(t, s.form(t, "/authorize", q, nil)).Get("code")
}

func redeem(code string, change ...string) url.Values {
	q := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {callback}, "client_id": {"segue"}, "code_verifier": {verifier},
	}
	for i := 0; i < len(change); i += 2 {
		q.Set(change[i], change[i+1])
	}
	return q
}

func (s *station) tokens(t *testing.T, q url.Values, status int) map[string]string {
	t.Helper()
	got := s.form(t, "/api/token", q, nil)
	if got.status != status {
		t.Fatalf("token: status %d, want %d: %s", got.status, status, got.body)
	}
	out := map[string]string{}
	for _, key := range []string{"access_token", "refresh_token", "scope", "token_type", "error", "error_description"} {
		if _, rest, ok := strings.Cut(string(got.body), `"`+key+`":"`); ok {
			out[key], _, _ = strings.Cut(rest, `"`)
		}
	}
	return out
}

func TestLoginFromConsentToRefresh(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	page := s.browse(t, http.MethodGet, "/authorize", ask(), nil)
	for _, want := range []string{`data-testid="listener-ada_emu"`, `data-testid="listener-ben_emu"`, `data-testid="cancel"`, `name="code_challenge"`, `value="s&amp;1"`, "This page is not Spotify"} {
		if !strings.Contains(string(page.body), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if strings.Contains(string(page.body), "<script") || strings.Contains(string(page.body), "style=") {
		t.Error("the page has a script or an inline style")
	}
	if csp := page.header.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self' http://127.0.0.1:8080") {
		t.Errorf("CSP %q would stop the form", csp)
	}
	q := ask()
	q.Set("listener", "ben_emu")
	came := back(t, s.form(t, "/authorize", q, nil))
	if came.Get("state") != "s&1" {
		t.Errorf("state %q", came.Get("state"))
	}
	got := s.tokens(t, redeem(came.Get("code")), 200)
	equal(t, "scope and type", []string{got["scope"], got["token_type"]}, []string{scopeReadPrivate + " " + scopeModifyPrivate, "Bearer"})
	ben := &station{s.Emulator, s.url, got["access_token"]}
	equal(t, "who it is", at[string](t, ben.get(t, "/v1/me"), "id"), "ben_emu")
	again := s.tokens(t, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {got["refresh_token"]}, "client_id": {"segue"}}, 200)
	if again["refresh_token"] != "" || again["access_token"] == got["access_token"] {
		t.Errorf("refresh answered %v", again)
	}
	(&station{s.Emulator, s.url, again["access_token"]}).get(t, "/v1/me")
}

func TestRefusalsAtAuthorize(t *testing.T) {
	t.Parallel()
	s := start(t, Options{ClientID: "segue"})
	for name, c := range map[string]struct{ key, value, page string }{
		"other client":       {"client_id", "other", "INVALID_CLIENT: Invalid client"},
		"no client":          {"client_id", "", "INVALID_CLIENT: Invalid client"},
		"localhost":          {"redirect_uri", "http://localhost:8080/auth/callback", "INVALID_CLIENT: Insecure redirect URI"},
		"plain http":         {"redirect_uri", "http://segue.example/auth/callback", "INVALID_CLIENT: Insecure redirect URI"},
		"not registered":     {"redirect_uri", "https://segue.example/auth/callback", "INVALID_CLIENT: Invalid redirect URI"},
		"no redirect":        {"redirect_uri", "", "INVALID_CLIENT: Invalid redirect URI"},
		"unknown kind":       {"response_type", "x", "response_type must be code"},
		"user info in front": {"redirect_uri", "http://127.0.0.1@evil.example/", "INVALID_CLIENT: Insecure redirect URI"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				got := s.browse(t, method, "/authorize", ask(c.key, c.value), nil)
				if got.status != 400 || !strings.Contains(string(got.body), c.page) || got.header.Get("Location") != "" {
					t.Errorf("%s: %d %s", method, got.status, got.body)
				}
			}
		})
	}
	for name, c := range map[string]struct{ key, value, code string }{
		"plain challenge": {"code_challenge_method", "plain", "invalid_request"},
		"short challenge": {"code_challenge", "abc", "invalid_request"},
		"unknown scope":   {"scope", "everything", "invalid_scope"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			came := back(t, s.browse(t, http.MethodGet, "/authorize", ask(c.key, c.value), nil))
			equal(t, "error and state", []string{came.Get("error"), came.Get("state")}, []string{c.code, "s&1"})
		})
	}
	implicit := s.browse(t, http.MethodGet, "/authorize", ask("response_type", "token"), nil)
	if l := implicit.header.Get("Location"); !strings.HasPrefix(l, callback+"#error=unsupported_response_type") {
		t.Errorf("implicit grant: %q", l)
	}
	cancel := ask()
	cancel.Set("listener", "")
	came := back(t, s.form(t, "/authorize", cancel, nil))
	equal(t, "cancelled", []string{came.Get("error"), came.Get("state"), came.Get("code")}, []string{"access_denied", "s&1", ""})
}

func TestRedirectURIsAreExact(t *testing.T) {
	t.Parallel()
	s := start(t, Options{RedirectURIs: []string{"http://127.0.0.1:8080/a", "http://[::1]/b", "https://segue.example/c"}})
	for uri, ok := range map[string]bool{
		"http://127.0.0.1:8080/a": true, "http://127.0.0.1:8081/a": false, "http://127.0.0.1:8080/a/": false, "http://127.0.0.1:8080/a?x=1": false,
		"http://[::1]:9999/b": true, "http://[::1]:9999/a": false, "http://127.0.0.1:9999/b": false,
		"https://segue.example/c": true, "https://segue.example:444/c": false, "http://localhost:8080/a": false,
	} {
		if why := s.checkRedirect(uri); (why == "") != ok {
			t.Errorf("%s: %q", uri, why)
		}
	}
}

func TestCodesWorkOnceAndForTheirOwner(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	for name, c := range map[string]struct {
		change      []string
		wait        time.Duration
		err, detail string
	}{
		"wrong verifier":   {[]string{"code_verifier", "wrong"}, 0, "invalid_grant", "code_verifier was incorrect"},
		"no verifier":      {[]string{"code_verifier", ""}, 0, "invalid_grant", "code_verifier was incorrect"},
		"another redirect": {[]string{"redirect_uri", callback + "/"}, 0, "invalid_grant", "Invalid redirect URI"},
		"another client":   {[]string{"client_id", "other"}, 0, "invalid_grant", "Invalid authorization code"},
		"made up":          {[]string{"code", "x"}, 0, "invalid_grant", "Invalid authorization code"},
		"another type":     {[]string{"grant_type", "password"}, 0, "unsupported_grant_type", "grant_type must be authorization_code or refresh_token"},
		"no client":        {[]string{"client_id", ""}, 0, "invalid_client", "Invalid client"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := s.tokens(t, redeem(s.code(t, ask(), "ada_emu"), c.change...), 400)
			equal(t, "error", []string{got["error"], got["error_description"]}, []string{c.err, c.detail})
		})
	}
	code := s.code(t, ask(), "ada_emu")
	s.tokens(t, redeem(code), 200)
	equal(t, "second use", s.tokens(t, redeem(code), 400)["error_description"], "Invalid authorization code")
	plain := s.code(t, ask("code_challenge", "", "code_challenge_method", ""), "ada_emu")
	equal(t, "neither challenge nor secret", s.tokens(t, redeem(plain), 400)["error"], "invalid_client")
}

func TestCodesExpire(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	code := s.code(t, ask(), "ada_emu")
	s.Advance(11 * time.Minute)
	equal(t, "after 11 minutes", s.tokens(t, redeem(code), 400)["error_description"], "Authorization code expired")
}

func TestClientSecretsAreChecked(t *testing.T) {
	t.Parallel()
	s := start(t, Options{ClientID: "segue", ClientSecret: "quiet"})
	code := s.code(t, ask("code_challenge", "", "code_challenge_method", ""), "ada_emu")
	equal(t, "wrong secret", s.tokens(t, redeem(code, "client_secret", "loud"), 400)["error"], "invalid_client")
	s.tokens(t, redeem(code, "client_secret", "quiet"), 200)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/api/token",
		strings.NewReader(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"AQC-none"}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth("segue", "quiet")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusBadRequest {
		t.Errorf("status %d", res.StatusCode)
	}
}

func TestGrantsEnd(t *testing.T) {
	t.Parallel()
	refresh := func(_ *station, token string) url.Values {
		return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}, "client_id": {"segue"}}
	}
	t.Run("six months after consent", func(t *testing.T) {
		t.Parallel()
		s := start(t, Options{})
		_, token := s.Grant("ada_emu")
		s.Advance(180 * 24 * time.Hour)
		s.tokens(t, refresh(s, token), 200)
		s.Advance(5 * 24 * time.Hour)
		equal(t, "error", s.tokens(t, refresh(s, token), 400)["error"], "invalid_grant")
	})
	t.Run("when revoked", func(t *testing.T) {
		t.Parallel()
		s := start(t, Options{})
		_, token := s.Grant("ada_emu")
		if err := s.Revoke("ada_emu"); err != nil {
			t.Fatal(err)
		}
		got := s.tokens(t, refresh(s, token), 400)
		equal(t, "error", []string{got["error"], got["error_description"]}, []string{"invalid_grant", "Refresh token revoked"})
		s.fails(t, http.MethodGet, "/v1/me", "", 401, "Invalid access token")
	})
	t.Run("when only access expires, refresh works", func(t *testing.T) {
		t.Parallel()
		s := start(t, Options{})
		_, token := s.Grant("ada_emu")
		if err := s.Expire("ada_emu"); err != nil {
			t.Fatal(err)
		}
		s.fails(t, http.MethodGet, "/v1/me", "", 401, "The access token expired")
		s.tokens(t, refresh(s, token), 200)
	})
	t.Run("with each refresh when tokens rotate", func(t *testing.T) {
		t.Parallel()
		s := start(t, Options{})
		_, token := s.Grant("ada_emu")
		if err := s.Set(func(k *Knobs) { k.Rotate = true }); err != nil {
			t.Fatal(err)
		}
		next := s.tokens(t, refresh(s, token), 200)["refresh_token"]
		equal(t, "the old one", s.tokens(t, refresh(s, token), 400)["error_description"], "Refresh token revoked")
		s.tokens(t, refresh(s, next), 200)
	})
	t.Run("and what was never a token", func(t *testing.T) {
		t.Parallel()
		s := start(t, Options{})
		equal(t, "error", s.tokens(t, refresh(s, "x"), 400)["error_description"], "Invalid refresh token")
	})
}

func TestRememberedListenersAreNotAskedAgain(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	q := ask()
	q.Set("listener", "ada_emu")
	q.Set("remember", "1")
	s.tokens(t, redeem(back(t, s.form(t, "/authorize", q, jar)).Get("code")), 200)
	if back(t, s.browse(t, http.MethodGet, "/authorize", ask(), jar)).Get("code") == "" {
		t.Error("no code at once")
	}
	for name, q := range map[string]url.Values{
		"show_dialog": ask("show_dialog", "true"),
		"more scopes": ask("scope", scopeReadPrivate+" "+scopeModifyPublic),
	} {
		if got := s.browse(t, http.MethodGet, "/authorize", q, jar); got.status != 200 {
			t.Errorf("%s: status %d, want the page", name, got.status)
		}
	}
	if got := s.browse(t, http.MethodGet, "/authorize", ask(), nil); got.status != 200 {
		t.Errorf("another browser: status %d, want the page", got.status)
	}
}

func TestGrantOfAStrangerIsEmpty(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	if access, refresh := s.Grant("nobody"); access != "" || refresh != "" {
		t.Errorf("got %q, %q", access, refresh)
	}
}
