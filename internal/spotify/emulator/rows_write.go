package emulator

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const mostRows = 10_000 // of a playlist

// rowsBody is what the writes to /items may say.
type rowsBody struct {
	URIs         []string `json:"uris"`
	Position     *int     `json:"position"`
	RangeStart   *int     `json:"range_start"`
	InsertBefore *int     `json:"insert_before"`
	RangeLength  *int     `json:"range_length"`
	Items        []uriRef `json:"items"`
	Tracks       []uriRef `json:"tracks"`
}

type uriRef struct {
	URI string `json:"uri"`
}

type snapshotAnswer struct {
	SnapshotID string `json:"snapshot_id"`
}

// addItems answers POST /playlists/{id}/items. Adding what is there adds it again.
func (e *Emulator) addItems(c *call) (any, error) {
	body, err := c.rows()
	if err != nil {
		return nil, err
	}
	if err := e.checkURIs(c, body.URIs, errUnknownID); err != nil {
		return nil, err
	}
	return e.write(c, func(p *playlist) (Mutation, error) {
		have, at := p.Current.Rows, len(p.Current.Rows)
		if body.Position != nil {
			at = *body.Position
		}
		switch {
		case at < 0:
			return Mutation{}, errPosition
		case at > len(have):
			return Mutation{}, errBounds
		case len(have)+len(body.URIs) > mostRows:
			return Mutation{}, badRequest("Playlist size limit reached")
		}
		rows := slices.Insert(slices.Clone(have), at, makeRows(body.URIs, c.person.ID, c.now)...)
		e.mutate(p, c.now, func(ed *edition) { ed.Rows = rows })
		return Mutation{Kind: "add", URIs: body.URIs, Position: &at}, nil
	}, http.StatusCreated)
}

// putItems answers PUT /playlists/{id}/items: a move when range_start is given, else a replacement.
func (e *Emulator) putItems(c *call) (any, error) {
	body, err := c.rows()
	if err != nil {
		return nil, err
	}
	if body.RangeStart != nil {
		return e.write(c, func(p *playlist) (Mutation, error) { return e.reorder(c, p, body) }, http.StatusOK)
	}
	if body.URIs == nil {
		return nil, errNoURIs
	}
	dead := &apiError{status: http.StatusBadGateway, message: "Error while loading resource"}
	if err := e.checkURIs(c, body.URIs, dead); err != nil && len(body.URIs) > 0 {
		return nil, err
	}
	return e.write(c, func(p *playlist) (Mutation, error) {
		e.mutate(p, c.now, func(ed *edition) { ed.Rows = makeRows(body.URIs, c.person.ID, c.now) })
		return Mutation{Kind: "replace", URIs: body.URIs}, nil
	}, http.StatusOK)
}

func (e *Emulator) reorder(c *call, p *playlist, body rowsBody) (Mutation, error) {
	from, n, to := *body.RangeStart, 1, 0
	if body.RangeLength != nil {
		n = *body.RangeLength
	}
	if body.InsertBefore == nil {
		return Mutation{}, errBody
	}
	to = *body.InsertBefore
	have := p.Current.Rows
	if from < 0 || n < 1 || to < 0 || from+n > len(have) || to > len(have) {
		return Mutation{}, errBounds
	}
	moved := slices.Clone(have[from : from+n])
	rows := slices.Delete(slices.Clone(have), from, from+n)
	if at := to; at > from {
		rows = slices.Insert(rows, max(from, at-n), moved...)
	} else {
		rows = slices.Insert(rows, at, moved...)
	}
	e.mutate(p, c.now, func(ed *edition) { ed.Rows = rows })
	return Mutation{Kind: "reorder", From: from, Length: n, Position: &to}, nil
}

// removeItems answers DELETE /playlists/{id}/items: every row with one of the URIs, whatever positions say.
func (e *Emulator) removeItems(c *call) (any, error) {
	body, err := c.rows()
	if err != nil {
		return nil, err
	}
	refs := body.Items
	if len(refs) == 0 && strings.HasSuffix(c.URL.Path, "/tracks") {
		refs = body.Tracks
	}
	uris := make([]string, len(refs))
	for i, ref := range refs {
		uris[i] = ref.URI
	}
	switch {
	case len(uris) == 0:
		return nil, errNoURIs
	case len(uris) > 100:
		return nil, errTooMany
	}
	for _, uri := range uris {
		if !validURI(uri) {
			return nil, badRequest("Invalid track uri: " + uri)
		}
	}
	return e.write(c, func(p *playlist) (Mutation, error) {
		rows := slices.DeleteFunc(slices.Clone(p.Current.Rows), func(r row) bool { return slices.Contains(uris, r.URI) })
		if len(rows) == len(p.Current.Rows) {
			return Mutation{}, nil
		}
		e.mutate(p, c.now, func(ed *edition) { ed.Rows = rows })
		return Mutation{Kind: "remove", URIs: uris}, nil
	}, http.StatusOK)
}

// rows reads the body; uris and position in the query win over it.
func (c *call) rows() (rowsBody, error) {
	var body rowsBody
	if err := c.decode(&body); err != nil {
		return body, err
	}
	query := c.URL.Query()
	if query.Has("uris") {
		body.URIs = strings.Split(query.Get("uris"), ",")
	}
	if query.Has("position") {
		at, err := strconv.Atoi(query.Get("position"))
		if err != nil {
			return body, errPosition
		}
		body.Position = &at
	}
	return body, nil
}

// checkURIs refuses the whole batch for one that is wrong. dead is the answer for a well-formed id that nothing has.
func (e *Emulator) checkURIs(c *call, uris []string, dead error) error {
	switch {
	case len(uris) == 0:
		return errNoURIs
	case len(uris) > 100:
		return errTooMany
	}
	for _, uri := range uris {
		if !validURI(uri) {
			return badRequest("Invalid track uri: " + uri)
		}
		_, known := e.catalogue.byID[trackID(uri)]
		if slices.Contains(c.knobs.Dead, uri) || !known && !strings.HasPrefix(uri, episodePrefix) {
			return dead
		}
	}
	return nil
}

func validURI(uri string) bool {
	if id, ok := strings.CutPrefix(uri, episodePrefix); ok {
		return isID(id)
	}
	return isID(trackID(uri))
}

// write checks that the person may edit the list, lets change edit it and answers its snapshot.
func (e *Emulator) write(c *call, change func(*playlist) (Mutation, error), status int) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p, err := e.readable(c)
	if err != nil {
		return nil, err
	}
	if !p.mayEdit(c.person.ID) {
		return nil, forbidden()
	}
	if !c.mayModify(p.Current.Public) {
		return nil, needScope()
	}
	m, err := change(p)
	if err != nil {
		return nil, err
	}
	if m.Kind != "" {
		m.Playlist, m.Snapshot = p.ID, p.Current.Snapshot
		e.record(c, m)
	}
	if status == http.StatusCreated {
		return created{snapshotAnswer{p.Current.Snapshot}}, nil
	}
	return snapshotAnswer{p.Current.Snapshot}, nil
}

// old lets an endpoint answer under its path of before 2026.
func (e *Emulator) old(do endpoint) endpoint {
	if e.profile.removed {
		return e.gone
	}
	return do
}
