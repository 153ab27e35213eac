package server

import (
	"context"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/web/templates/page"
)

// showRun is one run with every detail.
func (s *Server) showRun(c echo.Context) error {
	ctx, who := c.Request().Context(), person(c)
	run, err := s.Ledger.Run(ctx, who.ID, c.Param("id"))
	if err != nil {
		return err
	}
	asked, err := s.asked(ctx, run)
	if err != nil {
		return err
	}
	v := s.runViews(ctx, []agent.Run{run})[0]
	v.Live = true
	return render(c, http.StatusOK, page.Run(page.RunPageView{Person: personView(who), Asked: asked, Run: v}))
}

// answerRun settles a question; the first answer counts.
func (s *Server) answerRun(c echo.Context) error {
	ctx := c.Request().Context()
	run, err := s.Ledger.Run(ctx, person(c).ID, c.Param("id"))
	if err != nil {
		return err
	}
	a := agent.Answer{Question: field(c, "question"), Option: field(c, "option")}
	if a.Question == "" || a.Option == "" {
		return fault.New(fault.Invalid, "Choose one of the answers first.", nil)
	}
	if run.State.Final() {
		return fault.New(fault.Conflict, "This has ended, so there is nothing left to choose.", nil)
	}
	if err := s.Engine.Answer(ctx, run.ID, a); err != nil {
		return notStarted(err)
	}
	return back(c, "/c/"+run.ConversationID)
}

// cancelRun stops a run, on demand taking back what it did. One that has ended
// meanwhile is what was asked for.
func (s *Server) cancelRun(c echo.Context) error {
	ctx := c.Request().Context()
	run, err := s.Ledger.Run(ctx, person(c).ID, c.Param("id"))
	if err != nil {
		return err
	}
	if !run.State.Final() {
		if err := s.Engine.Cancel(ctx, run.ID, field(c, "undo") == "1"); err != nil {
			return notStarted(err)
		}
	}
	return back(c, "/c/"+run.ConversationID)
}

// undoRun starts a run that takes back what another did. However often it is
// sent, it is one run.
func (s *Server) undoRun(c echo.Context) error {
	ctx, who := c.Request().Context(), person(c)
	run, err := s.Ledger.Run(ctx, who.ID, c.Param("id"))
	if err != nil {
		return err
	}
	if !run.State.Final() || run.Outcome == nil || !run.Outcome.Undoable {
		return fault.New(fault.Conflict, "There is nothing here that can be undone.", nil)
	}
	undo, err := s.accept(ctx, NewMessage{
		PersonID: who.ID, ConversationID: run.ConversationID, Text: "Undo that", Key: "undo-" + run.ID, UndoOf: run.ID,
	})
	if err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/c/"+undo.ConversationID+"#latest")
}

// asked is the message that started a run, "" when it is too old to be shown.
func (s *Server) asked(ctx context.Context, run agent.Run) (string, error) {
	messages, err := s.Ledger.Messages(ctx, run.PersonID, run.ConversationID)
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
