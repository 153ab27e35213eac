package workflows

import (
	"context"

	"segue/internal/match"
	"segue/internal/music"
)

// SearchInput asks for candidates for a song.
type SearchInput struct {
	PersonID string     `json:"person_id"`
	Song     music.Song `json:"song"`
}

// Search asks Spotify in the order of the matcher's plan and stops when the matcher is sure.
func (a *Activities) Search(ctx context.Context, in SearchInput) ([]music.Track, error) {
	if in.Song.TrackID != "" {
		track, err := a.Catalogue.Track(ctx, in.PersonID, in.Song.TrackID)
		if err != nil {
			return nil, err
		}
		return []music.Track{track}, nil
	}
	var found []music.Track
	seen := map[string]bool{}
	for _, query := range match.Queries(in.Song) {
		page, err := a.Catalogue.Search(ctx, in.PersonID, query, 0)
		if err != nil {
			return nil, err
		}
		for _, track := range page {
			if !seen[track.ID] {
				seen[track.ID] = true
				found = append(found, track)
			}
		}
		if match.Sure(match.Decide(in.Song, found)) {
			break
		}
	}
	return found, nil
}

// MatchInput asks for a decision among candidates.
type MatchInput struct {
	Song  music.Song    `json:"song"`
	Found []music.Track `json:"found"`
}

// Match decides; it is pure.
func (a *Activities) Match(_ context.Context, in MatchInput) (music.Match, error) {
	return match.Decide(in.Song, in.Found), nil
}

// PickInput asks which row of a playlist a song means.
type PickInput struct {
	PersonID   string     `json:"person_id"`
	PlaylistID string     `json:"playlist_id"`
	Song       music.Song `json:"song"`
}

// PickInPlaylist matches a song against what is in a playlist. One plausible
// recording is enough to be meant: there is nothing else it could be.
func (a *Activities) PickInPlaylist(ctx context.Context, in PickInput) (music.Match, error) {
	items, err := a.Library.Items(ctx, in.PersonID, in.PlaylistID)
	if err != nil {
		return music.Match{}, err
	}
	var tracks []music.Track
	for _, item := range items {
		if item.Track != nil && !item.Local {
			tracks = append(tracks, *item.Track)
		}
	}
	m := match.Decide(in.Song, tracks)
	if m.Verdict == music.Ask && len(m.Choices) == 1 {
		m.Verdict = music.Auto
	}
	return m, nil
}
