package server

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/deadletter"
	"segue/internal/fault"
)

// letterFilters are what the list of letters may be asked by.
var letterFilters = []string{"state", "kind", "step", "fingerprint", "person", "playlist", "q", "since", "until", "after", "limit"}

// usualLimit is how many entries a page has unless the query says otherwise.
const usualLimit = 50

// letterEntry is a letter in a list; letterDetail has all of it.
type letterEntry struct {
	ID          string           `json:"id"`
	WorkflowID  string           `json:"workflow_id"` // of the run that failed
	State       deadletter.State `json:"state"`
	Kind        fault.Kind       `json:"kind"`
	Step        string           `json:"step"`
	Message     string           `json:"message"`
	Fingerprint string           `json:"fingerprint"`
	Song        string           `json:"song"`
	Playlist    string           `json:"playlist"`
	Person      string           `json:"person"`
	PersonID    string           `json:"person_id"`
	Attempts    int              `json:"attempt_count"`
	RetryRun    *string          `json:"new_workflow_id"` // the newest run that tries again
	Version     int64            `json:"version"`
	MadeAt      *time.Time       `json:"made_at"`
	ChangedAt   *time.Time       `json:"changed_at"`
}

type letterDetail struct {
	letterEntry
	Reason string               `json:"reason"` // of a discard
	Tried  []deadletter.Attempt `json:"attempts"`
	Input  deadletter.Input     `json:"input"`
}

func entryOf(l deadletter.Letter) letterEntry {
	e := letterEntry{
		ID: l.ID, WorkflowID: l.RunID, State: l.State, Kind: l.Kind, Step: l.Step, Message: l.Message, Fingerprint: l.Fingerprint,
		Song: l.Current().Song.String(), Playlist: l.Current().Playlist.Name, Person: l.Person, PersonID: l.PersonID,
		Attempts: l.Tries(), Version: l.Version, MadeAt: moment(l.MadeAt), ChangedAt: moment(l.ChangedAt),
	}
	if l.RetryRun != "" {
		e.RetryRun = &l.RetryRun
	}
	return e
}

// listLetters lists letters, the newest first: those that wait unless the query says otherwise.
func (s *Server) listLetters(c echo.Context) error {
	ctx, query := c.Request().Context(), c.QueryParams()
	if err := knownQuery(query, letterFilters); err != nil {
		return err
	}
	limit, err := limitOf(query, 2*lettersPerPage)
	if err != nil {
		return err
	}
	f, err := deadletter.ParseFilter(query)
	if err != nil {
		return refuseQuery("filter", fault.MessageOf(err))
	}
	after := deadletter.ParseCursor(query.Get("after"))
	if query.Get("after") != "" && after.MadeAt.IsZero() { // as the beginning it would be read for ever
		return refuseQuery("after", "Input should be what next of the page before said")
	}
	found, err := s.Ledger.Letters(ctx, f, after, limit+1)
	if err != nil {
		return err
	}
	_, total, err := s.Ledger.LetterGroups(ctx, f, 1)
	if err != nil {
		return err
	}
	var next *string
	if len(found) > limit {
		found = found[:limit]
		last := found[limit-1]
		next = new(deadletter.Cursor{MadeAt: last.MadeAt, ID: last.ID}.String())
	}
	entries := make([]letterEntry, len(found))
	for i, l := range found {
		entries[i] = entryOf(l)
	}
	return c.JSON(http.StatusOK, map[string]any{"total": total, "entries": entries, "next": next})
}

// knownQuery refuses what the query holds besides these names, by its own.
func knownQuery(q url.Values, names []string) error {
	for _, name := range slices.Sorted(maps.Keys(q)) {
		if !slices.Contains(names, name) {
			return &unusable{[]problem{{Type: "extra_forbidden", Loc: []any{"query", name}, Msg: "Extra inputs are not permitted", Input: []byte("null")}}}
		}
	}
	return nil
}

// limitOf reads how many entries a page is to have.
func limitOf(q url.Values, most int) (int, error) {
	if q.Get("limit") == "" {
		return usualLimit, nil
	}
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit < 1 || limit > most {
		return 0, refuseQuery("limit", "Input should be a whole number from 1 to "+strconv.Itoa(most))
	}
	return limit, nil
}

func refuseQuery(name, msg string) error {
	return &unusable{[]problem{{Type: "value_error", Loc: []any{"query", name}, Msg: msg, Input: []byte("null")}}}
}

func (s *Server) getLetter(c echo.Context) error {
	l, err := s.Ledger.Letter(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, letterDetail{letterEntry: entryOf(l), Reason: l.Reason, Tried: l.Attempts, Input: l.Current()})
}

// postRetry starts a run that tries a letter again. Without a version it is the letter as it is now.
func (s *Server) postRetry(c echo.Context) error {
	l, f, err := s.letterAndBody(c, "version")
	if err != nil {
		return err
	}
	version, err := versionOf(f, l)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	run, err := s.Ledger.RetryLetter(ctx, l.ID, version, person(c).ID)
	if err != nil {
		return err
	}
	s.start(ctx, run)
	c.Response().Header().Set(echo.HeaderLocation, "/api/v1/dlq/"+l.ID)
	return c.JSON(http.StatusAccepted, map[string]string{
		"status": "retried", "original_workflow_id": l.RunID, "new_workflow_id": run.ID,
	})
}

// postDiscard takes a letter out of the list, for a reason.
func (s *Server) postDiscard(c echo.Context) error {
	l, f, err := s.letterAndBody(c, "version", "reason")
	if err != nil {
		return err
	}
	reason := deadletter.Line(f.text("reason", deadletter.MaxReason, true))
	version, err := versionOf(f, l)
	if err != nil {
		return err
	}
	if err := s.Ledger.DiscardLetter(c.Request().Context(), l.ID, version, person(c).ID, reason); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"status": "discarded", "original_workflow_id": l.RunID})
}

// letterAndBody reads the letter of the path and the body, in which only these fields may stand.
func (s *Server) letterAndBody(c echo.Context, known ...string) (deadletter.Letter, *fields, error) {
	body, err := readJSON(c)
	if err != nil {
		return deadletter.Letter{}, nil, err
	}
	l, err := s.Ledger.Letter(c.Request().Context(), c.Param("id"))
	return l, parseFields(body, false, known), err
}

// versionOf is the version that the operator has seen, by default the newest.
func versionOf(f *fields, l deadletter.Letter) (int64, error) {
	version := l.Version
	if _, said := f.value("version"); said {
		version = int64(f.number("version", 1, 1<<53))
	}
	return version, f.err()
}
