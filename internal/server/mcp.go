package server

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/auth"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/mcp"
)

const (
	mcpPath = "/mcp"
	mcpTime = 70 * time.Second // the most that one request may take: longer than a call waits
)

// mcpRoutes let programs call the tools of the agent.
func (s *Server) mcpRoutes(e *echo.Echo) {
	if s.Tools.Crew == nil {
		return
	}
	o := s.Tools
	o.Link, o.Version = func(runID string) string { return s.PublicURL + "/runs/" + runID }, s.Version
	handler := mcp.Handler(o, func(r *http.Request) mcp.Desk {
		d, _ := r.Context().Value(deskKey{}).(*desk)
		return d
	})
	serve := func(c echo.Context) error {
		rc := http.NewResponseController(c.Response())
		_, _ = rc.SetReadDeadline(time.Time{}), rc.SetWriteDeadline(time.Now().Add(mcpTime)) // where there are none to be set, there are none
		r := c.Request()
		handler.ServeHTTP(c.Response(), r.WithContext(context.WithValue(r.Context(), deskKey{}, &desk{s, bearerToken(c)})))
		return nil
	}
	e.Match([]string{http.MethodGet, http.MethodPost, http.MethodDelete}, mcpPath, serve, s.ownOrigin, s.bearer(auth.SyncRead, auth.SyncWrite))
}

// ownOrigin refuses what a page of another origin sends, whatever its name resolves
// to: programs send no Origin.
func (s *Server) ownOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if origin := c.Request().Header.Get("Origin"); origin != "" && origin != s.PublicURL {
			return fault.New(fault.Forbidden, "This request came from another site, so it was refused.", nil)
		}
		return next(c)
	}
}

type deskKey struct{}

// desk makes runs of the calls that a program makes with a token.
type desk struct {
	s     *Server
	token auth.PersonalToken
}

// Allows checks the scopes of the token.
func (d *desk) Allows(effect agent.Effect) error {
	scope := auth.SyncWrite
	if effect == agent.Read {
		scope = auth.SyncRead
	}
	if !d.token.Allows(scope) {
		return fault.New(fault.Forbidden, "This token lacks the scope "+string(scope)+".", nil)
	}
	return nil
}

// Accept puts the call on disk, in the conversation of the token.
func (d *desk) Accept(ctx context.Context, call agent.Call, key string) (agent.Run, error) {
	if !plainKey(key) {
		return agent.Run{}, fault.New(fault.Invalid, "The key of the call is too long, or not plain ASCII.", nil)
	}
	sum := sha256.Sum256([]byte(call.Tool + "\n" + string(call.Args)))
	run, fresh, err := d.s.Ledger.AcceptSync(ctx, NewSync{
		PersonID: d.token.PersonID, TokenID: d.token.ID, Text: callWords(call), Call: &call, Key: key, Request: sum[:],
	})
	if fault.KindOf(err) == fault.Conflict {
		return run, fault.New(fault.Conflict, "This key came before with another call.", err)
	}
	if err == nil && fresh {
		d.s.startSoon(ctx, run)
	}
	return run, err
}

// Follow watches the run like a page does.
func (d *desk) Follow(ctx context.Context, run agent.Run, tell func(agent.Progress) bool) {
	d.s.follow(ctx, run, func(snap *Snapshot) bool { return tell(snap.Progress) })
}

const longestCall = 200 // characters of a call as its conversation shows it

// callWords say a call as a message in its conversation does: the tool, and what it was given in words.
func callWords(call agent.Call) string {
	tool := strings.ReplaceAll(call.Tool, "_", " ")
	text := strings.ToUpper(tool[:1]) + tool[1:]
	if given := textsIn(json.NewDecoder(bytes.NewReader(call.Args))); len(given) > 0 {
		text += ": " + strings.Join(given, ", ")
	}
	return shortened(deadletter.Line(text), longestCall)
}

// textsIn returns the strings among the next value of JSON, in their order.
func textsIn(d *json.Decoder) (texts []string) {
	token, err := d.Token()
	if text, ok := token.(string); ok {
		return []string{text}
	}
	if _, nested := token.(json.Delim); err != nil || !nested {
		return nil
	}
	for d.More() {
		if token == json.Delim('{') {
			_, _ = d.Token() // the name of a field
		}
		texts = append(texts, textsIn(d)...)
	}
	_, _ = d.Token()
	return texts
}
