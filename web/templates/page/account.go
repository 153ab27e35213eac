package page

import (
	"fmt"

	"segue/internal/agent"
)

// spending says what the language model has cost and when that is forgotten.
func (v AccountView) spending() string {
	return fmt.Sprintf("%d %% of what it may do for you in one day is used. What you ask beyond that waits until midnight UTC.", min(100, v.Allowance.Used(v.Spent)))
}

// trusted says what happens unasked: "Removing songs from Road Trip".
func trusted(t agent.Trust) string {
	switch t.Tool {
	case agent.SyncSongs:
		return "Adding many songs to " + t.Playlist.Name
	case agent.RemoveSongs:
		return "Removing songs from " + t.Playlist.Name
	case agent.DedupePlaylist:
		return "Taking doubles out of " + t.Playlist.Name
	case agent.ReorderPlaylist:
		return "Changing the order of " + t.Playlist.Name
	case agent.SyncList:
		return "Bringing lists into " + t.Playlist.Name
	default:
		return "Changing " + t.Playlist.Name
	}
}
