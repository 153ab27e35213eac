package server

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"segue/internal/auth"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/web/templates/page"
)

// showHome is the page to log in; who is logged in already goes to the chat.
func (s *Server) showHome(c echo.Context) error {
	_, err := s.Sessions.Person(c.Request())
	switch {
	case err == nil:
		return c.Redirect(http.StatusSeeOther, "/c")
	case fault.KindOf(err) != fault.Unauthorised:
		return err
	}
	v := page.HomeView{Demo: s.Demo}
	if to := auth.ReturnTo(c.QueryParam("return_to")); to != "/" {
		v.ReturnTo = to
	}
	return render(c, http.StatusOK, page.Home(v))
}

// beginLogin leads to Spotify's consent page and ties the way back to this browser.
func (s *Server) beginLogin(c echo.Context) error {
	to, cookie, err := s.Logins.Begin(c.Request().Context(), auth.ReturnTo(c.FormValue("return_to")))
	if err != nil {
		return err
	}
	c.SetCookie(auth.LoginCookie(cookie, s.Secure))
	return c.Redirect(http.StatusSeeOther, to)
}

// finishLogin is where Spotify sends the browser back to.
func (s *Server) finishLogin(c echo.Context) error {
	taken := auth.LoginCookie("", s.Secure)
	c.SetCookie(taken) // good for one attempt, whatever comes of it
	var sent string
	if cookie, err := c.Cookie(taken.Name); err == nil {
		sent = cookie.Value
	}
	p, returnTo, err := s.Logins.Finish(c.Request().Context(), sent, c.QueryParams())
	if kind := fault.KindOf(err); err != nil && kind != fault.Internal {
		if err := s.recordNoLogin(c, err); err != nil {
			return err
		}
		t := troubleOf(err)
		return refuse(c, httpStatus(err), err, page.Home(page.HomeView{ReturnTo: returnTo, Demo: s.Demo, Trouble: &t}))
	}
	if err != nil {
		return err
	}
	if err := s.Sessions.Start(c.Response(), c.Request(), p.ID); err != nil {
		return err
	}
	if err := s.record(c, deadletter.Entry{ActorID: p.ID, Action: deadletter.ActionLogin}); err != nil {
		return err
	}
	s.wake(c.Request().Context(), p.ID)
	if returnTo = auth.ReturnTo(returnTo); returnTo == "/" {
		returnTo = "/c"
	}
	return c.Redirect(http.StatusSeeOther, returnTo)
}

// logOut ends the session of this browser; without one there is nothing to end.
func (s *Server) logOut(c echo.Context) error {
	p, nobody := s.Sessions.Person(c.Request())
	if err := s.Sessions.End(c.Response(), c.Request()); err != nil {
		return err
	}
	if nobody == nil {
		if err := s.record(c, deadletter.Entry{ActorID: p.ID, Action: deadletter.ActionLogout}); err != nil {
			return err
		}
	}
	return leave(c)
}

// logOutEverywhere ends all sessions of the person.
func (s *Server) logOutEverywhere(c echo.Context) error {
	if err := s.Sessions.EndAll(c.Response(), c.Request(), person(c).ID); err != nil {
		return err
	}
	if err := s.record(c, deadletter.Entry{ActorID: person(c).ID, Action: deadletter.ActionLogout, Note: "everywhere"}); err != nil {
		return err
	}
	return leave(c)
}

// leave clears what the browser kept of us, cookies and drafts; pages it does not keep.
func leave(c echo.Context) error {
	c.Response().Header().Set("Clear-Site-Data", `"cookies", "storage"`)
	return c.Redirect(http.StatusSeeOther, "/")
}
