package server

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/share"
	"segue/web"
	"segue/web/templates/page"
)

// sharePath begins the address of every link for the public; the rest is a secret.
const sharePath = "/s/"

// forPublic reports whether the address is one that strangers are given.
func forPublic(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, sharePath) }

// goodLink returns the link with the token. One that is unknown is a fault
// NotFound, one that is over has the status Gone.
func (s *Server) goodLink(ctx context.Context, token string) (share.Link, error) {
	hash, ok := share.Hash(token)
	if !ok {
		return share.Link{}, fault.New(fault.NotFound, "", nil)
	}
	link, err := s.Ledger.Share(ctx, hash)
	if err == nil && link.Over(time.Now()) {
		err = echo.NewHTTPError(http.StatusGone)
	}
	return link, err
}

// opened returns the link of the path and its run. Links that are tried out are
// counted, by address.
func (s *Server) opened(c echo.Context) (share.Link, agent.Run, error) {
	ctx := c.Request().Context()
	link, err := s.goodLink(ctx, c.Param("token"))
	if fault.KindOf(err) == fault.NotFound {
		if wait := s.guesses.take(network(c.RealIP()), time.Now()); wait > 0 {
			return link, agent.Run{}, &fault.Error{Kind: fault.RateLimited, Message: "Many unknown links were tried from here.", RetryAfter: wait}
		}
		return link, agent.Run{}, fault.New(fault.NotFound, "There is no such link.", err)
	}
	if err != nil {
		return link, agent.Run{}, err
	}
	run, err := s.Ledger.Run(ctx, link.PersonID, link.RunID)
	if fault.KindOf(err) == fault.NotFound {
		err = echo.NewHTTPError(http.StatusGone)
	}
	return link, run, err
}

// showShared is a run for anybody with a link to it.
func (s *Server) showShared(c echo.Context) error {
	link, run, err := s.opened(c)
	if err != nil {
		return err
	}
	s.countView(c, link)
	at := lookOf(c, link)
	ctx, cancel := context.WithTimeout(c.Request().Context(), snapshotTime)
	defer cancel()
	v := page.SharedView{Run: s.snapshotOf(ctx, run).seen(at), Until: link.ExpiresAt, Image: s.PublicURL + web.Path("share.png")}
	v.Crowd = !v.Run.Final() && s.viewers.full(link.ID, network(c.RealIP()))
	v.Run.Live = !v.Crowd
	if link.Names && run.List && run.UndoOf == "" {
		v.List, err = s.publicList(c, run, at.public)
	}
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, page.Shared(v))
}

// publicList is a page of the rows of a list with what the public may see of them.
func (s *Server) publicList(c echo.Context, run agent.Run, address string) (*page.ListView, error) {
	all, err := s.listView(c, run)
	if err != nil {
		return nil, err
	}
	v := &page.ListView{Tab: all.Tab, Counts: all.Counts, After: all.After, Next: all.Next, Final: all.Final, Public: address}
	for _, r := range all.Rows {
		v.Rows = append(v.Rows, page.ListRow{Row: share.Row(r.Row)})
	}
	return v, nil
}

// lookOf is how the run behind a link is shown.
func lookOf(c echo.Context, link share.Link) look {
	return look{public: sharePath + c.Param("token"), names: link.Names}
}

// countView counts an opened page, and not one that loads itself again. A view
// that cannot be counted keeps nobody from looking.
func (s *Server) countView(c echo.Context, link share.Link) {
	r := c.Request()
	if r.Method != http.MethodGet || r.URL.RawQuery != "" {
		return
	}
	if err := s.Ledger.CountView(r.Context(), link.ID); err != nil {
		s.Logger.WarnContext(r.Context(), "a view was not counted", slog.Any("error", err))
	}
}

// streamShared sends the state of a run to whoever has a link to it. All of them
// and the run's person share one watcher.
func (s *Server) streamShared(c echo.Context) error {
	link, run, err := s.opened(c)
	if err != nil {
		return err
	}
	leave, err := s.enter(func() (func(), bool) { return s.viewers.enter(link.ID, network(c.RealIP())) })
	if err != nil {
		return err
	}
	defer leave()
	return s.stream(c, run, lookOf(c, link), func(*stream) bool {
		_, err := s.goodLink(c.Request().Context(), c.Param("token"))
		return err == nil || httpStatus(err) >= http.StatusInternalServerError // a store that cannot say is no reason to end
	})
}
