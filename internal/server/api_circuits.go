package server

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
)

// circuit is a breaker before a service.
type circuit struct {
	Name        string     `json:"name"`
	State       string     `json:"state"` // closed, open, half-open
	Failures    int        `json:"failures"`
	OpenUntil   *time.Time `json:"open_until"`
	PausedUntil *time.Time `json:"paused_until"` // the service has asked for that
}

func (s *Server) listCircuits(c echo.Context) error {
	all := []circuit{}
	if s.Circuits != nil {
		for _, b := range s.Circuits.States(c.Request().Context()) {
			all = append(all, circuit{b.Name, b.State, b.Failures, moment(b.OpenUntil), moment(b.PausedUntil)})
		}
	}
	return c.JSON(http.StatusOK, all)
}

// postReset closes a breaker before its time.
func (s *Server) postReset(c echo.Context) error {
	body, err := readJSON(c)
	if err != nil {
		return err
	}
	if err := parseFields(body, false, []string{}).err(); err != nil {
		return err
	}
	name := c.Param("name")
	if err := s.closeCircuit(c, name); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"status": "reset", "circuit": name})
}
