package deadletter

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"segue/internal/fault"
)

// MaxReason is the longest reason for a discard, in characters.
const MaxReason = 500

// The refusals of what cannot be done with a letter any more.
const (
	isGone     = "This letter does not exist any more: the person has left or has deleted the conversation it came from, or it was kept long enough."
	isResolved = "This letter is resolved already: a retry has done what it was about."
	isChanged  = "This letter has changed since you looked at it. Look at it again, then decide."
)

// Gone is the fault of a letter that is not there.
func Gone() error { return fault.New(fault.NotFound, isGone, nil) }

// CheckRetry says why a letter cannot be retried by somebody who saw this
// version of it, nil when it can. Fault Conflict.
func (l Letter) CheckRetry(version int64) error {
	switch l.State {
	case Retrying:
		return conflict("This letter was already retried by " + l.By() + ". It waits for that run to end.")
	case Resolved:
		return conflict(isResolved)
	case Discarded:
		return conflict("This letter is discarded. Restore it first, then retry it.")
	default:
		return l.checkVersion(version)
	}
}

// CheckDiscard says why a letter cannot be discarded, nil when it can. Faults: Invalid, Conflict.
func (l Letter) CheckDiscard(version int64, reason string) error {
	if _, err := Reason(reason); err != nil {
		return err
	}
	switch l.State {
	case Retrying:
		return conflict("This letter was already retried by " + l.By() + ". Let that run end, then decide.")
	case Resolved:
		return conflict(isResolved)
	case Discarded:
		return conflict("This letter is discarded already.")
	default:
		return l.checkVersion(version)
	}
}

// CheckRestore says why a letter cannot be put back, nil when it can. Fault Conflict.
func (l Letter) CheckRestore(version int64, now time.Time) error {
	switch {
	case l.State != Discarded:
		return conflict("This letter is not discarded, so there is nothing to put back.")
	case !l.Restorable(now):
		return conflict("This letter was discarded more than 30 days ago and can no longer be put back.")
	}
	return l.checkVersion(version)
}

func (l Letter) checkVersion(version int64) error {
	switch {
	case l.Version == version:
		return nil
	case l.RetriedBy != "" && l.State == Waiting:
		return conflict("This letter was already retried by " + l.By() + ", and that failed again. Look at it again, then decide.")
	default:
		return conflict(isChanged)
	}
}

func conflict(sentence string) error { return fault.New(fault.Conflict, sentence, nil) }

// Reason returns a reason fit to be kept, on one line. Fault Invalid when there is none, or too much of it.
func Reason(typed string) (string, error) {
	reason := Line(typed)
	switch n := utf8.RuneCountInString(reason); {
	case n == 0:
		return "", fault.New(fault.Invalid, "Say why this letter is discarded.", nil)
	case n > MaxReason:
		return "", fault.New(fault.Invalid, "This reason is longer than 500 characters. Shorten it.", nil)
	}
	return reason, nil
}

// Line returns text as one line of readable characters.
func Line(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsGraphic(r):
			return r
		default:
			return -1
		}
	}, strings.ToValidUTF8(text, ""))
	return strings.Join(strings.Fields(text), " ")
}
