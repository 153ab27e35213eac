package server

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/web/templates/page"
)

// showBulkForm asks to confirm an act on all letters of a filter: which they
// are, how many as of now, and how fast it will go.
func (s *Server) showBulkForm(c echo.Context) error {
	f, err := deadletter.ParseFilter(c.QueryParams())
	if _, damaged := url.ParseQuery(c.Request().URL.RawQuery); damaged != nil { // what is missing would let more through
		err = fault.New(fault.Invalid, "This address is damaged. Go back to the list and begin again.", damaged)
	}
	b := deadletter.Bulk{Act: deadletter.Act(c.QueryParam("act")), Filter: f}
	if err := s.bulkStaff(c, b); err != nil {
		return err
	}
	v := page.BulkFormView{Act: b.Act, Filter: f, Rate: deadletter.UsualRate, Key: newKey()}
	if err == nil {
		err = b.Aimed()
	}
	if err != nil {
		return s.showBulkRefused(c, v, err)
	}
	return s.askBulk(c, v, nil)
}

// askBulk shows the form; why is what was wrong with it the last time.
func (s *Server) askBulk(c echo.Context, v page.BulkFormView, why error) error {
	v.Person = personView(person(c))
	if v.AsOf.IsZero() {
		v.AsOf = time.Now().UTC()
	}
	var err error
	if v.Count, err = s.Ledger.CountLetters(c.Request().Context(), v.Filter, v.AsOf); err != nil {
		return err
	}
	if v.Groups, _, err = s.Ledger.LetterGroups(c.Request().Context(), v.Filter, largestGroups); err != nil {
		return err
	}
	if why == nil {
		return render(c, http.StatusOK, page.BulkForm(v))
	}
	return refuse(c, formStatus(why), why, page.BulkForm(v))
}

// showBulkRefused shows the form again, with what is wrong.
func (s *Server) showBulkRefused(c echo.Context, v page.BulkFormView, why error) error {
	if fault.KindOf(why) != fault.Invalid {
		return why
	}
	t := troubleOf(why)
	t.Kept, t.Do = "No letter was touched.", "Correct it, or go back to the list."
	v.Trouble = &t
	return s.askBulk(c, v, why)
}

// startBulk begins what was confirmed, or says what would happen. The same form again leads to the same bulk.
func (s *Server) startBulk(c echo.Context) error {
	v, b, err := bulkForm(c)
	if refused := s.bulkStaff(c, b); refused != nil {
		return refused
	}
	if err == nil && field(c, "dry") != "" {
		return s.tryBulk(c, v, b)
	}
	if err == nil {
		b, err = s.Ledger.StartBulk(c.Request().Context(), b, v.Key)
	}
	if err != nil {
		return s.showBulkRefused(c, v, err)
	}
	if err := s.Engine.StartBulk(c.Request().Context(), b); err != nil {
		s.Logger.WarnContext(c.Request().Context(), "a bulk will be started by the reconciler", "bulk", b.ID, "error", err)
	}
	return c.Redirect(http.StatusSeeOther, "/admin/dlq/bulk/"+b.ID)
}

// tryBulk shows the form again, for the same moment, with what would become of each letter.
func (s *Server) tryBulk(c echo.Context, v page.BulkFormView, b deadletter.Bulk) (err error) {
	if v.Outcomes, err = s.Ledger.TryBulk(c.Request().Context(), b); err != nil {
		return s.showBulkRefused(c, v, err)
	}
	v.AsOf, v.Tried = b.AsOf.UTC(), true
	return s.askBulk(c, v, nil)
}

// bulkForm reads the form, and what is needed to show it again.
func bulkForm(c echo.Context) (v page.BulkFormView, b deadletter.Bulk, err error) {
	v = page.BulkFormView{Act: deadletter.Act(field(c, "act")), Reason: deadletter.Line(field(c, "reason"))}
	v.Rate, _ = strconv.Atoi(field(c, "rate")) // 0 is refused
	query, err := url.ParseQuery(field(c, "filter"))
	if err == nil {
		v.Filter, err = deadletter.ParseFilter(query)
	}
	asOf, unreadable := strconv.ParseInt(field(c, "as_of"), 10, 64)
	b = deadletter.Bulk{By: person(c).ID, Act: v.Act, Reason: v.Reason, Filter: v.Filter, AsOf: time.UnixMilli(asOf), Rate: v.Rate}
	if err != nil || unreadable != nil || asOf <= 0 {
		return v, b, fault.New(fault.Invalid, "This form is damaged. Go back to the list and begin again.", err)
	}
	v.Key, err = formKey(c)
	return v, b, err
}

func (s *Server) bulkView(c echo.Context) (page.BulkView, error) {
	b, err := s.Ledger.Bulk(c.Request().Context(), c.Param("id"))
	return page.BulkView{
		Person: personView(person(c)), Bulk: b, Cancel: mayBulk(s.Roles.Of(person(c)), b), Now: time.Now(),
	}, err
}

func (s *Server) showBulk(c echo.Context) error {
	v, err := s.bulkView(c)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, page.Bulk(v))
}

// showBulkProgress is the part of a bulk's page that changes while it goes on.
func (s *Server) showBulkProgress(c echo.Context) error {
	v, err := s.bulkView(c)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, page.BulkProgress(v))
}

// cancelBulk ends a bulk before its time.
func (s *Server) cancelBulk(c echo.Context) error {
	b, err := s.Ledger.Bulk(c.Request().Context(), c.Param("id"))
	if err == nil {
		err = s.bulkStaff(c, b)
	}
	if err != nil {
		return err
	}
	why := s.Ledger.CancelBulk(c.Request().Context(), b.ID, person(c).ID)
	switch fault.KindOf(why) {
	case "":
		return c.Redirect(http.StatusSeeOther, "/admin/dlq/bulk/"+b.ID)
	case fault.Conflict:
		v, err := s.bulkView(c)
		if err != nil {
			return err
		}
		t := troubleOf(why)
		t.Do = "This is how it ended."
		v.Trouble = &t
		return refuse(c, formStatus(why), why, page.Bulk(v))
	default:
		return why
	}
}
