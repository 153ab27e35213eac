package agent

import (
	"time"

	"segue/internal/music"
)

// The most characters (runes) of what a person writes.
const (
	MaxMessage = 10_000
	MaxRemark  = 500 // about an answer to a question
)

// Role says who spoke.
type Role string

// The two sides of a conversation.
const (
	Person    Role = "person"
	Assistant Role = "agent"
)

// Conversation is one thread of messages of one person.
type Conversation struct {
	ID        string
	PersonID  string
	Title     string
	UpdatedAt time.Time
}

// Hit is a conversation that was looked for, with the newest message of it that fits.
type Hit struct {
	Conversation
	Role      Role   // who said that; "" when only the title fits
	Text      string // the whole of it
	MessageID string // the person's message that it is, or answers
}

// Message is one thing that was said. A person's message has the run it started.
type Message struct {
	ID    string
	Role  Role
	Text  string
	RunID string
	At    time.Time

	// FromModel marks an answer that a language model wrote. Any other answer may
	// quote the catalogue, and is kept from a model that must not see it.
	FromModel bool

	// A person's message that was written anew stands in one place with its other
	// tries, each on a branch of its own. Set by whoever shows messages; zero for the only one.
	Try, Tries     int    // which of them, from 1, and of how many
	Earlier, Later string // ids of the tries beside it; "" at the ends
}

// The tools of this house.
const (
	FindSongs       = "find_songs"       // FindSongsArgs: look songs up without adding them
	SyncSongs       = "sync_songs"       // SyncSongsArgs: find songs and add them to a playlist
	CreatePlaylist  = "create_playlist"  // CreatePlaylistArgs
	ListPlaylists   = "list_playlists"   // no arguments
	ShowPlaylist    = "show_playlist"    // ShowPlaylistArgs
	RemoveSongs     = "remove_songs"     // RemoveSongsArgs
	RenamePlaylist  = "rename_playlist"  // RenameArgs
	DedupePlaylist  = "dedupe_playlist"  // DedupeArgs: take out rows that repeat a recording
	ReorderPlaylist = "reorder_playlist" // ReorderArgs: sort a playlist, or move a song in it
	SetDefault      = "set_default"      // SetDefaultArgs: the playlist that is meant when none is named
	Undo            = "undo"             // UndoArgs
)

// PlaylistRef names a playlist: by id (a link, or one already resolved), or by
// the name a person used. The zero value means none was named and there is no default.
type PlaylistRef struct {
	ID   string `json:"id,omitempty" handle:"P" jsonschema:"handle of the playlist, such as P1"`
	Name string `json:"name,omitempty" jsonschema:"its name as the person wrote it, when there is no handle"`
}

// FindSongsArgs are the arguments of FindSongs; 1 to 50 songs.
type FindSongsArgs struct {
	Songs []music.Song `json:"songs"`
}

// SyncSongsArgs are the arguments of SyncSongs; 1 to 50 songs, added in this
// order. A match that is less sure than Least (0 to 1) is put to the person
// instead of being added; 0 leaves that to the matcher.
type SyncSongsArgs struct {
	Songs    []music.Song `json:"songs"`
	Playlist PlaylistRef  `json:"playlist"`
	Least    float64      `json:"least,omitempty" jsonschema:"how sure a match must be to be added without asking, 0 to 1; leave it out"`
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
	RunID string `json:"run_id" handle:"R" jsonschema:"handle of the run, such as R1"`
}
