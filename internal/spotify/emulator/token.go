package emulator

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// tokenAnswer is the success of POST /api/token.
type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	TokenType    string `json:"token_type"`
	ExpiresIn    int    `json:"expires_in"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope"`
}

// tokenError is its failure.
type tokenError struct {
	Status      int    `json:"-"`
	Code        string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

func invalidGrant(description string) *tokenError {
	return &tokenError{http.StatusBadRequest, "invalid_grant", description}
}

// token answers POST /api/token.
func (e *Emulator) token(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	out, failure := e.exchange(r)
	if err := e.persist(); err != nil {
		e.logger.Error("emulator state not written", "error", err)
		failure = &tokenError{http.StatusInternalServerError, "server_error", ""}
	}
	if failure != nil {
		writeJSON(w, failure.Status, failure)
		return
	}
	writeJSON(w, http.StatusOK, out)
}

func (e *Emulator) exchange(r *http.Request) (*tokenAnswer, *tokenError) {
	if err := r.ParseForm(); err != nil {
		return nil, &tokenError{http.StatusBadRequest, "invalid_request", "The body could not be read"}
	}
	client, proven, ok := e.client(r)
	if !ok {
		return nil, &tokenError{http.StatusBadRequest, "invalid_client", "Invalid client"}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	switch r.PostForm.Get("grant_type") {
	case "authorization_code":
		return e.redeem(r.PostForm, client, proven)
	case "refresh_token":
		return e.renew(r.PostForm, client)
	default:
		return nil, &tokenError{http.StatusBadRequest, "unsupported_grant_type", "grant_type must be authorization_code or refresh_token"}
	}
}

// client reads who asks, from the Basic header or the body, and whether a secret proved it.
func (e *Emulator) client(r *http.Request) (id string, proven, ok bool) {
	id, password, basic := r.BasicAuth()
	if basic { // both halves are form-encoded, RFC 6749 section 2.3.1
		id, password = unescape(id), unescape(password)
	} else {
		id, password = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	if id == "" || e.opts.ClientID != "" && id != e.opts.ClientID {
		return id, false, false
	}
	if password == "" {
		return id, false, true
	}
	right := e.opts.ClientSecret == "" || subtle.ConstantTimeCompare([]byte(password), []byte(e.opts.ClientSecret)) == 1
	return id, right, right
}

func unescape(s string) string {
	if text, err := url.QueryUnescape(s); err == nil {
		return text
	}
	return s
}

// redeem turns a code into tokens; whatever comes of it, the code is used up. The caller holds the lock.
func (e *Emulator) redeem(form url.Values, client string, proven bool) (*tokenAnswer, *tokenError) {
	now := e.clock.Now()
	c, ok := e.world.Codes[form.Get("code")]
	if !ok || c.Client != client {
		return nil, invalidGrant("Invalid authorization code")
	}
	delete(e.world.Codes, form.Get("code"))
	e.world.Version++
	switch {
	case now.After(c.Expires):
		return nil, invalidGrant("Authorization code expired")
	case c.Redirect != form.Get("redirect_uri"):
		return nil, invalidGrant("Invalid redirect URI")
	case c.Challenge != "" && !proves(form.Get("code_verifier"), c.Challenge):
		return nil, invalidGrant("code_verifier was incorrect")
	case c.Challenge == "" && !proven:
		return nil, &tokenError{http.StatusBadRequest, "invalid_client", "Invalid client secret"}
	}
	g := e.world.consent(c.Person, client, c.Scopes, now)
	return &tokenAnswer{e.world.issue(g, now), "Bearer", int(accessLife.Seconds()), g.Refresh, strings.Join(g.Scopes, " ")}, nil
}

// renew turns a refresh token into an access token. The caller holds the lock.
func (e *Emulator) renew(form url.Values, client string) (*tokenAnswer, *tokenError) {
	now, refresh := e.clock.Now(), form.Get("refresh_token")
	at := slices.IndexFunc(e.world.Grants, func(g *grant) bool { return g.Refresh == refresh || slices.Contains(g.Past, refresh) })
	if at < 0 || refresh == "" || e.world.Grants[at].Client != "" && e.world.Grants[at].Client != client {
		return nil, invalidGrant("Invalid refresh token")
	}
	g := e.world.Grants[at]
	switch {
	case g.Revoked || g.Refresh != refresh:
		return nil, invalidGrant("Refresh token revoked")
	case g.expired(now):
		return nil, invalidGrant("Refresh token expired")
	}
	out := &tokenAnswer{AccessToken: e.world.issue(g, now), TokenType: "Bearer", ExpiresIn: int(accessLife.Seconds()), Scope: strings.Join(g.Scopes, " ")}
	if e.knobs.Rotate {
		g.Past, g.Refresh = append(g.Past, g.Refresh), secret("AQC-emu-")
		out.RefreshToken = g.Refresh
	}
	e.world.Version++
	return out, nil
}
