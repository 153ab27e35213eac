package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/sessions"

	"segue/internal/fault"
)

// The limits of a session.
const (
	SessionIdle     = 24 * time.Hour      // since it was last used
	SessionAbsolute = 30 * 24 * time.Hour // since the login
)

// touchEvery bounds how often a session in use is written.
const touchEvery = time.Minute

// idKey is the only value in the cookie.
const idKey = "id"

// sessionStore is what sessions are kept in.
type sessionStore interface {
	SessionStore
	SessionEnder
	Person(ctx context.Context, id string) (Person, error)
	DeletePerson(ctx context.Context, personID string) error
}

// SessionsOptions are the parts of Sessions.
type SessionsOptions struct {
	Store  sessionStore
	Keys   *KeyRing
	Secure bool             // browsers come over https; false only on http loopback
	Now    func() time.Time // nil = time.Now
}

// Sessions are logged-in browsers. The cookie, signed and encrypted, carries a
// random id and nothing else; everything that counts is a row in the store.
type Sessions struct {
	store   sessionStore
	cookies *sessions.CookieStore
	name    string
	now     func() time.Time
}

// NewSessions returns sessions whose cookie is "__Host-segue", or "segue" when not Secure.
func NewSessions(o SessionsOptions) (*Sessions, error) {
	pairs, err := o.Keys.Cookies("session")
	if err != nil {
		return nil, err
	}
	cookies := sessions.NewCookieStore(pairs...)
	cookies.Options = &sessions.Options{
		Path:     "/",
		Secure:   o.Secure,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	}
	cookies.MaxAge(int(SessionAbsolute.Seconds()))
	s := &Sessions{store: o.Store, cookies: cookies, name: cookieName("segue", o.Secure), now: o.Now}
	if s.now == nil {
		s.now = time.Now
	}
	return s, nil
}

// Start logs the browser in as a person: always under a new id, and the session
// it had before is over.
func (s *Sessions) Start(w http.ResponseWriter, r *http.Request, personID string) error {
	now, id := s.now(), randomID()
	row := Session{IDHash: hashID(id), PersonID: personID, CreatedAt: now, SeenAt: now, ExpiresAt: expiry(now, now)}
	if err := s.store.AddSession(r.Context(), row); err != nil {
		return fmt.Errorf("store session: %w", err)
	}
	if err := s.drop(r); err != nil {
		return err
	}
	session := sessions.NewSession(s.cookies, s.name)
	options := *s.cookies.Options
	session.Options = &options
	session.Values[idKey] = id
	if err := s.cookies.Save(r, w, session); err != nil {
		return fmt.Errorf("write session cookie: %w", err)
	}
	return nil
}

// Person returns who is logged in. Without a living session (no cookie, a
// damaged or old one, ended, expired, person gone) the fault is Unauthorised.
func (s *Sessions) Person(r *http.Request) (Person, error) {
	id := s.id(r)
	if id == "" {
		return Person{}, anonymous(errors.New("no session cookie"))
	}
	row, err := s.store.Session(r.Context(), hashID(id))
	if err != nil {
		return Person{}, absent("session", err)
	}
	now := s.now()
	if !now.Before(row.ExpiresAt) {
		return Person{}, anonymous(errors.New("session expired"))
	}
	if now.Sub(row.SeenAt) >= touchEvery {
		if err := s.store.TouchSession(r.Context(), row.IDHash, now, expiry(row.CreatedAt, now)); err != nil {
			return Person{}, fmt.Errorf("touch session: %w", err)
		}
	}
	p, err := s.store.Person(r.Context(), row.PersonID)
	if err != nil {
		return Person{}, absent("person", err)
	}
	return p, nil
}

// Fresh reports whether the login of this browser's session is no older than
// that. Without a living session it is not.
func (s *Sessions) Fresh(r *http.Request, within time.Duration) (bool, error) {
	row, err := s.store.Session(r.Context(), hashID(s.id(r)))
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read session: %w", err)
	}
	now := s.now()
	return now.Before(row.ExpiresAt) && now.Sub(row.CreatedAt) <= within, nil
}

// End logs this browser out; without a session it only takes the cookie back.
func (s *Sessions) End(w http.ResponseWriter, r *http.Request) error {
	s.expire(w)
	return s.drop(r)
}

// EndAll logs a person out everywhere, this browser included.
func (s *Sessions) EndAll(w http.ResponseWriter, r *http.Request, personID string) error {
	s.expire(w)
	if err := s.store.DeleteSessions(r.Context(), personID); err != nil {
		return fmt.Errorf("end sessions: %w", err)
	}
	return nil
}

// Disconnect forgets a person: their tokens, sessions and data go in one
// transaction. Spotify has no way to revoke tokens; the person does that on their account's page.
func (s *Sessions) Disconnect(ctx context.Context, personID string) error {
	if err := s.store.DeletePerson(ctx, personID); err != nil {
		return fmt.Errorf("delete person: %w", err)
	}
	return nil
}

// id returns the session id of the request, "" for no cookie and a bad one.
func (s *Sessions) id(r *http.Request) string {
	session, err := s.cookies.New(r, s.name)
	if err != nil {
		return "" // not ours, or of a key that is gone: nobody is logged in
	}
	id, _ := session.Values[idKey].(string)
	return id
}

// drop ends the session that the request came with.
func (s *Sessions) drop(r *http.Request) error {
	id := s.id(r)
	if id == "" {
		return nil
	}
	if err := s.store.DeleteSession(r.Context(), hashID(id)); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	return nil
}

func (s *Sessions) expire(w http.ResponseWriter) {
	options := *s.cookies.Options
	options.MaxAge = -1
	http.SetCookie(w, sessions.NewCookie(s.name, "", &options))
}

func expiry(created, seen time.Time) time.Time {
	idle, absolute := seen.Add(SessionIdle), created.Add(SessionAbsolute)
	if absolute.Before(idle) {
		return absolute
	}
	return idle
}

func anonymous(cause error) error {
	return fault.New(fault.Unauthorised, "Please log in.", cause)
}

// absent makes a missing row a missing login; other errors stay what they are.
func absent(what string, err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return anonymous(fmt.Errorf("%s of the cookie: %w", what, err))
	}
	return fmt.Errorf("read %s: %w", what, err)
}
