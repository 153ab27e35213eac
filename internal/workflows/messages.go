package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/music"
)

// Task queues. Whatever keeps one busy, the others are served.
const (
	TaskQueue  = "segue"        // all workflows and activities but those below
	WaitQueue  = "segue-wait"   // activities that wait for the writer of a playlist
	DeadQueue  = "dead-letters" // what writes dead letters
	ModelQueue = "models"       // calls of the language model
)

// Names of queries, updates and signals.
const (
	QueryProgress = "progress" // AgentTurn: agent.Progress; SyncSong: SongProgress

	UpdateAnswer = "answer" // AgentTurn, SyncSong: agent.Answer
	UpdateCancel = "cancel" // AgentTurn: Cancel
	UpdateAdd    = "add"    // Playlist: Write → WriteOutcome
	UpdateRemove = "remove" // Playlist: Write → WriteOutcome
	UpdateAppend = "append" // Playlist: Batch → BatchOutcome
	UpdateUndo   = "undo"   // Playlist: Batch → BatchOutcome
	UpdateOrder  = "order"  // Playlist: Write → WriteOutcome

	SignalProceed = "proceed" // SyncSong: music.Playlist, from its turn: it is your turn to add
	SignalAsking  = "asking"  // AgentTurn: the key of a song that waits for the person
	SignalWake    = "wake"    // AgentTurn, SyncSong: what you wait for may be over
)

// Search attributes, all of type Keyword.
const (
	AttrUserID      = "UserId"
	AttrPlaylistID  = "PlaylistId"
	AttrTrackName   = "TrackName"
	AttrArtistName  = "ArtistName"
	AttrMatchMethod = "MatchMethod"
	AttrRunID       = "LedgerRunId" // RunId is taken by Temporal itself
)

// SearchAttributes lists the names that a namespace must know.
func SearchAttributes() []string {
	return []string{AttrUserID, AttrPlaylistID, AttrTrackName, AttrArtistName, AttrMatchMethod, AttrRunID}
}

func keyword(name string) temporal.SearchAttributeKeyKeyword {
	return temporal.NewSearchAttributeKeyKeyword(name)
}

// TurnID is the workflow id of the turn that serves a run.
func TurnID(runID string) string { return "turn-" + runID }

// SongID is the workflow id of one song of a run.
func SongID(runID, key string) string { return fmt.Sprintf("sync-%s-%s", runID, key) }

// PlaylistID is the workflow id of the writer of a playlist.
func PlaylistID(id string) string { return "playlist-" + id }

// DeadID is the workflow id of what writes a letter.
func DeadID(letterID string) string { return "dead-" + letterID }

// BulkWorkflowID is the workflow id of a bulk.
func BulkWorkflowID(id string) string { return "bulk-" + id }

// TurnInput starts an AgentTurn. Batches is false in turns that were started
// before turns added their songs themselves: there each song adds on its own,
// and what fails for good leaves no letter.
type TurnInput struct {
	RunID    string `json:"run_id"`
	PersonID string `json:"person_id"`
	Batches  bool   `json:"batches,omitempty"`

	Stop  *Cancel    `json:"stop,omitempty"`  // it was stopped in an earlier life; nil = it was not
	Model *ModelTurn `json:"model,omitempty"` // nil = planned without a language model
	Given *GivenTurn `json:"given,omitempty"` // the run is one call that a program makes; nil = planned
}

// GivenTurn is what was decided when a turn was started that makes the call of a program.
type GivenTurn struct {
	Wary bool `json:"wary,omitempty"` // see ModelTurn: what reads the results is a model more often than not
}

// ModelTurn is what was decided when a turn was started that a language model plans.
type ModelTurn struct {
	Strategy string       `json:"strategy"` // agent.Single or agent.InCrew
	Limits   agent.Limits `json:"limits"`
	Matcher  string       `json:"matcher,omitempty"` // Suggests or Settles which recording is meant; "" = no model does
	Wary     bool         `json:"wary,omitempty"`    // the model reads names that anybody may have written: every change is asked about
}

// SongInput starts a SyncSong. With Find it finds and decides, and whoever
// started it adds. Otherwise it adds to the Playlist, or waits for SignalProceed to name it.
type SongInput struct {
	RunID    string          `json:"run_id"`
	PersonID string          `json:"person_id"`
	Key      string          `json:"key"`
	Song     music.Song      `json:"song"`
	Least    float64         `json:"least,omitempty"` // see agent.SyncSongsArgs
	Find     bool            `json:"find,omitempty"`
	Model    string          `json:"model,omitempty"` // Suggests or Settles what is unclear; "" = no model does
	Playlist *music.Playlist `json:"playlist,omitempty"`
}

// SongProgress is the visible state of a SyncSong and also its result.
type SongProgress struct {
	Version int64                `json:"version"`
	Task    agent.Task           `json:"task"`
	Failed  []deadletter.Attempt `json:"failed,omitempty"` // once it has ended: the tries that did
}

// WriterInput starts the writer of a playlist. The rest carries what it knows of
// the past through continue-as-new.
type WriterInput struct {
	PlaylistID string               `json:"playlist_id"`
	Recalls    bool                 `json:"recalls,omitempty"` // it asks the ledger first what was changed lately; of later builds
	Done       []WriteOutcome       `json:"done,omitempty"`
	Fresh      map[string]time.Time `json:"fresh,omitempty"` // of earlier builds: when each URI was put in
	Tallies    map[string]Tally     `json:"tallies,omitempty"`
	Audits     []Audit              `json:"audits,omitempty"`
	Stands     Stand                `json:"stands,omitzero"`
	Doubts     []Doubt              `json:"doubts,omitempty"`
}

// Stand is which rows the playlist has since the writer last moved some, which reads may
// not show yet. Print is "" once something else was changed.
type Stand struct {
	Print string    `json:"print,omitempty"`
	At    time.Time `json:"at"`
}

// Tally is how many rows a URI has since the writer changed that, which reads may not show yet.
type Tally struct {
	Rows int       `json:"rows"`
	At   time.Time `json:"at"`
}

// Audit is a look at a song that was sent twice, because reading had proved the
// first request not applied: when all is told, it stands there once more than before.
type Audit struct {
	Change Write     `json:"change"`
	Before int       `json:"before"` // rows of the recording before it was added
	At     time.Time `json:"at"`     // when reads show whatever Spotify may still have applied
	Tries  int       `json:"tries,omitempty"`
}

// Write asks the writer for one change: one track in, or one recording out.
type Write struct {
	PersonID string   `json:"person_id"`
	RunID    string   `json:"run_id"`
	Key      string   `json:"key"`             // of the task; with RunID it names this change for ever
	URI      string   `json:"uri"`             // what to add or remove
	Twins    []string `json:"twins,omitempty"` // other ids of the same recording
	Position int      `json:"position"`        // where to add, 0-based; Append for the end; order: the number of the first move
	Most     int      `json:"most,omitempty"`  // remove: refuse when it stands there more often; 0 = no limit
	Again    bool     `json:"again,omitempty"` // add it even when the recording is there

	Trim  bool         `json:"trim,omitempty"`  // undo: all rows of the URI go but the first Keep, whoever has put them in
	Keep  int          `json:"keep,omitempty"`  // 0 or 1
	Of    string       `json:"of,omitempty"`    // trim, order: refuse it when these are not the rows
	Moves []agent.Move `json:"moves,omitempty"` // order: of which those that were made are passed over
}

// Append is the position after the last row.
const Append = -1

func (w Write) id() string { return w.RunID + "-" + w.Key }

// uris returns every id of the recording.
func (w Write) uris() []string { return append([]string{w.URI}, w.Twins...) }

// MaxBatch is the most songs of one Batch, and of one request to Spotify.
const MaxBatch = 100

// Batch asks the writer for 1 to MaxBatch changes of one person. Append puts
// songs behind the last row, in this order, each unless its recording is there.
// Undo takes out again what a run has put in at Position: other rows of the same song stay.
// With Trim it takes out what a plan names; see there.
type Batch struct {
	Changes []Write `json:"changes"`
}

// BatchOutcome says what became of each change of a Batch, in their order.
type BatchOutcome struct {
	Songs []WriteOutcome `json:"songs"`
}

// WriteOutcome is what became of a Write.
type WriteOutcome struct {
	ID        string `json:"id"`
	Result    string `json:"result,omitempty"`    // agent.Added, AlreadyThere, Removed, NotThere
	Positions []int  `json:"positions,omitempty"` // 0-based rows it has (added, already there) or had (removed)
	URI       string `json:"uri,omitempty"`       // the id that is there, or was
	Others    int    `json:"others,omitempty"`    // rows of the recording besides: there before an add, and still there after an undo
	Made      int    `json:"made,omitempty"`      // of the moves
	Fault     *Fault `json:"fault,omitempty"`     // why nothing was changed
}

// Fault is a fault.Error as a payload.
type Fault struct {
	Kind       fault.Kind    `json:"kind"`
	Message    string        `json:"message"`
	RetryAfter time.Duration `json:"retry_after,omitempty"`
	Unsure     bool          `json:"unsure,omitempty"`
	Causes     causes        `json:"causes,omitempty"` // for an operator, without anything private
}

func payload(e *fault.Error) *Fault {
	return &Fault{
		Kind: e.Kind, Message: e.Message, RetryAfter: e.RetryAfter, Unsure: e.Unsure, Causes: deadletter.Causes(e.Err),
	}
}

func (f *Fault) err() *fault.Error {
	e := &fault.Error{Kind: f.Kind, Message: f.Message, RetryAfter: f.RetryAfter, Unsure: f.Unsure}
	if len(f.Causes) > 0 {
		e.Err = &f.Causes
	}
	return e
}

// causes are what is left of a chain of errors on the far side of Temporal.
type causes []string

// Error is the outermost cause with those behind it.
func (c *causes) Error() string { return strings.Join(*c, ": ") }

// Unwrap returns the chain behind the outermost cause.
func (c *causes) Unwrap() error {
	if len(*c) < 2 {
		return nil
	}
	rest := (*c)[1:]
	return &rest
}

// Cancel stops a turn; Undo also takes back what it has added.
type Cancel struct {
	Undo bool `json:"undo"`
}
