package auth

import (
	"context"
	"time"
)

// Person is somebody who logged in with Spotify. ID is ours (26 characters,
// random); SpotifyID is Spotify's user id, AccountID the immutable account id
// that Spotify sends since 2026-05 and "" where it does not.
type Person struct {
	ID          string
	SpotifyID   string
	AccountID   string
	Name        string // display name; may be empty
	Image       string // URL of the profile picture; "" when there is none
	NeedsReauth bool   // Spotify refused the refresh token: only a new login helps
	CreatedAt   time.Time
}

// Session is one logged-in browser. The store knows only the hash of its id.
type Session struct {
	IDHash    []byte // SHA-256 of the id in the cookie, 32 bytes
	PersonID  string
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time // idle or absolute limit, whichever comes first
}

// PendingLogin is a login between the redirect to Spotify and the way back.
type PendingLogin struct {
	StateHash  []byte // SHA-256 of the state parameter, 32 bytes; unique
	CookieHash []byte // SHA-256 of the login cookie of the same browser, 32 bytes
	Verifier   []byte // PKCE verifier, sealed
	ReturnTo   string // relative path to go to afterwards
	ExpiresAt  time.Time
}

// SealedTokens are the Spotify tokens of one person as the store sees them: opaque bytes.
type SealedTokens struct {
	PersonID    string
	Access      []byte    // sealed access token
	Refresh     []byte    // sealed refresh token
	ExpiresAt   time.Time // of the access token
	ConsentAt   time.Time // when the person last agreed; refresh tokens die six months later
	Version     int64     // set by the store: rises with every write of this row, never falls
	NeedsReauth bool      // read only: the same flag as Person.NeedsReauth
}

// PersonStore keeps people.
type PersonStore interface {
	// SavePerson links p to a known person or inserts it, in one transaction,
	// and returns the stored row. p.ID and p.CreatedAt count only for an insert.
	// Known is who has the same AccountID, or else the same SpotifyID where
	// one of the two rows has no AccountID. A link takes over SpotifyID, Name, Image
	// and a non-empty AccountID; NeedsReauth stays as it was.
	SavePerson(ctx context.Context, p Person) (Person, error)
	// Person returns a person, or a fault NotFound.
	Person(ctx context.Context, id string) (Person, error)
	// DeletePerson removes the person and everything of theirs (tokens, sessions,
	// conversations, runs) in one transaction; nobody by that id is no error.
	DeletePerson(ctx context.Context, personID string) error
}

// LoginStore keeps logins that are under way.
type LoginStore interface {
	AddLogin(ctx context.Context, p PendingLogin) error
	// TakeLogin deletes and returns the login with both hashes, in one statement,
	// so that of two callers one gets it; a fault NotFound when there is none.
	// It does not look at ExpiresAt.
	TakeLogin(ctx context.Context, stateHash, cookieHash []byte) (PendingLogin, error)
	// DeleteExpired removes the logins and sessions with ExpiresAt ≤ now.
	DeleteExpired(ctx context.Context, now time.Time) error
}

// SessionStore keeps sessions while they live.
type SessionStore interface {
	AddSession(ctx context.Context, s Session) error
	// Session returns a session even when it is expired, or a fault NotFound.
	Session(ctx context.Context, idHash []byte) (Session, error)
	// TouchSession sets SeenAt and ExpiresAt; no session by that hash is no error.
	TouchSession(ctx context.Context, idHash []byte, seen, expires time.Time) error
}

// SessionEnder ends sessions; none to end is no error.
type SessionEnder interface {
	DeleteSession(ctx context.Context, idHash []byte) error
	// DeleteSessions ends all sessions of a person.
	DeleteSessions(ctx context.Context, personID string) error
}

// TokenStore keeps sealed tokens.
type TokenStore interface {
	// Tokens returns the tokens of a person, or a fault NotFound.
	Tokens(ctx context.Context, personID string) (SealedTokens, error)
	// SaveTokens writes the tokens of a new login whatever was there before,
	// raises Version and clears NeedsReauth. t.Version and t.NeedsReauth are not read.
	SaveTokens(ctx context.Context, t SealedTokens) error
}

// TokenRefresher writes what a refresh brought, unless somebody else wrote first.
type TokenRefresher interface {
	// ReplaceTokens writes Access, Refresh and ExpiresAt and raises Version if the
	// stored Version is still t.Version; otherwise, and when the row is gone, a fault Conflict.
	ReplaceTokens(ctx context.Context, t SealedTokens) error
	// MarkNeedsReauth sets NeedsReauth if the stored Version is still version; the tokens
	// stay. A newer version is no error: somebody logged in meanwhile.
	MarkNeedsReauth(ctx context.Context, personID string, version int64) error
}

// Store is all that this package wants kept; *store.DB has it. Times are stored to the millisecond.
type Store interface {
	PersonStore
	LoginStore
	SessionStore
	SessionEnder
	TokenStore
	TokenRefresher
}
