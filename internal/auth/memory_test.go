package auth

import (
	"context"
	"slices"
	"sync"
	"time"

	"segue/internal/fault"
)

// memory is a Store that keeps nothing. fail, when set, may refuse a call by its name.
type memory struct {
	mu       sync.Mutex
	people   map[string]Person
	logins   map[string]PendingLogin
	sessions map[string]Session
	tokens   map[string]SealedTokens
	calls    map[string]int
	fail     func(method string) error
	loaded   func(n int) // after the nth call of Tokens
}

var _ Store = (*memory)(nil)

func newMemory() *memory {
	return &memory{
		people:   map[string]Person{},
		logins:   map[string]PendingLogin{},
		sessions: map[string]Session{},
		tokens:   map[string]SealedTokens{},
		calls:    map[string]int{},
	}
}

// enter counts a call and locks; the caller unlocks.
func (m *memory) enter(method string) error {
	m.mu.Lock()
	m.calls[method]++
	if m.fail == nil {
		return nil
	}
	return m.fail(method)
}

func (m *memory) count(method string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.calls[method]
}

func gone(what string) error { return fault.New(fault.NotFound, "There is no such "+what+".", nil) }

func (m *memory) SavePerson(_ context.Context, p Person) (Person, error) {
	err := m.enter("SavePerson")
	defer m.mu.Unlock()
	if err != nil {
		return Person{}, err
	}
	for _, known := range m.people {
		byAccount := p.AccountID != "" && p.AccountID == known.AccountID
		byID := p.SpotifyID == known.SpotifyID && (p.AccountID == "" || known.AccountID == "")
		if byAccount || byID {
			known.SpotifyID, known.Name, known.Image = p.SpotifyID, p.Name, p.Image
			if p.AccountID != "" {
				known.AccountID = p.AccountID
			}
			m.people[known.ID] = known
			return known, nil
		}
	}
	m.people[p.ID] = p
	return p, nil
}

func (m *memory) Person(_ context.Context, id string) (Person, error) {
	err := m.enter("Person")
	defer m.mu.Unlock()
	if err != nil {
		return Person{}, err
	}
	p, ok := m.people[id]
	if !ok {
		return Person{}, gone("person")
	}
	p.NeedsReauth = m.tokens[id].NeedsReauth
	return p, nil
}

func (m *memory) DeletePerson(_ context.Context, id string) error {
	err := m.enter("DeletePerson")
	defer m.mu.Unlock()
	if err != nil {
		return err
	}
	delete(m.people, id)
	delete(m.tokens, id)
	m.deleteSessions(id)
	return nil
}

func (m *memory) deleteSessions(personID string) {
	for hash, s := range m.sessions {
		if s.PersonID == personID {
			delete(m.sessions, hash)
		}
	}
}

func (m *memory) AddLogin(_ context.Context, p PendingLogin) error {
	err := m.enter("AddLogin")
	defer m.mu.Unlock()
	if err == nil {
		m.logins[string(p.StateHash)] = p
	}
	return err
}

func (m *memory) TakeLogin(_ context.Context, state, cookie []byte) (PendingLogin, error) {
	err := m.enter("TakeLogin")
	defer m.mu.Unlock()
	if err != nil {
		return PendingLogin{}, err
	}
	p, ok := m.logins[string(state)]
	if !ok || !slices.Equal(p.CookieHash, cookie) {
		return PendingLogin{}, gone("login")
	}
	delete(m.logins, string(state))
	return p, nil
}

func (m *memory) DeleteExpired(_ context.Context, now time.Time) error {
	err := m.enter("DeleteExpired")
	defer m.mu.Unlock()
	if err != nil {
		return err
	}
	for key, p := range m.logins {
		if !now.Before(p.ExpiresAt) {
			delete(m.logins, key)
		}
	}
	for key, s := range m.sessions {
		if !now.Before(s.ExpiresAt) {
			delete(m.sessions, key)
		}
	}
	return nil
}

func (m *memory) AddSession(_ context.Context, s Session) error {
	err := m.enter("AddSession")
	defer m.mu.Unlock()
	if err == nil {
		m.sessions[string(s.IDHash)] = s
	}
	return err
}

func (m *memory) Session(_ context.Context, hash []byte) (Session, error) {
	err := m.enter("Session")
	defer m.mu.Unlock()
	if err != nil {
		return Session{}, err
	}
	s, ok := m.sessions[string(hash)]
	if !ok {
		return Session{}, gone("session")
	}
	return s, nil
}

func (m *memory) TouchSession(_ context.Context, hash []byte, seen, expires time.Time) error {
	err := m.enter("TouchSession")
	defer m.mu.Unlock()
	if err != nil {
		return err
	}
	if s, ok := m.sessions[string(hash)]; ok {
		s.SeenAt, s.ExpiresAt = seen, expires
		m.sessions[string(hash)] = s
	}
	return nil
}

func (m *memory) DeleteSession(_ context.Context, hash []byte) error {
	err := m.enter("DeleteSession")
	defer m.mu.Unlock()
	if err == nil {
		delete(m.sessions, string(hash))
	}
	return err
}

func (m *memory) DeleteSessions(_ context.Context, personID string) error {
	err := m.enter("DeleteSessions")
	defer m.mu.Unlock()
	if err == nil {
		m.deleteSessions(personID)
	}
	return err
}

func (m *memory) Tokens(_ context.Context, personID string) (SealedTokens, error) {
	err := m.enter("Tokens")
	defer m.mu.Unlock()
	if m.loaded != nil {
		m.loaded(m.calls["Tokens"])
	}
	if err != nil {
		return SealedTokens{}, err
	}
	t, ok := m.tokens[personID]
	if !ok {
		return SealedTokens{}, gone("tokens")
	}
	return t, nil
}

func (m *memory) SaveTokens(_ context.Context, t SealedTokens) error {
	err := m.enter("SaveTokens")
	defer m.mu.Unlock()
	if err == nil {
		t.Version, t.NeedsReauth = m.tokens[t.PersonID].Version+1, false
		m.tokens[t.PersonID] = t
	}
	return err
}

func (m *memory) ReplaceTokens(_ context.Context, t SealedTokens) error {
	err := m.enter("ReplaceTokens")
	defer m.mu.Unlock()
	if err != nil {
		return err
	}
	old, ok := m.tokens[t.PersonID]
	if !ok || old.Version != t.Version {
		return fault.New(fault.Conflict, "Somebody else was faster.", nil)
	}
	old.Access, old.Refresh, old.ExpiresAt = t.Access, t.Refresh, t.ExpiresAt
	old.Version++
	m.tokens[t.PersonID] = old
	return nil
}

func (m *memory) MarkNeedsReauth(_ context.Context, personID string, version int64) error {
	err := m.enter("MarkNeedsReauth")
	defer m.mu.Unlock()
	if err != nil {
		return err
	}
	if t, ok := m.tokens[personID]; ok && t.Version == version {
		t.NeedsReauth = true
		m.tokens[personID] = t
	}
	return nil
}
