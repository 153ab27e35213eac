package emulator

import (
	"slices"
	"strconv"
	"time"
)

// world is everything that a person or a client can change. It is guarded by
// Emulator.mu and written to the state file as it is.
type world struct {
	People    map[string]*person   `json:"people"`
	Grants    []*grant             `json:"grants"`
	Codes     map[string]*code     `json:"codes"`
	Access    map[string]*access   `json:"access"` // by access token
	Playlists map[string]*playlist `json:"playlists"`
	Made      int                  `json:"made"` // playlists ever created, for their ids
	Moves     int                  `json:"moves"`
	Version   int64                `json:"-"` // grows with every change; tells what must be written
}

// person is a listener with an account.
type person struct {
	ID        string   `json:"id"`
	AccountID string   `json:"account_id"`
	Name      string   `json:"name"`
	Country   string   `json:"country"`
	Library   []string `json:"library"` // playlists owned and followed, newest first
}

// grant is one consent: a person let a client id act within scopes.
type grant struct {
	Person  string    `json:"person"`
	Client  string    `json:"client"`
	Scopes  []string  `json:"scopes"`
	At      time.Time `json:"at"`
	Refresh string    `json:"refresh"`
	Revoked bool      `json:"revoked"`
	Past    []string  `json:"past,omitempty"` // refresh tokens that rotation ended
}

// code is an authorization code that has not been redeemed.
type code struct {
	Person    string    `json:"person"`
	Client    string    `json:"client"`
	Scopes    []string  `json:"scopes"`
	Redirect  string    `json:"redirect"`
	Challenge string    `json:"challenge"`
	Expires   time.Time `json:"expires"`
}

// access is an access token.
type access struct {
	Person  string    `json:"person"`
	Client  string    `json:"client"`
	Scopes  []string  `json:"scopes"`
	Expires time.Time `json:"expires"`
}

const (
	scopeReadPrivate       = "playlist-read-private"
	scopeReadCollaborative = "playlist-read-collaborative"
	scopeModifyPrivate     = "playlist-modify-private"
	scopeModifyPublic      = "playlist-modify-public"
	scopeModifyLibrary     = "user-library-modify"

	accessLife  = time.Hour
	codeLife    = 10 * time.Minute
	grantMonths = 6
)

// consent records that the person agreed and makes the refresh token.
func (w *world) consent(person, client string, scopes []string, now time.Time) *grant {
	g := &grant{Person: person, Client: client, Scopes: scopes, At: now, Refresh: secret("AQC-emu-")}
	w.Grants = append(w.Grants, g)
	return g
}

// issue makes an access token and forgets the long expired ones.
func (w *world) issue(g *grant, now time.Time) string {
	for token, a := range w.Access {
		if now.Sub(a.Expires) > 24*time.Hour {
			delete(w.Access, token)
		}
	}
	token := secret("BQD-emu-")
	w.Access[token] = &access{Person: g.Person, Client: g.Client, Scopes: g.Scopes, Expires: now.Add(accessLife)}
	return token
}

// granted reports whether the person has already agreed to all the scopes.
func (w *world) granted(person, client string, scopes []string, now time.Time) bool {
	return slices.ContainsFunc(w.Grants, func(g *grant) bool {
		return g.Person == person && g.Client == client && !g.expired(now) && !g.Revoked &&
			!slices.ContainsFunc(scopes, func(s string) bool { return !slices.Contains(g.Scopes, s) })
	})
}

func (g *grant) expired(now time.Time) bool { return now.After(g.At.AddDate(0, grantMonths, 0)) }

// snapshot returns an opaque id for the next mutation.
func (w *world) snapshot(d *dice) string {
	w.Moves++
	return snapshotID(d.of("snapshot", strconv.Itoa(w.Moves)), w.Moves)
}

// Revoke ends all grants and tokens of the person, as they can on their account page.
func (e *Emulator) Revoke(listener string) error {
	e.mu.Lock()
	for _, g := range e.world.Grants {
		if g.Person == listener {
			g.Revoked = true
		}
	}
	for token, a := range e.world.Access {
		if a.Person == listener {
			delete(e.world.Access, token)
		}
	}
	e.world.Version++
	e.mu.Unlock()
	return e.persist()
}

// Expire lets the person's access tokens run out now; refresh tokens stay.
func (e *Emulator) Expire(listener string) error {
	now := e.clock.Now()
	e.mu.Lock()
	for _, a := range e.world.Access {
		if a.Person == listener && a.Expires.After(now) {
			a.Expires = now
		}
	}
	e.world.Version++
	e.mu.Unlock()
	return e.persist()
}
