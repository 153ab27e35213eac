package spotify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"segue/internal/fault"
	"segue/internal/guard"
)

const maxDetail = 200 // characters of an answer kept for the operator

// notApplied are the statuses that say a write was refused before it took
// effect; after any other failure it may have been applied.
var notApplied = []int{
	http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden,
	http.StatusNotFound, http.StatusRequestEntityTooLarge, http.StatusTooManyRequests,
}

// refusal turns an answer that is not a success into a fault, and reports
// whether it is the daily quota that is used up.
func refusal(q call, resp *http.Response, body []byte, now time.Time) (f *fault.Error, quota bool) {
	detail, reason := explanation(resp.Header.Get("Content-Type"), body)
	quota = reason == "QUOTA_EXCEEDED"
	f = &fault.Error{
		Kind:   kindOf(resp.StatusCode),
		Err:    fmt.Errorf("%s: status %d: %s", q, resp.StatusCode, detail),
		Unsure: !q.reads() && !slices.Contains(notApplied, resp.StatusCode),
	}
	if f.Kind == fault.RateLimited {
		f.RetryAfter = guard.Pause(resp.Header, now)
	}
	f.Message = sentence(f.Kind, q, strings.ToLower(detail), quota)
	return f, quota
}

func kindOf(status int) fault.Kind {
	switch status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong, http.StatusUnprocessableEntity:
		return fault.Invalid
	case http.StatusUnauthorized:
		return fault.Unauthorised
	case http.StatusForbidden:
		return fault.Forbidden
	case http.StatusNotFound, http.StatusGone:
		return fault.NotFound
	case http.StatusConflict, http.StatusPreconditionFailed:
		return fault.Conflict
	case http.StatusTooManyRequests:
		return fault.RateLimited
	case http.StatusRequestTimeout, http.StatusTooEarly:
		return fault.Unavailable
	}
	if status >= 400 && status < 500 {
		return fault.Internal // we asked in a way the API does not know
	}
	return fault.Unavailable // 5xx, a redirect, an empty success
}

// sentence says to a person what the fault means. Detail is in lower case.
func sentence(kind fault.Kind, q call, detail string, quota bool) string {
	switch kind {
	case fault.Invalid:
		return invalid(detail)
	case fault.Unauthorised:
		return "Spotify no longer accepts this login. Log in with Spotify again."
	case fault.Forbidden:
		return forbidden(q, detail)
	case fault.NotFound:
		return notFound(q)
	case fault.RateLimited:
		return tooMuch(quota)
	case fault.Conflict:
		return "Spotify was busy with another change. Try again in a moment."
	case fault.Unavailable:
		return "Spotify has trouble answering at the moment."
	default:
		return "Spotify did not understand the request."
	}
}

func invalid(detail string) string {
	switch {
	case strings.Contains(detail, "uri"), strings.Contains(detail, "non-existing"):
		return "Spotify does not know one of these songs."
	case strings.Contains(detail, "query"):
		return "Spotify cannot search for this."
	case strings.Contains(detail, "base62"):
		return "Spotify has nothing under this link."
	}
	return "Spotify did not accept the request."
}

func forbidden(q call, detail string) string {
	switch {
	case strings.Contains(detail, "not registered"):
		return "This Spotify account is not on the list of people who may use this app. Ask its operator to add you."
	case strings.Contains(detail, "premium"):
		return "Spotify has paused this app: its operator's account needs an active Premium subscription."
	case strings.Contains(detail, "scope"):
		return "Spotify did not give this app the permission it needs. Log in again and allow it."
	case strings.HasPrefix(q.path, "playlists/") && q.reads():
		return "Spotify shows the songs of a playlist only to its owner and collaborators."
	case strings.HasPrefix(q.path, "playlists/"):
		return "Only the owner and collaborators of this playlist can change it."
	}
	return "Spotify does not allow this app to do that."
}

func notFound(q call) string {
	switch {
	case strings.HasPrefix(q.path, "playlists/"):
		return "This playlist no longer exists, or Spotify does not show it to you."
	case strings.HasPrefix(q.path, "tracks/"):
		return "Spotify does not have this song."
	}
	return "Spotify does not have what was asked for."
}

func tooMuch(quota bool) string {
	if quota {
		return "Spotify's daily allowance for this app is used up."
	}
	return "Spotify asks us to slow down."
}

// unanswered is the fault of a call without a (whole) answer.
func unanswered(q call, err error, mayHaveSent bool) *fault.Error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err // its text holds the URL, and that what somebody searched for
	}
	f := fault.New(fault.Unavailable, "Spotify cannot be reached at the moment.", fmt.Errorf("%s: %w", q, err))
	if errors.Is(err, context.DeadlineExceeded) {
		f.Message = "Spotify took too long to answer."
	}
	f.Unsure = mayHaveSent && !q.reads()
	return f
}

// unreadable is the fault of an answer that says success but makes no sense.
func unreadable(what string, err error) *fault.Error {
	return fault.New(fault.Unavailable, "Spotify sent an answer that makes no sense.", fmt.Errorf("%s: %w", what, err))
}

// explanation finds what an error body says: the message and reason of the
// JSON form, or the start of a plain text. HTML pages explain nothing.
func explanation(contentType string, body []byte) (detail, reason string) {
	var wrapped struct {
		Error struct {
			Message string `json:"message"`
			Reason  string `json:"reason"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &wrapped) == nil {
		return shorten(wrapped.Error.Message), wrapped.Error.Reason
	}
	media, _, _ := mime.ParseMediaType(contentType)
	text := strings.TrimSpace(string(body))
	if media == "text/html" || strings.HasPrefix(text, "<") {
		return "an HTML page", ""
	}
	return shorten(text), ""
}

func shorten(s string) string {
	if r := []rune(s); len(r) > maxDetail {
		return string(r[:maxDetail]) + "…"
	}
	return s
}
