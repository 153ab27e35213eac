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
// sent and the fault says when to look again. Which namesakes there were before the first
// try, and what was made, is on disk: a run that begins anew would count its own playlist among them.
func (a *Activities) Create(ctx context.Context, in CreateInput) (music.Playlist, error) {
	change, made := Write{PersonID: in.PersonID, RunID: in.RunID, Key: in.Key}, in.made("")
	known, err := a.Attempts.AttemptRecords(ctx, in.PersonID, []string{change.id(), made.Key})
	if err != nil {
		return music.Playlist{}, err
	}
	if id := known[made.Key].URIs; len(id) > 0 {
		return a.Library.Playlist(ctx, in.PersonID, id[0])
	}
	if first := known[change.id()]; len(first.URIs) > 0 && first.State != agent.AttemptNotApplied {
		in.Before = first.URIs[1:]
	}
	_, fresh, err := a.Attempts.BeginAttempt(ctx, in.begun())
	if err != nil {
		return music.Playlist{}, err
	}
	if !fresh {
		found, ok, err := a.madeBefore(ctx, in)
		if ok && err == nil {
			return found, a.note(ctx, in, found)
		}
		if err == nil {
			err = a.reopen(ctx, in)
		}
		if err != nil {
			return music.Playlist{}, err
		}
	}
	playlist, err := a.Library.Create(ctx, in.PersonID, in.Name, "")
	if err = a.settle(ctx, change, err); err != nil {
		return music.Playlist{}, err
	}
	return playlist, a.note(ctx, in, playlist)
}

// begun is the attempt at making the playlist; its URIs are the name and the namesakes before.
func (in CreateInput) begun() agent.Attempt {
	change := Write{PersonID: in.PersonID, RunID: in.RunID, Key: in.Key}
	return attemptOf(change, "", append([]string{in.Name}, in.Before...))
}

// made is what is on disk of the playlist once it is known.
func (in CreateInput) made(id string) agent.Attempt {
	change := Write{PersonID: in.PersonID, RunID: in.RunID, Key: in.Key + "-made"}
	return attemptOf(change, id, []string{id})
}

// note keeps which playlist was made, before anybody works on it.
func (a *Activities) note(ctx context.Context, in CreateInput, p music.Playlist) error {
	ctx, made := context.WithoutCancel(ctx), in.made(p.ID)
	if _, _, err := a.Attempts.BeginAttempt(ctx, made); err != nil {
		return err
	}
	return a.Attempts.SettleAttempts(ctx, in.PersonID, []string{made.Key}, agent.AttemptApplied)
}

// lookAgain is the most that passes between two looks for what an unanswered request has made.
const lookAgain = 10 * time.Second

// reopen begins an attempt anew that has left nothing to be seen in all the time
// Spotify may take to show it; before that it is Unavailable.
func (a *Activities) reopen(ctx context.Context, in CreateInput) error {
	change := Write{PersonID: in.PersonID, RunID: in.RunID, Key: in.Key}
	known, err := a.Attempts.AttemptRecords(ctx, change.PersonID, []string{change.id()})
	if err != nil {
		return err
	}
	record := known[change.id()]
	if left := unseen - record.Age; left > 0 {
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
	_, _, err = a.Attempts.BeginAttempt(ctx, in.begun())
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
