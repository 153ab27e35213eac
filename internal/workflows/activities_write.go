package workflows

import (
	"context"
	"errors"
	"fmt"
	"slices"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// WriteInput is one request to the writer of a playlist. Try tells requests
// for the same change apart after one came back with a fault.
type WriteInput struct {
	PlaylistID string `json:"playlist_id"`
	Kind       string `json:"kind"` // UpdateAdd or UpdateRemove
	Change     Write  `json:"change"`
	Try        int    `json:"try"`
}

// Write hands a change to the writer of the playlist, starting it when it does
// not run, and waits for the outcome. Workflow code cannot do this itself.
// Sending the same request again joins the one under way.
func (a *Activities) Write(ctx context.Context, in WriteInput) (WriteOutcome, error) {
	c := activity.GetClient(ctx)
	start := c.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID:                       PlaylistID(in.PlaylistID),
		TaskQueue:                TaskQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		TypedSearchAttributes:    temporal.NewSearchAttributes(keyword(AttrPlaylistID).ValueSet(in.PlaylistID)),
	}, Playlist, WriterInput{PlaylistID: in.PlaylistID})
	handle, err := c.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: start,
		UpdateOptions: client.UpdateWorkflowOptions{
			UpdateID:     fmt.Sprintf("%s-%d", in.Change.id(), in.Try),
			UpdateName:   in.Kind,
			Args:         []any{in.Change},
			WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	})
	var out WriteOutcome
	if err == nil {
		err = handle.Get(ctx, &out)
	}
	if err != nil && !isFault(err) {
		// The writer ended just then, or the engine did not answer: asking again is harmless.
		err = fault.New(fault.Unavailable, "The playlist is busy.", err)
	}
	return out, err
}

func isFault(err error) bool {
	_, ok := errors.AsType[*temporal.ApplicationError](err)
	return ok
}

// LookInput asks where a recording stands in a playlist. Attempt names the
// change whose record is wanted too; it may be empty.
type LookInput struct {
	PersonID   string   `json:"person_id"`
	PlaylistID string   `json:"playlist_id"`
	URIs       []string `json:"uris,omitempty"`
	Attempt    string   `json:"attempt,omitempty"`
}

// Seen is what a complete read of a playlist has shown of one recording.
type Seen struct {
	Positions []int    `json:"positions,omitempty"` // 0-based rows
	URIs      []string `json:"uris,omitempty"`      // the ids that stand there
	Total     int      `json:"total"`
	Attempt   string   `json:"attempt,omitempty"` // state of the attempt, "" when there was none
}

// Look reads the whole playlist.
func (a *Activities) Look(ctx context.Context, in LookInput) (Seen, error) {
	items, err := a.Library.Items(ctx, in.PersonID, in.PlaylistID)
	if err != nil {
		return Seen{}, err
	}
	seen := Seen{Total: len(items)}
	for i, item := range items {
		if slices.Contains(in.URIs, item.URI) {
			seen.Positions = append(seen.Positions, i)
			if !slices.Contains(seen.URIs, item.URI) {
				seen.URIs = append(seen.URIs, item.URI)
			}
		}
	}
	if in.Attempt != "" {
		seen.Attempt, err = a.Attempts.AttemptState(ctx, in.PersonID, in.Attempt)
	}
	return seen, err
}

// PostInput is a change to be sent to Spotify.
type PostInput struct {
	PlaylistID string `json:"playlist_id"`
	Change     Write  `json:"change"`
}

// Post adds one track: the attempt is on disk, then exactly one request is
// sent, then the attempt is settled. Finding an open attempt it sends nothing
// and reports the outcome as unsure.
func (a *Activities) Post(ctx context.Context, in PostInput) error {
	change := in.Change
	state, fresh, err := a.Attempts.BeginAttempt(ctx, attemptOf(change, in.PlaylistID, []string{change.URI}))
	if err != nil {
		return err
	}
	if !fresh {
		if state == agent.AttemptApplied {
			return nil
		}
		return &fault.Error{Kind: fault.Unavailable, Message: "An earlier try has not been heard of yet.", Unsure: true}
	}
	err = a.Library.Add(ctx, change.PersonID, in.PlaylistID, []string{change.URI}, change.Position)
	return a.settle(ctx, change, err)
}

// DropInput is a removal to be sent to Spotify: every row with one of the URIs goes.
type DropInput struct {
	PlaylistID string   `json:"playlist_id"`
	Change     Write    `json:"change"`
	URIs       []string `json:"uris"`
}

// Drop removes tracks. Removing again does no harm, so an open attempt is no obstacle.
func (a *Activities) Drop(ctx context.Context, in DropInput) error {
	if _, _, err := a.Attempts.BeginAttempt(ctx, attemptOf(in.Change, in.PlaylistID, in.URIs)); err != nil {
		return err
	}
	err := a.Library.Remove(ctx, in.Change.PersonID, in.PlaylistID, in.URIs)
	return a.settle(ctx, in.Change, err)
}

func attemptOf(c Write, playlistID string, uris []string) agent.Attempt {
	return agent.Attempt{PersonID: c.PersonID, RunID: c.RunID, Key: c.id(), PlaylistID: playlistID, URIs: uris}
}

// settle records the outcome of a write and returns it; an unsure one stays open.
func (a *Activities) settle(ctx context.Context, change Write, outcome error) error {
	state := agent.AttemptApplied
	if outcome != nil {
		f, ok := errors.AsType[*fault.Error](outcome)
		if !ok || f.Unsure {
			return outcome
		}
		state = agent.AttemptNotApplied
	}
	// The outcome is recorded even when the activity is being stopped.
	err := a.Attempts.SettleAttempt(context.WithoutCancel(ctx), change.PersonID, change.id(), state)
	if err != nil {
		a.Logger.ErrorContext(ctx, "attempt not settled", "run", change.RunID, "error", err)
	}
	return outcome
}

// SettleInput settles an attempt that reading has proved.
type SettleInput struct {
	PersonID string `json:"person_id"`
	Key      string `json:"key"`
	State    string `json:"state"`
}

// Settle records what reading has proved.
func (a *Activities) Settle(ctx context.Context, in SettleInput) error {
	return a.Attempts.SettleAttempt(ctx, in.PersonID, in.Key, in.State)
}

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
// namesake that is empty is taken for it.
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
	}
	made, err := a.Library.Create(ctx, in.PersonID, in.Name, "")
	return made, a.settle(ctx, change, err)
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
