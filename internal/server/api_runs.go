package server

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/fault"
)

const (
	apiRuns  = "/api/v1/runs/"
	mostRuns = 100 // in one answer
)

// runFilters are what the list of runs may be asked by.
var runFilters = []string{"status", "kind", "playlist", "q", "after", "limit"}

// pastStates are the states behind the statuses that runs are filtered by.
var pastStates = map[string]agent.State{
	"": "", "running": agent.Running, "completed": agent.Done, "failed": agent.Failed, "cancelled": agent.Cancelled,
}

// runEntry is a run as its person looks back on it.
type runEntry struct {
	WorkflowID  string     `json:"workflow_id"`
	Kind        agent.Kind `json:"kind"`
	Status      string     `json:"status"` // running, completed, failed, cancelled
	Asked       string     `json:"asked"`  // the message that started it
	PlaylistID  *string    `json:"playlist_id"`
	Playlist    *string    `json:"playlist"`
	StartedAt   *time.Time `json:"started_at"`
	CompletedAt *time.Time `json:"completed_at"`
	Undoable    bool       `json:"undoable"`
	UndoOf      *string    `json:"undo_of"`
	UndoneBy    *string    `json:"undone_by"`
	WebURL      string     `json:"web_url"`
	Text        string     `json:"text"` // what came of it
}

func (s *Server) pastEntry(p agent.Past) runEntry {
	return runEntry{
		WorkflowID: p.ID, Kind: p.Kind(), Status: statusWord(p.State), Asked: p.Asked, PlaylistID: orNull(p.Playlist.ID), Playlist: orNull(p.Playlist.Name),
		StartedAt: moment(p.AcceptedAt), CompletedAt: moment(p.EndedAt), Undoable: undoable(p.Run) && p.UndoneBy == "",
		UndoOf: orNull(p.UndoOf), UndoneBy: orNull(p.UndoneBy), WebURL: s.webURL(p.Run), Text: tellRun(p.Run),
	}
}

// tellRun says what came of a run.
func tellRun(run agent.Run) string {
	switch p := run.Outcome; {
	case p == nil:
		return "This is on its way."
	case p.Trouble != nil:
		return troubleWords(p.Trouble)
	case p.Title != "":
		return p.Title + "."
	default:
		return p.Say
	}
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// listRuns lists runs of the person, the newest first.
func (s *Server) listRuns(c echo.Context) error {
	q := c.QueryParams()
	f, limit, err := runsWanted(q)
	if err != nil {
		return err
	}
	found, err := s.Ledger.History(c.Request().Context(), person(c).ID, f, q.Get("after"), limit+1)
	if err != nil {
		return err
	}
	var next *string
	if len(found) > limit {
		found = found[:limit]
		next = &found[limit-1].ID
	}
	entries := make([]runEntry, len(found))
	for i, p := range found {
		entries[i] = s.pastEntry(p)
	}
	return c.JSON(http.StatusOK, map[string]any{"entries": entries, "next": next})
}

// runsWanted reads which runs a program wants to see. It names each value that it refuses.
func runsWanted(q url.Values) (f agent.HistoryFilter, limit int, err error) {
	if err := knownQuery(q, runFilters); err != nil {
		return f, 0, err
	}
	state, known := pastStates[q.Get("status")]
	if !known {
		return f, 0, refuseQuery("status", oneOf([]string{"running", "completed", "failed", "cancelled"}))
	}
	if kind := agent.Kind(q.Get("kind")); kind != "" && !slices.Contains(agent.Kinds(), kind) {
		return f, 0, refuseQuery("kind", oneOf(agent.Kinds()))
	}
	if limit, err = limitOf(q, mostRuns); err != nil {
		return f, 0, err
	}
	f, err = agent.ParseHistory(url.Values{"state": {string(state)}, "kind": q["kind"], "playlist": q["playlist"], "q": q["q"]})
	return f, limit, err
}

// getRun tells what came of one run.
func (s *Server) getRun(c echo.Context) error {
	run, err := s.namedRun(c)
	if err != nil {
		return err
	}
	past := agent.Past{Run: run}
	if past.Asked, err = s.asked(c.Request().Context(), run); err != nil {
		return err
	}
	if run.Outcome != nil && run.Outcome.Playlist != nil {
		past.Playlist = agent.PlaylistRef{ID: run.Outcome.Playlist.ID, Name: run.Outcome.Playlist.Name}
	}
	return c.JSON(http.StatusOK, s.pastEntry(past))
}

// namedRun returns the run of the path, which is the person's.
func (s *Server) namedRun(c echo.Context) (agent.Run, error) {
	return s.Ledger.Run(c.Request().Context(), person(c).ID, c.Param("id"))
}

// runAndBody reads the run of the path and the body, in which only these fields may stand.
func (s *Server) runAndBody(c echo.Context, known ...string) (agent.Run, *fields, error) {
	run, err := s.namedRun(c)
	if err != nil {
		return run, nil, err
	}
	body, err := readJSON(c)
	if err != nil {
		return run, nil, err
	}
	f := parseFields(body, false, append([]string{}, known...)) // none is not whatever comes
	return run, f, f.err()
}

// postCancel stops a run that has not ended, on demand taking back what it did.
func (s *Server) postCancel(c echo.Context) error {
	run, f, err := s.runAndBody(c, "undo")
	if err != nil {
		return err
	}
	undo := f.flag("undo")
	if err := f.err(); err != nil {
		return err
	}
	if run.State.Final() {
		return fault.New(fault.Conflict, "This has ended, so there is nothing to stop.", nil)
	}
	return s.answerCancel(c, run, undo != nil && *undo)
}

// answerCancel stops a run and says so.
func (s *Server) answerCancel(c echo.Context, run agent.Run, undo bool) error {
	if err := s.stopRun(c.Request().Context(), run, undo); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{
		"workflow_id": run.ID, "status": "cancelled", "message": "Workflow cancellation requested",
	})
}

// postUndo starts a run that takes back what another did. However often it is sent, it is one run.
func (s *Server) postUndo(c echo.Context) error {
	return s.answerNew(c, "accepted", func(ctx context.Context, run agent.Run) ([]agent.Run, error) {
		undo, err := s.undo(ctx, run)
		return []agent.Run{undo}, err
	})
}

// postRetryRun starts runs for what has failed of another.
func (s *Server) postRetryRun(c echo.Context) error { return s.answerNew(c, "retried", s.retry) }

// answerNew starts runs that come of another and says which they are.
func (s *Server) answerNew(c echo.Context, status string, begin func(context.Context, agent.Run) ([]agent.Run, error)) error {
	run, _, err := s.runAndBody(c)
	if err != nil {
		return err
	}
	begun, err := begin(c.Request().Context(), run)
	if err != nil {
		return err
	}
	ids := make([]string, len(begun))
	for i, next := range begun {
		ids[i] = next.ID
	}
	c.Response().Header().Set(echo.HeaderLocation, apiRuns+ids[0])
	return c.JSON(http.StatusAccepted, map[string]any{
		"status": status, "original_workflow_id": run.ID, "new_workflow_id": ids[0], "new_workflow_ids": ids,
	})
}
