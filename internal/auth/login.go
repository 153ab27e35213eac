package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"

	"segue/internal/fault"
)

// LoginTTL is how long a person may take on Spotify's consent page.
const LoginTTL = 10 * time.Minute

// Account is who Spotify says an access token belongs to.
type Account struct {
	ID        string // Spotify's user id
	AccountID string // immutable account id; "" where Spotify does not send it
	Name      string
	Image     string // URL; "" when there is none
}

// loginStore is what a login needs kept.
type loginStore interface {
	LoginStore
	SavePerson(ctx context.Context, p Person) (Person, error)
}

// LoginOptions are the parts of a Login; all are required.
type LoginOptions struct {
	Accounts *Accounts
	Keys     *KeyRing
	Vault    *Vault
	Store    loginStore
	Profile  func(ctx context.Context, accessToken string) (Account, error) // asks Spotify's /me
}

// Login leads a person to Spotify's consent page and back: authorization code
// with PKCE S256, and a state that works once, for ten minutes, in the same browser.
type Login struct{ o LoginOptions }

// NewLogin returns a login; it uses the clock of its Accounts.
func NewLogin(o LoginOptions) *Login { return &Login{o: o} }

// Begin returns the address to redirect the browser to, and the value of the
// cookie (see LoginCookie) that Finish will want back. returnTo is where to go
// afterwards; anything but a path of this site becomes "/".
func (l *Login) Begin(ctx context.Context, returnTo string) (authorizeURL, cookie string, err error) {
	now := l.o.Accounts.now()
	if err := l.o.Store.DeleteExpired(ctx, now); err != nil { // here, because it needs no clock of its own
		return "", "", fmt.Errorf("clear expired logins: %w", err)
	}
	state, cookie, verifier := randomID(), randomID(), oauth2.GenerateVerifier()
	sealed, err := l.o.Keys.Seal(loginsTable, []byte(verifier), verifierPlace(state))
	if err != nil {
		return "", "", err
	}
	pending := PendingLogin{
		StateHash:  hashID(state),
		CookieHash: hashID(cookie),
		Verifier:   sealed,
		ReturnTo:   ReturnTo(returnTo),
		ExpiresAt:  now.Add(LoginTTL),
	}
	if err := l.o.Store.AddLogin(ctx, pending); err != nil {
		return "", "", fmt.Errorf("store login: %w", err)
	}
	return l.o.Accounts.authorizeURL(state, verifier), cookie, nil
}

// Finish takes the query of Spotify's redirect back and the login cookie, and
// returns who logged in and where to go. The faults: Invalid for a state that is
// missing, unknown, foreign, used or late (Spotify is not called then); Forbidden
// when the person declined or Spotify did not grant everything; Unavailable or
// RateLimited when Spotify could not answer. returnTo is a path of this site even with an error.
func (l *Login) Finish(ctx context.Context, cookie string, query url.Values) (p Person, returnTo string, err error) {
	pending, err := l.take(ctx, cookie, query.Get("state"))
	if err != nil {
		return Person{}, "/", err
	}
	returnTo = pending.ReturnTo
	if err := refusal(query); err != nil {
		return Person{}, returnTo, err
	}
	verifier, err := l.o.Keys.Open(loginsTable, pending.Verifier, verifierPlace(query.Get("state")))
	if err != nil {
		return Person{}, returnTo, fault.New(fault.Invalid, loginStale, err)
	}
	g, err := l.o.Accounts.exchange(ctx, query.Get("code"), string(verifier))
	if err != nil {
		return Person{}, returnTo, fmt.Errorf("trade code for tokens: %w", err)
	}
	p, err = l.admit(ctx, g)
	return p, returnTo, err
}

// take uses up the pending login of a state and cookie.
func (l *Login) take(ctx context.Context, cookie, state string) (PendingLogin, error) {
	if cookie == "" || state == "" {
		return PendingLogin{}, fault.New(fault.Invalid, "This login did not start in this browser. Please log in again.", nil)
	}
	pending, err := l.o.Store.TakeLogin(ctx, hashID(state), hashID(cookie))
	if fault.KindOf(err) == fault.NotFound {
		return PendingLogin{}, fault.New(fault.Invalid, loginStale, err)
	}
	if err != nil {
		return PendingLogin{}, fmt.Errorf("take login: %w", err)
	}
	if !l.o.Accounts.now().Before(pending.ExpiresAt) {
		return PendingLogin{}, fault.New(fault.Invalid, loginStale, errors.New("login expired"))
	}
	return pending, nil
}

// refusal is what a redirect without a code says.
func refusal(query url.Values) error {
	switch code := query.Get("error"); code {
	case "":
	case "access_denied":
		return fault.New(fault.Forbidden, "You chose not to connect Spotify. Nothing was changed, and you can log in whenever you like.", nil)
	case "server_error", "temporarily_unavailable":
		return fault.New(fault.Unavailable, spotifyAway, fmt.Errorf("authorize answered %q", code))
	default:
		return fault.New(fault.Invalid, "Spotify could not log you in. Please try again.", fmt.Errorf("authorize answered %.100q", code))
	}
	if query.Get("code") == "" {
		return fault.New(fault.Invalid, loginStale, errors.New("redirect without a code"))
	}
	return nil
}

// admit finds out whose tokens these are and keeps both.
func (l *Login) admit(ctx context.Context, g grant) (Person, error) {
	account, err := l.o.Profile(ctx, g.access.Reveal())
	if err != nil {
		return Person{}, fmt.Errorf("read profile: %w", err)
	}
	if account.ID == "" {
		return Person{}, fault.New(fault.Unavailable, spotifyAway, errors.New("profile without an id"))
	}
	p, err := l.o.Store.SavePerson(ctx, Person{
		ID:        rand.Text(),
		SpotifyID: account.ID,
		AccountID: account.AccountID,
		Name:      account.Name,
		Image:     account.Image,
		CreatedAt: l.o.Accounts.now(),
	})
	if err != nil {
		return Person{}, fmt.Errorf("store person: %w", err)
	}
	if err := l.o.Vault.save(ctx, p.ID, g); err != nil {
		return Person{}, fmt.Errorf("store tokens: %w", err)
	}
	p.NeedsReauth = false
	return p, nil
}

const loginsTable = "logins"

func verifierPlace(state string) []byte {
	return place(loginsTable, "verifier", string(hashID(state)))
}

// LoginCookie returns the cookie that binds a login to its browser: "__Host-oauth"
// over https, "oauth" over http on loopback. An empty value takes it back.
func LoginCookie(value string, secure bool) *http.Cookie {
	c := &http.Cookie{ //nolint:gosec // not Secure on plain http only, where a Secure cookie would be dropped
		Name:     cookieName("oauth", secure),
		Value:    value,
		Path:     "/",
		MaxAge:   int(LoginTTL.Seconds()),
		Secure:   secure,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode, // Strict would not come back with Spotify's redirect
	}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// cookieName adds the prefix by which browsers refuse the cookie from a subdomain or without TLS.
func cookieName(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}
