package server

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/auth"
	"segue/internal/fault"
	"segue/web/templates/page"
)

// shortcutWait is how many seconds a Shortcut waits for the end of its song: well
// below what Siri waits for a Shortcut.
const shortcutWait = "8"

// doubleTap is how old a song may be that the same tap brings again.
const doubleTap = time.Minute

// showShortcuts explains how to set up a Shortcut.
func (s *Server) showShortcuts(c echo.Context) error {
	v := page.ShortcutsView{
		Person:  personView(person(c)),
		Address: s.PublicURL + "/api/v1/sync?wait=" + shortcutWait,
	}
	tokens, err := s.Ledger.PersonalTokens(c.Request().Context(), person(c).ID)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if t.Allows(auth.SyncWrite) && !t.Expired(time.Now()) {
			v.Tokens = append(v.Tokens, tokenView(t))
		}
	}
	if v.Test, err = s.testView(c, tokens); err != nil {
		return err
	}
	return render(c, http.StatusOK, page.Shortcuts(v))
}

// showShortcutTest tells a page that is open what has arrived since.
func (s *Server) showShortcutTest(c echo.Context) error {
	tokens, err := s.Ledger.PersonalTokens(c.Request().Context(), person(c).ID)
	if err != nil {
		return err
	}
	v, err := s.testView(c, tokens)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, page.ShortcutTest(v))
}

// testView finds the token that called last since the moment of the query, by default now.
func (s *Server) testView(c echo.Context, tokens []auth.PersonalToken) (page.TestView, error) {
	v := page.TestView{Since: time.Now(), Now: time.Now()}
	if since, err := strconv.ParseInt(c.QueryParam("since"), 10, 64); err == nil && since > 0 {
		v.Since = time.Unix(since, 0)
	}
	if len(tokens) == 0 {
		return v, nil
	}
	last := slices.MaxFunc(tokens, func(a, b auth.PersonalToken) int { return a.UsedAt.Compare(b.UsedAt) })
	if last.UsedAt.Before(v.Since) {
		return v, nil
	}
	v.Heard = new(tokenView(last))
	if last.LastRun == "" {
		return v, nil
	}
	ctx := c.Request().Context()
	run, err := s.Ledger.Run(ctx, person(c).ID, last.LastRun)
	if fault.KindOf(err) == fault.NotFound { // its conversation was deleted
		return v, nil
	}
	if err != nil || run.AcceptedAt.Before(v.Since.Add(-doubleTap)) {
		return v, err
	}
	view := s.runViews(ctx, []agent.Run{run})[0]
	v.Says = tell(view.Run, view.Progress)
	return v, nil
}
