package spotify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	zmb3 "github.com/zmb3/spotify/v2"

	"segue/internal/fault"
	"segue/internal/music"
)

// Playlists returns all playlists of the person, also the ones they only
// follow, in Spotify's order. It may be three seconds old; a write through this
// client makes the next call ask anew.
func (c *Client) Playlists(ctx context.Context, personID string) ([]music.Playlist, error) {
	return c.person(personID).shelf(ctx, c.now, func() ([]music.Playlist, error) {
		return c.allPlaylists(ctx, personID)
	})
}

func (c *Client) allPlaylists(ctx context.Context, personID string) ([]music.Playlist, error) {
	me, err := c.accountID(ctx, personID)
	if err != nil {
		return nil, err
	}
	reader, began := c.reader(personID), c.now()
	rows, err := whole(ctx, func(offset int) (page[zmb3.SimplePlaylist], error) {
		return playlistPage(ctx, reader, offset)
	})
	if err != nil {
		return nil, err
	}
	lists := make([]music.Playlist, 0, len(rows))
	for i := range rows {
		if p := &rows[i]; p.ID != "" { // a null row
			lists = append(lists, playlist(p, int(p.Tracks.Total), me))
			c.memory.names(personID, string(p.ID), p.SnapshotID, began)
		}
	}
	return lists, nil
}

// playlistPage reads one page. It ends where Spotify says so: the total also
// counts playlists that are not shown.
func playlistPage(ctx context.Context, reader *zmb3.Client, offset int) (page[zmb3.SimplePlaylist], error) {
	p, err := reader.CurrentUsersPlaylists(ctx, zmb3.Limit(pageSize), zmb3.Offset(offset))
	if err != nil {
		return page[zmb3.SimplePlaylist]{}, explained("playlists", err)
	}
	if err := sound("playlists", p.Limit, p.Offset, offset); err != nil {
		return page[zmb3.SimplePlaylist]{}, err
	}
	end := p.Next == "" || offset+len(p.Playlists) >= int(p.Total)
	return page[zmb3.SimplePlaylist]{rows: p.Playlists, total: int(p.Total), last: end}, nil
}

// Playlist returns one playlist without its items; Total is 0 for a list whose
// songs Spotify does not show to the person.
func (c *Client) Playlist(ctx context.Context, personID, id string) (music.Playlist, error) {
	if err := checkID(id); err != nil {
		return music.Playlist{}, err
	}
	me, err := c.accountID(ctx, personID)
	if err != nil {
		return music.Playlist{}, err
	}
	began := c.now()
	p, err := c.reader(personID).GetPlaylist(ctx, zmb3.ID(id))
	if err != nil {
		return music.Playlist{}, explained("playlist", err)
	}
	if p.ID == "" {
		return music.Playlist{}, unreadable("playlist", errors.New("no id in the answer"))
	}
	c.memory.names(personID, id, p.SnapshotID, began)
	return playlist(&p.SimplePlaylist, int(p.Tracks.Total), me), nil
}

// Create makes a private playlist. It is sent once; a fault that is Unsure means
// that the playlist may exist now.
func (c *Client) Create(ctx context.Context, personID, name, description string) (music.Playlist, error) {
	if strings.TrimSpace(name) == "" {
		return music.Playlist{}, fault.New(fault.Invalid, "A playlist needs a name.", nil)
	}
	body, err := c.write(ctx, personID, http.MethodPost, "me/playlists", struct {
		Name          string `json:"name"`
		Public        bool   `json:"public"`
		Description   string `json:"description"`
		Collaborative bool   `json:"collaborative"`
	}{Name: name, Description: description})
	if err != nil {
		return music.Playlist{}, err
	}
	return created(body)
}

// created reads the answer to a Create, which was applied: when the answer is
// lost the caller has to look for the playlist.
func created(body []byte) (music.Playlist, error) {
	var p zmb3.FullPlaylist
	body, err := oldSpelling(body)
	if err == nil {
		err = json.Unmarshal(body, &p)
	}
	if err == nil && p.ID == "" {
		err = errors.New("no id in the answer")
	}
	if err != nil {
		f := unreadable("create playlist", err)
		f.Unsure = true
		return music.Playlist{}, f
	}
	return playlist(&p.SimplePlaylist, int(p.Tracks.Total), p.Owner.ID), nil
}

// write sends one write, once, and makes the next read of the playlists a fresh one.
func (c *Client) write(ctx context.Context, personID, method, path string, content any) ([]byte, error) {
	body, err := json.Marshal(content)
	if err != nil {
		return nil, fault.New(fault.Internal, "", fmt.Errorf("%s /%s: %w", method, path, err))
	}
	defer c.person(personID).wrote()
	return c.authorised(ctx, personID, call{method: method, path: path, body: body})
}
