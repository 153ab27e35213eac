// Package schedule is about work that repeats itself: what a person has asked to
// be done again and again, when, and what became of it each time.
package schedule

import (
	"crypto/rand"
	"net/url"
	"strings"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
)

const (
	// Max is how many schedules one person may have.
	Max = 20
	// MaxFailures is after how many failures in a row a schedule pauses itself.
	MaxFailures = 3
	// CatchUp is how late a schedule may start that was due while the program was down.
	CatchUp = 30 * time.Minute
	// Jitter is up to how much later than due it may start, so that not all start at once.
	Jitter = 5 * time.Minute

	maxName = 60  // characters
	maxURL  = 500 // bytes
)

// Kind is what a schedule does.
type Kind string

// The kinds.
const (
	List    Kind = "list"    // what is new in the list at URL is added to To
	Archive Kind = "archive" // what is new in the playlist From is added to To
	Clean   Kind = "clean"   // rows of To that repeat a recording are removed
)

// Seen is what a list looked like when it was last brought: the validators of
// HTTP (RFC 9110, section 8.8) and the SHA-256 of its content in hexadecimal.
type Seen struct {
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"`
	Digest   string `json:"digest,omitempty"`
}

// Schedule is work of a person's that repeats itself.
type Schedule struct {
	ID        string
	PersonID  string
	Name      string
	Kind      Kind
	URL       string            // of a List; it may hold a secret, so no error and no log tells it
	From      agent.PlaylistRef // of an Archive
	To        agent.PlaylistRef
	Timing    Timing
	Paused    bool
	Failed    bool      // it has paused itself
	Since     time.Time // when it was made or let go on: what was due earlier is not caught up on
	Seen      Seen
	Version   int64 // rises with every change
	CreatedAt time.Time
}

// Result is one time that a schedule was due.
type Result struct {
	Key     string // names the time it was due, unique in the schedule
	At      time.Time
	RunID   string         // of the request it became; "" for none
	State   agent.State    // of that request; "" when there is none, or none any more
	Title   string         // of that request
	Trouble *agent.Trouble // why it became none, or what else went wrong
}

// Failing reports whether this time has failed.
func (r Result) Failing() bool { return r.State == agent.Failed || r.RunID == "" && r.Trouble != nil }

// Open reports whether its request is still under way.
func (r Result) Open() bool { return r.State != "" && !r.State.Final() }

// FailuresInARow counts them from the newest on; results come newest first, and
// those under way do not count.
func FailuresInARow(results []Result) int {
	n := 0
	for _, r := range results {
		switch {
		case r.Open():
		case r.Failing():
			n++
		default:
			return n
		}
	}
	return n
}

// New checks what a person asks for and makes a schedule of it that is not paused.
// Faults: Invalid, with a sentence that names the field.
func New(s Schedule, now time.Time) (Schedule, error) {
	s.Name = strings.Join(strings.Fields(s.Name), " ")
	switch {
	case s.Name == "":
		return s, invalid("Give the schedule a name.")
	case len([]rune(s.Name)) > maxName:
		return s, invalid("The name has at most 60 characters.")
	case s.To.ID == "":
		return s, invalid("Choose the playlist that it works on.")
	}
	if err := s.source(); err != nil {
		return s, err
	}
	if err := s.Timing.Check(now); err != nil {
		return s, err
	}
	s.ID, s.Version, s.CreatedAt, s.Since = strings.ToLower(rand.Text()), 1, now, now
	return s, nil
}

// source checks where the songs come from, and forgets what another kind would need.
func (s *Schedule) source() error {
	switch s.Kind {
	case List:
		s.From = agent.PlaylistRef{}
		u, err := url.Parse(s.URL)
		if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || len(s.URL) > maxURL {
			return invalid("The address of the list must begin with https:// and have at most 500 characters.")
		}
	case Archive:
		s.URL = ""
		if s.From.ID == "" {
			return invalid("Choose the playlist that the songs come from.")
		}
		if s.From.ID == s.To.ID {
			return invalid("Choose two different playlists: one that the songs come from, one that they go to.")
		}
	case Clean:
		s.URL, s.From = "", agent.PlaylistRef{}
	default:
		return invalid("Choose what is to be repeated.")
	}
	return nil
}

func invalid(message string) error { return fault.New(fault.Invalid, message, nil) }

// Due is one time that a schedule is due, and what it has come to: a list, a call,
// trouble, or nothing to do.
type Due struct {
	PersonID   string
	ScheduleID string
	Key        string // names the time, unique in the schedule
	Text       string // what is asked for in words, for the conversation
	List       *agent.NewList
	Call       *agent.Call
	Trouble    *agent.Trouble
	Seen       Seen // what the list looks like now; kept unless there is trouble
}
