package server

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"segue/internal/fault"
)

// securityHeaders sets what every answer carries. Answers are private and not
// stored; static files say otherwise themselves.
func (s *Server) securityHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	policy := contentPolicy(s.ImageHosts, s.AccountsOrigin)
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		h.Set("Cache-Control", "no-store")
		if forPublic(c.Request()) { // the address is the secret
			h.Set("Referrer-Policy", "no-referrer")
			h.Set("X-Robots-Tag", "noindex, nofollow")
		}
		if s.Secure {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		return next(c)
	}
}

// contentPolicy allows our own scripts and styles, covers from the image hosts,
// and forms that end on the accounts origin; nothing inline, no eval.
func contentPolicy(imageHosts []string, accounts string) string {
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		strings.Join(append([]string{"img-src 'self'"}, imageHosts...), " "),
		"connect-src 'self'",
		"form-action 'self' " + accounts,
		"base-uri 'none'",
		"object-src 'none'",
		"frame-ancestors 'none'",
	}, "; ")
}

// sameOrigin refuses unsafe requests that another site sends with a person's
// cookies. It looks at Sec-Fetch-Site and Origin; no token is needed.
func sameOrigin() echo.MiddlewareFunc {
	protection := http.NewCrossOriginProtection()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := protection.Check(c.Request()); err != nil {
				return fault.New(fault.Forbidden, "This request came from another site, so it was refused.", err)
			}
			return next(c)
		}
	}
}
