package server

import (
	"context"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/auth"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/web/templates/page"
)

// manyRuns is more than one person can have unfinished at once.
const manyRuns = 10_000

// showAccount shows who is logged in and the ways to leave.
func (s *Server) showAccount(c echo.Context) error {
	p := person(c)
	repeats, err := s.Ledger.Repeats(c.Request().Context(), p.ID)
	if err != nil {
		return err
	}
	days, err := s.Ledger.KeepDays(c.Request().Context(), p.ID)
	if err != nil {
		return err
	}
	spent, err := s.Ledger.Spent(c.Request().Context(), p.ID)
	if err != nil {
		return err
	}
	trusts, err := s.Ledger.Trusts(c.Request().Context(), p.ID)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, page.Account(page.AccountView{
		Spent: spent, Allowance: s.Allowance, Trusts: trusts,
		Person:    s.you(c),
		Since:     p.CreatedAt,
		Confirm:   c.QueryParam("confirm") == "disconnect",
		Reconnect: p.NeedsReauth,
		Staff:     s.Roles.Of(p) != auth.Nobody,
		Repeats:   repeats,
		KeepDays:  days,
	}))
}

// endTrust has the person asked again before a tool changes a playlist.
func (s *Server) endTrust(c echo.Context) error {
	if err := s.Ledger.Distrust(c.Request().Context(), person(c).ID, field(c, "tool"), field(c, "playlist")); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/account#trusts")
}

// setRepeats keeps whether songs are added again that are in the playlist already.
func (s *Server) setRepeats(c echo.Context) error {
	choice := field(c, "repeats")
	if choice != "leave" && choice != "again" {
		return fault.New(fault.Invalid, "Choose whether such a song is left or added again.", nil)
	}
	if err := s.Ledger.SetRepeats(c.Request().Context(), person(c).ID, choice == "again"); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/account#repeats")
}

// disconnect stops what runs for the person, deletes everything of theirs and
// logs them out. It asks once more unless the form says that it has.
func (s *Server) disconnect(c echo.Context) error {
	if field(c, "confirm") != "yes" {
		return c.Redirect(http.StatusSeeOther, "/account?confirm=disconnect")
	}
	ctx, id := c.Request().Context(), person(c).ID
	open, err := s.openRuns(ctx, id)
	if err != nil {
		return err
	}
	if err := s.stop(ctx, open); err != nil {
		return err
	}
	if err := s.record(c, deadletter.Entry{ActorID: id, Action: deadletter.ActionDisconnect}); err != nil {
		return err
	}
	if err := s.Ledger.DeletePerson(ctx, id); err != nil {
		return err
	}
	if err := s.Sessions.End(c.Response(), c.Request()); err != nil {
		return err
	}
	return leave(c)
}

// openRuns are the person's runs that have not ended.
func (s *Server) openRuns(ctx context.Context, personID string) ([]agent.Run, error) {
	return s.Ledger.Open(ctx, personID, manyRuns)
}

// wake tells the person's open runs that what they wait for may be over. It is
// a courtesy: each of them looks by itself within a minute.
func (s *Server) wake(ctx context.Context, personID string) {
	open, err := s.openRuns(ctx, personID)
	for _, run := range open {
		err = errors.Join(err, s.Engine.Wake(ctx, run.ID))
	}
	if err != nil {
		s.Logger.WarnContext(ctx, "not every waiting run was woken", "error", err)
	}
}

// stop cancels runs; the engine need not know each of them.
func (s *Server) stop(ctx context.Context, runs []agent.Run) error {
	for _, run := range runs {
		if err := s.Engine.Cancel(ctx, run.ID, false); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	return nil
}
