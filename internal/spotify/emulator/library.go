package emulator

import (
	"slices"
	"strings"
)

// follow and unfollow answer PUT and DELETE /me/library for playlists, the only things kept in this library.
func (e *Emulator) follow(c *call) (any, error) { return e.keep(c, c.URL.Query().Get("uris"), true) }

func (e *Emulator) unfollow(c *call) (any, error) { return e.keep(c, c.URL.Query().Get("uris"), false) }

// oldFollow and oldUnfollow answer /playlists/{id}/followers of the old regimes.
func (e *Emulator) oldFollow(c *call) (any, error) {
	return e.keep(c, playlistPrefix+c.PathValue("id"), true)
}

func (e *Emulator) oldUnfollow(c *call) (any, error) {
	return e.keep(c, playlistPrefix+c.PathValue("id"), false)
}

const playlistPrefix = "spotify:playlist:"

// keep puts the lists into the person's library or takes them out. Nothing is ever deleted: an owner only unfollows.
func (e *Emulator) keep(c *call, uris string, wanted bool) (any, error) {
	list := strings.Split(uris, ",")
	switch {
	case uris == "":
		return nil, errNoURIs
	case len(list) > 40:
		return nil, badRequest("Too many uris requested")
	case !c.may(scopeModifyPrivate, scopeModifyPublic, scopeModifyLibrary):
		return nil, needScope()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, uri := range list {
		if _, known := e.world.Playlists[strings.TrimPrefix(uri, playlistPrefix)]; !known {
			return nil, notFound()
		}
	}
	who := e.world.People[c.person.ID]
	for _, uri := range list {
		id := strings.TrimPrefix(uri, playlistPrefix)
		has := slices.Contains(who.Library, id)
		switch {
		case wanted && !has:
			who.Library = slices.Insert(who.Library, 0, id)
			e.record(c, Mutation{Playlist: id, Kind: "follow"})
		case !wanted && has:
			who.Library = slices.DeleteFunc(slices.Clone(who.Library), func(s string) bool { return s == id })
			e.record(c, Mutation{Playlist: id, Kind: "unfollow"})
		}
	}
	e.world.Version++
	return nothing{}, nil
}

// kept answers GET /me/library/contains.
func (e *Emulator) kept(c *call) (any, error) {
	uris := c.URL.Query().Get("uris")
	if uris == "" {
		return nil, errNoURIs
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	out := []bool{}
	for uri := range strings.SplitSeq(uris, ",") {
		out = append(out, slices.Contains(e.world.People[c.person.ID].Library, strings.TrimPrefix(uri, playlistPrefix)))
	}
	return out, nil
}
