package spotify

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"segue/internal/fault"
)

// longestName is how many characters the name of a playlist may have.
const longestName = 100

// Rename gives a playlist another name; only its owner may. Sending it again does no
// harm. Outcomes as with Add.
func (c *Client) Rename(ctx context.Context, personID, playlistID, name string) error {
	if err := checkID(playlistID); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(name); strings.TrimSpace(name) == "" || n > longestName { // Spotify ignores an empty one
		return fault.New(fault.Invalid, "The name of a playlist has 1 to 100 characters.", fmt.Errorf("%d characters", n))
	}
	_, err := c.write(ctx, personID, http.MethodPut, "playlists/"+playlistID, struct {
		Name string `json:"name"`
	}{name})
	return err
}

// Move takes length rows from row from on and puts them before the row before, all
// counted from 0 and as they stand now; the number of rows is the end. It is one
// request, never repeated: sent twice it moves other rows. Outcomes as with Add.
func (c *Client) Move(ctx context.Context, personID, playlistID string, from, before, length int) error {
	if err := checkID(playlistID); err != nil {
		return err
	}
	c.memory.write(personID, playlistID)
	_, err := c.write(ctx, personID, http.MethodPut, "playlists/"+playlistID+"/items", struct {
		From   int `json:"range_start"`
		Before int `json:"insert_before"`
		Length int `json:"range_length"`
	}{from, before, length})
	return err
}
