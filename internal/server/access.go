package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// accessLog gives each request a reference, turns a panic into an error, has the
// error answered and writes one line: here, and nowhere else, a request's error
// is logged. The line has no query, no body and nothing of the person's but ids.
func (s *Server) accessLog(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		c.Response().Header().Set("X-Request-Id", newReference())
		err := recovered(next, c)
		if err != nil {
			c.Error(err) // writes the answer, so that the line below knows its status
		} else {
			err, _ = c.Get(refusedKey).(error)
		}
		s.logRequest(c, err, time.Since(start))
		return nil
	}
}

func (s *Server) logRequest(c echo.Context, err error, took time.Duration) {
	r, res := c.Request(), c.Response()
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("reference", reference(c)),
		slog.String("method", r.Method),
		slog.String("path", loggedPath(c)),
		slog.Int("status", res.Status),
		slog.Int64("bytes", res.Size),
		slog.Duration("took", took),
		slog.String("remote", c.RealIP()),
	}
	if p := person(c); p.ID != "" {
		attrs = append(attrs, slog.String("person", p.ID))
	}
	if err != nil {
		attrs = append(attrs, slog.Any("error", err))
	}
	broken := res.Status >= http.StatusInternalServerError || err != nil && res.Status < http.StatusBadRequest
	if broken && !gone(r, err) {
		level = slog.LevelError
	}
	s.Logger.LogAttrs(r.Context(), level, "request", attrs...)
}

// loggedPath is the path of a request, of a link for the public without its secret.
func loggedPath(c echo.Context) string {
	path := c.Request().URL.Path
	if !forPublic(c.Request()) {
		return path
	}
	if strings.HasSuffix(path, "/events") {
		return sharePath + ":token/events"
	}
	return sharePath + ":token"
}

// recovered calls next and returns a panic as an error with its stack.
func recovered(next echo.HandlerFunc, c echo.Context) (err error) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if e, ok := v.(error); ok && errors.Is(e, http.ErrAbortHandler) {
			panic(v) // net/http's own way to drop a connection
		}
		err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
	}()
	return next(c)
}

// gone reports whether the request failed because nobody waits for it any more.
func gone(r *http.Request, err error) bool {
	return errors.Is(err, context.Canceled) && r.Context().Err() != nil
}

// reference is what a person quotes and an operator searches for.
func reference(c echo.Context) string { return c.Response().Header().Get("X-Request-Id") }

func newReference() string {
	id := strings.ToLower(randomText(8))
	return id[:4] + "-" + id[4:]
}
