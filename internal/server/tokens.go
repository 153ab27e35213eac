package server

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/auth"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/web/templates/page"
)

// usualDays is how long a new token is good for unless somebody chooses otherwise.
const usualDays = 90

// scopeWords say to a person what a scope allows.
var scopeWords = map[auth.Scope]string{
	auth.SyncWrite:  "Add songs and change playlists, and stop that",
	auth.SyncRead:   "See playlists, and what has become of requests",
	auth.AdminRead:  "See dead letters and breakers",
	auth.AdminWrite: "Retry and discard dead letters, close breakers",
}

// showTokens lists the person's tokens.
func (s *Server) showTokens(c echo.Context) error {
	v, err := s.tokensView(c)
	if err != nil {
		return err
	}
	v.Revoke = c.QueryParam("revoke")
	return render(c, http.StatusOK, page.Tokens(v))
}

func (s *Server) tokensView(c echo.Context) (page.TokensView, error) {
	who := person(c)
	v := page.TokensView{
		Person: personView(who), Days: auth.Lifetimes(), Now: time.Now(),
		Form: page.TokenForm{Scopes: []string{string(auth.SyncWrite), string(auth.SyncRead)}, Days: usualDays},
	}
	role := s.Roles.Of(who)
	for _, scope := range auth.PersonalScopes() {
		if role >= scope.Least() {
			v.Scopes = append(v.Scopes, page.ScopeChoice{Name: string(scope), Words: scopeWords[scope]})
		}
	}
	tokens, err := s.Ledger.PersonalTokens(c.Request().Context(), who.ID)
	for _, t := range tokens {
		v.Tokens = append(v.Tokens, tokenView(t))
	}
	return v, err
}

func tokenView(t auth.PersonalToken) page.Token {
	v := page.Token{
		ID: t.ID, Name: t.Name, Last: t.Last, Playlist: t.Playlist, Problem: t.Problem, Run: t.LastRun,
		Created: t.CreatedAt, Expires: t.ExpiresAt, Used: t.UsedAt,
	}
	for _, s := range t.Scopes {
		v.Scopes = append(v.Scopes, string(s))
	}
	return v
}

// createToken makes a token and shows its text, this once.
func (s *Server) createToken(c echo.Context) error {
	who, wish := person(c), tokenWish(c)
	token, text, err := s.newToken(c, wish)
	if err == nil {
		err = s.Ledger.AddPersonalToken(c.Request().Context(), token)
	}
	if fault.KindOf(err) == fault.Unauthorised {
		return err
	}
	v, again := s.tokensView(c)
	if again != nil {
		return again
	}
	if err == nil {
		v.Made = text.Reveal()
		return render(c, http.StatusCreated, page.Tokens(v))
	}
	t := troubleOf(err)
	t.Kept, t.Do = "No token was created.", "Change the form below and send it again."
	if fault.KindOf(err) == fault.Conflict {
		t.Do = "Revoke one that you no longer use, then create this one."
	}
	v.Person, v.Trouble, v.Form = personView(who), &t, formOf(wish)
	return refuse(c, formStatus(err), err, page.Tokens(v))
}

// newToken makes a token. One that opens the admin pages wants a fresh login, as those do.
func (s *Server) newToken(c echo.Context, w auth.PersonalWish) (auth.PersonalToken, auth.Secret, error) {
	who := person(c)
	if _, ok := playlistRef(w.Playlist); !ok {
		return auth.PersonalToken{}, "", fault.New(fault.Invalid, "This is not the name or the link of a playlist.", nil)
	}
	token, text, err := auth.NewPersonalToken(who.ID, s.Roles.Of(who), w, time.Now())
	if err != nil || !slices.ContainsFunc(w.Scopes, func(s auth.Scope) bool { return s.Least() > auth.Nobody }) {
		return token, text, err
	}
	fresh, err := s.Sessions.Fresh(c.Request(), freshLogin)
	if err == nil && !fresh {
		err = refreshLogin(c)
	}
	return token, text, err
}

func tokenWish(c echo.Context) auth.PersonalWish {
	w := auth.PersonalWish{Name: deadletter.Line(field(c, "name")), Playlist: deadletter.Line(field(c, "playlist")), Days: -1}
	if days, err := strconv.Atoi(field(c, "days")); err == nil {
		w.Days = days
	}
	for _, scope := range slices.Compact(slices.Sorted(slices.Values(c.Request().PostForm["scope"]))) {
		w.Scopes = append(w.Scopes, auth.Scope(scope))
	}
	return w
}

func formOf(w auth.PersonalWish) page.TokenForm {
	f := page.TokenForm{Name: w.Name, Days: w.Days, Playlist: w.Playlist}
	for _, s := range w.Scopes {
		f.Scopes = append(f.Scopes, string(s))
	}
	return f
}

// revokeToken takes a token away, at once.
func (s *Server) revokeToken(c echo.Context) error {
	if err := s.Ledger.RevokePersonalToken(c.Request().Context(), person(c).ID, c.Param("id")); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/settings/tokens")
}
