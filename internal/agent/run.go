package agent

import (
	"time"

	"segue/internal/music"
)

// State is the state of a run, a task or a step.
type State string

// The states. Done, Failed, Cancelled are final. Waiting waits for the person,
// Parked for time (an upstream asked for a pause or is away).
const (
	Accepted  State = "accepted" // on disk, not started yet; for a step: still to come
	Running   State = "running"
	Waiting   State = "waiting"
	Parked    State = "parked"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Final reports whether nothing more will happen by itself.
func (s State) Final() bool { return s == Done || s == Failed || s == Cancelled }

// Run is one row of the ledger: a request that was accepted, and what became of it.
type Run struct {
	ID             string
	PersonID       string
	ConversationID string
	MessageID      string
	State          State
	UndoOf         string         // this run undoes that one
	UndoneBy       string         // that run undid this one; set when it finished
	RetryOf        string         // id of the dead letter that this run tries again; "" for an ordinary run
	Wish           *SyncSongsArgs // what a program asked for, instead of a message in words; nil for a message
	Call           *Call          // what a program has called, instead of a message in words; nil for a message
	Stop           Stop           // the person's wish, from the moment it was accepted
	List           bool           // it brings a whole list, whose rows are the store's, or takes one back
	AcceptedAt     time.Time
	EndedAt        time.Time
	Outcome        *Progress // the last snapshot, once the run is final
}

// Stop is how a run is to be stopped.
type Stop string

// The ways; the zero value lets it go on.
const (
	StopKeep Stop = "keep" // what it has done stays
	StopUndo Stop = "undo" // what it has done is taken back
)

// Progress is the whole visible state of a run at one moment: what the browser
// is shown, live from a query and afterwards from the store. It is bounded:
// at most 50 tasks, 100 tracks, 100 playlists, 200 moves.
type Progress struct {
	RunID       string           `json:"run_id"`
	Version     int64            `json:"version"` // rises with every visible change
	State       State            `json:"state"`
	Title       string           `json:"title,omitempty"` // "Adding 1 song to Road Trip"
	Say         string           `json:"say,omitempty"`   // the answer in words, plain text
	Suggestions []string         `json:"suggestions,omitempty"`
	Steps       []Stage          `json:"steps,omitempty"` // of the run itself, before and beside its tasks
	Tasks       []Task           `json:"tasks,omitempty"`
	Question    *Question        `json:"question,omitempty"` // about the run as a whole, e.g. which playlist
	Playlist    *music.Playlist  `json:"playlist,omitempty"` // the one this run works on
	Playlists   []music.Playlist `json:"playlists,omitempty"`
	Tracks      []music.Track    `json:"tracks,omitempty"` // of a playlist that was asked for
	Runs        []Line           `json:"runs,omitempty"`   // requests that were asked about, or started by this one
	List        *ListProgress    `json:"list,omitempty"`   // of a run that brings a whole list
	Renamed     *Renaming        `json:"renamed,omitempty"`
	Moved       *Moves           `json:"moved,omitempty"` // what was done to the order of the playlist
	Trouble     *Trouble         `json:"trouble,omitempty"`
	Result      *Result          `json:"result,omitempty"`     // of the one call of a program, for that program
	Stopping    bool             `json:"stopping,omitempty"`   // the person has stopped the run, which has not ended yet
	Undoable    bool             `json:"undoable,omitempty"`   // the run changed something that Undo can take back
	Strategy    string           `json:"strategy,omitempty"`   // of the language model that plans the run, "" when none does
	Usage       Usage            `json:"usage,omitzero"`       // what that has cost so far
	FromModel   bool             `json:"from_model,omitempty"` // Say was written by a model that has not seen the catalogue
	StartedAt   time.Time        `json:"started_at,omitzero"`
	EndedAt     time.Time        `json:"ended_at,omitzero"`
}

// Questions are all that the run waits for its person to decide, its own first.
func (p Progress) Questions() []Question {
	if p.State.Final() {
		return nil
	}
	var open []Question
	if p.Question != nil {
		open = append(open, *p.Question)
	}
	for _, t := range p.Tasks {
		if t.Question != nil && !t.State.Final() {
			open = append(open, *t.Question)
		}
	}
	return open
}

// Song names the song that a question is about, "" when it is about the run as a whole.
func (p Progress) Song(q Question) string {
	for _, t := range p.Tasks {
		if t.Key == q.Task && q.Task != "" {
			return t.Song.String()
		}
	}
	return ""
}

// Result of one task.
const (
	Added        = "added"
	AlreadyThere = "already_there"
	NotFound     = "not_found"
	LeftOut      = "left_out" // the person said none of these, or let it be
	Removed      = "removed"
	NotThere     = "not_there" // asked to remove, was not in the playlist
	Reordered    = "reordered" // rows of the playlist, of no task
)

// Task is the work on one song within a run.
type Task struct {
	Key      string       `json:"key"` // "1", "2", … in the order asked for
	Song     music.Song   `json:"song"`
	State    State        `json:"state"`
	Result   string       `json:"result,omitempty"` // once final: Added, AlreadyThere, …
	Steps    []Stage      `json:"steps,omitempty"`
	Match    *music.Match `json:"match,omitempty"`
	Question *Question    `json:"question,omitempty"`
	Trouble  *Trouble     `json:"trouble,omitempty"`
	Position int          `json:"position,omitempty"` // 1-based place in the playlist, 0 when unknown
	Double   bool         `json:"double,omitempty"`   // another row of its recording stays, whatever becomes of this one
	Reversed bool         `json:"reversed,omitempty"` // taken back when the run was stopped; Result is what that did
}

// Names of stages, in the order in which a song goes through them.
const (
	Understanding = "understanding"
	Finding       = "finding"    // the playlist
	LookingUp     = "looking_up" // links of another service
	Searching     = "searching"
	Matching      = "matching"
	Asking        = "asking"
	Adding        = "adding"
	Verifying     = "verifying"
	Reading       = "reading"
	Creating      = "creating"
	Removing      = "removing"
	Leaving       = "leaving"  // verifying that it is gone
	Starting      = "starting" // another request
	Stopping      = "stopping" // another request
	Remembering   = "remembering"
	Visiting      = "visiting" // another server
	Naming        = "naming"
	Ordering      = "ordering"
)

// Stage is one step on the way, as shown in the list of steps.
type Stage struct {
	Name    string    `json:"name"`
	State   State     `json:"state"`
	Note    string    `json:"note,omitempty"`    // "10 found", "1 recording"
	Attempt int       `json:"attempt,omitempty"` // 2 and up while it is being retried
	Tries   int       `json:"tries,omitempty"`   // the most attempts there will be, 0 when unlimited
	Again   time.Time `json:"again,omitzero"`    // when it goes on by itself
	Since   time.Time `json:"since,omitzero"`
}

// Question is what a run waits for a person to decide.
type Question struct {
	ID        string   `json:"id"`   // unique within the run
	Task      string   `json:"task"` // key of the task; "" for the run as a whole
	Text      string   `json:"text"` // "Two recordings fit about equally well. Which one did you mean?"
	Options   []Option `json:"options"`
	Plan      []string `json:"plan,omitempty"`      // what will be done, a line each, when the answer is Approve
	Memorable bool     `json:"memorable,omitempty"` // NotOnSpotify and any other track are answers too, and may be remembered
}

// Option is one answer to a question. None of these is always possible: option id "none".
type Option struct {
	ID         string          `json:"id"`
	Track      *music.Track    `json:"track,omitempty"`
	Playlist   *music.Playlist `json:"playlist,omitempty"`
	Text       string          `json:"text,omitempty"` // of an answer in words
	Confidence float64         `json:"confidence,omitempty"`
	Reasons    []string        `json:"reasons,omitempty"`
	RuledOut   bool            `json:"ruled_out,omitempty"` // not what was asked for; offered because there is nothing else
}

// Option ids that decline every option.
const (
	NoneOfThese  = "none"           // this time
	NotOnSpotify = "not_on_spotify" // for good: remembered as the person's rule
)

// Options of a question with a plan; whatever else is answered leaves everything as it is.
const (
	Approve = "approve" // do this
	Always  = "always"  // and do the like with this playlist without asking from now on
)

// Answer settles a question; the first one counts.
type Answer struct {
	Question string       `json:"question"`
	Option   string       `json:"option"`             // an option's id, or the id of Track
	Track    *music.Track `json:"track,omitempty"`    // the one that a link led to
	Remember bool         `json:"remember,omitempty"` // a chosen track becomes the person's rule for the song
}

// Trouble is a failure in the person's words. All three parts are sentences.
type Trouble struct {
	Kind      string    `json:"kind"`                // a fault kind
	What      string    `json:"what"`                // what happened
	Kept      string    `json:"kept"`                // what was kept
	Do        string    `json:"do"`                  // what to do; "Nothing to do." when there is nothing
	Until     time.Time `json:"until,omitzero"`      // when it goes on by itself
	Reconnect bool      `json:"reconnect,omitempty"` // logging in to Spotify again is what to do
}

// States of an attempt.
const (
	AttemptOpen       = "open"        // the request may have been sent; nobody knows yet
	AttemptApplied    = "applied"     // Spotify has done it
	AttemptNotApplied = "not_applied" // Spotify has not done it and will not
)

// Kinds of attempts that change how many rows a song has.
const (
	AttemptIn  = "in"  // puts one row in for each song
	AttemptOut = "out" // takes all rows of the songs out
)

// AttemptRecord is what the ledger knows of an attempt.
type AttemptRecord struct {
	Key        string        // as in Attempt
	Kind       string        // as in Attempt
	PlaylistID string        // as in Attempt
	State      string        // AttemptOpen, AttemptApplied, AttemptNotApplied; "" when there was none
	Age        time.Duration // since it was last begun; a clock that jumps meanwhile does not change it
	Stood      []int         // as in Attempt
	URIs       []string
}

// Attempt is one request to change a playlist. It is on disk before it is sent,
// so that a crash in between leaves a trace.
type Attempt struct {
	PersonID   string
	RunID      string
	Key        string // names the change, unique per person
	Kind       string // AttemptIn, AttemptOut; "" for a request that does neither
	PlaylistID string
	URIs       []string
	Stood      []int // the 0-based rows that the recording had before: what tells the effect from what was there
}
