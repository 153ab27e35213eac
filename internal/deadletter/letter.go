// Package deadletter is what becomes of work that is out of retries: a letter
// that waits for an operator. It says what makes a letter, which letters are of
// one kind, and what may be done with them. It keeps nothing and sends nothing.
package deadletter

import (
	"slices"
	"time"

	"segue/internal/fault"
	"segue/internal/music"
)

// State is where a letter stands.
type State string

// The states. A letter waits until it is retried or discarded; a retry that
// fails lets it wait again.
const (
	Waiting   State = "waiting"
	Retrying  State = "retrying"
	Resolved  State = "resolved"
	Discarded State = "discarded"
)

// States lists all of them, in the order of a letter's life.
func States() []State { return []State{Waiting, Retrying, Resolved, Discarded} }

// RestoreWithin is how long a discarded letter can be put back.
const RestoreWithin = 30 * 24 * time.Hour

// MaxAttempts is how many attempts a letter tells of: the first, and the last ones.
const MaxAttempts = 20

// Letter is one run, or one song of a run, that has failed for good.
type Letter struct {
	ID         string `json:"id"` // see ID
	PersonID   string `json:"person_id"`
	RunID      string `json:"run_id"`
	Task       string `json:"task,omitempty"` // key of the song within the run; "" for the run as a whole
	WorkflowID string `json:"workflow_id"`    // of the run

	Step     string     `json:"step,omitempty"` // name of the agent's stage; "" when it never came to one
	Kind     fault.Kind `json:"kind"`
	Message  string     `json:"message"`            // what the person was told
	Attempts []Attempt  `json:"attempts,omitempty"` // oldest first, at most MaxAttempts
	Input    Input      `json:"input,omitzero"`
	Edited   *Input     `json:"-"` // what an operator has put in place of Input; nil when nobody has

	Fingerprint string    `json:"fingerprint,omitempty"` // see Fingerprint
	State       State     `json:"state,omitempty"`
	Reason      string    `json:"reason,omitempty"`     // why it was discarded
	RetryRun    string    `json:"retry_run,omitempty"`  // the newest run that tries again
	RetryFrom   string    `json:"retry_from,omitempty"` // the step at which that one begins; "" for the start
	RetriedBy   string    `json:"retried_by,omitempty"` // id of the operator who started that
	Version     int64     `json:"version,omitempty"`    // rises with every change; 1 at first
	MadeAt      time.Time `json:"made_at,omitzero"`
	ChangedAt   time.Time `json:"changed_at,omitzero"`

	Person   string `json:"-"` // name of PersonID
	Operator string `json:"-"` // name of RetriedBy; "" when they have left
}

// Attempt is one try that failed.
type Attempt struct {
	N       int        `json:"n"` // from 1; those in between may be forgotten
	At      time.Time  `json:"at"`
	Step    string     `json:"step,omitempty"`
	Kind    fault.Kind `json:"kind"`
	Message string     `json:"message,omitempty"`
	Causes  []string   `json:"causes,omitempty"` // outermost first, as Causes makes them
}

// Input is what one song needs to be tried again; zero for a run as a whole,
// whose input is the person's message.
type Input struct {
	Tool     string     `json:"tool,omitempty"` // the agent's tool that failed
	Song     music.Song `json:"song,omitzero"`
	Playlist Playlist   `json:"playlist,omitzero"`
	Least    float64    `json:"least,omitempty"` // how sure a match must be to be added without asking; 0 leaves that to the matcher
	Found    string     `json:"found,omitempty"` // id of the track that was decided on before it failed; "" when it was not
}

// Playlist is the one a song was for.
type Playlist struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// String names a playlist for an operator: its name, or its id.
func (p Playlist) String() string {
	if p.Name == "" {
		return p.ID
	}
	return p.Name
}

// ToolRemove is the tool whose songs go out of a playlist; all others put them in.
const ToolRemove = "remove_songs"

// Words say as a message what is to be done once more.
func (i Input) Words() string {
	if i.Tool == ToolRemove {
		return "Try again: remove " + i.Song.String() + " from " + i.Playlist.String()
	}
	return "Try again: add " + i.Song.String() + " to " + i.Playlist.String()
}

// ID names the letter of a run, or of one task of it; there is never a second one.
func ID(runID, task string) string {
	if task == "" {
		return runID
	}
	return runID + "-" + task
}

// Makes reports whether a failure of this kind makes a letter. What waits for a
// login or for a rate limit is not dead, and a person's own mistake is theirs to mend.
func Makes(kind fault.Kind) bool {
	switch kind {
	case fault.Exhausted, fault.Internal, fault.Unavailable:
		return true
	case fault.Invalid, fault.Unauthorised, fault.Forbidden, fault.NotFound, fault.Conflict, fault.RateLimited:
		return false
	}
	return false
}

// Kinds lists the kinds that make a letter.
func Kinds() []fault.Kind { return []fault.Kind{fault.Exhausted, fault.Internal, fault.Unavailable} }

// Log appends the next attempt.
func Log(attempts []Attempt, a Attempt) []Attempt {
	a.N = tries(attempts) + 1
	return keep(attempts, a)
}

// Join appends the attempts that were made after the others.
func Join(attempts, later []Attempt) []Attempt {
	past := tries(attempts)
	for _, a := range later {
		a.N += past
		attempts = keep(attempts, a)
	}
	return attempts
}

// keep appends an attempt, and forgets the second oldest when there are too many.
func keep(attempts []Attempt, a Attempt) []Attempt {
	if len(attempts) >= MaxAttempts {
		attempts = slices.Delete(slices.Clone(attempts), 1, 2+len(attempts)-MaxAttempts)
	}
	return append(attempts, a)
}

func tries(attempts []Attempt) int {
	if len(attempts) == 0 {
		return 0
	}
	return attempts[len(attempts)-1].N
}

// Tries is how many attempts there were, more than the letter may tell of.
func (l Letter) Tries() int { return tries(l.Attempts) }

// Causes returns why the last attempt failed, outermost first.
func (l Letter) Causes() []string {
	if len(l.Attempts) == 0 {
		return nil
	}
	return l.Attempts[len(l.Attempts)-1].Causes
}

// By says who has retried the letter.
func (l Letter) By() string {
	if l.Operator == "" {
		return "somebody who has left"
	}
	return l.Operator
}

// Current is the input that a retry uses: the edited one, where there is one.
func (l Letter) Current() Input {
	if l.Edited != nil {
		return *l.Edited
	}
	return l.Input
}

// Resumes reports whether a retry can go on at the step that failed: a version
// was decided on, so that it need not be looked and asked for again.
func (l Letter) Resumes() bool { return l.Task != "" && l.Current().Found != "" }

// Retry says how a letter is tried again; the zero value is from the start, with its current input.
type Retry struct {
	Resume bool   // go on at the step that failed, see Resumes
	Edited *Input // from now on in place of the current input
}

// Apply returns the letter with what the retry changes about it. Fault Conflict
// for what the letter does not allow, Invalid for an input where there is none.
func (r Retry) Apply(l Letter) (Letter, error) {
	switch {
	case r.Edited != nil && l.Task == "":
		return l, fault.New(fault.Invalid, "A whole request has no input to edit: it is its person's message.", nil)
	case r.Edited != nil:
		l.Edited = r.Edited
	}
	l.RetryFrom = ""
	if r.Resume {
		if !l.Resumes() {
			return l, conflict("This letter can only be retried from the start: nothing was decided before it failed.")
		}
		l.RetryFrom = l.Step
	}
	return l, nil
}

// Restorable reports whether a discarded letter can still be put back.
func (l Letter) Restorable(now time.Time) bool {
	return l.State == Discarded && now.Sub(l.ChangedAt) < RestoreWithin
}

// Tells reports whether the letter has what the newer one says already.
func (l Letter) Tells(newer Letter) bool {
	return len(newer.Attempts) == 0 || slices.ContainsFunc(l.Attempts, func(a Attempt) bool {
		return a.At.Equal(newer.Attempts[len(newer.Attempts)-1].At)
	})
}

// Again makes the letter of a run that was retried and failed again: it stays
// the one letter and tells of the attempts of both. It waits, unless it was
// discarded or retried once more meanwhile; a run that has ended well and had
// given something up all the same has not resolved it.
func (l Letter) Again(newer Letter) Letter {
	l.Step, l.Kind, l.Message = newer.Step, newer.Kind, newer.Message
	l.Attempts = Join(l.Attempts, newer.Attempts)
	if l.RetryRun == newer.RunID && l.State != Discarded {
		l.State = Waiting
	}
	return l
}

// Notice is what is told of a letter outside of Segue: nothing of the person's.
type Notice struct {
	Letter      string     `json:"letter"` // its id
	Kind        fault.Kind `json:"kind"`
	Step        string     `json:"step,omitempty"`
	Fingerprint string     `json:"fingerprint"`
	Attempts    int        `json:"attempts"`
	At          time.Time  `json:"at"`
}

// Notice returns what may be told of the letter, which is kept under this id.
func (l Letter) Notice(id string, at time.Time) Notice {
	return Notice{Letter: id, Kind: l.Kind, Step: l.Step, Fingerprint: l.Fingerprint, Attempts: l.Tries(), At: at}
}
