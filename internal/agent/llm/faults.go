package llm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/openai/openai-go/v3/packages/ssestream"

	"segue/internal/agent"
	"segue/internal/fault"
)

// defaultPause is for a 429 that does not say how long to wait.
const defaultPause = 5 * time.Second

// faultOf translates the error of a call. A call that its caller has given up returns the reason of ctx.
func faultOf(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	if e, ok := errors.AsType[*ssestream.StreamError](err); ok {
		r := parseRefusal(e.Event.Data)
		r.status = cmp.Or(r.status, http.StatusInternalServerError)
		err = r
	}
	if r, ok := errors.AsType[*refusal](err); ok {
		return r.fault()
	}
	switch {
	case errors.Is(err, errRedirect):
		return fault.New(fault.NotFound, "The language model is not at the address that was set. Whoever runs Segue must check OPENAI_BASE_URL.", err)
	case errors.Is(err, context.DeadlineExceeded):
		return fault.New(fault.Unavailable, "The language model took too long to answer.", context.DeadlineExceeded)
	case errors.Is(err, errCut), errors.Is(err, errTooLarge):
		return fault.New(fault.Unavailable, "The answer of the language model broke off.", err)
	}
	return fault.New(fault.Unavailable, "The language model is not answering right now.", bare(err))
}

// bare returns what of a transport's error holds neither an address, which may
// carry a key, nor anything of an answer.
func bare(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return fmt.Errorf("reading the answer: %T", err)
}

// fault translates what the server answered.
func (r *refusal) fault() *fault.Error {
	switch {
	case r.tooLong():
		return fault.New(fault.Invalid, "This conversation is longer than the language model can read.", errors.Join(agent.ErrTooLong, r))
	case r.status == http.StatusUnauthorized, r.status == http.StatusForbidden:
		return fault.New(fault.Forbidden, "The language model refused our key. Whoever runs Segue must check OPENAI_API_KEY.", r)
	case r.status == http.StatusNotFound:
		return fault.New(fault.NotFound, "The language model is not there. Whoever runs Segue must check OPENAI_MODEL and OPENAI_BASE_URL.", r)
	case r.code == "insufficient_quota" || r.status == http.StatusPaymentRequired:
		return fault.New(fault.Exhausted, "The account of the language model is used up. Whoever runs Segue must look at its billing.", r)
	case r.status == http.StatusTooManyRequests:
		f := fault.New(fault.RateLimited, "The language model has too much to do right now.", r)
		f.RetryAfter = cmp.Or(r.pause(), defaultPause)
		return f
	case r.status == http.StatusRequestTimeout, r.status == http.StatusConflict, r.status == http.StatusTooEarly,
		r.status >= http.StatusInternalServerError:
		f := fault.New(fault.Unavailable, "The language model is not answering right now.", r)
		f.RetryAfter = r.pause()
		return f
	}
	return fault.New(fault.Invalid, "The language model did not accept the request.", r)
}

// tooLong reports whether the prompt is longer than the model's context. OpenAI has
// a code for it; Ollama, vLLM, llama.cpp and hosted services say it in words.
func (r *refusal) tooLong() bool {
	if r.status == http.StatusRequestEntityTooLarge || r.code == "context_length_exceeded" || r.code == "exceed_context_size_error" {
		return true
	}
	if r.status != http.StatusBadRequest && r.status != http.StatusUnprocessableEntity {
		return false
	}
	message := strings.ToLower(r.message)
	for _, words := range []string{
		"context length", "context window", "context size", "maximum context", "prompt is too long", "too many tokens", "input is too long",
	} {
		if strings.Contains(message, words) {
			return true
		}
	}
	return false
}

// pause returns how long the server asks to wait, 0 when it does not say
// (RFC 9110, 10.2.3: seconds or a date; OpenAI also sends milliseconds).
func (r *refusal) pause() time.Duration {
	if ms, err := strconv.ParseFloat(r.header.Get("Retry-After-Ms"), 64); err == nil && ms > 0 {
		return bounded(ms / 1000)
	}
	after := r.header.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(after, 64); err == nil && seconds > 0 {
		return bounded(seconds)
	}
	if at, err := http.ParseTime(after); err == nil {
		return bounded(time.Until(at).Seconds())
	}
	return 0
}

// bounded returns so many seconds, at most a day.
func bounded(seconds float64) time.Duration {
	const most = 24 * 60 * 60
	return time.Duration(min(max(seconds, 0), most) * float64(time.Second))
}
