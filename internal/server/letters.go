package server

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/auth"
	"segue/internal/deadletter"
	"segue/web/templates/page"
)

const (
	lettersPerPage = 50
	largestGroups  = 8
	linesPerLetter = 10 // of the audit
)

// rights are what the page offers; staff decides whether it may be done.
func (s *Server) rights(c echo.Context) page.Rights {
	role := s.Roles.Of(person(c))
	return page.Rights{Retry: role >= auth.Operator, Discard: role >= auth.Admin}
}

// showLetters lists the letters that the query's filter lets through. A filter
// that is not understood shows why, above what its rest lets through.
func (s *Server) showLetters(c echo.Context) error {
	ctx, query := c.Request().Context(), c.QueryParams()
	after := deadletter.ParseCursor(query.Get("after"))
	f, refused := deadletter.ParseFilter(query)
	v := page.LettersView{Person: personView(person(c)), Filter: f, Later: !after.MadeAt.IsZero(), Rights: s.rights(c), Now: time.Now()}
	var err error
	if v.Letters, err = s.Ledger.Letters(ctx, f, after, lettersPerPage+1); err != nil {
		return err
	}
	if v.Groups, v.Total, err = s.Ledger.LetterGroups(ctx, f, largestGroups); err != nil {
		return err
	}
	if v.Bulks, err = s.Ledger.OpenBulks(ctx); err != nil {
		return err
	}
	if len(v.Letters) > lettersPerPage {
		v.Letters = v.Letters[:lettersPerPage]
		last := v.Letters[lettersPerPage-1]
		v.Next = deadletter.Cursor{MadeAt: last.MadeAt, ID: last.ID}
	}
	v.News = page.NewsView{Filter: f, Since: s.newest(v)}
	if s.Circuits != nil {
		v.Breakers = s.Circuits.States(c.Request().Context())
	}
	if refused != nil {
		t := troubleOf(refused)
		t.Kept, t.Do = "Below is what the rest of the filter lets through.", "Correct the filter and send it again."
		v.Trouble = &t
		return refuse(c, formStatus(refused), refused, page.Letters(v))
	}
	return render(c, http.StatusOK, page.Letters(v))
}

// newest is from where on letters are news: the first of the list, or now.
func (s *Server) newest(v page.LettersView) deadletter.Cursor {
	if v.Later || len(v.Letters) == 0 {
		return deadletter.Cursor{MadeAt: v.Now}
	}
	return deadletter.Cursor{MadeAt: v.Letters[0].MadeAt, ID: v.Letters[0].ID}
}

// showNews tells a page that is open how many letters have come in since.
func (s *Server) showNews(c echo.Context) error {
	f, err := deadletter.ParseFilter(c.QueryParams())
	if err != nil {
		return err
	}
	v := page.NewsView{Filter: f, Since: deadletter.ParseCursor(c.QueryParam("after"))}
	if v.Count, err = s.Ledger.NewLetters(c.Request().Context(), f, v.Since); err != nil {
		return err
	}
	return render(c, http.StatusOK, page.News(v))
}

func (s *Server) showLetter(c echo.Context) error {
	v, err := s.letterView(c)
	if err != nil {
		return err
	}
	if wantsPart(c.Request()) { // a page that waits for the end of a retry
		return render(c, http.StatusOK, page.LetterNow(v))
	}
	return render(c, http.StatusOK, page.Letter(v))
}

func (s *Server) letterView(c echo.Context) (v page.LetterView, err error) {
	ctx := c.Request().Context()
	v = page.LetterView{Person: personView(person(c)), Rights: s.rights(c), Now: time.Now()}
	if v.Letter, err = s.Ledger.Letter(ctx, c.Param("id")); err != nil {
		return v, err
	}
	if s.Workflows != "" && v.Rights.Retry {
		v.Temporal = s.Workflows + "/" + url.PathEscape(v.Letter.WorkflowID)
	}
	v.Audit, err = s.Ledger.Audit(ctx, deadletter.Trail{Subject: v.Letter.ID}, 0, linesPerLetter)
	return v, err
}

// retryLetter starts a run that tries a letter again.
func (s *Server) retryLetter(c echo.Context) error {
	return s.tryAgain(c, deadletter.Retry{Resume: field(c, "from") == "step"})
}

func (s *Server) tryAgain(c echo.Context, how deadletter.Retry) error {
	ctx := c.Request().Context()
	run, err := s.Ledger.RetryLetterAs(ctx, c.Param("id"), seen(c), person(c).ID, how)
	if err != nil {
		return s.showLetterRefused(c, err)
	}
	s.start(ctx, run)
	return c.Redirect(http.StatusSeeOther, "/admin/dlq/"+c.Param("id"))
}

// discardLetter takes a letter out of the list, for a reason.
func (s *Server) discardLetter(c echo.Context) error {
	reason, err := deadletter.Reason(field(c, "reason"))
	if err == nil {
		err = s.Ledger.DiscardLetter(c.Request().Context(), c.Param("id"), seen(c), person(c).ID, reason)
	}
	if err != nil {
		return s.showLetterRefused(c, err)
	}
	return c.Redirect(http.StatusSeeOther, "/admin/dlq/"+c.Param("id"))
}

// restoreLetter puts a discarded letter back.
func (s *Server) restoreLetter(c echo.Context) error {
	if err := s.Ledger.RestoreLetter(c.Request().Context(), c.Param("id"), seen(c), person(c).ID); err != nil {
		return s.showLetterRefused(c, err)
	}
	return c.Redirect(http.StatusSeeOther, "/admin/dlq/"+c.Param("id"))
}

// seen is the version of the letter that the form was made for; 0, which no letter has, when it says none.
func seen(c echo.Context) int64 {
	version, err := strconv.ParseInt(field(c, "version"), 10, 64)
	if err != nil {
		return 0
	}
	return version
}

// showLetterRefused shows the letter as it is now, with why a form was not accepted.
func (s *Server) showLetterRefused(c echo.Context, why error) error {
	status := formStatus(why)
	if status != http.StatusConflict && status != http.StatusUnprocessableEntity {
		return why
	}
	v, err := s.letterView(c)
	if err != nil {
		return err
	}
	t := troubleOf(why)
	t.Do = "This is the letter as it is now."
	v.Trouble, v.Reason = &t, deadletter.Line(field(c, "reason"))
	return refuse(c, status, why, page.Letter(v))
}

// resetCircuit closes a breaker before its time.
func (s *Server) resetCircuit(c echo.Context) error {
	if err := s.closeCircuit(c, field(c, "name")); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/admin/dlq")
}

// closeCircuit closes the breaker of that name and records who did.
func (s *Server) closeCircuit(c echo.Context, name string) error {
	if s.Circuits == nil {
		return echo.ErrNotFound
	}
	if err := s.Circuits.Reset(name); err != nil {
		return err
	}
	return s.record(c, deadletter.Entry{ActorID: person(c).ID, Action: deadletter.ActionReset, Subject: name})
}
