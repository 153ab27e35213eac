//go:build !failpoints

package spotify

import "net/http"

// tripAfterPost does nothing in an ordinary build.
func tripAfterPost(*http.Transport) {}
