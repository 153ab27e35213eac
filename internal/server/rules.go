package server

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"segue/internal/fault"
	"segue/web/templates/page"
)

const (
	rulesPerPage = 50
	maxRulePage  = 10_000 // an address is typed by hand, too
	maxRuleText  = 200    // characters to search for
)

// showRules lists what the person has decided for good, the newest first; the
// query may hold a text to look for (q), a page, the rule just deleted (dropped)
// and the run that was just corrected (after).
func (s *Server) showRules(c echo.Context) error {
	ctx, who := c.Request().Context(), person(c)
	v := page.RulesView{Person: s.you(c), Text: ruleText(c.QueryParam("q")), Page: rulePage(c.QueryParam("page")), PerPage: rulesPerPage}
	var err error
	if v.Rules, v.Total, err = s.Ledger.Rules(ctx, who.ID, v.Text, (v.Page-1)*rulesPerPage, rulesPerPage); err != nil {
		return err
	}
	if last := v.Pages(); v.Page > last { // of a page whose last rule was deleted
		return c.Redirect(http.StatusSeeOther, v.At(last, c.QueryParam("dropped")))
	}
	if id := c.QueryParam("after"); id != "" {
		if run, err := s.Ledger.Run(ctx, who.ID, id); err == nil {
			v.After = run.ConversationID
		}
	}
	if id := c.QueryParam("dropped"); id != "" {
		dropped, err := s.Ledger.DroppedRule(ctx, who.ID, id)
		switch fault.KindOf(err) {
		case "":
			v.Dropped = &dropped
		case fault.NotFound: // put back, or gone for good: nothing to say
		default:
			return err
		}
	}
	return render(c, http.StatusOK, page.Rules(v))
}

// deleteRule takes a rule out of force and shows the list with a way to put it back.
func (s *Server) deleteRule(c echo.Context) error {
	id := c.Param("id")
	if err := s.Ledger.DropRule(c.Request().Context(), person(c).ID, id); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, rulesAt(c, id))
}

// restoreRule puts a deleted rule back into force.
func (s *Server) restoreRule(c echo.Context) error {
	if err := s.Ledger.RestoreRule(c.Request().Context(), person(c).ID, c.Param("id")); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, rulesAt(c, ""))
}

// rulesAt is the list as it was when the form was sent.
func rulesAt(c echo.Context, dropped string) string {
	v := page.RulesView{Text: ruleText(field(c, "q"))}
	return v.At(rulePage(field(c, "page")), dropped)
}

// ruleText is what to look for, fit to be looked for.
func ruleText(typed string) string {
	text := []rune(strings.Join(strings.Fields(sendable(typed)), " "))
	return string(text[:min(len(text), maxRuleText)])
}

func rulePage(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 1
	}
	return min(n, maxRulePage)
}
