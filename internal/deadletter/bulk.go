package deadletter

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"segue/internal/fault"
)

// Act is what a bulk does with each of its letters.
type Act string

// The acts.
const (
	ActRetry   Act = "retry"
	ActDiscard Act = "discard"
)

// How fast a bulk goes, in letters per second.
const (
	UsualRate = 2
	MaxRate   = 20
)

// BulkState is where a bulk stands.
type BulkState string

// The states of a bulk; all but the first are final.
const (
	BulkRunning   BulkState = "running"
	BulkDone      BulkState = "done"
	BulkCancelled BulkState = "cancelled"
)

// Bulk is one act on all letters that a filter let through at a moment. A
// letter that has changed since then is refused, like one on its own page.
type Bulk struct {
	ID        string // see BulkID
	By        string // id of the operator who started it
	Operator  string // name of By; "" when they have left
	Act       Act
	Reason    string // of a discard
	Filter    Filter
	AsOf      time.Time
	Rate      int // letters per second, at most MaxRate
	State     BulkState
	Total     int
	Done      int
	Refused   int
	Refusals  []Refusal // the most frequent ones
	StartedAt time.Time
	EndedAt   time.Time // zero while it runs
}

// Refusal says why a bulk could not do its act, and with how many letters.
type Refusal struct {
	Why   string
	Count int
}

// Outcome is what a bulk would do with letters, and with which.
type Outcome struct {
	Why   string // it would do nothing with them; "" when it would do its act
	Count int
	First []Letter // those that would have their turn first, at most FirstOfOutcome
}

// FirstOfOutcome is how many letters of an outcome are told of.
const FirstOfOutcome = 5

// Sort appends a letter to the outcome it has, and returns them all.
func Sort(all []Outcome, why string, l Letter) []Outcome {
	i := slices.IndexFunc(all, func(o Outcome) bool { return o.Why == why })
	if i < 0 {
		all, i = append(all, Outcome{Why: why}), len(all)
	}
	if all[i].Count++; len(all[i].First) < FirstOfOutcome {
		all[i].First = append(all[i].First, l)
	}
	return all
}

// Refuses says why a bulk does nothing with a letter that it has noted at this
// version, "" when it does its act. It names nobody, for it is kept.
func (b Bulk) Refuses(l Letter, version int64) string {
	err := l.CheckRetry(version)
	if b.Act == ActDiscard {
		err = l.CheckDiscard(version, b.Reason)
	}
	switch {
	case err == nil:
		return ""
	case l.State != Waiting, l.Version != version:
		return l.Meanwhile()
	default:
		return fault.MessageOf(err)
	}
}

// Tries says why a bulk would do nothing with a letter that is as it is now: as
// Refuses does, where a letter that has changed since AsOf is of another version.
func (b Bulk) Tries(l Letter) string {
	if l.ChangedAt.After(b.AsOf) {
		return b.Refuses(l, 0)
	}
	return b.Refuses(l, l.Version)
}

// WentMeanwhile is why a bulk does nothing with a letter that is not there any more.
const WentMeanwhile = "The letter went, with its person or their conversation."

// Meanwhile says why a bulk does nothing with a letter that has changed since it was confirmed.
func (l Letter) Meanwhile() string {
	switch l.State {
	case Retrying:
		return "Somebody else has retried it, and that run has not ended."
	case Resolved:
		return "A retry by somebody else has resolved it."
	case Discarded:
		return "Somebody else has discarded it."
	default:
		return "It has changed, and waits again."
	}
}

// BulkID names the bulk that an operator starts by a form with this idempotency key.
func BulkID(by, key string) string {
	sum := sha256.Sum256([]byte(by + "\n" + key))
	return hex.EncodeToString(sum[:12])
}

// Aimed says why the act cannot be done with what the filter lets through, nil when it can. Fault Invalid.
func (b Bulk) Aimed() error {
	switch {
	case b.Act != ActRetry && b.Act != ActDiscard:
		return invalid("Letters can be retried or discarded together, nothing else.")
	case b.Filter.Wants() != Waiting:
		return invalid("Only letters that wait can be retried or discarded together. Choose the state Waiting.")
	}
	return nil
}

// Check says why a bulk cannot be started, nil when it can, and returns it with
// a reason fit to be kept. Fault Invalid.
func (b Bulk) Check() (Bulk, error) {
	err := b.Aimed()
	switch {
	case err != nil:
		return b, err
	case b.Rate < 1 || b.Rate > MaxRate:
		return b, invalid("Choose a rate between 1 and %d letters per second.", MaxRate)
	case b.Act == ActDiscard:
		b.Reason, err = Reason(b.Reason)
	default:
		b.Reason = ""
	}
	return b, err
}

// NoneLeft is the fault of a bulk over nothing.
func NoneLeft() error {
	return invalid("No letter that waits is like this, so there is nothing to do.")
}

// CheckCancel says why a bulk cannot be cancelled, nil when it can. Fault Conflict.
func (b Bulk) CheckCancel() error {
	switch b.State {
	case BulkDone:
		return conflict("This has ended already, so there is nothing to cancel.")
	case BulkCancelled:
		return conflict("This was cancelled already.")
	default:
		return nil
	}
}

// Left is how many letters have not had their turn.
func (b Bulk) Left() int { return b.Total - b.Done - b.Refused }

// Remaining is how long the letters that are left will take.
func (b Bulk) Remaining() time.Duration {
	if b.Rate < 1 {
		return 0
	}
	return time.Duration(b.Left()) * time.Second / time.Duration(b.Rate)
}
