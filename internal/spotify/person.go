package spotify

import (
	"context"
	"slices"
	"sync"
	"time"

	"segue/internal/music"
)

// freshFor is how long a read of a person's playlists is good for the next asker.
const freshFor = 3 * time.Second

// person is what is remembered of one person: their Spotify id, which does not
// change, and their playlists, for a moment. Losing it costs a call each.
type person struct {
	reading chan struct{} // capacity 1: held by the one who reads the playlists

	mu        sync.Mutex
	accountID string
	playlists []music.Playlist
	readAt    time.Time
	writes    int // rises with each write of ours: a read that began before one is not kept
}

func (c *Client) person(id string) *person {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, ok := c.people[id]
	if !ok {
		p = &person{reading: make(chan struct{}, 1)}
		c.people[id] = p
	}
	return p
}

func (p *person) knownID() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accountID
}

func (p *person) setID(accountID string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.accountID = accountID
}

// wrote forgets the playlists, which a write of ours has changed or may have.
func (p *person) wrote() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.playlists, p.readAt = nil, time.Time{}
	p.writes++
}

// shelf returns the person's playlists, read by load unless that was just done.
// Of several who ask at once one reads; should it fail, the next one tries.
func (p *person) shelf(ctx context.Context, now func() time.Time, load func() ([]music.Playlist, error)) ([]music.Playlist, error) {
	select {
	case p.reading <- struct{}{}:
		defer func() { <-p.reading }()
	case <-ctx.Done():
		return nil, stopped(ctx)
	}
	kept, writes, ok := p.kept(now())
	if ok {
		return kept, nil
	}
	lists, err := load()
	if err != nil {
		return nil, err
	}
	p.keep(lists, writes, now())
	return lists, nil
}

func (p *person) kept(now time.Time) (lists []music.Playlist, writes int, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	ok = !p.readAt.IsZero() && now.Sub(p.readAt) < freshFor
	return slices.Clone(p.playlists), p.writes, ok
}

func (p *person) keep(lists []music.Playlist, writes int, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.writes == writes {
		p.playlists, p.readAt = slices.Clone(lists), now
	}
}
