// Package agent is the conversation: what a transcript is, what a planner may
// decide next, which tools there are, and what a run looks like from outside.
// It knows no model, no workflow engine and no database.
package agent

import (
	"context"
	"encoding/json"
	"time"

	"segue/internal/music"
)

// MaxMessage is the longest message, in characters (runes).
const MaxMessage = 10_000

// Role says who spoke.
type Role string

// The two sides of a conversation.
const (
	Person Role = "person"
	Agent  Role = "agent"
)

// Conversation is one thread of messages of one person.
type Conversation struct {
	ID        string
	PersonID  string
	Title     string
	UpdatedAt time.Time
}

// Message is one thing that was said. A person's message has the run it started.
type Message struct {
	ID    string
	Role  Role
	Text  string
	RunID string
	At    time.Time
}

// Transcript is what a planner sees: the conversation so far, the state it
// refers to ("there", "undo that") and the steps of the running turn.
type Transcript struct {
	Messages []Message // oldest first; the last one is to be acted upon

	Default      PlaylistRef // the person's default playlist; zero when none
	LastPlaylist PlaylistRef // the playlist this conversation touched last: "there", "same playlist"
	LastRun      string      // the newest run of this conversation that can be undone: "undo that"

	Calls   []Call   // made in this turn so far, in order
	Results []Result // of those calls, same order
}

// Planner turns a transcript into the next step. It must be deterministic
// enough to be repeated: a step whose recording was lost is asked for again.
type Planner interface {
	Next(ctx context.Context, t Transcript) (Step, error)
}

// Step is what to do next: call tools, or say something and end the turn.
// Calls of one step are independent of one another.
type Step struct {
	Calls       []Call   `json:"calls,omitempty"`
	Say         string   `json:"say,omitempty"`
	Suggestions []string `json:"suggestions,omitempty"` // messages the person could send next
	Done        bool     `json:"done,omitempty"`        // the turn ends with this step
}

// Call asks for one tool. ID is unique within the turn ("1", "2", …).
type Call struct {
	ID   string          `json:"id"`
	Tool string          `json:"tool"`
	Args json.RawMessage `json:"args"`
}

// Result is what a planner learns of a call: a code and handles, never catalogue content.
type Result struct {
	CallID   string      `json:"call_id"`
	Code     string      `json:"code"` // ok, or a fault kind
	Playlist PlaylistRef `json:"playlist,omitzero"`
	Message  string      `json:"message,omitempty"` // set when Code is not ok: what the person was told
}

// OK is the Code of a call that did what it was asked to do.
const OK = "ok"

// The tools of this house.
const (
	SyncSongs      = "sync_songs"      // SyncSongsArgs: find songs and add them to a playlist
	CreatePlaylist = "create_playlist" // CreatePlaylistArgs
	ListPlaylists  = "list_playlists"  // no arguments
	ShowPlaylist   = "show_playlist"   // ShowPlaylistArgs
	RemoveSongs    = "remove_songs"    // RemoveSongsArgs
	SetDefault     = "set_default"     // SetDefaultArgs: the playlist that is meant when none is named
	Undo           = "undo"            // UndoArgs
)

// PlaylistRef names a playlist: by id (a link, or one already resolved), or by
// the name a person used. The zero value means none was named and there is no default.
type PlaylistRef struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
}

// SyncSongsArgs are the arguments of SyncSongs; 1 to 50 songs, added in this order.
type SyncSongsArgs struct {
	Songs    []music.Song `json:"songs"`
	Playlist PlaylistRef  `json:"playlist"`
}

// CreatePlaylistArgs are the arguments of CreatePlaylist.
type CreatePlaylistArgs struct {
	Name string `json:"name"`
}

// ShowPlaylistArgs are the arguments of ShowPlaylist.
type ShowPlaylistArgs struct {
	Playlist PlaylistRef `json:"playlist"`
}

// RemoveSongsArgs are the arguments of RemoveSongs; every occurrence goes.
type RemoveSongsArgs struct {
	Songs    []music.Song `json:"songs"`
	Playlist PlaylistRef  `json:"playlist"`
}

// SetDefaultArgs are the arguments of SetDefault.
type SetDefaultArgs struct {
	Playlist PlaylistRef `json:"playlist"`
}

// UndoArgs are the arguments of Undo.
type UndoArgs struct {
	RunID string `json:"run_id"`
}
