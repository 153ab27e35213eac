package emulator

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"
)

// Fault scripts what happens to requests that match. Which of Apply and Late
// is set says whether the request takes effect; the rest says what the client
// sees. Without Status, Drop and Hang the real answer is sent, perhaps slowed, cut or padded.
type Fault struct {
	Method string  `json:"method,omitempty"` // "" = any
	Path   string  `json:"path,omitempty"`   // regular expression on the path, e.g. "/items$"; "" = all of /v1 and accounts
	Skip   int     `json:"skip,omitempty"`   // matching requests to let through first
	Count  int     `json:"count,omitempty"`  // requests to hit; 0 = 1, negative = until cleared
	Chance float64 `json:"chance,omitempty"` // of hitting a match, by the seed; 0 = always

	Latency Span `json:"latency,omitempty"` // wait this long first
	Apply   bool `json:"apply,omitempty"`   // do what was asked, then answer as below
	Late    Span `json:"late,omitempty"`    // do it this long after (by the emulated clock), answer as below

	Status      int    `json:"status,omitempty"` // answer this instead
	Body        string `json:"body,omitempty"`
	ContentType string `json:"content_type,omitempty"` // of Body; default application/json when Body begins with {, else text/html; "none" = no header
	RetryAfter  *int   `json:"retry_after,omitempty"`  // seconds, as a header
	Drop        bool   `json:"drop,omitempty"`         // reset the connection, after Truncate bytes of the answer if set
	Hang        bool   `json:"hang,omitempty"`         // never answer

	Truncate int  `json:"truncate,omitempty"` // close the connection after so many bytes of a whole answer's length
	Pad      int  `json:"pad,omitempty"`      // append so many spaces
	Drip     Span `json:"drip,omitempty"`     // pause after each byte
}

// replaces reports whether the client sees something else than the real answer.
func (f *Fault) replaces() bool { return f.Status != 0 || f.Drop || f.Hang }

func (f *Fault) check() error {
	switch {
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return fmt.Errorf("status %d: want 200 to 599", f.Status)
	case f.Late > 0 && !f.replaces():
		return errors.New("late: say with status, drop or hang what the client sees meanwhile")
	case !f.replaces() && f.Latency == 0 && f.Truncate == 0 && f.Pad == 0 && f.Drip == 0:
		return errors.New("the fault does nothing: set latency, status, drop, hang, truncate, pad or drip")
	default:
		return nil
	}
}

// faults are those still to come, in the order of their adding.
type faults struct {
	dice *dice

	mu      sync.Mutex
	pending []*scripted
	late    []lateWrite
}

type scripted struct {
	Fault
	path *regexp.Regexp
}

// lateWrite is a request whose effect is still to come.
type lateWrite struct {
	due time.Time
	do  func()
}

func newFaults(d *dice) *faults { return &faults{dice: d} }

// Inject adds faults. The first that matches a request plays.
func (e *Emulator) Inject(list ...Fault) error {
	add := make([]*scripted, len(list))
	for i, f := range list {
		path, err := regexp.Compile(f.Path)
		if err == nil {
			err = f.check()
		}
		if err != nil {
			return err
		}
		if f.Count == 0 {
			f.Count = 1
		}
		add[i] = &scripted{f, path}
	}
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	e.faults.pending = append(e.faults.pending, add...)
	return nil
}

// Faults returns the faults still to come.
func (e *Emulator) Faults() []Fault {
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	out := make([]Fault, len(e.faults.pending))
	for i, f := range e.faults.pending {
		out[i] = f.Fault
	}
	return out
}

// ClearFaults forgets all faults, and the late writes that are not due.
func (e *Emulator) ClearFaults() {
	e.settleLate()
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	e.faults.pending, e.faults.late = nil, nil
}

// take returns the fault to play for the request, if any, and counts it.
func (s *faults) take(r *http.Request) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, f := range s.pending {
		if f.Method != "" && f.Method != r.Method || !f.path.MatchString(r.URL.Path) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		if f.Chance > 0 && s.dice.throw() >= f.Chance {
			continue
		}
		if f.Count > 0 {
			f.Count--
		}
		if f.Count == 0 {
			s.pending = slices.Delete(s.pending, i, i+1)
		}
		return f.Fault, true
	}
	return Fault{}, false
}

func (s *faults) postpone(w lateWrite) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.late = append(s.late, w)
}

// settleLate applies the late writes that are due. It is called before
// anything looks at the state, so nobody can tell that they did not happen on time.
func (e *Emulator) settleLate() {
	now := e.clock.Now()
	e.faults.mu.Lock()
	var due []lateWrite
	e.faults.late = slices.DeleteFunc(e.faults.late, func(w lateWrite) bool {
		ripe := !w.due.After(now)
		if ripe {
			due = append(due, w)
		}
		return ripe
	})
	e.faults.mu.Unlock()
	for _, w := range due {
		w.do()
	}
}
