package auth

import (
	"net/url"
	"strings"
)

const maxReturnTo = 2000

// ReturnTo gives back s when it is a path within this site, and "/" otherwise:
// a login must not end on somebody else's page. Browsers drop tabs and line
// breaks from addresses and read "\" as "/", so none of these may occur.
func ReturnTo(s string) string {
	if len(s) > maxReturnTo || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") {
		return "/"
	}
	bad := func(r rune) bool { return r <= ' ' || r == '\\' || r >= 0x7f }
	if strings.ContainsFunc(s, bad) {
		return "/"
	}
	u, err := url.Parse(s)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil {
		return "/"
	}
	return s
}
