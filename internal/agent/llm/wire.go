package llm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"

	"github.com/openai/openai-go/v3/option"
)

const (
	maxAnswer  = 10 << 20 // bytes of a response, framing included
	maxRefusal = 64 << 10 // bytes of a response with an error status that are read
)

var (
	errCut      = errors.New("the answer broke off")
	errTooLarge = errors.New("the answer is larger than 10 MB")
	errRedirect = errors.New("the model's address answers with a redirect")
)

// wire watches one call below the SDK, which hides how a stream ended and loses
// the status of errors in another shape than OpenAI's.
type wire struct {
	sent int // bytes of the request
	body *body
}

// through is the middleware of the call.
func (w *wire) through(r *http.Request, next option.MiddlewareNext) (*http.Response, error) {
	w.sent = int(max(r.ContentLength, 0))
	response, err := next(r)
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= http.StatusMultipleChoices {
		defer func() { _ = response.Body.Close() }()
		return nil, refusalOf(response)
	}
	w.body = &body{ReadCloser: response.Body, left: maxAnswer}
	response.Body = w.body
	return response, nil
}

// done reports whether the stream ended with its end mark.
func (w *wire) done() bool { return w.body != nil && bytes.Contains(w.body.tail, []byte("[DONE]")) }

// body is a response of limited size whose last bytes are remembered.
type body struct {
	io.ReadCloser
	left int
	tail []byte
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, errTooLarge
	}
	const kept = 64
	b.tail = append(b.tail, p[max(n-kept, 0):n]...)
	b.tail = b.tail[max(len(b.tail)-kept, 0):]
	return n, err
}

// refusal is an answer that says no. Its text names the status and a code, never
// the message, which may quote the prompt.
type refusal struct {
	status  int
	code    string
	message string
	header  http.Header
}

var plainCode = regexp.MustCompile(`^[a-z_]{1,40}$`)

func (r *refusal) Error() string {
	if plainCode.MatchString(r.code) {
		return fmt.Sprintf("the model answered %d %s", r.status, r.code)
	}
	return fmt.Sprintf("the model answered %d", r.status)
}

func refusalOf(response *http.Response) error {
	if response.StatusCode < http.StatusBadRequest {
		return errRedirect
	}
	text, _ := io.ReadAll(io.LimitReader(response.Body, maxRefusal)) // what came is enough
	r := parseRefusal(text)
	r.status, r.header = response.StatusCode, response.Header
	return r
}

// parseRefusal reads the error of a response or of a stream. OpenAI wraps an
// object in "error", others put text there or leave the object bare; codes may be numbers.
func parseRefusal(text []byte) *refusal {
	var outer struct {
		Error   json.RawMessage `json:"error"`
		Message string          `json:"message"`
		Detail  any             `json:"detail"`
	}
	var inner struct {
		Message string `json:"message"`
		Type    string `json:"type"`
		Code    any    `json:"code"`
	}
	r := &refusal{message: string(text)}
	if json.Unmarshal(text, &outer) != nil || json.Unmarshal(outer.Error, &inner) != nil {
		return r
	}
	r.message = inner.Message
	switch code := inner.Code.(type) {
	case string:
		r.code = code
	case float64:
		r.status = int(code)
	}
	if r.code == "" {
		r.code = inner.Type
	}
	return r
}
