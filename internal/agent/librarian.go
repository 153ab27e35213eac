package agent

import "segue/internal/music"

// RenameArgs are the arguments of RenamePlaylist.
type RenameArgs struct {
	Playlist PlaylistRef `json:"playlist"`
	Name     string      `json:"name"`
}

// Renaming is what a run has done to the name of its playlist.
type Renaming struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// DedupeArgs are the arguments of DedupePlaylist. Plan is what the person was shown,
// nil when that is still to be made.
type DedupeArgs struct {
	Playlist PlaylistRef `json:"playlist"`
	Plan     *Doubles    `json:"plan,omitempty"`
}

// Doubles are the rows of a playlist that go since they repeat earlier ones, in their order.
type Doubles struct {
	Of   string   `json:"of"` // which rows it was made for
	Rows []Double `json:"rows"`
	More int      `json:"more,omitempty"` // that repeat as well and are left for another time
}

// Double is a row that goes. Rows count from 0.
type Double struct {
	Key   string      `json:"key"` // names the removal of all rows with its URI within the run
	Row   int         `json:"row"`
	First int         `json:"first"` // the row of the recording that stays
	Keep  int         `json:"keep"`  // of the rows with its URI, how many stay: 1 when the first one is among them
	Track music.Track `json:"track"`
	Run   string      `json:"run,omitempty"` // that has begun the removal; "" for the one whose plan this is
}

// ReorderArgs are the arguments of ReorderPlaylist: By sorts the whole list, Song and To
// move one song. Plan is what the person was shown, nil when that is still to be made.
type ReorderArgs struct {
	Playlist   PlaylistRef `json:"playlist"`
	By         string      `json:"by,omitempty"` // artist, title, album, release, added, duration
	Descending bool        `json:"descending,omitempty"`
	Song       *music.Song `json:"song,omitempty"`
	To         int         `json:"to,omitempty"` // the place of Song, 1 is the top; Last is the end
	Plan       *Moves      `json:"plan,omitempty"`
}

// Last is the place behind all others.
const Last = -1

// What a playlist can be sorted by.
const (
	ByArtist   = "artist"
	ByTitle    = "title"
	ByAlbum    = "album"
	ByRelease  = "release"
	ByAdded    = "added"
	ByDuration = "duration"
)

// Orders lists what a playlist can be sorted by.
func Orders() []string {
	return []string{ByArtist, ByTitle, ByAlbum, ByRelease, ByAdded, ByDuration}
}

// Moves bring the rows of a playlist into another order, one after the other.
type Moves struct {
	Of   string `json:"of"` // which rows they were made for
	List []Move `json:"list"`

	Since int `json:"since,omitempty"` // of those made: how many songs the run had changed before
}

// Move takes Length rows from row From on and puts them before the row Before, counted
// from 0 as they stand when it is their turn.
type Move struct {
	From   int    `json:"from"`
	Before int    `json:"before"`
	Length int    `json:"length"`
	Then   string `json:"then"`            // which rows that leaves
	Song   string `json:"song"`            // URI of the first row moved, "" when it has none
	After  string `json:"after,omitempty"` // URI of the row it stood behind, if it was not the first
}

// Lands is the row where the first of the rows comes to stand.
func (m Move) Lands() int {
	if m.Before > m.From {
		return m.Before - m.Length
	}
	return m.Before
}
