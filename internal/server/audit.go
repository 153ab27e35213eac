package server

import (
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/web/templates/page"
)

const auditPerPage = 100

// record adds a line to the audit: ids and words of ours, never a token or a text.
func (s *Server) record(c echo.Context, e deadletter.Entry) error {
	return s.Ledger.Record(c.Request().Context(), e)
}

// recordNoLogin notes why somebody was not let in, where that was the person's or the browser's doing.
func (s *Server) recordNoLogin(c echo.Context, why error) error {
	notes := map[fault.Kind]string{fault.Invalid: "the way back did not fit (state)", fault.Forbidden: "not allowed (consent)"}
	note, worth := notes[fault.KindOf(why)]
	if !worth {
		return nil
	}
	return s.record(c, deadletter.Entry{Action: deadletter.ActionNoLogin, Note: note})
}

// showAudit lists what was done, by anybody or by one person, everything or one act. A
// trail that is not understood shows why, above everything.
func (s *Server) showAudit(c echo.Context) error {
	before, err := strconv.ParseInt(c.QueryParam("before"), 10, 64)
	if err != nil {
		before = 0
	}
	trail, refused := deadletter.ParseTrail(c.QueryParams())
	v := page.AuditView{Person: personView(person(c)), Trail: trail, Now: time.Now()}
	if v.Entries, err = s.Ledger.Audit(c.Request().Context(), trail, before, auditPerPage); err != nil {
		return err
	}
	if len(v.Entries) == auditPerPage {
		v.Next = v.Entries[auditPerPage-1].ID
	}
	if refused != nil {
		t := troubleOf(refused)
		t.Kept, t.Do = "Below is everything.", "Correct the filter and send it again."
		v.Trouble = &t
		return refuse(c, formStatus(refused), refused, page.Audit(v))
	}
	return render(c, http.StatusOK, page.Audit(v))
}
