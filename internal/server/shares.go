package server

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/share"
	"segue/web/templates/page"
)

// usualHours is how long a new link is good for unless somebody chooses otherwise.
const usualHours = 7 * 24

// share makes a link to a run and returns its address, which nobody can be told again.
func (s *Server) share(ctx context.Context, run agent.Run, hours int, names bool) (address string, err error) {
	link, token, err := share.New(run.PersonID, run.ID, hours, names, time.Now())
	if err == nil {
		err = s.Ledger.AddShare(ctx, link)
	}
	return s.PublicURL + sharePath + token, err
}

// createShare makes a link and shows its address, this once.
func (s *Server) createShare(c echo.Context) error {
	ctx := c.Request().Context()
	run, err := s.Ledger.Run(ctx, person(c).ID, c.Param("id"))
	if err != nil {
		return err
	}
	hours, _ := strconv.Atoi(field(c, "hours")) // what is no number is none of those to choose from
	names := field(c, "names") == "1"
	address, err := s.share(ctx, run, hours, names)
	if kind := fault.KindOf(err); kind == fault.Unauthorised || kind == fault.NotFound {
		return err
	}
	v, again := s.runView(c, run)
	if again != nil {
		return again
	}
	v.Share.Chosen, v.Share.Names = hours, names
	if err == nil {
		v.Share.Made = address
		return render(c, http.StatusCreated, page.Run(v))
	}
	t := troubleOf(err)
	t.Kept, t.Do = "No link was made.", "Change the form below and send it again."
	if fault.KindOf(err) == fault.Conflict {
		t.Do = "Revoke one that is no longer needed, then create this one."
	}
	v.Share.Trouble = &t
	return refuse(c, formStatus(err), err, page.Run(v))
}

// shareForm is the form as it is offered.
func shareForm() page.ShareForm {
	return page.ShareForm{Hours: share.Lifetimes(), Chosen: usualHours, Names: true}
}

// showShares lists the person's links.
func (s *Server) showShares(c echo.Context) error {
	v := page.SharesView{Person: s.you(c), Revoke: c.QueryParam("revoke"), Now: time.Now()}
	links, err := s.Ledger.Shares(c.Request().Context(), person(c).ID)
	if err != nil {
		return err
	}
	for _, l := range links {
		v.Shares = append(v.Shares, page.Share{
			ID: l.ID, RunID: l.RunID, Asked: l.Asked, Names: l.Names, Views: int(l.Views),
			Created: l.CreatedAt, Expires: l.ExpiresAt, Revoked: !l.RevokedAt.IsZero(),
		})
	}
	return render(c, http.StatusOK, page.Shares(v))
}

// revokeShare ends a link, at once.
func (s *Server) revokeShare(c echo.Context) error {
	if err := s.Ledger.RevokeShare(c.Request().Context(), person(c).ID, c.Param("id")); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/settings/shares")
}
