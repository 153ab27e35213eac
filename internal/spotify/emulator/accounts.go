package emulator

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

func (e *Emulator) accountRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET /authorize", e.authorize)
	mux.HandleFunc("POST /authorize", e.decide)
	mux.HandleFunc("POST /api/token", e.token)
}

// demand is what a client asks for at /authorize.
type demand struct {
	client, redirect, state, challenge string
	scopes                             []string
	fresh                              bool // show_dialog: ask even when it was granted before
}

// refusal is why a demand cannot be met. Before the redirect URI is proven
// good, it is shown as a page; after that it goes back to the client.
type refusal struct{ page, code, description string }

// demandOf reads and checks the query of /authorize, in Spotify's order.
func (e *Emulator) demandOf(q url.Values) (demand, refusal) {
	d := demand{
		client: q.Get("client_id"), redirect: q.Get("redirect_uri"), state: q.Get("state"), challenge: q.Get("code_challenge"),
		scopes: strings.Fields(q.Get("scope")), fresh: q.Get("show_dialog") == "true",
	}
	if d.client == "" || e.opts.ClientID != "" && d.client != e.opts.ClientID {
		return d, refusal{page: "INVALID_CLIENT: Invalid client"}
	}
	if why := e.checkRedirect(d.redirect); why != "" {
		return d, refusal{page: why}
	}
	method := q.Get("code_challenge_method")
	switch {
	case q.Get("response_type") == "token":
		return d, refusal{code: "unsupported_response_type"}
	case q.Get("response_type") != "code":
		return d, refusal{page: "response_type must be code"}
	case d.challenge != "" && method != "S256":
		return d, refusal{code: "invalid_request", description: "code_challenge_method must be S256"}
	case d.challenge == "" && method != "":
		return d, refusal{code: "invalid_request", description: "code_challenge required"}
	case d.challenge != "" && len(d.challenge) != 43:
		return d, refusal{code: "invalid_request", description: "code_challenge must be 43 characters"}
	}
	for _, s := range d.scopes {
		if !slices.Contains(knownScopes(), s) {
			return d, refusal{code: "invalid_scope", description: "Illegal scope"}
		}
	}
	return d, refusal{}
}

func knownScopes() []string {
	return []string{
		scopeReadPrivate, scopeReadCollaborative, scopeModifyPrivate, scopeModifyPublic, scopeModifyLibrary,
		"user-library-read", "user-read-private", "user-read-email", "user-top-read", "user-read-recently-played",
		"user-follow-read", "user-follow-modify", "user-read-playback-state", "user-modify-playback-state",
		"user-read-currently-playing", "user-read-playback-position", "ugc-image-upload", "streaming", "app-remote-control",
	}
}

// checkRedirect returns why the URI is refused, "" when it is not.
func (e *Emulator) checkRedirect(raw string) string {
	const invalid, insecure = "INVALID_CLIENT: Invalid redirect URI", "INVALID_CLIENT: Insecure redirect URI"
	u, err := url.Parse(raw)
	if err != nil || u.Scheme == "" || u.Host == "" || u.Fragment != "" {
		return invalid
	}
	loopback := u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "::1")
	if !loopback && u.Scheme != "https" {
		return insecure
	}
	switch {
	case slices.Contains(e.opts.RedirectURIs, raw):
	case len(e.opts.RedirectURIs) == 0 && loopback:
	case loopback && slices.Contains(e.opts.RedirectURIs, withoutPort(*u)):
	default:
		return invalid
	}
	return ""
}

// withoutPort is the form in which a loopback URI is registered for any port.
func withoutPort(u url.URL) string {
	u.Host = strings.TrimSuffix(u.Host, ":"+u.Port())
	return u.String()
}

// back returns the redirect URI with the values added.
func (d demand) back(values url.Values) string {
	u, err := url.Parse(d.redirect)
	if err != nil { // checked before
		return d.redirect
	}
	if d.state != "" {
		values.Set("state", d.state)
	}
	q := u.Query()
	for key := range values {
		q.Set(key, values.Get(key))
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// refuse answers a demand that cannot be met.
func (e *Emulator) refuse(w http.ResponseWriter, r *http.Request, d demand, why refusal) {
	if why.page != "" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		e.problemPage(w, why.page)
		return
	}
	values := url.Values{"error": {why.code}}
	if why.description != "" {
		values.Set("error_description", why.description)
	}
	target := d.back(values)
	if why.code == "unsupported_response_type" { // the implicit grant answered in the fragment
		target = d.redirect + "#" + values.Encode()
	}
	http.Redirect(w, r, target, http.StatusFound) //nolint:gosec // a registered redirect URI
}

// rememberCookie holds the listener who said "remember me" on the consent page.
const rememberCookie = "emulated_spotify_listener"

// authorize shows the consent page, or goes straight back when the listener is
// remembered and has already agreed to the scopes.
func (e *Emulator) authorize(w http.ResponseWriter, r *http.Request) {
	d, why := e.demandOf(r.URL.Query())
	if why != (refusal{}) {
		e.refuse(w, r, d, why)
		return
	}
	if who, err := r.Cookie(rememberCookie); err == nil && !d.fresh && e.agreed(who.Value, d) {
		e.accept(w, r, who.Value, d)
		return
	}
	e.consentPage(w, r, d)
}

func (e *Emulator) agreed(listener string, d demand) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.world.granted(listener, d.client, d.scopes, e.clock.Now())
}

// decide takes the listener's choice from the consent page.
func (e *Emulator) decide(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		e.refuse(w, r, demand{}, refusal{page: "The form could not be read."})
		return
	}
	d, why := e.demandOf(r.PostForm)
	if why != (refusal{}) {
		e.refuse(w, r, d, why)
		return
	}
	listener := r.PostForm.Get("listener")
	if !e.known(listener) {
		e.refuse(w, r, d, refusal{code: "access_denied"})
		return
	}
	if r.PostForm.Get("remember") != "" {
		http.SetCookie(w, &http.Cookie{Name: rememberCookie, Value: listener, Path: "/authorize", HttpOnly: true, SameSite: http.SameSiteLaxMode}) //nolint:gosec // http on loopback
	}
	e.accept(w, r, listener, d)
}

func (e *Emulator) known(listener string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, ok := e.world.People[listener]
	return ok
}

// accept makes a code and sends the listener back with it.
func (e *Emulator) accept(w http.ResponseWriter, r *http.Request, listener string, d demand) {
	c, now := secret("AQ-emu-"), e.clock.Now()
	e.mu.Lock()
	for old, x := range e.world.Codes {
		if now.Sub(x.Expires) > codeLife {
			delete(e.world.Codes, old)
		}
	}
	e.world.Codes[c] = &code{Person: listener, Client: d.client, Scopes: d.scopes, Redirect: d.redirect, Challenge: d.challenge, Expires: now.Add(codeLife)}
	e.world.Version++
	e.mu.Unlock()
	if err := e.persist(); err != nil {
		e.logger.Error("emulator state not written", "error", err)
		http.Error(w, "Server error.", http.StatusInternalServerError)
		return
	}
	http.Redirect(w, r, d.back(url.Values{"code": {c}}), http.StatusFound) //nolint:gosec // a registered redirect URI
}

// proves reports whether the verifier is the one behind the S256 challenge.
func proves(verifier, challenge string) bool {
	sum := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge)) == 1
}
