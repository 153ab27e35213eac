package emulator

// me answers GET /me.
func (e *Emulator) me(c *call) (any, error) {
	who := e.painter(c).user(c.person)
	who.AccountID, who.Images = c.person.AccountID, &[]image{}
	if e.profile.oldFields {
		who.Country, who.Product, who.Email = c.person.Country, "premium", c.person.ID+"@example.com"
		who.ExplicitContent = map[string]bool{"filter_enabled": false, "filter_locked": false}
		who.Followers = &followers{}
	}
	return who, nil
}

// user answers GET /users/{id} of the old regimes.
func (e *Emulator) user(c *call) (any, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	who, ok := e.world.People[c.PathValue("id")]
	if !ok {
		return nil, notFound()
	}
	return e.painter(c).user(who), nil
}

// userPlaylists answers GET /users/{id}/playlists: those of anybody that are public.
func (e *Emulator) userPlaylists(c *call) (any, error) {
	id := c.PathValue("id")
	if id == c.person.ID {
		return e.myPlaylists(c)
	}
	return e.library(c, id, func(p *playlist) bool { return p.Owner == id && p.Current.Public })
}

// userCreate answers POST /users/{id}/playlists.
func (e *Emulator) userCreate(c *call) (any, error) {
	if c.PathValue("id") != c.person.ID {
		return nil, forbidden()
	}
	return e.createPlaylist(c)
}
