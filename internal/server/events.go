package server

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/failpoint"
	"segue/internal/fault"
	"segue/internal/live"
)

// streamRun sends the state of a run as it changes, until it is final. The
// stream ends early when its time is over, when the session ends or at shutdown;
// the browser then asks again.
func (s *Server) streamRun(c echo.Context) error {
	who := person(c)
	run, err := s.Ledger.Run(c.Request().Context(), who.ID, c.Param("id"))
	if err != nil {
		return err
	}
	leave, err := s.enterStream(who.ID)
	if err != nil {
		return err
	}
	defer leave()
	return s.stream(c, run, look{full: c.QueryParam("full") == "1"}, (*stream).loggedIn)
}

// stream sends the state of a run in one look, for as long as allowed says so.
func (s *Server) stream(c echo.Context, run agent.Run, as look, allowed func(*stream) bool) error {
	out, err := openStream(c)
	if err != nil {
		return nil // the browser has gone
	}
	st := &stream{server: s, request: c.Request(), out: out, seen: lastEventID(c.Request()), look: as, allowed: allowed}
	if run.State.Final() {
		snap, err := s.snapshots.withUndone(c.Request().Context(), newSnapshot(run, outcome(run)))
		if err == nil {
			_, err = st.show(snap)
		}
		return err
	}
	sub := s.hub.Subscribe(runKey(run))
	defer sub.Close()
	return st.follow(sub.C())
}

// enterStream makes room for one more stream of the person, or says why there is none.
func (s *Server) enterStream(personID string) (leave func(), err error) {
	return s.enter(func() (func(), bool) { return s.streams.enter(personID) })
}

// enter takes a place where there is one, and none while the server goes down.
func (s *Server) enter(place func() (leave func(), ok bool)) (leave func(), err error) {
	select {
	case <-s.closing:
		return nil, &fault.Error{Kind: fault.Unavailable, Message: "Segue is being restarted.", RetryAfter: time.Second}
	default:
	}
	leave, ok := place()
	if !ok {
		return nil, &fault.Error{Kind: fault.RateLimited, Message: "Too many pages are watching at once.", RetryAfter: 10 * time.Second}
	}
	return leave, nil
}

// openStream sends the headers. It lifts the server's ReadTimeout, which would
// cancel the request in the middle of the stream; each write has its own limit.
func openStream(c echo.Context) (*live.Writer, error) {
	if err := http.NewResponseController(c.Response()).SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return nil, err
	}
	return live.NewWriter(c.Response())
}

// stream is one open event stream.
type stream struct {
	server  *Server
	request *http.Request
	out     *live.Writer
	seen    int64 // version the browser has
	look    look
	allowed func(*stream) bool // asked with each heartbeat
}

// follow sends snapshots until one of the ends. A write that fails means that
// the browser has gone, which is no error of anybody's.
func (st *stream) follow(snapshots <-chan *Snapshot) error {
	life := time.NewTimer(st.server.Limits.StreamLife)
	defer life.Stop()
	beat := time.NewTicker(st.server.Limits.Heartbeat)
	defer beat.Stop()
	for {
		select {
		case snap, open := <-snapshots:
			if !open {
				return nil
			}
			if more, err := st.show(snap); err != nil || !more {
				return err
			}
		case <-beat.C:
			if !st.allowed(st) || st.out.Beat() != nil {
				return nil
			}
		case <-life.C:
			return nil
		case <-st.server.closing:
			return nil
		case <-st.request.Context().Done():
			return nil
		}
	}
}

// show sends one snapshot unless the browser has it, and after a final one the
// end. It reports whether there is more to come; the error is one of rendering.
func (st *stream) show(snap *Snapshot) (more bool, err error) {
	version := snap.SnapshotVersion()
	if version == st.seen && !snap.Final() {
		return true, nil
	}
	message, err := snap.message(st.look)
	if err != nil {
		return false, fmt.Errorf("render run %s: %w", snap.Run.ID, err)
	}
	if snap.Final() {
		failpoint.Hit(failpoint.EndUntold)
	}
	if st.out.Message(message) != nil {
		return false, nil //nolint:nilerr // the browser has gone
	}
	st.seen = version
	if snap.Final() {
		_ = st.out.Event("done", "done") // the stream is over whether it arrives or not
		return false, nil
	}
	return true, nil
}

// loggedIn reports whether the session lives on; the browser is told when it
// does not. A store that cannot say is no reason to end.
func (st *stream) loggedIn() bool {
	_, err := st.server.Sessions.Person(st.request)
	if fault.KindOf(err) != fault.Unauthorised {
		return true
	}
	_ = st.out.Event("expired", "expired") // a failed write ends the stream just the same
	return false
}

// lastEventID is the version that a browser which connects again has, -1 when it has none.
func lastEventID(r *http.Request) int64 {
	id, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil {
		return -1
	}
	return id
}
