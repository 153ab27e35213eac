package server

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/fault"
)

const (
	longestWait = 10 // seconds a program may wait for the end of a run
	longestKey  = 255
	lookAgain   = "2" // seconds until there may be news of a run
	syncPath    = "/api/v1/sync/"

	// briefly bounds how long the engine may keep a program from its answer.
	briefly = 5 * time.Millisecond
)

// receipt is the answer to a sync that was accepted.
type receipt struct {
	WorkflowID   string  `json:"workflow_id"`
	Status       string  `json:"status"`
	Message      string  `json:"message"`
	StatusURL    string  `json:"status_url"`
	ShareURL     *string `json:"share_url"`
	WebURL       string  `json:"web_url"`
	Deduplicated bool    `json:"deduplicated"`
	Text         string  `json:"text"` // one sentence for a notification
}

// postSync accepts one song. Once it is on disk the answer is 202, whatever
// becomes of it; a program that waits gets the end instead if that comes in time.
func (s *Server) postSync(c echo.Context) error {
	asked, link, err := readSync(c)
	if err != nil {
		return err
	}
	wait, err := waitOf(c)
	if err != nil {
		return err
	}
	run, tapped, err := s.acceptSync(c, asked)
	if err != nil {
		return err
	}
	return s.answerSync(c, run, s.shareSync(c.Request().Context(), run, link), tapped, wait)
}

// acceptSync puts on disk what a program asks for and has it started, unless it was
// asked for before: by the same key, or tapped twice.
func (s *Server) acceptSync(c echo.Context, asked NewSync) (run agent.Run, tapped bool, err error) {
	ctx := c.Request().Context()
	run, fresh, err := s.Ledger.AcceptSync(ctx, asked)
	switch {
	case fault.KindOf(err) == fault.Conflict:
		return run, false, refuseKey(asked.Key, "Value error, "+fault.MessageOf(err))
	case err != nil:
		return run, false, err
	case fresh:
		s.startSoon(ctx, run)
	case asked.Key != "":
		c.Response().Header().Set("Idempotent-Replayed", "true")
	default:
		return run, true, nil
	}
	return run, false, nil
}

// shareSync makes the link that a program wants with its answer, nil for none. The
// song is accepted whether there can be a link or not.
func (s *Server) shareSync(ctx context.Context, run agent.Run, w shareWish) *string {
	if w.hours == 0 {
		return nil
	}
	address, err := s.share(ctx, run, w.hours, w.names)
	if err != nil {
		s.Logger.WarnContext(ctx, "a program got no link", "run", run.ID, "error", err)
		return nil
	}
	return &address
}

// readSync reads the song that a program asks for.
func readSync(c echo.Context) (NewSync, shareWish, error) {
	asked, link, err := readAsked(c, maxJSON, parseWish)
	if err == nil {
		asked.Text = wishWords(asked.Wish)
	}
	return asked, link, err
}

// readAsked reads a body of at most so many bytes. What it asks for is for parse to say,
// which is told the playlist of the token as well.
func readAsked(
	c echo.Context, most int64, parse func(body []byte, otherwise string) (agent.SyncSongsArgs, shareWish, error),
) (NewSync, shareWish, error) {
	body, err := readBody(c, most)
	if err != nil {
		return NewSync{}, shareWish{}, err
	}
	key, err := idempotencyKey(c)
	if err != nil {
		return NewSync{}, shareWish{}, err
	}
	token := bearerToken(c)
	wish, link, err := parse(body, token.Playlist)
	if err != nil {
		return NewSync{}, shareWish{}, err
	}
	sum := sha256.Sum256(canonical(body))
	return NewSync{PersonID: person(c).ID, TokenID: token.ID, Wish: wish, Key: key, Request: sum[:]}, link, nil
}

// answerSync tells how a run ended, or that it was accepted, with a link to it if there is one.
func (s *Server) answerSync(c echo.Context, run agent.Run, link *string, deduplicated bool, wait time.Duration) error {
	song := run.Wish.Songs[0]
	r := receipt{
		WorkflowID: run.ID, Status: "accepted", StatusURL: syncPath + run.ID, ShareURL: link, WebURL: s.webURL(run), Deduplicated: deduplicated,
		Message: "Sync started for " + quoted(song) + byArtist(song),
		Text:    "Segue is looking for " + song.String() + ". It goes into " + placeWords(run.Wish.Playlist) + ".",
	}
	if deduplicated {
		r.Message = "Sync already in progress for " + quoted(song)
	}
	if wait > 0 {
		snap := s.awaitEnd(c.Request().Context(), run, wait)
		if snap != nil && snap.Final() {
			st := s.statusOf(snap.Run, snap.Progress)
			st.ShareURL = link
			return c.JSON(http.StatusOK, st)
		}
		if snap != nil {
			r.Text = tell(snap.Run, snap.Progress)
		}
	}
	h := c.Response().Header()
	h.Set(echo.HeaderLocation, r.StatusURL)
	h.Set(echo.HeaderRetryAfter, lookAgain)
	return c.JSON(http.StatusAccepted, r)
}

// awaitEnd follows a run until it ends or asks its person something, at most so
// long. It returns the newest state, nil when there was none.
func (s *Server) awaitEnd(ctx context.Context, run agent.Run, limit time.Duration) (last *Snapshot) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	s.follow(ctx, run, func(snap *Snapshot) bool {
		last = snap
		return snap.Progress.State != agent.Waiting
	})
	return last
}

// follow tells of every newer state of a run until tell returns false, the run has ended or ctx has.
func (s *Server) follow(ctx context.Context, run agent.Run, tell func(*Snapshot) bool) {
	leave, err := s.enterStream(run.PersonID)
	if err != nil { // the program asks for the state by and by, as if it had not waited
		return
	}
	defer leave()
	sub := s.hub.Subscribe(runKey(run))
	defer sub.Close()
	for {
		select {
		case snap, open := <-sub.C():
			if !open || !tell(snap) || snap.Final() {
				return
			}
		case <-ctx.Done():
			return
		case <-s.closing:
			return
		}
	}
}

// waitOf reads how long the program waits for the end.
func waitOf(c echo.Context) (time.Duration, error) {
	text := c.QueryParam("wait")
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err == nil && n >= 0 && n <= longestWait {
		return time.Duration(n * float64(time.Second)), nil
	}
	p := problem{Type: "float_parsing", Msg: "Input should be a number of seconds", Loc: []any{"query", "wait"}, Input: []byte(strconv.Quote(text))}
	if err == nil {
		p.Type, p.Msg, p.Ctx = "less_than_equal", fmt.Sprintf("Input should be between 0 and %d", longestWait), map[string]any{"le": longestWait}
	}
	return 0, &unusable{[]problem{p}}
}

// idempotencyKey reads the header of that name, "" for none.
func idempotencyKey(c echo.Context) (string, error) {
	key := c.Request().Header.Get("Idempotency-Key")
	if !plainKey(key) {
		return "", refuseKey("", fmt.Sprintf("String should have at most %d characters, all of them plain ASCII", longestKey))
	}
	return key, nil
}

func plainKey(key string) bool {
	return len(key) <= longestKey && !strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' })
}

func refuseKey(key, msg string) error {
	return &unusable{[]problem{{Type: "value_error", Loc: []any{"header", "Idempotency-Key"}, Msg: msg, Input: []byte(strconv.Quote(key))}}}
}

// getSync tells how a sync stands.
func (s *Server) getSync(c echo.Context) error {
	run, err := s.syncRun(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), snapshotTime)
	defer cancel()
	snap, err := s.snapshots.of(ctx, run)
	if err != nil {
		return fault.New(fault.Unavailable, "The engine does not say how this stands.", err)
	}
	if !snap.Final() {
		c.Response().Header().Set(echo.HeaderRetryAfter, lookAgain)
	}
	return c.JSON(http.StatusOK, s.statusOf(snap.Run, snap.Progress))
}

// cancelSync stops a sync that has not ended. What was added stays.
func (s *Server) cancelSync(c echo.Context) error {
	run, err := s.syncRun(c)
	if err != nil {
		return err
	}
	if run.State.Final() {
		return fault.New(fault.NotFound, "This has ended, so there is nothing to stop.", nil)
	}
	return s.answerCancel(c, run, false)
}

// syncRun returns the run of the path, if a program of the same person has asked for it.
func (s *Server) syncRun(c echo.Context) (agent.Run, error) {
	run, err := s.Ledger.Run(c.Request().Context(), person(c).ID, c.Param("id"))
	if err == nil && run.Wish == nil {
		err = fault.New(fault.NotFound, "This request does not exist.", nil)
	}
	return run, err
}

// webURL is where a person sees the run.
func (s *Server) webURL(run agent.Run) string { return s.PublicURL + "/runs/" + run.ID }
