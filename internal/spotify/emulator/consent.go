package emulator

import (
	"cmp"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

//go:embed assets
var assets embed.FS

var pages = template.Must(template.ParseFS(assets, "assets/*.html"))

// hidden is one field that carries the demand through the consent form.
type hidden struct{ Name, Value string }

type consentView struct {
	Client    string
	Listeners []listenerView
	Wishes    []string
	Fields    []hidden
}

type listenerView struct {
	ID, Name, Initial, Lists string
}

// consentPage asks who is listening. It works without scripts, and its only style is its own sheet.
func (e *Emulator) consentPage(w http.ResponseWriter, r *http.Request, d demand) {
	view := consentView{Client: "Segue", Listeners: e.listeners(), Wishes: wishes(d.scopes)}
	for _, name := range [...]string{"client_id", "redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method"} {
		if value := r.URL.Query().Get(name); value != "" {
			view.Fields = append(view.Fields, hidden{name, value})
		}
	}
	protect(w, " "+formTarget(d.redirect))
	e.render(w, http.StatusOK, "consent.html", view)
}

// formTarget is the redirect's origin for form-action, which browsers hold redirects of a form to as
// well. A policy cannot name an IPv6 address, so there its scheme must do.
func formTarget(redirect string) string {
	u, err := url.Parse(redirect)
	if err != nil || strings.HasPrefix(u.Host, "[") {
		return "http:"
	}
	return u.Scheme + "://" + u.Host
}

func (e *Emulator) problemPage(w http.ResponseWriter, problem string) {
	protect(w, "")
	e.render(w, http.StatusBadRequest, "problem.html", problem)
}

func (e *Emulator) render(w http.ResponseWriter, status int, name string, view any) {
	var out strings.Builder
	if err := pages.ExecuteTemplate(&out, name, view); err != nil {
		e.logger.Error("emulator page not drawn", "page", name, "error", err)
		http.Error(w, "Server error.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(out.String())) // a client that left is not our trouble
}

func protect(w http.ResponseWriter, formTarget string) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"+formTarget)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
}

// listeners describes who can be chosen, in the order of their ids.
func (e *Emulator) listeners() []listenerView {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []listenerView
	for _, p := range e.world.People {
		var names []string
		for _, id := range p.Library[:min(5, len(p.Library))] {
			names = append(names, e.world.Playlists[id].Current.Name)
		}
		out = append(out, listenerView{p.ID, p.Name, strings.ToUpper(p.Name[:1]), strings.Join(names, ", ")})
	}
	slices.SortFunc(out, func(a, b listenerView) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// wishes says in words what the scopes allow.
func wishes(scopes []string) []string {
	var out []string
	for _, s := range [...]struct{ scope, words string }{
		{scopeReadPrivate, "See your private playlists"},
		{scopeReadCollaborative, "See playlists you share with others"},
		{scopeModifyPrivate, "Change your private playlists"},
		{scopeModifyPublic, "Change your public playlists"},
		{scopeModifyLibrary, "Change what is in your library"},
	} {
		if slices.Contains(scopes, s.scope) {
			out = append(out, s.words)
		}
	}
	return out
}

func stylesheet(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "max-age=3600")
	http.ServeFileFS(w, r, assets, "assets/style.css")
}

// welcome tells whoever opens the address what this is.
func welcome(w http.ResponseWriter, _ *http.Request) {
	protect(w, "")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_ = pages.ExecuteTemplate(w, "welcome.html", nil) // nothing in it can fail but the connection
}
