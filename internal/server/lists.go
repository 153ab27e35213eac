package server

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/export"
	"segue/internal/fault"
	"segue/internal/music"
	"segue/internal/workflows"
	"segue/web/templates/page"
	"segue/web/templates/partial"
)

const (
	rowsPerPage   = 50
	rowsPerExport = 500 // that are read at once
)

// ownList returns the run of the path, which brings a list.
func (s *Server) ownList(c echo.Context) (agent.Run, error) {
	run, err := s.Ledger.Run(c.Request().Context(), person(c).ID, c.Param("id"))
	if err == nil && (!run.List || run.UndoOf != "") {
		err = fault.New(fault.NotFound, "This request brings no list.", nil)
	}
	return run, err
}

// listView reads one page of one tab of a list: the query holds tab and after, the
// position of the last row of the page before.
func (s *Server) listView(c echo.Context, run agent.Run) (*page.ListView, error) {
	ctx := c.Request().Context()
	v := &page.ListView{RunID: run.ID, Tab: partial.ListTabOf(c.QueryParam("tab")), Final: run.State.Final()}
	v.After, _ = strconv.Atoi(c.QueryParam("after")) // what is no number is the beginning
	var err error
	if v.Counts, err = s.Ledger.ListCounts(ctx, run.PersonID, run.ID); err != nil {
		return nil, err
	}
	rows, err := s.Ledger.ListRows(ctx, run.PersonID, run.ID, agent.RowFilter{
		States: v.Tab.States, After: max(0, v.After), Limit: rowsPerPage + 1,
	})
	if len(rows) > rowsPerPage {
		rows = rows[:rowsPerPage]
		v.Next = rows[rowsPerPage-1].Position
	}
	for _, r := range rows {
		v.Rows = append(v.Rows, page.ListRow{Row: r, Question: workflows.RowQuestion(r)})
	}
	return v, err
}

// pauseList holds a list up, or lets it go on. The ledger is what counts: a list
// that cannot be told now sees it within the hour.
func (s *Server) pauseList(c echo.Context) error {
	run, err := s.ownList(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	if err := s.Ledger.PauseList(ctx, run.PersonID, run.ID, field(c, "pause") == "1"); err != nil {
		return err
	}
	s.ring(ctx, run)
	return back(c, "/runs/"+run.ID)
}

// ring tells a list that its rows have changed.
func (s *Server) ring(ctx context.Context, run agent.Run) {
	if err := s.Engine.Wake(ctx, run.ID); err != nil && fault.KindOf(err) != fault.NotFound {
		s.Logger.WarnContext(ctx, "list not woken", "run", run.ID, "error", err)
	}
}

// answerRow settles a row that is unclear. The first answer counts; a link outranks the option that is marked.
func (s *Server) answerRow(c echo.Context) error {
	run, err := s.ownList(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	row, err := s.row(ctx, run, c.Param("position"))
	if err != nil {
		return err
	}
	a := agent.Answer{Option: field(c, "option")}
	if link := cmp.Or(sendable(strings.TrimSpace(field(c, "link"))), foundLink(a.Option)); link != "" {
		track, err := s.linked(ctx, run.PersonID, link)
		if err != nil {
			return err
		}
		a.Option, a.Track = track.ID, &track
	}
	if run.State.Final() {
		return fault.New(fault.Conflict, "This has ended, so there is nothing left to choose.", nil)
	}
	settled, err := workflows.Answered(row, a)
	if err != nil {
		return err
	}
	changed, err := s.Ledger.SaveRows(ctx, run.PersonID, run.ID, agent.RowReview, []agent.Row{settled})
	if err != nil {
		return err
	}
	if changed == 0 {
		return fault.New(fault.Conflict, "This question has been settled already.", nil)
	}
	s.ring(ctx, run)
	if err := s.rememberRow(ctx, run.PersonID, settled, a, field(c, "remember") == "1"); err != nil {
		return err
	}
	return back(c, "/runs/"+run.ID+"?tab=review")
}

// foundLink is an option that a search has found, which is named by its link; "" for one of the question's own.
func foundLink(option string) string {
	if _, ok := music.ParseLink(option); ok {
		return option
	}
	return ""
}

// fixView searches Spotify for another version of a row, as the query says: fix is its
// position, q what to search for.
func (s *Server) fixView(c echo.Context, personID string) (f page.Fix) {
	f.Position, _ = strconv.Atoi(c.QueryParam("fix"))
	f.Text = strings.TrimSpace(sendable(c.QueryParam("q")))
	if f.Position < 1 || f.Text == "" {
		return page.Fix{}
	}
	if wait := s.links.take(personID, time.Now()); wait > 0 {
		f.Why = "You searched often in a short time. Wait a moment, then search again."
		return f
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), snapshotTime)
	defer cancel()
	var err error
	switch f.Found, err = s.Tracks.Search(ctx, personID, f.Text, 0); {
	case err != nil:
		f.Why = fault.MessageOf(err) + " Search again, or paste a link."
	case len(f.Found) == 0:
		f.Why = "Spotify has nothing under these words. Try fewer of them, or paste a link."
	}
	return f
}

// rememberRow makes the answer the person's rule, where they say so.
func (s *Server) rememberRow(ctx context.Context, personID string, row agent.Row, a agent.Answer, wanted bool) error {
	if a.Option == agent.NotOnSpotify {
		return s.Ledger.Remember(ctx, personID, row.Song, nil)
	}
	if pick, ok := row.Match.Pick(); ok && wanted {
		return s.Ledger.Remember(ctx, personID, row.Song, &pick.Track)
	}
	return nil
}

func (s *Server) row(ctx context.Context, run agent.Run, position string) (agent.Row, error) {
	n, err := strconv.Atoi(position)
	if err != nil || n < 1 {
		return agent.Row{}, fault.New(fault.NotFound, "This list has no such row.", err)
	}
	rows, err := s.Ledger.ListRows(ctx, run.PersonID, run.ID, agent.RowFilter{After: n - 1, Before: n + 1})
	if err == nil && len(rows) == 0 {
		err = fault.New(fault.NotFound, "This list has no such row.", nil)
	}
	if err != nil {
		return agent.Row{}, err
	}
	return rows[0], nil
}

// retryList brings the rows that have failed once more, as a list of their own.
// However often it is sent, it is one run.
func (s *Server) retryList(c echo.Context) error {
	run, err := s.ownList(c)
	if err != nil {
		return err
	}
	again, err := s.retry(c.Request().Context(), run)
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/runs/"+again[0].ID)
}

// exportList sends the rows of a tab as a file.
func (s *Server) exportList(c echo.Context) error {
	run, err := s.ownList(c)
	if err != nil {
		return err
	}
	tab := partial.ListTabOf(c.QueryParam("tab"))
	write, kind, ending := export.CSV, "text/csv; charset=utf-8", "csv"
	if c.QueryParam("format") == "json" {
		write, kind, ending = export.JSON, "application/json; charset=utf-8", "json"
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, kind)
	h.Set(echo.HeaderContentDisposition, `attachment; filename="segue-`+tab.Name+`.`+ending+`"`)
	return write(c.Response(), s.exported(c.Request().Context(), run, tab.States))
}

// exported reads the rows of a list page by page.
func (s *Server) exported(ctx context.Context, run agent.Run, states []agent.RowState) iter.Seq2[export.Row, error] {
	return func(yield func(export.Row, error) bool) {
		for after := 0; ; {
			rows, err := s.Ledger.ListRows(ctx, run.PersonID, run.ID, agent.RowFilter{States: states, After: after, Limit: rowsPerExport})
			if err != nil {
				yield(export.Row{}, err)
				return
			}
			for _, r := range rows {
				after = r.Position
				if !yield(exportedRow(r), nil) {
					return
				}
			}
			if len(rows) < rowsPerExport {
				return
			}
		}
	}
}

func exportedRow(r agent.Row) export.Row {
	out := export.Row{Number: r.Position, Song: r.Song, State: page.RowWords(r.State)}
	if r.Trouble != nil {
		out.Reasons = append(out.Reasons, r.Trouble.What)
	}
	if r.Match == nil {
		return out
	}
	out.Reasons = append(out.Reasons, r.Match.Reasons...)
	if pick, ok := r.Match.Pick(); ok {
		out.Track, out.Confidence = &pick.Track, pick.Confidence
	}
	return out
}
