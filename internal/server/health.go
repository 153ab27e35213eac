package server

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"segue/internal/fault"
)

// health is the answer of /healthz. Status is "ok" whenever it is given at all;
// Ready says whether work is taken up, Waiting what it waits for.
type health struct {
	Status  string `json:"status"`
	Ready   bool   `json:"ready"`
	Waiting string `json:"waiting,omitempty"`
}

// showHealth answers 200 when ready, otherwise 503.
func (s *Server) showHealth(c echo.Context) error {
	if err := s.Ready(c.Request().Context()); err != nil {
		return c.JSON(http.StatusServiceUnavailable, health{Status: "ok", Waiting: fault.MessageOf(err)})
	}
	return c.JSON(http.StatusOK, health{Status: "ok", Ready: true})
}
