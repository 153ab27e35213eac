package emulator

import "time"

// details are what a create or change request may say; nil = not said.
type details struct {
	Name          *string `json:"name"`
	Description   *string `json:"description"`
	Public        *bool   `json:"public"`
	Collaborative *bool   `json:"collaborative"`
}

// myPlaylists answers GET /me/playlists: owned and followed, newest first.
func (e *Emulator) myPlaylists(c *call) (any, error) {
	if !c.may(scopeReadPrivate) {
		return nil, needScope()
	}
	return e.library(c, c.person.ID, func(p *playlist) bool {
		return p.Owner == c.person.ID || !p.Current.Collaborative || c.may(scopeReadCollaborative)
	})
}

// library pages through the person's playlists that pass.
func (e *Emulator) library(c *call, person string, pass func(*playlist) bool) (any, error) {
	limit, offset, err := c.window(50, 20)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	who, ok := e.world.People[person]
	if !ok {
		return nil, notFound()
	}
	var lists []*playlist
	for _, id := range who.Library {
		if p := e.world.Playlists[id]; p != nil && pass(p) {
			lists = append(lists, p)
		}
	}
	items := []playlistShape{}
	for _, p := range lists[min(offset, len(lists)):min(offset+limit, len(lists))] {
		items = append(items, e.summary(c, p, p.view(c.now)))
	}
	return newPage(c, c.URL.Path, limit, offset, len(lists), items), nil
}

// summary draws a list with a pointer to its rows. The caller holds the lock.
func (e *Emulator) summary(c *call, p *playlist, v edition) playlistShape {
	draw := e.painter(c)
	out := draw.playlist(p, v, e.world.People[p.Owner])
	if e.mayReadRows(c, p) {
		draw.attach(&out, listRef{c.origin + "/v1/playlists/" + p.ID + "/items", len(v.Rows)})
	}
	return out
}

func (e *Emulator) mayReadRows(c *call, p *playlist) bool {
	return !e.profile.ownRowsOnly || p.mayEdit(c.person.ID)
}

// createPlaylist answers POST /me/playlists.
func (e *Emulator) createPlaylist(c *call) (any, error) {
	var d details
	if err := c.decode(&d); err != nil {
		return nil, err
	}
	if d.Name == nil || *d.Name == "" {
		return nil, badRequest("Missing required field: name")
	}
	first := edition{Public: true}
	d.apply(&first)
	if first.Collaborative && first.Public {
		return nil, badRequest("Collaborative playlists can only be private.")
	}
	if !c.mayModify(first.Public) {
		return nil, needScope()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	p := e.world.create(e.dice, c.person.ID, first)
	e.record(c, Mutation{Playlist: p.ID, Kind: "create", Name: first.Name, Snapshot: p.Current.Snapshot})
	return created{e.full(c, p)}, nil
}

func (d details) apply(ed *edition) {
	if d.Name != nil && *d.Name != "" { // an empty name is ignored
		ed.Name = *d.Name
	}
	if d.Description != nil {
		ed.Description = *d.Description
	}
	if d.Public != nil {
		ed.Public = *d.Public
	}
	if d.Collaborative != nil {
		ed.Collaborative = *d.Collaborative
	}
}

func (c *call) mayModify(public bool) bool {
	if public {
		return c.may(scopeModifyPublic)
	}
	return c.may(scopeModifyPrivate)
}

// onePlaylist answers GET /playlists/{id} with the first 100 rows.
func (e *Emulator) onePlaylist(c *call) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	p, err := e.readable(c)
	if err != nil {
		return nil, err
	}
	return filter(c.URL.Query().Get("fields"), e.full(c, p))
}

// full draws the list with its first rows. The caller holds the lock.
func (e *Emulator) full(c *call, p *playlist) playlistShape {
	v := p.view(c.now)
	draw := e.painter(c)
	out := draw.playlist(p, v, e.world.People[p.Owner])
	out.Followers = &followers{}
	if e.mayReadRows(c, p) {
		draw.attach(&out, e.rowsPage(c, p, v, 100, 0))
	}
	return out
}

// changePlaylist answers PUT /playlists/{id}.
func (e *Emulator) changePlaylist(c *call) (any, error) {
	var d details
	if err := c.decode(&d); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	p, err := e.readable(c)
	if err != nil {
		return nil, err
	}
	if p.Owner != c.person.ID {
		return nil, forbidden()
	}
	next := *p.Current
	d.apply(&next)
	if next.Collaborative && next.Public {
		return nil, badRequest("Collaborative playlists can only be private.")
	}
	if !c.mayModify(next.Public) {
		return nil, needScope()
	}
	ed := e.mutate(p, c.now, d.apply)
	e.record(c, Mutation{Playlist: p.ID, Kind: "details", Name: ed.Name, Snapshot: ed.Snapshot})
	return nothing{}, nil
}

// readable finds the list in the path. The caller holds the lock.
func (e *Emulator) readable(c *call) (*playlist, error) {
	id := c.PathValue("id")
	if !isID(id) {
		return nil, badRequest("Invalid base62 id")
	}
	p, ok := e.world.Playlists[id]
	if !ok {
		return nil, notFound()
	}
	if p.Owner == c.person.ID && !p.Current.Public && !c.may(scopeReadPrivate) {
		return nil, needScope()
	}
	return p, nil
}

// record notes a mutation as applied. The caller holds the lock.
func (e *Emulator) record(c *call, m Mutation) {
	m.At, m.Person = c.now.Truncate(time.Microsecond), c.person.ID
	if n := noteFrom(c.Context()); n != nil {
		m.Request = n.seq
	}
	e.journal.mutation(m)
}
