package server

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"segue/internal/auth"
	"segue/internal/fault"
	"segue/web/templates/page"
)

const personKey = "person"

// signedIn lets only people with a living session pass. A page sends others to
// log in and brings them back; anything else answers 401, streams above all: a
// redirect would make them ask for ever.
func (s *Server) signedIn(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		p, err := s.Sessions.Person(c.Request())
		if err == nil {
			c.Set(personKey, p)
			return next(c)
		}
		r := c.Request()
		switch {
		case fault.KindOf(err) != fault.Unauthorised, wantsPart(r), wantsText(r):
			return err
		case safe(r):
			return c.Redirect(http.StatusSeeOther, "/?return_to="+url.QueryEscape(r.URL.RequestURI()))
		default:
			return s.askToLogIn(c, err)
		}
	}
}

// askToLogIn answers a form that came too late. A message takes the way through
// the login and is back in the composer afterwards, unless it is too long for an address.
func (s *Server) askToLogIn(c echo.Context, err error) error {
	t := troubleOf(err)
	t.Reconnect = false // the page itself has that link
	v := page.HomeView{Demo: s.Demo, Trouble: &t}
	draft := sendable(field(c, "text"))
	if to := auth.ReturnTo(strings.TrimSuffix(c.Request().URL.Path, "/messages") + "?draft=" + url.QueryEscape(draft)); draft != "" && to != "/" {
		v.ReturnTo = to
		t.Kept, t.Do = "Your message comes back once you are logged in.", "Log in with Spotify, then send it."
	}
	return refuse(c, httpStatus(err), err, page.Home(v))
}

// person returns who is logged in; the zero Person outside of signedIn.
func person(c echo.Context) auth.Person {
	p, _ := c.Get(personKey).(auth.Person)
	return p
}

func safe(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }
