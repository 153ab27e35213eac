package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"segue/internal/auth"
	"segue/internal/fault"
)

const (
	apiPrefix  = "/api/"
	healthPath = "/health"
	maxJSON    = 1 << 20 // bytes of a body
	tokenKey   = "token"
)

// apiRoutes are the addresses for programs. They answer in JSON, read no cookie
// and open to a personal token alone, so another site has nothing to send there.
func (s *Server) apiRoutes(e *echo.Echo) {
	open := byAddress(newLimiter(s.Limits.Looks), "These pages were loaded often from here in a short time.")
	get(e, "/docs/api", s.showAPIDocs, open)
	get(e, healthPath, s.showMode, open)
	get(e, "/api/v1/health", s.showAPIHealth, open)
	get(e, "/api/v1/openapi.json", s.showOpenAPI, open)

	e.POST("/api/v1/sync", s.postSync, s.bearer(auth.SyncWrite))
	get(e, "/api/v1/sync/:id", s.getSync, s.bearer(auth.SyncRead))
	e.POST("/api/v1/sync/:id/cancel", s.cancelSync, s.bearer(auth.SyncWrite))
	e.POST("/api/v1/sync/batch", s.postBatch, s.bearer(auth.SyncWrite))
	get(e, "/api/v1/sync/batch/:id", s.getBatch, s.bearer(auth.SyncRead))

	get(e, "/api/v1/runs", s.listRuns, s.bearer(auth.SyncRead))
	get(e, "/api/v1/runs/:id", s.getRun, s.bearer(auth.SyncRead))
	e.POST("/api/v1/runs/:id/cancel", s.postCancel, s.bearer(auth.SyncWrite))
	e.POST("/api/v1/runs/:id/undo", s.postUndo, s.bearer(auth.SyncWrite))
	e.POST("/api/v1/runs/:id/retry", s.postRetryRun, s.bearer(auth.SyncWrite))

	get(e, "/api/v1/dlq", s.listLetters, s.bearer(auth.AdminRead), s.clerk(auth.Viewer))
	get(e, "/api/v1/dlq/:id", s.getLetter, s.bearer(auth.AdminRead), s.clerk(auth.Viewer))
	e.POST("/api/v1/dlq/:id/retry", s.postRetry, s.bearer(auth.AdminWrite), s.clerk(auth.Operator))
	e.POST("/api/v1/dlq/:id/discard", s.postDiscard, s.bearer(auth.AdminWrite), s.clerk(auth.Admin))
	get(e, "/api/v1/circuits", s.listCircuits, s.bearer(auth.AdminRead), s.clerk(auth.Viewer))
	e.POST("/api/v1/circuits/:name/reset", s.postReset, s.bearer(auth.AdminWrite), s.clerk(auth.Operator))
}

// forPrograms reports whether the caller is a program and gets JSON.
func forPrograms(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, apiPrefix) || r.URL.Path == healthPath || r.URL.Path == mcpPath
}

// bearer lets pass who shows a personal token with one of the scopes, and notes how
// the call went for the token's page.
func (s *Server) bearer(scopes ...auth.Scope) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			token, err := s.identify(c)
			if err != nil {
				return err
			}
			if err = allowed(c, token, scopes); err == nil {
				err = next(c)
			}
			s.noteUse(c.Request().Context(), token, err)
			return err
		}
	}
}

// identify finds out whose token the request shows, and whether it comes too often.
func (s *Server) identify(c echo.Context) (auth.PersonalToken, error) {
	r := c.Request()
	if tokenInAddress(r) {
		return auth.PersonalToken{}, fault.New(fault.Invalid,
			"A token does not belong into an address, where logs and histories keep it.", nil)
	}
	scheme, text, _ := strings.Cut(r.Header.Get(echo.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Bearer realm="segue"`)
		return auth.PersonalToken{}, fault.New(fault.Unauthorised, "This needs a personal token.", nil)
	}
	who, token, err := s.Bearers.Bearer(r.Context(), strings.TrimSpace(text))
	if fault.KindOf(err) == fault.Unauthorised {
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Bearer realm="segue", error="invalid_token"`)
		if wait := s.guesses.take(network(c.RealIP()), time.Now()); wait > 0 {
			err = &fault.Error{Kind: fault.RateLimited, Message: "Many tokens that are not good were tried from here.", RetryAfter: wait}
		}
	}
	if err != nil {
		return auth.PersonalToken{}, err
	}
	c.Set(personKey, who)
	c.Set(tokenKey, token)
	if wait := s.calls.take(token.ID, time.Now()); wait > 0 {
		return auth.PersonalToken{}, &fault.Error{Kind: fault.RateLimited, Message: "This token was used often in a short time.", RetryAfter: wait}
	}
	return token, nil
}

// tokenInAddress reports whether the query holds what looks like a token.
func tokenInAddress(r *http.Request) bool {
	for name, values := range r.URL.Query() {
		switch strings.ToLower(name) {
		case "token", "access_token", "api_key", "apikey", "authorization":
			return true
		}
		for _, v := range values {
			if strings.Contains(v, auth.PersonalPrefix) {
				return true
			}
		}
	}
	return false
}

func allowed(c echo.Context, token auth.PersonalToken, scopes []auth.Scope) error {
	if slices.ContainsFunc(scopes, token.Allows) {
		return nil
	}
	scope := scopes[0]
	c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Bearer realm="segue", error="insufficient_scope", scope="`+string(scope)+`"`)
	return fault.New(fault.Forbidden, "This token lacks the scope "+string(scope)+".", nil)
}

// clerk lets pass whose role is at least this one; what a token allows is never more.
// For people without any role these addresses do not exist.
func (s *Server) clerk(least auth.Role) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			switch role := s.Roles.Of(person(c)); {
			case role == auth.Nobody:
				return echo.ErrNotFound
			case role < least:
				return s.notAllowed(c, role)
			}
			return next(c)
		}
	}
}

// noteUse keeps when a token was used and what its program was told. It is a
// courtesy, so a failure is only logged.
func (s *Server) noteUse(ctx context.Context, token auth.PersonalToken, err error) {
	problem := ""
	if err != nil && httpStatus(err) < http.StatusInternalServerError {
		problem = problemOf(err)
	}
	if err := s.Bearers.Used(context.WithoutCancel(ctx), token, problem); err != nil {
		s.Logger.WarnContext(ctx, "use of a token not noted", slog.Any("error", err))
	}
}

// bearerToken returns the token of the request; the zero value outside of bearer.
func bearerToken(c echo.Context) auth.PersonalToken {
	t, _ := c.Get(tokenKey).(auth.PersonalToken)
	return t
}

// readJSON returns the body of a request.
func readJSON(c echo.Context) ([]byte, error) { return readBody(c, maxJSON) }

// readBody returns a body of at most so many bytes, a whole number of MB.
func readBody(c echo.Context, most int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, most))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		what := fault.New(fault.Invalid, fmt.Sprintf("This is more than one request can hold: %d MB.", most>>20), err)
		return nil, echo.NewHTTPError(http.StatusRequestEntityTooLarge).SetInternal(what)
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "", err)
	}
	return body, nil
}
