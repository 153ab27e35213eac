package server

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"segue/web/templates/page"
)

const (
	mostHits    = 50
	longestText = 200 // characters that are looked for
)

// showSearch looks through the person's conversations.
func (s *Server) showSearch(c echo.Context) error {
	chat, err := s.emptyView(c)
	if err != nil {
		return err
	}
	v := page.SearchView{ChatView: chat, Most: mostHits}
	v.Query = strings.TrimSpace(shortened(sendable(c.QueryParam("q")), longestText))
	if v.Query != "" {
		if v.Hits, err = s.Ledger.SearchConversations(c.Request().Context(), person(c).ID, v.Query, mostHits); err != nil {
			return err
		}
	}
	return render(c, http.StatusOK, page.Search(v))
}
