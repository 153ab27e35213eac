package server

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/fault"
)

// mostItems is the most rows of a list in one answer.
const mostItems = 500

// batchStatus is how a list stands, with one page of its rows. Every key is always there.
type batchStatus struct {
	WorkflowID  string       `json:"workflow_id"`
	Status      string       `json:"status"` // running, completed, failed, cancelled
	Paused      bool         `json:"paused"`
	StartedAt   *time.Time   `json:"started_at"`
	CompletedAt *time.Time   `json:"completed_at"`
	TrackCount  int          `json:"track_count"`
	Counts      agent.Counts `json:"counts"` // by state of the rows, of each state
	Items       []batchItem  `json:"items"`
	Next        *int         `json:"next"` // position to go on after, null on the last page
	Error       *string      `json:"error"`
	WebURL      string       `json:"web_url"`
	Text        string       `json:"text"` // a sentence or two for a notification
}

type batchItem struct {
	Position   int            `json:"position"` // from 1
	State      agent.RowState `json:"state"`
	TrackName  string         `json:"track_name"`
	Artist     string         `json:"artist"`
	TrackID    *string        `json:"spotify_track_id"`
	TrackURI   *string        `json:"spotify_track_uri"`
	Confidence *float64       `json:"confidence_score"`
	Method     *string        `json:"match_method"`
	Error      *string        `json:"error"`
}

// getBatch tells how a list of the person's stands, whoever has asked for it.
func (s *Server) getBatch(c echo.Context) error {
	run, err := s.ownList(c)
	if err != nil {
		return err
	}
	rows, err := rowsWanted(c.QueryParams())
	if err != nil {
		return err
	}
	st, err := s.batchStatus(c.Request().Context(), run, rows)
	if err != nil {
		return err
	}
	if st.CompletedAt == nil {
		c.Response().Header().Set(echo.HeaderRetryAfter, lookAgain)
	}
	return c.JSON(http.StatusOK, st)
}

// rowsWanted reads which rows of a list a program wants to see.
func rowsWanted(q url.Values) (f agent.RowFilter, err error) {
	if f.Limit, err = limitOf(q, mostItems); err != nil {
		return f, err
	}
	if after := q.Get("after"); after != "" {
		if f.After, err = strconv.Atoi(after); err != nil || f.After < 0 {
			return f, refuseQuery("after", "Input should be a position: a whole number from 0 on")
		}
	}
	if state := agent.RowState(q.Get("state")); slices.Contains(agent.RowStates(), state) {
		f.States = []agent.RowState{state}
	} else if state != "" {
		return f, refuseQuery("state", oneOf(agent.RowStates()))
	}
	return f, nil
}

// oneOf says which values there are to choose from.
func oneOf[T ~string](values []T) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = "'" + string(v) + "'"
	}
	last := len(quoted) - 1
	return "Input should be " + strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}

func (s *Server) batchStatus(ctx context.Context, run agent.Run, f agent.RowFilter) (st batchStatus, err error) {
	ctx, cancel := context.WithTimeout(ctx, snapshotTime)
	defer cancel()
	snap, err := s.snapshots.of(ctx, run)
	if err != nil {
		return st, fault.New(fault.Unavailable, "The engine does not say how this stands.", err)
	}
	counts, err := s.Ledger.ListCounts(ctx, run.PersonID, run.ID)
	if err != nil {
		return st, err
	}
	st = batchStatus{
		WorkflowID: run.ID, Status: statusWord(run.State), StartedAt: moment(run.AcceptedAt), CompletedAt: moment(run.EndedAt),
		TrackCount: counts.Total(), Counts: agent.Counts{}, WebURL: s.webURL(run), Text: tellList(snap, counts),
	}
	for _, state := range agent.RowStates() {
		st.Counts[state] = counts[state]
	}
	switch run.State {
	case agent.Failed:
		st.Error = &st.Text
	case agent.Cancelled:
		st.Error = new(wasCancelled)
	case agent.Accepted, agent.Running, agent.Waiting, agent.Parked, agent.Done:
	}
	if _, st.Paused, err = s.Ledger.List(ctx, run.PersonID, run.ID); err != nil {
		return st, err
	}
	st.Items, st.Next, err = s.batchItems(ctx, run, f)
	return st, err
}

func (s *Server) batchItems(ctx context.Context, run agent.Run, f agent.RowFilter) (items []batchItem, next *int, err error) {
	limit := f.Limit
	f.Limit++
	rows, err := s.Ledger.ListRows(ctx, run.PersonID, run.ID, f)
	if len(rows) > limit {
		rows = rows[:limit]
		next = &rows[limit-1].Position
	}
	items = make([]batchItem, len(rows))
	for i, row := range rows {
		items[i] = itemOf(row)
	}
	return items, next, err
}

func itemOf(r agent.Row) batchItem {
	item := batchItem{Position: r.Position, State: r.State, TrackName: r.Song.Title, Artist: strings.Join(r.Song.Artists, ", ")}
	if r.Trouble != nil {
		item.Error = new(troubleWords(r.Trouble))
	}
	if r.Match == nil || len(r.Match.Choices) == 0 {
		return item
	}
	item.Confidence, item.Method = &r.Match.Choices[0].Confidence, new(methodWord(r.Match.Method))
	if pick, ok := r.Match.Pick(); ok {
		item.TrackID, item.TrackURI = &pick.Track.ID, &pick.Track.URI
	}
	return item
}

// tellList says in a sentence or two how a list stands.
func tellList(snap *Snapshot, counts agent.Counts) string {
	switch p := snap.Progress; {
	case p.Trouble != nil:
		return troubleWords(p.Trouble)
	case snap.Final() && p.Title != "":
		return p.Title + "."
	}
	text := fmt.Sprintf("%s of %s are in the playlist.", thousands(counts.Of(agent.RowAdded, agent.RowThere)), songs(counts.Total()))
	if n := counts[agent.RowReview]; n > 0 {
		text += fmt.Sprintf(" %s to be looked at: open Segue.", thousands(n))
	}
	return text
}

// troubleWords says all of a trouble.
func troubleWords(t *agent.Trouble) string {
	return strings.TrimSpace(strings.Join([]string{t.What, t.Kept, t.Do}, " "))
}
