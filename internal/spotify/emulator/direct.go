package emulator

import "cmp"

// Track is what a search result says about a track.
type Track struct {
	ID           string // of Spotify's form
	Source       string // the id in the catalogue file, mostly the same
	Title        string
	Artists      []string
	Album        string
	AlbumType    string // album, single or compilation
	AlbumArtists []string
	Release      string // 1975, 1975-10, 1975-10-31 or 0000
	Millis       int    // length; 0 = unknown
	ISRC         string
	Explicit     bool
}

// Find returns the tracks of the first page of GET /v1/search?type=track, as long
// as the profile allows, without its null rows: the same ranks and the same gaps
// without HTTP. The error is Spotify's, for an empty or too long query.
func (e *Emulator) Find(query string) ([]Track, error) {
	if err := checkQuery(query); err != nil {
		return nil, err
	}
	hits := e.finder.find(query)
	page := make([]any, min(len(hits), e.profile.searchMax))
	for i := range page {
		page[i] = hits[i].doc
	}
	e.spoil(page, query, 0)
	out := make([]Track, 0, len(page))
	for _, row := range page {
		if at, ok := row.(uint32); ok {
			out = append(out, e.catalogue.describe(at))
		}
	}
	return out, nil
}

// Lookup returns the track with the id; false when the catalogue has none.
func (e *Emulator) Lookup(id string) (Track, bool) {
	at, ok := e.catalogue.byID[id]
	if !ok {
		return Track{}, false
	}
	return e.catalogue.describe(at), true
}

func (c *catalogue) describe(at uint32) Track {
	t := &c.tracks[at]
	a := &c.albums[t.album]
	release, _ := a.date()
	return Track{
		ID: t.id, Source: cmp.Or(t.source, t.id), Title: t.title, Artists: c.performers(t.artists),
		Album: a.name, AlbumType: a.kind, AlbumArtists: c.performers(a.artists), Release: release,
		Millis: int(t.millis), ISRC: t.isrc, Explicit: t.explicit,
	}
}

func (c *catalogue) performers(at []uint32) []string {
	out := make([]string, len(at))
	for i, a := range at {
		out[i] = c.artists[a].name
	}
	return out
}
