// Package share is about links under which anybody who has one may watch a run,
// and change nothing: what a link is, and what of a run it shows.
package share

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"segue/internal/fault"
)

const tokenBytes = 32

// MaxOpen is how many links of one person may be good at a time.
const MaxOpen = 100

// Keep is how long a link that is over is still known as such.
const Keep = 90 * 24 * time.Hour

// Lifetimes are the hours a link may be good for.
func Lifetimes() []int { return []int{24, 7 * 24, 30 * 24} }

// Link lets whoever knows its token watch one run. The token, 32 random bytes in
// base64url, is shown once and kept nowhere.
type Link struct {
	ID        string
	PersonID  string
	RunID     string
	Hash      []byte // SHA-256 of the token, 32 bytes
	Names     bool   // songs and the playlist are shown by name
	Views     int64  // pages opened
	CreatedAt time.Time
	ExpiresAt time.Time
	RevokedAt time.Time // zero: not revoked
}

// Listed is a link as its person sees it among theirs.
type Listed struct {
	Link
	Asked string // the message that started the run; "" when the run is gone
}

// Over reports whether the link shows nothing any more.
func (l Link) Over(now time.Time) bool { return !l.RevokedAt.IsZero() || !now.Before(l.ExpiresAt) }

// New makes a link to a run of the person's, good for one of Lifetimes, and its
// token. Fault Invalid for other hours.
func New(personID, runID string, hours int, names bool, now time.Time) (link Link, token string, err error) {
	if !slices.Contains(Lifetimes(), hours) {
		return Link{}, "", fault.New(fault.Invalid, "Choose from the list how long the link is good for.", nil)
	}
	random := make([]byte, tokenBytes)
	_, _ = rand.Read(random) // never fails
	token = base64.RawURLEncoding.EncodeToString(random)
	return Link{
		ID: strings.ToLower(rand.Text()), PersonID: personID, RunID: runID, Hash: hash(token), Names: names,
		CreatedAt: now, ExpiresAt: now.Add(time.Duration(hours) * time.Hour),
	}, token, nil
}

// Hash is how a link is found by its token; ok is false for what cannot be one,
// which then costs no look into the store.
func Hash(token string) (sum []byte, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != tokenBytes || strings.ContainsAny(token, "\r\n") {
		return nil, false
	}
	return hash(token), true
}

func hash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
