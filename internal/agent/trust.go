package agent

import "time"

// Trust is that a person lets a tool change a playlist without being asked.
type Trust struct {
	Tool     string
	Playlist PlaylistRef // named as it was called when that was said
	At       time.Time
}
