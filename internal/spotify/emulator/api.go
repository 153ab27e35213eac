package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// call is one authorised request to the Web API.
type call struct {
	*http.Request
	person *person
	token  access
	knobs  Knobs
	now    time.Time
	origin string // of absolute URLs: http://127.0.0.1:9090
}

// endpoint answers a call with a value for the body, or an error. It takes Emulator.mu itself.
type endpoint func(c *call) (any, error)

// Answers that are not 200 with a JSON body.
type (
	created struct{ body any }
	nothing struct{}
)

// serve turns an endpoint into a handler: gates before it, the state file and the answer after it.
func (e *Emulator) serve(do endpoint) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := e.admit(r)
		var body any
		if err == nil {
			body, err = do(c)
		}
		if kept := e.persist(); kept != nil {
			e.logger.Error("emulator state not written", "error", kept)
			err = &apiError{status: http.StatusInternalServerError, message: "Server error."}
		}
		answer(w, body, err)
	})
}

func answer(w http.ResponseWriter, body any, err error) {
	if err != nil {
		failure := &apiError{status: http.StatusInternalServerError, message: "Server error."}
		errors.As(err, &failure)
		writeError(w, failure)
		return
	}
	switch b := body.(type) {
	case nothing:
		w.WriteHeader(http.StatusOK)
	case created:
		writeJSON(w, http.StatusCreated, b.body)
	default:
		writeJSON(w, http.StatusOK, body)
	}
}

// admit checks the token and the rules for accounts in development mode.
func (e *Emulator) admit(r *http.Request) (*call, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || token == "" {
		return nil, unauthorised("No token provided")
	}
	now := e.clock.Now()
	e.mu.Lock()
	defer e.mu.Unlock()
	a, known := e.world.Access[token]
	switch {
	case !known:
		return nil, unauthorised("Invalid access token")
	case !now.Before(a.Expires):
		return nil, unauthorised("The access token expired")
	case e.profile.accountRules && slices.Contains(e.knobs.NotAllowed, a.Person):
		return nil, &apiError{status: http.StatusForbidden, message: "User not registered in the Developer Dashboard", plain: true}
	case e.profile.accountRules && e.knobs.PremiumLapsed:
		return nil, &apiError{status: http.StatusForbidden, message: "Active premium subscription required for the owner of the app."}
	}
	return &call{Request: r, person: e.world.People[a.Person], token: *a, knobs: e.knobs, now: now, origin: originOf(r)}, nil
}

func originOf(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// may reports whether one of the scopes was granted.
func (c *call) may(scopes ...string) bool {
	return slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(c.token.Scopes, s) })
}

// window reads limit and offset.
func (c *call) window(most, usual int) (limit, offset int, err error) {
	query := c.URL.Query()
	limit = usual
	if s := query.Get("limit"); s != "" {
		if limit, err = strconv.Atoi(s); err != nil || limit < 1 || limit > most {
			return 0, 0, errInvalidLimit
		}
	}
	if s := query.Get("offset"); s != "" {
		if offset, err = strconv.Atoi(s); err != nil || offset < 0 {
			return 0, 0, errInvalidOffset
		}
	}
	return limit, offset, nil
}

// decode reads a JSON body into to; an empty body is an empty object.
func (c *call) decode(to any) error {
	raw, err := io.ReadAll(c.Body)
	if err != nil {
		return errJSON
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil
	}
	err = json.Unmarshal(raw, to)
	if wrong := new(json.UnmarshalTypeError); errors.As(err, &wrong) {
		return errBody
	}
	if err != nil {
		return errJSON
	}
	return nil
}
