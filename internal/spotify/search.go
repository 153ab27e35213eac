package spotify

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	zmb3 "github.com/zmb3/spotify/v2"

	"segue/internal/fault"
	"segue/internal/music"
)

const (
	searchLimit  = 10  // the most that development mode allows since 2026
	defaultLimit = 5   // what Spotify takes when none is given
	maxQuery     = 250 // characters
)

// Search returns the tracks that Spotify finds for the query, best first, from
// offset (at most 1,000) on: at most 10, empty rows left out.
func (c *Client) Search(ctx context.Context, personID, query string, offset int) ([]music.Track, error) {
	if strings.TrimSpace(query) == "" || utf8.RuneCountInString(query) > maxQuery {
		return nil, fault.New(fault.Invalid, "Spotify cannot search for this.", errors.New("query empty or too long"))
	}
	limit := int(c.searchLimit.Load())
	tracks, err := c.search(ctx, personID, query, limit, offset)
	if limit > defaultLimit && limitRefused(err) {
		c.searchLimit.Store(defaultLimit)
		return c.search(ctx, personID, query, defaultLimit, offset)
	}
	return tracks, err
}

func (c *Client) search(ctx context.Context, personID, query string, limit, offset int) ([]music.Track, error) {
	found, err := c.reader(personID).Search(ctx, query, zmb3.SearchTypeTrack, zmb3.Limit(limit), zmb3.Offset(offset))
	if err != nil {
		return nil, explained("search", err)
	}
	if found.Tracks == nil {
		return nil, unreadable("search", errors.New("no tracks in the answer"))
	}
	tracks := make([]music.Track, 0, len(found.Tracks.Tracks))
	for i := range found.Tracks.Tracks {
		if t := &found.Tracks.Tracks[i]; t.ID != "" { // a null row decodes to a track without id
			tracks = append(tracks, track(t))
		}
	}
	return tracks, nil
}

func limitRefused(err error) bool {
	return fault.KindOf(err) == fault.Invalid && strings.Contains(strings.ToLower(err.Error()), "invalid limit")
}

// Track returns one track; fault NotFound when Spotify does not have it.
func (c *Client) Track(ctx context.Context, personID, id string) (music.Track, error) {
	if err := checkID(id); err != nil {
		return music.Track{}, err
	}
	t, err := c.reader(personID).GetTrack(ctx, zmb3.ID(id))
	if err != nil {
		return music.Track{}, explained("track", err)
	}
	if t.ID == "" {
		return music.Track{}, unreadable("track", errors.New("no id in the answer"))
	}
	return track(t), nil
}
