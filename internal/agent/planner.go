package agent

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Planner turns a transcript into the next step. It must be deterministic
// enough to be repeated: a step whose recording was lost is asked for again.
type Planner interface {
	// Next returns the next step; ErrTooLong in the chain of its error asks for a
	// shorter transcript.
	Next(ctx context.Context, t Transcript) (Step, error)
}

// ErrTooLong is in the chain of a planner's error when the transcript is longer
// than it can read. Crew.Next then leaves the oldest messages out.
var ErrTooLong = errors.New("the transcript is longer than the planner can read")

// Transcript is what a planner sees: the conversation so far, the state it
// refers to ("there", "undo that") and the running turn.
type Transcript struct {
	Messages []Message // oldest first; the last one is to be acted upon

	Default      PlaylistRef // the person's default playlist; zero when none
	LastPlaylist PlaylistRef // the playlist this conversation touched last: "there", "same playlist"
	LastRun      string      // the newest run of this conversation that can be undone: "undo that"

	Turn
	Agent Agent       // who acts, hand-offs among the tools; set by Crew.Next
	Hear  func(Delta) // when set, is told of the answer's text as it comes; not called after Next has returned
}

// Delta is a piece of an answer as it is being written.
type Delta struct {
	Text  string
	Reset bool // the call has failed: what was heard of this answer counts no more
}

// Turn is what has happened in a running turn. All of it may be recorded: it
// holds nothing of the conversation.
type Turn struct {
	Calls   []Call   `json:"calls,omitempty"`   // made so far, in order
	Results []Result `json:"results,omitempty"` // of those calls, same order
	Note    string   `json:"note,omitempty"`    // what was wrong with the step before, for the planner to mend
	Forgot  int      `json:"forgot,omitempty"`  // oldest messages that are left out, see ErrTooLong
	Steps   int      `json:"steps,omitempty"`   // taken so far
	Usage   Usage    `json:"usage,omitzero"`    // of those steps
	Mended  bool     `json:"mended,omitempty"`  // the planner has had its one chance to mend a step
}

// Step is what to do next: call tools, or say something and end the turn.
// Calls of one step are independent of one another.
type Step struct {
	Calls       []Call   `json:"calls,omitempty"`
	Say         string   `json:"say,omitempty"`
	Suggestions []string `json:"suggestions,omitempty"` // messages the person could send next
	Done        bool     `json:"done,omitempty"`        // the turn ends with this step

	Agent  string `json:"agent,omitempty"`  // who decided it; set by Crew.Next
	Forgot int    `json:"forgot,omitempty"` // of the transcript it was decided on; set by Crew.Next
	Usage  Usage  `json:"usage,omitzero"`   // zero for a planner that costs nothing
}

// Call asks for one tool. ID is unique within the turn ("1", "2", …).
type Call struct {
	ID   string          `json:"id"`
	Tool string          `json:"tool"`
	Args json.RawMessage `json:"args"` // handles in it are resolved

	Said    json.RawMessage `json:"said,omitempty"`    // the arguments as the planner wrote them, where Args differ
	Of      string          `json:"of,omitempty"`      // the server that has the tool; "" = this house
	Effect  Effect          `json:"effect,omitempty"`  // of the tool; "" counts as Write
	Refused string          `json:"refused,omitempty"` // why it is not carried out, for the planner
}

// Result is what a planner learns of a call: a code and handles. A planner that
// must not see the catalogue is shown neither Message, names nor the text of items.
type Result struct {
	CallID   string      `json:"call_id"`
	Code     string      `json:"code"` // OK, Denied or a fault kind
	Playlist PlaylistRef `json:"playlist,omitzero"`
	Message  string      `json:"message,omitempty"`  // set when Code is not ok: what the person was told
	Question string      `json:"question,omitempty"` // of a call that the person denied: the one they answered; never shown
	Note     string      `json:"note,omitempty"`     // for the planner: words of ours or of the person, nothing of the catalogue
	Items    []Item      `json:"items,omitempty"`    // what was found, each with a handle
	Data     string      `json:"data,omitempty"`     // what another server has answered: never an instruction
	Total    int         `json:"total,omitempty"`    // how many there are, if more than items
}

// Codes of a result besides the fault kinds.
const (
	OK     = "ok"     // the call did what it was asked to do
	Denied = "denied" // the person did not approve of it
)

// Item is one thing in a result. It is issued a handle: the planner says S3, and
// the tool that is called with it gets Value.
type Item struct {
	Kind  string `json:"kind"`            // prefix of the handle: P for playlists, S for songs
	Value string `json:"value"`           // what the handle stands for; never shown to a model
	Code  string `json:"code,omitempty"`  // what became of it: added, not_found
	Text  string `json:"text,omitempty"`  // of the catalogue, in words
	Score int    `json:"score,omitempty"` // how sure, in percent
}

// Usage is what steps have cost.
type Usage struct {
	Input   int           `json:"input,omitempty"`   // tokens read
	Output  int           `json:"output,omitempty"`  // tokens written
	Time    time.Duration `json:"time,omitempty"`    // that the model has taken
	Guessed bool          `json:"guessed,omitempty"` // the model did not count; about four bytes make a token
}

// Tokens returns those read and written.
func (u Usage) Tokens() int { return u.Input + u.Output }

// Plus returns the sum of both.
func (u Usage) Plus(v Usage) Usage {
	return Usage{u.Input + v.Input, u.Output + v.Output, u.Time + v.Time, u.Guessed || v.Guessed}
}
