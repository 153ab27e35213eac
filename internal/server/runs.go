package server

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/web/templates/page"
)

// showRun is one run with every detail.
func (s *Server) showRun(c echo.Context) error {
	run, err := s.Ledger.Run(c.Request().Context(), person(c).ID, c.Param("id"))
	if err != nil {
		return err
	}
	v, err := s.runView(c, run)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, page.Run(v))
}

// runView reads all that the page of a run shows.
func (s *Server) runView(c echo.Context, run agent.Run) (page.RunPageView, error) {
	ctx := c.Request().Context()
	asked, err := s.asked(ctx, run)
	if err != nil {
		return page.RunPageView{}, err
	}
	v := page.RunPageView{Person: s.you(c), Asked: asked, Run: s.runViews(ctx, []agent.Run{run})[0], Share: shareForm()}
	v.Run.Live = true
	if run.List && run.UndoOf == "" {
		if v.List, err = s.listView(c, run); err == nil && !run.State.Final() {
			v.List.Fix = s.fixView(c, run.PersonID)
		}
	}
	return v, err
}

// cancelRun stops a run, on demand taking back what it did. One that has ended
// meanwhile is what was asked for, and is taken back by a run of its own.
func (s *Server) cancelRun(c echo.Context) error {
	ctx, undo := c.Request().Context(), field(c, "undo") == "1"
	run, err := s.Ledger.Run(ctx, person(c).ID, c.Param("id"))
	if err != nil {
		return err
	}
	if !run.State.Final() {
		refused := s.stopRun(ctx, run, undo)
		if refused == nil {
			return back(c, "/c/"+run.ConversationID)
		}
		if run, err = s.Ledger.Run(ctx, run.PersonID, run.ID); err != nil || !run.State.Final() {
			return cmp.Or(err, refused)
		}
	}
	if undo && undoable(run) {
		if _, err := s.undo(ctx, run); err != nil {
			return err
		}
	}
	return back(c, "/c/"+run.ConversationID)
}

// stopRun puts a stop on record, then tells the engine, which may forget it, or not know the run
// yet: what it does not hear now the reconciler tells it. A fault Conflict when the run has ended.
func (s *Server) stopRun(ctx context.Context, run agent.Run, undo bool) error {
	how := agent.StopKeep
	if undo {
		how = agent.StopUndo
	}
	if err := s.Ledger.Stop(ctx, run.PersonID, run.ID, how); err != nil {
		return err
	}
	err := s.Engine.Cancel(ctx, run.ID, undo)
	switch fault.KindOf(err) {
	case "", fault.Conflict:
		return err
	case fault.NotFound: // unless it has just ended, the next to start it knows of the stop
		return s.Ledger.Stop(ctx, run.PersonID, run.ID, how)
	default:
		s.Logger.WarnContext(ctx, "stop on record but not told yet", "run", run.ID, "error", err)
		return nil
	}
}

// undoRun starts a run that takes back what another did. However often it is
// sent, it is one run; once that has failed, the next is a fresh try.
func (s *Server) undoRun(c echo.Context) error {
	ctx := c.Request().Context()
	run, err := s.Ledger.Run(ctx, person(c).ID, c.Param("id"))
	if err != nil {
		return err
	}
	undo, err := s.undo(ctx, run)
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/c/"+undo.ConversationID+"#latest")
}

// undoable reports whether a run has done something that can be taken back.
func undoable(run agent.Run) bool {
	return run.State.Final() && run.Outcome != nil && run.Outcome.Undoable
}

// undo starts a run that takes back another that has ended.
func (s *Server) undo(ctx context.Context, run agent.Run) (agent.Run, error) {
	if !undoable(run) {
		return agent.Run{}, fault.New(fault.Conflict, "There is nothing here that can be undone.", nil)
	}
	return s.accept(ctx, NewMessage{
		PersonID: run.PersonID, ConversationID: run.ConversationID, Branch: run.MessageID,
		Text: "Undo that", Key: "undo-" + run.ID, UndoOf: run.ID,
	})
}

// retry starts runs for what has failed of another that has ended.
func (s *Server) retry(ctx context.Context, run agent.Run) ([]agent.Run, error) {
	if wait := s.messages.take(run.PersonID, time.Now()); wait > 0 {
		return nil, &fault.Error{Kind: fault.RateLimited, Message: "You tried much again in a short time.", RetryAfter: wait}
	}
	again, err := s.Ledger.RetryRun(ctx, run.PersonID, run.ID)
	for _, next := range again {
		s.start(ctx, next)
	}
	return again, err
}

// asked is the message that started a run, "" when it is too old to be shown.
func (s *Server) asked(ctx context.Context, run agent.Run) (string, error) {
	messages, err := s.Ledger.Messages(ctx, run.PersonID, run.ConversationID, run.MessageID)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(messages, func(m agent.Message) bool { return m.ID == run.MessageID })
	if i < 0 {
		return "", nil
	}
	return messages[i].Text, nil
}

// notStarted explains a run that is the person's but not yet the engine's.
func notStarted(err error) error {
	if fault.KindOf(err) != fault.NotFound {
		return err
	}
	return fault.New(fault.Unavailable, "This has not started yet.", err)
}
