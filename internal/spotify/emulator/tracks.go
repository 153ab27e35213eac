package emulator

import (
	"net/http"
	"strings"
)

// track answers GET /tracks/{id}.
func (e *Emulator) track(c *call) (any, error) {
	at, err := lookup(e.catalogue.byID, c.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return e.painter(c).track(at), nil
}

// album answers GET /albums/{id}: the album with its first tracks.
func (e *Emulator) album(c *call) (any, error) {
	at, err := lookup(e.catalogue.byAlbum, c.PathValue("id"))
	if err != nil {
		return nil, err
	}
	p := e.painter(c)
	out := p.album(at)
	if e.profile.oldFields {
		out.Label, out.Popularity = "Loopback Records", p.old(50)
	}
	out.Tracks = p.albumTracks(c, at, 50, 0)
	return out, nil
}

// albumTracks answers GET /albums/{id}/tracks.
func (e *Emulator) albumTracks(c *call) (any, error) {
	at, err := lookup(e.catalogue.byAlbum, c.PathValue("id"))
	if err != nil {
		return nil, err
	}
	limit, offset, err := c.window(50, 20)
	if err != nil {
		return nil, err
	}
	return e.painter(c).albumTracks(c, at, limit, offset), nil
}

func (p painter) albumTracks(c *call, at uint32, limit, offset int) *page {
	a := &p.c.albums[at]
	items := []*trackShape{}
	for _, t := range a.tracks[min(offset, len(a.tracks)):min(offset+limit, len(a.tracks))] {
		items = append(items, p.simpleTrack(t))
	}
	return newPage(c, "/v1/albums/"+a.id+"/tracks", limit, offset, len(a.tracks), items)
}

// artist answers GET /artists/{id}.
func (e *Emulator) artist(c *call) (any, error) {
	at, err := lookup(e.catalogue.byArtist, c.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return e.painter(c).fullArtist(at), nil
}

// artistAlbums answers GET /artists/{id}/albums.
func (e *Emulator) artistAlbums(c *call) (any, error) {
	at, err := lookup(e.catalogue.byArtist, c.PathValue("id"))
	if err != nil {
		return nil, err
	}
	most := 50
	if e.profile.removed {
		most = 10
	}
	limit, offset, err := c.window(most, min(most, 20))
	if err != nil {
		return nil, err
	}
	var albums []uint32
	for i := range e.catalogue.albums {
		if a := e.catalogue.albums[i].artists; len(a) > 0 && a[0] == at {
			albums = append(albums, uint32(i))
		}
	}
	p, items := e.painter(c), []*albumShape{}
	for _, a := range albums[min(offset, len(albums)):min(offset+limit, len(albums))] {
		items = append(items, p.album(a))
	}
	return newPage(c, c.URL.Path, limit, offset, len(albums), items), nil
}

func lookup(table map[string]uint32, id string) (uint32, error) {
	if !isID(id) {
		return 0, badRequest("Invalid base62 id")
	}
	at, ok := table[id]
	if !ok {
		return 0, notFound()
	}
	return at, nil
}

// several answers the multi-gets ?ids= of the old regimes; unknown ids give null.
func (e *Emulator) several(key string) endpoint {
	return func(c *call) (any, error) {
		ids := strings.Split(c.URL.Query().Get("ids"), ",")
		if len(ids) > 50 {
			return nil, badRequest("Too many ids requested")
		}
		out, p := make([]any, len(ids)), e.painter(c)
		for i, id := range ids {
			if at, ok := e.catalogue.byID[id]; key == "tracks" && ok {
				out[i] = p.track(at)
			}
			if at, ok := e.catalogue.byAlbum[id]; key == "albums" && ok {
				out[i] = p.album(at)
			}
			if at, ok := e.catalogue.byArtist[id]; key == "artists" && ok {
				out[i] = p.fullArtist(at)
			}
		}
		return map[string]any{key: out}, nil
	}
}

// gone answers what the regime has removed.
func (e *Emulator) gone(*call) (any, error) {
	if e.profile.removed {
		return nil, forbidden()
	}
	return nil, &apiError{status: http.StatusNotFound, message: "Service not found"}
}
