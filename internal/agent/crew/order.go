package crew

import (
	"errors"
	"slices"

	"segue/internal/agent"
)

// order are the tools that keep a playlist in order.
func order() []agent.Tool { return []agent.Tool{rename(), dedupe(), reorder()} }

// newName are the arguments of rename_playlist.
type newName struct {
	Playlist agent.PlaylistRef `json:"playlist" jsonschema:"which playlist; {} is the person's default one"`
	Name     string            `json:"name" jsonschema:"the new name as the person wants it, 1 to 100 characters"`
}

// Validate checks what the schema cannot say.
func (n newName) Validate() error { return named{n.Name}.Validate() }

// whole are the arguments of dedupe_playlist: no plan, for that is the person's to see.
type whole struct {
	Playlist agent.PlaylistRef `json:"playlist" jsonschema:"which playlist; {} is the person's default one"`
}

// arrangement are the arguments of reorder_playlist.
type arrangement struct {
	Playlist   agent.PlaylistRef `json:"playlist" jsonschema:"which playlist; {} is the person's default one"`
	By         string            `json:"by,omitempty" jsonschema:"to sort it all: artist, title, album, release, added or duration"`
	Descending bool              `json:"descending,omitempty" jsonschema:"the other way round"`
	Song       *song             `json:"song,omitempty" jsonschema:"to move one song instead"`
	To         int               `json:"to,omitempty" jsonschema:"place of that song: 1 is the top, -1 the end"`
}

// Validate checks what the schema cannot say.
func (a arrangement) Validate() error {
	switch {
	case a.Song == nil && !slices.Contains(agent.Orders(), a.By):
		return errors.New("sort by artist, title, album, release, added or duration, or name a song to move")
	case a.Song != nil && a.By != "":
		return errors.New("sort the playlist or move a song, not both")
	case a.Song != nil && a.To < 1 && a.To != agent.Last:
		return errors.New("the place of the song is 1 or more, or -1 for the end")
	case a.Song != nil:
		return check([]song{*a.Song})
	}
	return nil
}

func rename() agent.Tool {
	return agent.NewTool[newName](agent.RenamePlaylist, "Gives a playlist of the person's own another name.", agent.Write)
}

func dedupe() agent.Tool {
	return agent.NewTool[whole](agent.DedupePlaylist,
		"Takes out of a playlist the rows that repeat a recording; the first one stays. The person sees which and is asked first.", agent.Destructive)
}

func reorder() agent.Tool {
	return agent.NewTool[arrangement](agent.ReorderPlaylist,
		"Sorts a playlist, or moves one song in it. The person sees the new order and is asked first.", agent.Destructive)
}
