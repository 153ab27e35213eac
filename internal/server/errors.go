package server

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/a-h/templ"
	"github.com/labstack/echo/v4"

	"segue/internal/agent"
	"segue/internal/auth"
	"segue/internal/fault"
	"segue/web/templates/page"
	"segue/web/templates/partial"
)

// statusOf is the edge table from the house's faults to HTTP.
var statusOf = map[fault.Kind]int{
	fault.Invalid:      http.StatusBadRequest,
	fault.Unauthorised: http.StatusUnauthorized,
	fault.Forbidden:    http.StatusForbidden,
	fault.NotFound:     http.StatusNotFound,
	fault.Conflict:     http.StatusConflict,
	fault.RateLimited:  http.StatusTooManyRequests,
	fault.Unavailable:  http.StatusServiceUnavailable,
	fault.Exhausted:    http.StatusServiceUnavailable,
	fault.Internal:     http.StatusInternalServerError,
}

// refusedKey is where refuse leaves the error for accessLog.
const refusedKey = "refused"

// words are the parts of a problem that the error itself does not say.
type words struct{ what, kept, do string }

const (
	nothingChanged = "Nothing was changed."
	allKept        = "Everything you sent before is saved."
)

var wordsOf = map[int]words{
	http.StatusBadRequest:            {"This request could not be read.", nothingChanged, "Go back and try again."},
	http.StatusUnauthorized:          {"Your login has ended.", nothingChanged, "Log in with Spotify, then do it again."},
	http.StatusForbidden:             {"This is not allowed.", nothingChanged, "Go back to Segue's own page and try again from there."},
	http.StatusNotFound:              {"There is nothing here, or it belongs to somebody else.", nothingChanged, "Go back to your conversations."},
	http.StatusGone:                  {"This link is over.", "Whatever it showed is not touched by that.", "Ask whoever sent it to you for a new one."},
	http.StatusMethodNotAllowed:      {"This address does not take that kind of request.", nothingChanged, "Go back to your conversations."},
	http.StatusConflict:              {"This was already settled another way.", nothingChanged, "Load the page again to see how things stand."},
	http.StatusRequestEntityTooLarge: {"This is more than one message can hold.", nothingChanged, "Go back, and make it shorter or send it in several messages."},
	http.StatusUnsupportedMediaType:  {"Segue reads forms only.", nothingChanged, "Send it from Segue's own page."},
	http.StatusTooManyRequests:       {"That was a lot in a short time.", nothingChanged, "Wait a moment, then try again."},
	http.StatusServiceUnavailable:    {"Segue cannot answer just now.", allKept, "Try again in a moment."},
	http.StatusInternalServerError:   {"Something went wrong on our side.", allKept, "Try again. If it happens again, tell whoever runs this Segue the reference."},
}

// troubleOf puts an error into the person's words.
func troubleOf(err error) agent.Trouble {
	status := httpStatus(err)
	w, known := wordsOf[status]
	switch {
	case known:
	case status >= http.StatusInternalServerError:
		w = wordsOf[http.StatusInternalServerError]
	default:
		w = wordsOf[http.StatusBadRequest]
	}
	t := agent.Trouble{Kind: string(fault.KindOf(err)), What: w.what, Kept: w.kept, Do: w.do}
	t.Reconnect = t.Kind == string(fault.Unauthorised)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Message != "" {
		t.What = f.Message
	}
	return t
}

func httpStatus(err error) int {
	if _, ok := errors.AsType[*unusable](err); ok {
		return http.StatusUnprocessableEntity
	}
	if he, ok := errors.AsType[*echo.HTTPError](err); ok {
		return he.Code
	}
	if status, known := statusOf[fault.KindOf(err)]; known {
		return status
	}
	return http.StatusInternalServerError
}

// formStatus is httpStatus for a form that is shown again: what it says is at
// fault, not how it was sent.
func formStatus(err error) int {
	if status := httpStatus(err); status != http.StatusBadRequest {
		return status
	}
	return http.StatusUnprocessableEntity
}

// fail is Echo's error handler: it answers, accessLog has the error logged.
func (s *Server) fail(err error, c echo.Context) {
	r, res := c.Request(), c.Response()
	if res.Committed {
		return
	}
	setRetryAfter(res, err)
	res.Header().Add("Vary", "HX-Request-Type")
	status, trouble := httpStatus(err), troubleOf(err)
	if forPublic(r) && status == http.StatusNotFound {
		trouble.Do = "Check that the link was copied whole."
	}
	var writing error
	switch {
	case forPrograms(r):
		writing = s.failJSON(c, err)
	case wantsText(r):
		writing = c.String(status, trouble.What+"\n")
	case wantsPart(r):
		writing = render(c, status, partial.Trouble(trouble))
	default:
		writing = render(c, status, page.Problem(page.ProblemView{
			Person: personView(person(c)), Status: status, Trouble: trouble, Reference: reference(c), Public: forPublic(r), Back: refererPath(r),
		}))
	}
	if writing != nil && !res.Committed {
		res.WriteHeader(status) // a bare status says more than a connection that drops
	}
}

// refererPath is the page of ours that a form was sent from, "/" when that is not known.
func refererPath(r *http.Request) string {
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host {
		return "/"
	}
	return auth.ReturnTo(from.RequestURI())
}

// refuse renders a page that tells of an error itself; the error still reaches the log.
func refuse(c echo.Context, status int, err error, again templ.Component) error {
	c.Set(refusedKey, err)
	setRetryAfter(c.Response(), err)
	return render(c, status, again)
}

func setRetryAfter(w http.ResponseWriter, err error) {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))))
	}
}

// wantsText reports whether the caller is no page: a stream or a probe.
func wantsText(r *http.Request) bool {
	return strings.HasSuffix(r.URL.Path, "/events") || strings.HasPrefix(r.URL.Path, "/static/")
}
