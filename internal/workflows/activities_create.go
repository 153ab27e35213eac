package workflows

import (
	"context"
	"slices"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// CreateInput asks for a new playlist. Before holds the ids of the namesakes
// that were there already, so that a lost answer can be told from no answer.
type CreateInput struct {
	PersonID string   `json:"person_id"`
	RunID    string   `json:"run_id"`
	Key      string   `json:"key"`
	Name     string   `json:"name"`
	Before   []string `json:"before,omitempty"`
}

// BeforeCreate returns the ids of the playlists that have the name already.
func (a *Activities) BeforeCreate(ctx context.Context, in CreateInput) ([]string, error) {
	ids := []string{}
	all, err := a.Library.Playlists(ctx, in.PersonID)
	for _, p := range all {
		if p.Name == in.Name {
			ids = append(ids, p.ID)
		}
	}
	return ids, err
}

// Create makes a private playlist. When an earlier try may have made it, a new
// namesake that is empty is taken for it; while that may still turn up, nothing is
// sent and the fault says when to look again.
func (a *Activities) Create(ctx context.Context, in CreateInput) (music.Playlist, error) {
	change := Write{PersonID: in.PersonID, RunID: in.RunID, Key: in.Key}
	_, fresh, err := a.Attempts.BeginAttempt(ctx, attemptOf(change, "", nil))
	if err != nil {
		return music.Playlist{}, err
	}
	if !fresh {
		made, ok, err := a.madeBefore(ctx, in)
		if err != nil || ok {
			return made, err
		}
		if err := a.reopen(ctx, change); err != nil {
			return music.Playlist{}, err
		}
	}
	made, err := a.Library.Create(ctx, in.PersonID, in.Name, "")
	return made, a.settle(ctx, change, err)
}

// lookAgain is the most that passes between two looks for what an unanswered request has made.
const lookAgain = 10 * time.Second

// reopen begins an attempt anew that has left nothing to be seen in all the time
// Spotify may take to show it; before that it is Unavailable.
func (a *Activities) reopen(ctx context.Context, change Write) error {
	known, err := a.Attempts.AttemptRecords(ctx, change.PersonID, []string{change.id()})
	if err != nil {
		return err
	}
	record := known[change.id()]
	if left := unseen - time.Since(record.At); left > 0 {
		f := fault.New(fault.Unavailable, "Spotify does not show yet whether it made the playlist.", nil)
		f.RetryAfter = min(left, lookAgain)
		return f
	}
	if record.State == agent.AttemptApplied {
		return fault.New(fault.NotFound, "The playlist was made, but Spotify does not show it.", nil)
	}
	if err := a.Attempts.SettleAttempts(ctx, change.PersonID, []string{change.id()}, agent.AttemptNotApplied); err != nil {
		return err
	}
	_, _, err = a.Attempts.BeginAttempt(ctx, attemptOf(change, "", nil))
	return err
}

func (a *Activities) madeBefore(ctx context.Context, in CreateInput) (music.Playlist, bool, error) {
	all, err := a.Library.Playlists(ctx, in.PersonID)
	for _, p := range all {
		if p.Name == in.Name && p.Total == 0 && !slices.Contains(in.Before, p.ID) {
			return p, true, nil
		}
	}
	return music.Playlist{}, false, err
}
