package server

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// apiHealth is the answer of /api/v1/health.
type apiHealth struct {
	Status    string    `json:"status"` // healthy or unhealthy
	Timestamp time.Time `json:"timestamp"`
	Connected bool      `json:"temporal_connected"`
	Version   string    `json:"version"`
}

// showAPIHealth says whether work is taken up. It is always a 200: who wants a status asks /healthz.
func (s *Server) showAPIHealth(c echo.Context) error {
	h := apiHealth{Status: "healthy", Timestamp: time.Now().UTC(), Connected: true, Version: s.Version}
	if s.Ready(c.Request().Context()) != nil {
		h.Status, h.Connected = "unhealthy", false
	}
	return c.JSON(http.StatusOK, h)
}

// showMode answers like the service that clients come from.
func (s *Server) showMode(c echo.Context) error {
	status, message := "healthy", "Segue takes up work"
	if s.Ready(c.Request().Context()) != nil {
		status, message = "unhealthy", "Segue keeps what it accepts and takes it up later"
	}
	mode := "spotify"
	if s.Demo {
		mode = "demo"
	}
	return c.JSON(http.StatusOK, map[string]string{"status": status, "mode": mode, "message": message})
}
