// Package fault is the one error that crosses package borders. It serves three
// readers: Kind for the program, Message for the person, Err for the operator.
package fault

import (
	"errors"
	"time"
)

// Kind says what sort of trouble it is; the edges (HTTP, Temporal) translate it.
type Kind string

// The kinds. Invalid, Forbidden, NotFound and Conflict are final; Unauthorised
// waits for the person; RateLimited and Unavailable wait for time; Exhausted
// and Internal want an operator.
const (
	Invalid      Kind = "invalid"
	Unauthorised Kind = "unauthorised"
	Forbidden    Kind = "forbidden"
	NotFound     Kind = "not_found"
	Conflict     Kind = "conflict"
	RateLimited  Kind = "rate_limited"
	Unavailable  Kind = "unavailable"
	Exhausted    Kind = "exhausted"
	Internal     Kind = "internal"
)

// Error is an error with a kind and a sentence that may be shown to a person.
type Error struct {
	Kind    Kind
	Message string // a full sentence in the person's words; no ids, no secrets
	Err     error  // the cause, for the operator; may be nil

	// RetryAfter is how long the upstream asked us to wait; zero when it did not say.
	RetryAfter time.Duration
	// Unsure marks a write whose outcome is unknown: it may have been applied.
	Unsure bool
}

// Error returns the operator's text.
func (e *Error) Error() string {
	if e.Err == nil {
		return string(e.Kind) + ": " + e.Message
	}
	return string(e.Kind) + ": " + e.Message + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// New returns an error of the kind with a message for the person and an optional cause.
func New(kind Kind, message string, cause error) *Error {
	return &Error{Kind: kind, Message: message, Err: cause}
}

// KindOf returns the kind of the first *Error in the chain, Internal when there is none, "" for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// MessageOf returns the sentence for the person, and a general one for an unclassified error.
func MessageOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok && e.Message != "" {
		return e.Message
	}
	return "Something went wrong on our side."
}
