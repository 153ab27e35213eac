package server

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
	"segue/web/templates/partial"
)

// correctRun makes a rule of what the person says a song of a finished run
// should have been, and shows it among their choices. The run stays as it was.
func (s *Server) correctRun(c echo.Context) error {
	ctx := c.Request().Context()
	run, err := s.Ledger.Run(ctx, person(c).ID, c.Param("id"))
	if err != nil {
		return err
	}
	task, err := taskOf(run, field(c, "task"))
	if err != nil {
		return err
	}
	link := sendable(strings.TrimSpace(field(c, "link")))
	track, err := s.meant(ctx, run.PersonID, task, field(c, "option"), link)
	if err != nil {
		return s.showAnswerRefused(c, run, partial.Refusal{Question: "correct-" + task.Key, Link: link}, err)
	}
	if err := s.Ledger.Remember(ctx, run.PersonID, task.Song, track); err != nil {
		return err
	}
	return c.Redirect(http.StatusSeeOther, "/rules?after="+run.ID)
}

// taskOf returns a song that a finished run has looked for.
func taskOf(run agent.Run, key string) (agent.Task, error) {
	if run.Outcome == nil {
		return agent.Task{}, fault.New(fault.Conflict, "This is not finished yet, so there is nothing to correct.", nil)
	}
	i := slices.IndexFunc(run.Outcome.Tasks, func(t agent.Task) bool { return t.Key == key })
	if i < 0 || !partial.Amendable(run.Outcome.Tasks[i]) {
		return agent.Task{}, fault.New(fault.Invalid, "There is nothing to correct about this song.", nil)
	}
	return run.Outcome.Tasks[i], nil
}

// meant returns the track that the person means instead, nil for none. A link outranks an option.
func (s *Server) meant(ctx context.Context, personID string, t agent.Task, option, link string) (*music.Track, error) {
	if link != "" {
		track, err := s.linked(ctx, personID, link)
		return &track, err
	}
	if option == agent.NotOnSpotify {
		return nil, nil
	}
	i := slices.IndexFunc(t.Match.Choices, func(c music.Choice) bool { return c.Track.ID == option })
	if i < 0 {
		return nil, fault.New(fault.Invalid, "Choose one of these or paste a link first.", nil)
	}
	return &t.Match.Choices[i].Track, nil
}
