package workflows

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

const (
	shownTracks = 100 // of a playlist that was asked for
	offered     = 8   // playlists in a question
)

// FindInput says which playlist is looked for; All lists every one instead.
type FindInput struct {
	PersonID string            `json:"person_id"`
	Ref      agent.PlaylistRef `json:"ref"`
	Editable bool              `json:"editable,omitempty"` // it is going to be changed
	All      bool              `json:"all,omitempty"`
}

// FindOutput holds the playlists that fit, or the first of them; several, or Ask, mean that the person must choose.
type FindOutput struct {
	Playlists []music.Playlist `json:"playlists"`
	Named     int              `json:"named,omitempty"` // how many have the name
	Ask       bool             `json:"ask,omitempty"`
}

// FindPlaylist resolves a playlist by id or by the name a person uses. A name
// must be equal but for case, spaces and punctuation: nothing is guessed. One that a request
// of the person is making right now, or has made so lately that reads may not show it, is theirs already.
func (a *Activities) FindPlaylist(ctx context.Context, in FindInput) (FindOutput, error) {
	if in.Ref.ID != "" {
		p, err := a.Library.Playlist(ctx, in.PersonID, in.Ref.ID)
		if err != nil {
			return FindOutput{}, err
		}
		return FindOutput{Playlists: []music.Playlist{p}}, changeable([]music.Playlist{p}, in.Editable)
	}
	all, err := a.Library.Playlists(ctx, in.PersonID)
	if err != nil {
		return FindOutput{}, err
	}
	if in.All {
		return FindOutput{Playlists: all[:min(len(all), shownTracks)]}, nil
	}
	if in.Editable {
		all = slices.DeleteFunc(slices.Clone(all), func(p music.Playlist) bool { return in.Ref.Name == "" && !p.Editable })
	}
	if in.Ref.Name == "" {
		return FindOutput{Playlists: all[:min(len(all), offered)], Ask: true}, nil
	}
	named, err := Named(all, in.Ref.Name, in.Editable)
	if fault.KindOf(err) == fault.NotFound {
		made, ok, soon := a.madeLately(ctx, CreateInput{PersonID: in.PersonID, Name: in.Ref.Name}, unseen)
		if ok || soon != nil {
			return FindOutput{Playlists: []music.Playlist{made}, Named: 1}, soon
		}
	}
	return FindOutput{Playlists: named[:min(len(named), offered)], Named: len(named)}, err
}

// Named returns the playlists that a name may mean, with change only those that
// the person can change. Faults: NotFound when there is none; Forbidden when all are somebody else's.
func Named(all []music.Playlist, name string, change bool) ([]music.Playlist, error) {
	named := called(all, name)
	if len(named) == 0 {
		return nil, fault.New(fault.NotFound, noSuchPlaylist(all, name), nil)
	}
	if mine := editable(named); change && len(mine) > 0 {
		named = mine
	}
	return named, changeable(named, change)
}

func changeable(found []music.Playlist, wanted bool) error {
	if wanted && len(editable(found)) == 0 {
		return fault.New(fault.Forbidden,
			found[0].Name+" belongs to somebody else, so songs can't be added or removed there.", nil)
	}
	return nil
}

func editable(all []music.Playlist) []music.Playlist {
	return slices.DeleteFunc(slices.Clone(all), func(p music.Playlist) bool { return !p.Editable })
}

// called returns the playlists of that name; an equal spelling wins over an equal sound.
func called(all []music.Playlist, name string) []music.Playlist {
	for _, same := range []func(string) bool{
		func(n string) bool { return strings.TrimSpace(n) == strings.TrimSpace(name) },
		func(n string) bool { return plain(n) == plain(name) && plain(name) != "" },
	} {
		var found []music.Playlist
		for _, p := range all {
			if same(p.Name) {
				found = append(found, p)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// plain reduces a name to its letters and digits in lower case.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// noSuchPlaylist says that a name is unknown and which names come nearest.
func noSuchPlaylist(all []music.Playlist, name string) string {
	near := slices.Clone(all)
	slices.SortStableFunc(near, func(p, q music.Playlist) int {
		return cmp.Compare(likeness(q.Name, name), likeness(p.Name, name))
	})
	names := make([]string, 0, 3)
	for _, p := range near {
		if len(names) < 3 && !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	text := "You have no playlist called " + name + "."
	if len(names) > 0 {
		text += " There is " + strings.Join(names, ", ") + "."
	}
	return text
}

// likeness counts the pairs of neighbouring letters that two names share.
func likeness(a, b string) int {
	pairs := map[string]bool{}
	runes := []rune(plain(a))
	for i := range max(0, len(runes)-1) {
		pairs[string(runes[i:i+2])] = true
	}
	n := 0
	runes = []rune(plain(b))
	for i := range max(0, len(runes)-1) {
		if pairs[string(runes[i:i+2])] {
			n++
		}
	}
	return n
}

// ShowOutput is what is in a playlist: the first tracks and how many rows there are.
type ShowOutput struct {
	Tracks []music.Track `json:"tracks"`
	Total  int           `json:"total"`
}

// Show reads a playlist for a person to see.
func (a *Activities) Show(ctx context.Context, in LookInput) (ShowOutput, error) {
	items, err := a.Library.Items(ctx, in.PersonID, in.PlaylistID)
	if err != nil {
		return ShowOutput{}, err
	}
	out := ShowOutput{Total: len(items)}
	for _, item := range items {
		if item.Track != nil && len(out.Tracks) < shownTracks {
			out.Tracks = append(out.Tracks, *item.Track)
		}
	}
	return out, nil
}
