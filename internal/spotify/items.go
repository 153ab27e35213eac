package spotify

import (
	"context"
	"fmt"
	"net/http"

	zmb3 "github.com/zmb3/spotify/v2"

	"segue/internal/fault"
	"segue/internal/music"
)

// Append is the position of Add that means the end of the playlist.
const Append = -1

// Items returns every row of the playlist, each at its index. It is a complete
// read or an error, never a part.
func (c *Client) Items(ctx context.Context, personID, playlistID string) ([]music.Item, error) {
	if err := checkID(playlistID); err != nil {
		return nil, err
	}
	reader := c.reader(personID)
	rows, err := whole(ctx, func(offset int) (page[zmb3.PlaylistItem], error) {
		return itemPage(ctx, reader, playlistID, offset)
	})
	if err != nil {
		return nil, err
	}
	items := make([]music.Item, len(rows))
	for i := range rows {
		items[i] = item(&rows[i])
	}
	return items, nil
}

// itemPage reads one page; the last one is that which makes the total full.
func itemPage(ctx context.Context, reader *zmb3.Client, id string, offset int) (page[zmb3.PlaylistItem], error) {
	p, err := reader.GetPlaylistItems(ctx, zmb3.ID(id), zmb3.Limit(pageSize), zmb3.Offset(offset))
	if err != nil {
		return page[zmb3.PlaylistItem]{}, explained("playlist items", err)
	}
	if err := sound("playlist items", p.Limit, p.Offset, offset); err != nil {
		return page[zmb3.PlaylistItem]{}, err
	}
	end := offset+len(p.Items) == int(p.Total)
	return page[zmb3.PlaylistItem]{rows: p.Items, total: int(p.Total), last: end}, nil
}

// Add puts 1 to MaxURIs URIs into the playlist, in this order, from position
// (0-based; Append = at the end). It is one request, never repeated: adding is
// not idempotent. nil means applied; a fault that is Unsure means that it may
// have been; any other fault means that it was not.
func (c *Client) Add(ctx context.Context, personID, playlistID string, uris []string, position int) error {
	if err := checkWrite(playlistID, uris); err != nil {
		return err
	}
	content := struct {
		URIs     []string `json:"uris"`
		Position *int     `json:"position,omitempty"`
	}{URIs: uris}
	if position != Append {
		content.Position = &position
	}
	was := c.memory.write(personID, playlistID)
	body, err := c.write(ctx, personID, http.MethodPost, "playlists/"+playlistID+"/items", content)
	if err == nil && position == Append {
		c.memory.appended(personID, playlistID, was, uris, snapshotOf(body), c.now())
	}
	return err
}

// Remove takes all occurrences of 1 to MaxURIs URIs out of the playlist; a URI
// that is not in it does no harm. One request, with the same outcomes as Add.
func (c *Client) Remove(ctx context.Context, personID, playlistID string, uris []string) error {
	if err := checkWrite(playlistID, uris); err != nil {
		return err
	}
	type occurrences struct {
		URI string `json:"uri"`
	}
	content := struct {
		Items []occurrences `json:"items"`
	}{Items: make([]occurrences, len(uris))}
	for i, uri := range uris {
		content.Items[i].URI = uri
	}
	c.memory.write(personID, playlistID)
	_, err := c.write(ctx, personID, http.MethodDelete, "playlists/"+playlistID+"/items", content)
	return err
}

func checkWrite(playlistID string, uris []string) error {
	if len(uris) == 0 || len(uris) > MaxURIs {
		return fault.New(fault.Invalid, "Spotify takes 1 to 100 songs at a time.", fmt.Errorf("%d URIs", len(uris)))
	}
	return checkID(playlistID)
}
