package server

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/web/templates/page"
)

const (
	runsPerPage = 50
	usedIn      = 500 // newest runs whose playlists are offered
)

// showRuns lists the person's runs that the query's filter lets through, from the
// one after the run that the query names on. A filter that is not understood shows why, above all runs.
func (s *Server) showRuns(c echo.Context) error {
	ctx, who := c.Request().Context(), person(c)
	f, refused := agent.ParseHistory(c.QueryParams())
	after := c.QueryParam("after")
	v := page.HistoryView{Person: s.you(c), Filter: f, Later: after != "", Now: time.Now()}
	var err error
	if v.Runs, err = s.Ledger.History(ctx, who.ID, f, after, runsPerPage+1); err != nil {
		return err
	}
	if v.Playlists, err = s.Ledger.UsedPlaylists(ctx, who.ID, usedIn); err != nil {
		return err
	}
	if len(v.Runs) > runsPerPage {
		v.Runs = v.Runs[:runsPerPage]
		v.Next = v.Runs[runsPerPage-1].ID
	}
	if refused != nil {
		t := troubleOf(refused)
		t.Kept, t.Do = "Below are all your requests.", "Correct the filter and send it again."
		v.Trouble = &t
		return refuse(c, formStatus(refused), refused, page.History(v))
	}
	return render(c, http.StatusOK, page.History(v))
}

// keeps are the days for which ended runs can be kept, by the form's word; 0 is for ever.
var keeps = map[string]int{"ever": 0, "year": 365, "quarter": 90}

// setKeep sets for how long the person's runs are kept once they have ended.
func (s *Server) setKeep(c echo.Context) error {
	days, known := keeps[field(c, "keep")]
	if !known {
		return fault.New(fault.Invalid, "Choose how long your requests are kept.", nil)
	}
	if err := s.Ledger.SetKeepDays(c.Request().Context(), person(c).ID, days); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/account#keep")
}
