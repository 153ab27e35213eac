package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"segue/internal/fault"
)

// Scope is one thing that a personal token allows.
type Scope string

// The scopes. Those of the admin pages count only as far as the person's role does.
const (
	SyncWrite  Scope = "sync:write"  // ask for songs to be added and playlists to be changed, and stop that
	SyncRead   Scope = "sync:read"   // see playlists, and what has become of requests
	AdminRead  Scope = "admin:read"  // what a Viewer sees
	AdminWrite Scope = "admin:write" // what an Operator and an Admin do
)

// PersonalScopes lists all of them.
func PersonalScopes() []Scope { return []Scope{SyncWrite, SyncRead, AdminRead, AdminWrite} }

// Least is the lowest role that may give the scope to a token.
func (s Scope) Least() Role {
	switch s {
	case AdminRead:
		return Viewer
	case AdminWrite:
		return Operator
	default:
		return Nobody
	}
}

// PersonalPrefix begins every personal token, so that scanners for leaked secrets find it.
const PersonalPrefix = "segue_"

// MaxPersonalTokens is how many tokens one person may have at a time.
const MaxPersonalTokens = 20

const (
	longestName     = 60  // characters of a token's name
	longestPlaylist = 200 // characters
	shownOfToken    = 4
)

// Lifetimes are the days a personal token may be good for; 0 is for ever.
func Lifetimes() []int { return []int{30, 90, 365, 0} }

// PersonalToken is what a program of a person's own shows instead of a login.
// The text itself, PersonalPrefix and 32 random bytes in base64url, is shown
// once and kept nowhere.
type PersonalToken struct {
	ID        string
	PersonID  string
	Name      string // that the person gave it
	Hash      []byte // SHA-256 of the text, 32 bytes
	Last      string // the last 4 characters of the text, to tell tokens apart
	Scopes    []Scope
	Playlist  string // meant when a request names none, as the person wrote it; "" for none
	Problem   string // why the newest call was refused; "" when it was not
	LastRun   string // id of the newest run asked for with it; "" for none
	CreatedAt time.Time
	ExpiresAt time.Time // zero: never
	UsedAt    time.Time // to the minute; zero: never
}

// Allows reports whether the token has the scope.
func (t PersonalToken) Allows(s Scope) bool { return slices.Contains(t.Scopes, s) }

// Expired reports whether the token's time is over.
func (t PersonalToken) Expired(now time.Time) bool {
	return !t.ExpiresAt.IsZero() && !now.Before(t.ExpiresAt)
}

// PersonalWish is what somebody wants a personal token to be.
type PersonalWish struct {
	Name     string
	Scopes   []Scope
	Days     int // one of Lifetimes
	Playlist string
}

// NewPersonalToken makes a token for a person of this role, and its text.
// Fault Invalid for a wish that cannot be granted, with a sentence that says why.
func NewPersonalToken(personID string, role Role, w PersonalWish, now time.Time) (PersonalToken, Secret, error) {
	if err := w.check(role); err != nil {
		return PersonalToken{}, "", err
	}
	text := PersonalPrefix + randomID()
	t := PersonalToken{
		ID: strings.ToLower(rand.Text()), PersonID: personID, Name: w.Name, Hash: hashID(text), Last: text[len(text)-shownOfToken:],
		Scopes: w.Scopes, Playlist: w.Playlist, CreatedAt: now,
	}
	if w.Days > 0 {
		t.ExpiresAt = now.AddDate(0, 0, w.Days)
	}
	return t, Secret(text), nil
}

func (w PersonalWish) check(role Role) error {
	refused := func(sentence string) error { return fault.New(fault.Invalid, sentence, nil) }
	switch {
	case w.Name == "":
		return refused("Give the token a name, such as the device that will use it.")
	case len([]rune(w.Name)) > longestName:
		return refused(fmt.Sprintf("The name has more than %d characters. Shorten it.", longestName))
	case len([]rune(w.Playlist)) > longestPlaylist:
		return refused(fmt.Sprintf("The playlist has more than %d characters. Shorten it.", longestPlaylist))
	case len(w.Scopes) == 0:
		return refused("Choose at least one thing that the token may do.")
	case !slices.Contains(Lifetimes(), w.Days):
		return refused("Choose from the list how long the token is good for.")
	}
	for _, s := range w.Scopes {
		if !slices.Contains(PersonalScopes(), s) || role < s.Least() {
			return refused("This token would allow what you may not do yourself. Choose again.")
		}
	}
	return nil
}

// personalStore keeps personal tokens. What is absent is a fault NotFound.
type personalStore interface {
	PersonalToken(ctx context.Context, hash []byte) (PersonalToken, error)
	// TouchPersonalToken sets UsedAt and Problem; no token by that id is no error.
	TouchPersonalToken(ctx context.Context, id string, used time.Time, problem string) error
	Person(ctx context.Context, id string) (Person, error)
}

// Bearers are programs that show a personal token.
type Bearers struct {
	store personalStore
	now   func() time.Time
}

// NewBearers returns the bearers of the tokens in the store; now nil is time.Now.
func NewBearers(store personalStore, now func() time.Time) *Bearers {
	if now == nil {
		now = time.Now
	}
	return &Bearers{store: store, now: now}
}

// Bearer returns whose token the text is. For a token that is unknown, revoked
// or expired, or whose person has left, the fault is Unauthorised.
func (b *Bearers) Bearer(ctx context.Context, text string) (Person, PersonalToken, error) {
	if !strings.HasPrefix(text, PersonalPrefix) {
		return Person{}, PersonalToken{}, noBearer("This is not a token of Segue's.", nil)
	}
	t, err := b.store.PersonalToken(ctx, hashID(text))
	if err != nil {
		return Person{}, PersonalToken{}, noToken("token", err)
	}
	if t.Expired(b.now()) {
		return Person{}, PersonalToken{}, noBearer("This token has expired. Create a new one at /settings/tokens.", nil)
	}
	p, err := b.store.Person(ctx, t.PersonID)
	if err != nil {
		return Person{}, PersonalToken{}, noToken("person of the token", err)
	}
	return p, t, nil
}

// Used notes that a token was used, and the problem its call was told of, ""
// for none. It writes at most once a minute while the problem stays the same.
func (b *Bearers) Used(ctx context.Context, t PersonalToken, problem string) error {
	now := b.now()
	if now.Sub(t.UsedAt) < touchEvery && t.Problem == problem {
		return nil
	}
	if err := b.store.TouchPersonalToken(ctx, t.ID, now, problem); err != nil {
		return fmt.Errorf("note the use of a token: %w", err)
	}
	return nil
}

func noBearer(sentence string, cause error) error {
	return fault.New(fault.Unauthorised, sentence, errors.Join(errors.New("no valid personal token"), cause))
}

// noToken makes a missing row a token that is not good; other errors stay what they are.
func noToken(what string, err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return noBearer("This token is unknown or was revoked. Create a new one at /settings/tokens.", err)
	}
	return fmt.Errorf("read %s: %w", what, err)
}
