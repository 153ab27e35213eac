package server

import (
	"net/http"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/auth"
	"segue/internal/deadletter"
	"segue/internal/fault"
)

// freshLogin is how old the login of somebody on the admin pages may be.
const freshLogin = 15 * time.Minute

// staff lets pass who has at least this role and has logged in lately; for
// people without any role these pages do not exist. What a role may do is judged here and nowhere else.
func (s *Server) staff(least auth.Role) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			role := s.Roles.Of(person(c))
			if role == auth.Nobody {
				return echo.ErrNotFound
			}
			fresh, err := s.Sessions.Fresh(c.Request(), freshLogin)
			switch {
			case err != nil:
				return err
			case !fresh:
				return refreshLogin(c)
			case role < least:
				return s.notAllowed(c, role)
			}
			return next(c)
		}
	}
}

// mayBulk reports whether a role may have a bulk like this: operators retry what
// they have chosen one by one, as they may on each letter's page; only admins discard, or act on all that match.
func mayBulk(role auth.Role, b deadletter.Bulk) bool {
	return role >= auth.Admin || role == auth.Operator && b.Act == deadletter.ActRetry && b.Filter.IDs != nil
}

// bulkStaff refuses a bulk that the person's role does not allow.
func (s *Server) bulkStaff(c echo.Context, b deadletter.Bulk) error {
	if role := s.Roles.Of(person(c)); !mayBulk(role, b) {
		return s.notAllowed(c, role)
	}
	return nil
}

// refreshLogin sends a page through the login and back; a form is told to.
func refreshLogin(c echo.Context) error {
	if r := c.Request(); safe(r) && !wantsPart(r) {
		return c.Redirect(http.StatusSeeOther, "/login?return_to="+url.QueryEscape(r.URL.RequestURI()))
	}
	return fault.New(fault.Unauthorised, "Your login is more than 15 minutes old, and this wants a fresh one.", nil)
}

// notAllowed refuses what the role does not allow, and records it.
func (s *Server) notAllowed(c echo.Context, role auth.Role) error {
	err := s.record(c, deadletter.Entry{
		ActorID: person(c).ID, Action: deadletter.ActionRefused, Subject: c.Request().URL.Path, Note: "as " + role.String(),
	})
	if err != nil {
		return err
	}
	return fault.New(fault.Forbidden, "Your role here may look, but not do this.", nil)
}
