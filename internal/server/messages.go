package server

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/failpoint"
	"segue/internal/fault"
)

// startTime bounds how long a form waits for the engine to take up a run.
const startTime = 5 * time.Second

// sendMessage accepts a message into the conversation of the path, or into a new
// one, and shows it. What is not accepted stays in the composer with the reason,
// whatever that is: nobody should have to type it again.
func (s *Server) sendMessage(c echo.Context) error {
	id := c.Param("id")
	text, kept, err := messageText(field(c, "text"))
	if err != nil {
		return s.showRefused(c, id, kept, err)
	}
	key, err := formKey(c)
	if err != nil {
		return s.showRefused(c, id, kept, err)
	}
	m := NewMessage{PersonID: person(c).ID, ConversationID: id, Text: text, Key: key}
	if id != "" {
		m.Branch, m.Instead = field(c, "branch"), field(c, "instead")
	}
	run, err := s.accept(c.Request().Context(), m)
	switch fault.KindOf(err) {
	case "":
		return c.Redirect(http.StatusSeeOther, "/c/"+run.ConversationID+"#latest")
	case fault.NotFound, fault.Unauthorised: // there is no conversation to show it in
		return err
	default:
		return s.showRefused(c, id, kept, err)
	}
}

// accept puts a message on disk and has its run started. From the first on it is
// accepted: a run that does not start now is started by the reconciler.
func (s *Server) accept(ctx context.Context, m NewMessage) (agent.Run, error) {
	if wait := s.messages.take(m.PersonID, time.Now()); wait > 0 {
		return agent.Run{}, &fault.Error{Kind: fault.RateLimited, Message: "You sent many messages in a short time.", RetryAfter: wait}
	}
	run, fresh, err := s.Ledger.Accept(ctx, m)
	if err == nil && fresh {
		failpoint.Hit(failpoint.MessageAccepted)
		s.start(ctx, run)
		failpoint.Hit(failpoint.RunStarted)
	}
	return run, err
}

// start hands an accepted run to the engine, if that takes it now.
func (s *Server) start(ctx context.Context, run agent.Run) {
	soon, cancel := context.WithTimeout(context.WithoutCancel(ctx), startTime)
	defer cancel()
	if err := s.Engine.StartTurn(soon, run); err != nil {
		s.Logger.WarnContext(ctx, "run accepted but not started yet", slog.String("run", run.ID), slog.Any("error", err))
	}
}

// startSoon is start for a program, which has no use for waiting: what is accepted
// is on disk, and the reconciler's should the process end meanwhile.
func (s *Server) startSoon(ctx context.Context, run agent.Run) {
	started := make(chan struct{})
	go func() {
		defer close(started)
		s.start(ctx, run)
	}()
	select {
	case <-started:
	case <-time.After(briefly):
	}
}
