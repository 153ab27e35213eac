package agent

import (
	"segue/internal/fault"
	"segue/internal/music"
)

// RowState is what has become of one row of a list.
type RowState string

// The states. The first three are on their way, the others final.
const (
	RowOpen    RowState = "open"   // still to be looked for
	RowFound   RowState = "found"  // decided on, still to be added
	RowReview  RowState = "review" // waits for the person
	RowAdded   RowState = "added"
	RowThere   RowState = "there"   // was in the playlist already
	RowMissing RowState = "missing" // not on Spotify
	RowLeftOut RowState = "left_out"
	RowFailed  RowState = "failed"
	RowStopped RowState = "stopped" // the run ended before its turn
	RowRemoved RowState = "removed" // added, and taken back
)

// RowStates are all states, in the order in which a row may come to them.
func RowStates() []RowState {
	return []RowState{RowOpen, RowFound, RowReview, RowAdded, RowThere, RowMissing, RowLeftOut, RowFailed, RowStopped, RowRemoved}
}

// Row is one song of a list and what has become of it.
type Row struct {
	Position int // in the list, from 1
	Song     music.Song
	State    RowState
	Match    *music.Match // nil until it was looked for
	Trouble  *Trouble     // why it has failed
}

// Retryable reports whether it makes sense to try a row once more as it is.
func (r Row) Retryable() bool {
	return r.State == RowStopped || r.State == RowFailed && (r.Trouble == nil || r.Trouble.Kind != string(fault.Invalid))
}

// RowFilter chooses rows of a list; its zero value chooses all.
type RowFilter struct {
	States   []RowState // none: any
	After    int        // position, which is left out
	Before   int        // position, which is left out; 0: no bound
	Backward bool       // last row first
	Limit    int        // 0: no limit
}

// Counts is how many rows of a list are in each state.
type Counts map[RowState]int

// Of adds up the rows in some states.
func (c Counts) Of(states ...RowState) int {
	n := 0
	for _, s := range states {
		n += c[s]
	}
	return n
}

// Total is the number of all rows.
func (c Counts) Total() int { return c.Of(RowStates()...) }

// Left is the number of rows that need no person to go on.
func (c Counts) Left() int { return c.Of(RowOpen, RowFound) }

// NewList is a list that a person has looked through and wants to have in a playlist.
type NewList struct {
	PersonID string
	Key      string      // idempotency key of the form, unique per person
	Text     string      // what is asked for in words, for the conversation
	Playlist PlaylistRef // without an ID, a new playlist of that name
	Rows     []Row       // in the order of the source, which gives them their position
}

// ListProgress is what a snapshot shows of a list; the rows are the store's.
type ListProgress struct {
	Counts Counts  `json:"counts"`
	Paused bool    `json:"paused,omitempty"`
	Rate   float64 `json:"rate,omitempty"` // rows looked for per second; 0 while that is not known
}
