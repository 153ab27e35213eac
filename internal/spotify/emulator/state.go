package emulator

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// State is the truth of an emulated Spotify: what reads will show when no write lags.
type State struct {
	Now       time.Time       `json:"now"`
	Profile   string          `json:"profile"`
	Seed      int64           `json:"seed"`
	Tracks    int             `json:"tracks"` // in the catalogue
	People    []PersonState   `json:"people"`
	Playlists []PlaylistState `json:"playlists"` // ordered by owner, then as in their library
}

// PersonState is a listener.
type PersonState struct {
	ID        string       `json:"id"`
	AccountID string       `json:"account_id"`
	Name      string       `json:"name"`
	Library   []string     `json:"library"` // ids of playlists owned and followed, newest first
	Grants    []GrantState `json:"grants"`
}

// GrantState is one consent. It does not show tokens.
type GrantState struct {
	Client  string    `json:"client_id"`
	Scopes  []string  `json:"scopes"`
	At      time.Time `json:"at"`
	Revoked bool      `json:"revoked"`
}

// PlaylistState is a playlist with all its rows.
type PlaylistState struct {
	ID            string     `json:"id"`
	Name          string     `json:"name"`
	Description   string     `json:"description"`
	Owner         string     `json:"owner"`
	Public        bool       `json:"public"`
	Collaborative bool       `json:"collaborative"`
	Snapshot      string     `json:"snapshot_id"`
	Rows          []RowState `json:"rows"`
}

// RowState is one place in a playlist; URI "" is a null row.
type RowState struct {
	URI     string `json:"uri"`
	Title   string `json:"title,omitempty"`
	Artists string `json:"artists,omitempty"`
}

// State returns the truth now.
func (e *Emulator) State() State {
	e.settleLate()
	e.mu.Lock()
	defer e.mu.Unlock()
	s := State{Now: e.clock.Now(), Profile: e.profile.name, Seed: e.opts.Seed, Tracks: len(e.catalogue.tracks)}
	for _, p := range e.world.People {
		s.People = append(s.People, PersonState{p.ID, p.AccountID, p.Name, slices.Clone(p.Library), e.grantsOf(p.ID)})
	}
	slices.SortFunc(s.People, func(a, b PersonState) int { return cmp.Compare(a.ID, b.ID) })
	for _, p := range e.world.Playlists {
		s.Playlists = append(s.Playlists, e.playlistState(p))
	}
	slices.SortFunc(s.Playlists, func(a, b PlaylistState) int {
		return cmp.Or(cmp.Compare(a.Owner, b.Owner), cmp.Compare(e.place(a), e.place(b)), cmp.Compare(a.ID, b.ID))
	})
	return s
}

// place is where the owner keeps the list. The caller holds the lock.
func (e *Emulator) place(p PlaylistState) int {
	return slices.Index(e.world.People[p.Owner].Library, p.ID)
}

func (e *Emulator) grantsOf(person string) []GrantState {
	out := []GrantState{}
	for _, g := range e.world.Grants {
		if g.Person == person {
			out = append(out, GrantState{g.Client, g.Scopes, g.At, g.Revoked})
		}
	}
	return out
}

func (e *Emulator) playlistState(p *playlist) PlaylistState {
	ed := p.Current
	out := PlaylistState{p.ID, ed.Name, ed.Description, p.Owner, ed.Public, ed.Collaborative, ed.Snapshot, make([]RowState, len(ed.Rows))}
	for i, r := range ed.Rows {
		out.Rows[i].URI = r.URI
		if at, ok := e.catalogue.byID[trackID(r.URI)]; ok {
			t := &e.catalogue.tracks[at]
			out.Rows[i].Title, out.Rows[i].Artists = t.title, e.catalogue.names(t.artists)
		}
	}
	return out
}

// names joins the artists by commas.
func (c *catalogue) names(artists []uint32) string {
	var text strings.Builder
	for i, a := range artists {
		if i > 0 {
			text.WriteString(", ")
		}
		text.WriteString(c.artists[a].name)
	}
	return text.String()
}
