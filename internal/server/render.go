package server

import (
	"bytes"
	"net/http"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"segue/internal/auth"
	"segue/web/templates/layout"
)

// render writes a page. It writes to a buffer first: a component that fails must
// not leave half a page under a 200.
func render(c echo.Context, status int, page templ.Component) error {
	var out bytes.Buffer
	if err := page.Render(c.Request().Context(), &out); err != nil {
		return err
	}
	return c.HTMLBlob(status, out.Bytes())
}

// wantsPart reports whether htmx asked for a part of a page. htmx 4 sends "full"
// where it replaces the whole body, as boosted links and history do.
func wantsPart(r *http.Request) bool { return r.Header.Get("HX-Request-Type") == "partial" }

func personView(p auth.Person) layout.Person { return layout.Person{Name: p.Name, Image: p.Image} }

// back sends the browser to the page its form stood on, otherwise to fallback.
func back(c echo.Context, fallback string) error {
	to := auth.ReturnTo(field(c, "back"))
	if to == "/" {
		to = fallback
	}
	return c.Redirect(http.StatusSeeOther, to)
}
