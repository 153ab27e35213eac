package spotify

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"

	zmb3 "github.com/zmb3/spotify/v2"
)

// Account is a Spotify account as its own holder sees it.
type Account struct {
	ID        string // the user id that playlists name as their owner
	AccountID string // immutable; "" where Spotify does not tell it yet
	Name      string // display name, or the id when there is none
	Image     string // URL; "" when there is none
}

// meCall asks for the profile of whoever holds the token. It does without zmb3,
// which knows no account_id.
var meCall = call{method: http.MethodGet, path: "me"}

// Me returns the account of the token's holder. It takes a token since it is
// asked in the middle of a login, before there is a person.
func (c *Client) Me(ctx context.Context, accessToken string) (Account, error) {
	body, err := c.do(ctx, accessToken, meCall)
	if err != nil {
		return Account{}, err
	}
	return account(body)
}

func account(body []byte) (Account, error) {
	var profile struct {
		ID        string       `json:"id"`
		AccountID string       `json:"account_id"`
		Name      string       `json:"display_name"`
		Images    []zmb3.Image `json:"images"`
	}
	if err := json.Unmarshal(body, &profile); err != nil {
		return Account{}, unreadable(meCall.String(), err)
	}
	if profile.ID == "" {
		return Account{}, unreadable(meCall.String(), errors.New("no id in the answer"))
	}
	return Account{
		ID:        profile.ID,
		AccountID: profile.AccountID,
		Name:      cmp.Or(profile.Name, profile.ID),
		Image:     cover(profile.Images),
	}, nil
}

// accountID returns the Spotify id of a person, asked for once per process.
func (c *Client) accountID(ctx context.Context, personID string) (string, error) {
	p := c.person(personID)
	if id := p.knownID(); id != "" {
		return id, nil
	}
	body, err := c.read(ctx, personID, meCall)
	if err != nil {
		return "", err
	}
	a, err := account(body)
	if err != nil {
		return "", err
	}
	p.setID(a.ID)
	return a.ID, nil
}
