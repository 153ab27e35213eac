package server

import (
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"segue/internal/fault"
)

// apiError is what a program is told of an error. Message is all there is to
// say to a person; Detail is the same under the name that older clients read.
type apiError struct {
	Error     string `json:"error"` // a fault kind, or the name of the status
	Message   string `json:"message"`
	Detail    string `json:"detail"`
	Reference string `json:"reference"`
}

// apiWords are what a program's person is told was kept and is to be done.
var apiWords = map[int]words{
	http.StatusBadRequest:            {"This request could not be read.", nothingChanged, "Compare it with /docs/api."},
	http.StatusUnauthorized:          {"This needs a personal token.", nothingChanged, "Create one at /settings/tokens and send it as Authorization: Bearer segue_…"},
	http.StatusForbidden:             {"This is not allowed.", nothingChanged, "Use a token that allows it; /settings/tokens shows what each one may do."},
	http.StatusNotFound:              {"There is nothing here, or it belongs to somebody else.", nothingChanged, "Check the id."},
	http.StatusMethodNotAllowed:      {"This address does not take that kind of request.", nothingChanged, "Compare it with /docs/api."},
	http.StatusConflict:              {"This was already settled another way.", nothingChanged, "Read it again, then decide."},
	http.StatusRequestEntityTooLarge: {"This is more than one request can hold.", nothingChanged, "Send less at once."},
	http.StatusTooManyRequests:       {"That was a lot in a short time.", nothingChanged, "Wait as long as Retry-After says, then send it again."},
	http.StatusServiceUnavailable:    {"Segue cannot answer just now.", "What was accepted before is saved.", "Send it again in a moment."},
	http.StatusInternalServerError:   {"Something went wrong on our side.", "What was accepted before is saved.", "Send it again. If it happens again, tell whoever runs this Segue the reference."},
}

// failJSON answers a program.
func (s *Server) failJSON(c echo.Context, err error) error {
	if u, ok := errors.AsType[*unusable](err); ok {
		return c.JSON(http.StatusUnprocessableEntity, u)
	}
	status := httpStatus(err)
	message := apiMessage(status, err)
	return c.JSON(status, apiError{Error: apiKind(status, err), Message: message, Detail: message, Reference: reference(c)})
}

func apiMessage(status int, err error) string {
	w, known := apiWords[status]
	if !known {
		w = apiWords[http.StatusBadRequest]
	}
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Message != "" {
		w.what = f.Message
	}
	return strings.Join([]string{w.what, w.kept, w.do}, " ")
}

// apiKind is the kind of a fault; an error of Echo's has only a status.
func apiKind(status int, err error) string {
	if _, ok := errors.AsType[*echo.HTTPError](err); ok {
		return strings.ToLower(strings.ReplaceAll(http.StatusText(status), " ", "_"))
	}
	return string(fault.KindOf(err))
}

// problemOf says in a sentence what was wrong with a request.
func problemOf(err error) string {
	if u, ok := errors.AsType[*unusable](err); ok {
		return u.sentence()
	}
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Message != "" {
		return f.Message
	}
	return apiWords[http.StatusBadRequest].what
}
