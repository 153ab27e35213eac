package workflows

import (
	"context"
	"fmt"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/match"
	"segue/internal/music"
)

// SearchInput asks for candidates for a song of a run.
type SearchInput struct {
	PersonID string     `json:"person_id"`
	RunID    string     `json:"run_id,omitempty"`
	Song     music.Song `json:"song"`
}

// Search brings what the song may be; a link of Apple Music is looked up first. The person's own rule comes first; when
// its track is gone, the search goes on as if there were none. Fault Invalid
// for a song that nobody can look for, with the field that is wrong.
func (a *Activities) Search(ctx context.Context, in SearchInput) (Found, error) {
	strategy := a.Strategies.For(in.RunID)
	named, err := a.named(ctx, in.Song)
	if err != nil {
		return Found{}, err
	}
	if named != nil {
		in.Song = *named
	}
	ruling, tracks, err := a.recall(ctx, in)
	if err == nil && (ruling == nil || ruling.Says == saysGone) {
		tracks, err = a.search(ctx, in, strategy)
	}
	return Found{Tracks: tracks, Ruling: ruling, Strategy: strategy.Name, Song: named}, err
}

// search asks Spotify in the order of the strategy's plan.
func (a *Activities) search(ctx context.Context, in SearchInput, strategy match.Strategy) ([]music.Track, error) {
	if in.Song.TrackID != "" {
		track, err := a.Catalogue.Track(ctx, in.PersonID, in.Song.TrackID)
		if err != nil {
			return nil, err
		}
		return []music.Track{track}, nil
	}
	song, err := match.Check(in.Song)
	if err != nil {
		return nil, err
	}
	found, _, _, err := strategy.Find(ctx, song, func(ctx context.Context, query string) ([]music.Track, error) {
		return a.Catalogue.Search(ctx, in.PersonID, query, 0)
	})
	return found, err
}

// MatchInput asks for a decision among candidates. Strategy is the one that found them.
type MatchInput struct {
	Song     music.Song    `json:"song"`
	Found    []music.Track `json:"found"`
	Ruling   *Ruling       `json:"ruling,omitempty"`
	Strategy string        `json:"strategy,omitempty"`
	Least    float64       `json:"least,omitempty"` // see agent.SyncSongsArgs
}

// Match decides; it is pure.
func (a *Activities) Match(_ context.Context, in MatchInput) (music.Match, error) {
	if m, ok := in.Ruling.decide(in.Found); ok {
		return m, nil
	}
	strategy, err := match.Named(in.Strategy)
	if err != nil {
		return music.Match{}, fault.New(fault.Internal, "", err) // another build of Segue has named it
	}
	return cautious(in.Ruling.temper(strategy.Decide(in.Song, in.Found)), in.Least), nil
}

// cautious leaves to the person what is less sure than it was asked to be.
func cautious(m music.Match, least float64) music.Match {
	if pick, ok := m.Pick(); ok && pick.Confidence < least {
		m.Verdict = music.Ask
		m.Reasons = append(m.Reasons, fmt.Sprintf("It is %.0f of 100 sure, and %.0f was asked for.", 100*pick.Confidence, 100*least))
	}
	return m
}

// PickInput asks which row of a playlist a song means.
type PickInput struct {
	PersonID   string     `json:"person_id"`
	PlaylistID string     `json:"playlist_id"`
	Song       music.Song `json:"song"`
	Attempt    string     `json:"attempt,omitempty"` // names the removal that it is for; "" = none
}

// PickInPlaylist matches a song against what is in a playlist, and what this very removal has
// taken out in an earlier life. One plausible recording is enough to be meant: there is nothing else it could be.
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
	out, err := a.takenOut(ctx, in)
	if err != nil {
		return music.Match{}, err
	}
	tracks = append(tracks, out...)
	named, err := a.named(ctx, in.Song)
	if err != nil {
		return music.Match{}, err
	}
	if named != nil {
		in.Song = *named
	}
	m := match.Strategy{}.Decide(in.Song, tracks)
	if m.Verdict == music.Ask && len(m.Choices) == 1 {
		m.Verdict = music.Auto
	}
	return m, nil
}

// takenOut returns the track that a removal has taken out, or may have.
func (a *Activities) takenOut(ctx context.Context, in PickInput) ([]music.Track, error) {
	if in.Attempt == "" {
		return nil, nil
	}
	known, err := a.Attempts.AttemptRecords(ctx, in.PersonID, []string{in.Attempt})
	past := known[in.Attempt]
	if err != nil || past.Kind != agent.AttemptOut || past.State == agent.AttemptNotApplied {
		return nil, err
	}
	track, err := a.Catalogue.Track(ctx, in.PersonID, trackID(past.URIs[0]))
	if err != nil {
		return nil, unless(fault.NotFound, err)
	}
	return []music.Track{track}, nil
}
