package rehearsal

import (
	"context"
	"time"

	"segue/internal/music"
	"segue/internal/spotify/emulator"
)

// seed of the emulated Spotify's noise: the same as that of "web emulator".
const seed = 1

// Catalogue is an emulated Spotify that can be searched without HTTP.
type Catalogue struct{ spotify *emulator.Emulator }

// Open loads a catalogue file, .gz or plain; "" stands for the built-in one.
func Open(file string) (*Catalogue, error) {
	e, err := emulator.New(emulator.Options{Catalogue: file, Seed: seed})
	if err != nil {
		return nil, err
	}
	return &Catalogue{e}, nil
}

// Search returns the first page of Spotify's search, at most 10 tracks. Their ids
// are those of the catalogue file.
func (c *Catalogue) Search(ctx context.Context, query string) ([]music.Track, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	found, err := c.spotify.Find(query)
	if err != nil {
		return nil, err
	}
	out := make([]music.Track, len(found))
	for i := range found {
		out[i] = trackOf(&found[i])
	}
	return out, nil
}

// track returns the track with the id, none when there is none.
func (c *Catalogue) track(id string) []music.Track {
	t, ok := c.spotify.Lookup(id)
	if !ok {
		return nil
	}
	return []music.Track{trackOf(&t)}
}

func trackOf(t *emulator.Track) music.Track {
	return music.Track{
		ID: t.Source, URI: "spotify:track:" + t.Source, Title: t.Title, Artists: artists(t.Artists),
		Album:    music.Album{Name: t.Album, Type: t.AlbumType, Artists: artists(t.AlbumArtists), Release: t.Release},
		Duration: time.Duration(t.Millis) * time.Millisecond, Explicit: t.Explicit, ISRC: t.ISRC,
	}
}

func artists(names []string) []music.Artist {
	out := make([]music.Artist, len(names))
	for i, name := range names {
		out[i].Name = name
	}
	return out
}
