package crew

import (
	"errors"

	"segue/internal/agent"
)

// mostSongs is how many songs one call may name.
const mostSongs = 50

// song is a music.Song in the fields that a model can know.
type song struct {
	Title   string   `json:"title,omitempty" jsonschema:"its title, without version and artist; may be left out when there is a handle"`
	Artists []string `json:"artists,omitempty" jsonschema:"who performs it, the first one first"`
	Version string   `json:"version,omitempty" jsonschema:"only when the person wants one: live at Wembley, 2011 remaster, acoustic"`
	TrackID string   `json:"track_id,omitempty" handle:"S" jsonschema:"handle of the song such as S1, or the id in a link that the person wrote"`
}

// songs are the arguments of find_songs.
type songs struct {
	Songs []song `json:"songs" jsonschema:"1 to 50 songs"`
}

// Validate checks what the schema cannot say.
func (s songs) Validate() error { return check(s.Songs) }

// change are the arguments of sync_songs and remove_songs.
type change struct {
	Songs    []song            `json:"songs" jsonschema:"1 to 50 songs"`
	Playlist agent.PlaylistRef `json:"playlist" jsonschema:"which playlist; {} is the person's default one"`
}

// Validate checks what the schema cannot say.
func (c change) Validate() error { return check(c.Songs) }

func check(songs []song) error {
	if len(songs) == 0 || len(songs) > mostSongs {
		return errors.New("name 1 to 50 songs")
	}
	for _, s := range songs {
		if s.Title == "" && s.TrackID == "" {
			return errors.New("every song needs a title or a handle")
		}
	}
	return nil
}

type named struct {
	Name string `json:"name" jsonschema:"as the person wants it, 1 to 100 characters"`
}

// Validate checks what the schema cannot say.
func (n named) Validate() error {
	if n.Name == "" || len([]rune(n.Name)) > 100 {
		return errors.New("the name must have 1 to 100 characters")
	}
	return nil
}

func find() agent.Tool {
	return agent.NewTool[songs](agent.FindSongs,
		"Looks songs up in the catalogue without adding them. Each result has a code: auto (found, with a handle), ask (several fit, with a handle of the likeliest) or none (it does not exist).", agent.Read)
}

func add() agent.Tool {
	return agent.NewTool[change](agent.SyncSongs,
		"Finds songs and adds them to the end of a playlist, each unless it is there. The person is asked which recording is meant where several fit, and about more than 20 songs.", agent.Write)
}

func remove() agent.Tool {
	return agent.NewTool[change](agent.RemoveSongs,
		"Takes songs out of a playlist. The person is asked first.", agent.Destructive)
}

func create() agent.Tool {
	return agent.NewTool[named](agent.CreatePlaylist, "Makes a new, empty, private playlist and returns its handle.", agent.Write)
}

func list() agent.Tool {
	return agent.NewTool[struct{}](agent.ListPlaylists, "Shows the person all their playlists; you get a handle of each.", agent.Read)
}

func show() agent.Tool {
	return agent.NewTool[agent.ShowPlaylistArgs](agent.ShowPlaylist, "Shows the person what is in a playlist; you get handles and the number of songs.", agent.Read)
}

func setDefault() agent.Tool {
	return agent.NewTool[agent.SetDefaultArgs](agent.SetDefault, "Remembers the playlist that is meant when the person names none.", agent.Write)
}

func undo() agent.Tool {
	return agent.NewTool[agent.UndoArgs](agent.Undo, "Takes back what a run has changed. The person is asked first.", agent.Destructive)
}
