package auth

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"segue/internal/fault"
	"segue/internal/guard"
)

// AccountsURL is Spotify's accounts service.
const AccountsURL = "https://accounts.spotify.com"

// accountsTimeout bounds one call of the accounts service.
const accountsTimeout = 15 * time.Second

// defaultLifetime of an access token whose answer does not tell one.
const defaultLifetime = time.Hour

// Scopes returns what is asked of Spotify, all of it and no more.
func Scopes() []string {
	return []string{
		"playlist-read-private",
		"playlist-read-collaborative",
		"playlist-modify-private",
		"playlist-modify-public",
	}
}

// AccountsOptions say how to reach the accounts service.
type AccountsOptions struct {
	URL          string // base URL; "" = AccountsURL
	ClientID     string
	ClientSecret Secret // "" = a public client: PKCE alone
	RedirectURI  string // exactly as registered; https, or http on 127.0.0.1 or [::1]
	HTTP         *http.Client
	Now          func() time.Time // nil = time.Now

	Gate    *guard.Gate    // shut by a 429; nil = one of this client alone
	Breaker *guard.Breaker // nil = none
}

// Accounts is a client of Spotify's accounts service: it makes authorize
// addresses and trades codes and refresh tokens for access tokens.
type Accounts struct {
	config  oauth2.Config
	http    *http.Client
	now     func() time.Time
	gate    *guard.Gate
	breaker *guard.Breaker
}

// grant is an answer of the token endpoint. Refresh is empty when none came.
type grant struct {
	access, refresh Secret
	expires         time.Time
}

// NewAccounts checks the options; its faults are sentences for the operator.
func NewAccounts(o AccountsOptions) (*Accounts, error) {
	if o.ClientID == "" {
		return nil, fault.New(fault.Invalid, "There is no Spotify client id.", nil)
	}
	if err := checkRedirect(o.RedirectURI); err != nil {
		return nil, err
	}
	base := strings.TrimSuffix(o.URL, "/")
	if base == "" {
		base = AccountsURL
	}
	style := oauth2.AuthStyleInParams
	if o.ClientSecret != "" {
		style = oauth2.AuthStyleInHeader
	}
	a := &Accounts{
		config: oauth2.Config{
			ClientID:     o.ClientID,
			ClientSecret: o.ClientSecret.Reveal(),
			RedirectURL:  o.RedirectURI,
			Scopes:       Scopes(),
			Endpoint: oauth2.Endpoint{
				AuthURL:   base + "/authorize",
				TokenURL:  base + "/api/token",
				AuthStyle: style, // trying both styles would double every failing call
			},
		},
		http: noRedirects(o.HTTP),
		now:  o.Now,
		gate: o.Gate, breaker: o.Breaker,
	}
	if a.now == nil {
		a.now = time.Now
	}
	if a.gate == nil {
		a.gate = guard.NewGate(guard.GateOptions{Now: a.now})
	}
	return a, nil
}

// checkRedirect applies Spotify's rule. The name localhost is refused there, and
// its cookies would not be those of 127.0.0.1.
func checkRedirect(uri string) error {
	u, err := url.Parse(uri)
	if err != nil || u.Host == "" || u.Fragment != "" {
		return fault.New(fault.Invalid, "The redirect URI is not a full address.", err)
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "https" || u.Scheme == "http" && ip != nil && ip.IsLoopback() {
		return nil
	}
	return fault.New(fault.Invalid, fmt.Sprintf("The redirect URI %s will not do: Spotify takes https, "+
		"or http on 127.0.0.1 or [::1], and never the name localhost.", uri), nil)
}

// noRedirects copies the client so that a code or secret is never posted again elsewhere.
func noRedirects(c *http.Client) *http.Client {
	own := http.Client{}
	if c != nil {
		own = *c
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

func (a *Accounts) authorizeURL(state, verifier string) string {
	return a.config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier))
}

// exchange trades a code for tokens and checks that all scopes were granted.
func (a *Accounts) exchange(ctx context.Context, code, verifier string) (grant, error) {
	token, err := a.ask(ctx, func(ctx context.Context) (*oauth2.Token, error) {
		return a.config.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	})
	if fault.KindOf(err) == fault.Unauthorised {
		return grant{}, fault.New(fault.Invalid, loginStale, err) // a used or old code: nobody is logged in yet
	}
	if err != nil {
		return grant{}, err
	}
	if missing := missingScopes(token); len(missing) > 0 {
		return grant{}, fault.New(fault.Forbidden, "Spotify did not allow everything that is needed to work on playlists. "+
			"Please log in again and agree to all of it.", fmt.Errorf("scopes not granted: %v", missing))
	}
	if token.RefreshToken == "" {
		return grant{}, fault.New(fault.Unavailable, spotifyAway, errors.New("answer without a refresh token"))
	}
	return a.grant(token), nil
}

// refresh trades a refresh token for a new access token. A fault Unauthorised
// means that the refresh token is dead.
func (a *Accounts) refresh(ctx context.Context, refreshToken Secret) (grant, error) {
	token, err := a.ask(ctx, func(ctx context.Context) (*oauth2.Token, error) {
		return a.config.TokenSource(ctx, &oauth2.Token{RefreshToken: refreshToken.Reveal()}).Token()
	})
	if err != nil {
		return grant{}, err
	}
	return a.grant(token), nil
}

// ask makes one call of the token endpoint, unless a pause or an outage forbids
// it: with our HTTP client, within a time limit, and its failure as a fault.
func (a *Accounts) ask(ctx context.Context, call func(context.Context) (*oauth2.Token, error)) (token *oauth2.Token, err error) {
	if err = a.gate.Pass(ctx); err != nil {
		return nil, err
	}
	err = a.breaker.Do(func() error {
		ctx, cancel := context.WithTimeout(context.WithValue(ctx, oauth2.HTTPClient, a.http), accountsTimeout)
		defer cancel()
		token, err = call(ctx)
		return a.tokenFault(err)
	})
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.RateLimited {
		a.gate.Shut(ctx, f.RetryAfter, f.Message)
	}
	return token, err
}

func (a *Accounts) grant(t *oauth2.Token) grant {
	lifetime := time.Duration(t.ExpiresIn) * time.Second
	if lifetime <= 0 {
		lifetime = defaultLifetime
	}
	return grant{access: Secret(t.AccessToken), refresh: Secret(t.RefreshToken), expires: a.now().Add(lifetime)}
}

// missingScopes lists what was asked for and not granted. An answer without a
// scope grants what was asked for (RFC 6749, 5.1).
func missingScopes(t *oauth2.Token) []string {
	answer, _ := t.Extra("scope").(string)
	granted := strings.Fields(answer)
	if len(granted) == 0 {
		return nil
	}
	return slices.DeleteFunc(Scopes(), func(s string) bool { return slices.Contains(granted, s) })
}

// Sentences for the person.
const (
	spotifyAway = "Spotify's login service is not answering right now."
	loginAgain  = "Spotify needs you to log in again. Nothing was lost."
	loginStale  = "This login has expired or was already used. Please log in again."
)

// tokenFault classifies a failed token call; nil stays nil. It takes only the
// status and the error code into the fault: a body may hold anything.
func (a *Accounts) tokenFault(err error) error {
	if err == nil {
		return nil
	}
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok || refused.Response == nil {
		return fault.New(fault.Unavailable, spotifyAway, err)
	}
	status := refused.Response.StatusCode
	cause := fmt.Errorf("token endpoint answered %d %q", status, refused.ErrorCode)
	switch {
	case status == http.StatusTooManyRequests:
		f := guard.Held(guard.Pause(refused.Response.Header, a.now()), "Spotify asks us to slow down.")
		f.Err = cause
		return f
	case refused.ErrorCode == "invalid_grant" && status < 500:
		return fault.New(fault.Unauthorised, loginAgain, cause)
	case status >= 400 && status < 500:
		return fault.New(fault.Internal, "Spotify does not accept this application's settings. Whoever runs it has to look at them.", cause)
	default:
		return fault.New(fault.Unavailable, spotifyAway, cause)
	}
}
