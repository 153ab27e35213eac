package workflows

import (
	"context"
	"errors"
	"fmt"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"segue/internal/agent"
	"segue/internal/fault"
)

// WriteInput is one request to the writer of a playlist. Try tells requests
// for the same change apart after one came back with a fault.
type WriteInput struct {
	PlaylistID string `json:"playlist_id"`
	Kind       string `json:"kind"` // UpdateAdd or UpdateRemove
	Change     Write  `json:"change"`
	Try        int    `json:"try"`
}

// Write hands a change to the writer of the playlist and waits for the outcome.
// Sending the same request again joins the one under way.
func (a *Activities) Write(ctx context.Context, in WriteInput) (WriteOutcome, error) {
	var out WriteOutcome
	id := fmt.Sprintf("%s-%d", in.Change.id(), in.Try)
	err := toWriter(ctx, in.Change.PersonID, in.PlaylistID, in.Kind, id, in.Change, &out)
	return out, err
}

// AppendInput is one request to append songs; Try as in WriteInput.
type AppendInput struct {
	PlaylistID string `json:"playlist_id"`
	Batch      Batch  `json:"batch"`
	Try        int    `json:"try"`
}

// Append is Write for a batch. Whether songs that are there are added again is
// the person's to say, and may change until they are handed over.
func (a *Activities) Append(ctx context.Context, in AppendInput) (BatchOutcome, error) {
	again, err := a.Ledger.Repeats(ctx, in.Batch.Changes[0].PersonID)
	if err != nil {
		return BatchOutcome{}, err
	}
	for i := range in.Batch.Changes {
		in.Batch.Changes[i].Again = again
	}
	return in.hand(ctx, UpdateAppend, "")
}

// TakeBack is Append the other way: it hands over a batch to undo.
func (a *Activities) TakeBack(ctx context.Context, in AppendInput) (BatchOutcome, error) {
	if in.Batch.Changes[0].Trim { // a removal may be brought to its end by another run
		return in.hand(ctx, UpdateUndo, "-"+activity.GetInfo(ctx).WorkflowExecution.ID)
	}
	return in.hand(ctx, UpdateUndo, "")
}

// hand hands the batch to the writer under an id that tells requests for the same change apart.
func (in AppendInput) hand(ctx context.Context, kind, suffix string) (BatchOutcome, error) {
	var out BatchOutcome
	first := in.Batch.Changes[0]
	id := fmt.Sprintf("%s-%s-%d%s", kind, first.id(), in.Try, suffix)
	err := toWriter(ctx, first.PersonID, in.PlaylistID, kind, id, in.Batch, &out)
	return out, err
}

// toWriter sends an update to the writer of a playlist, starting it when it
// does not run. Workflow code cannot do this itself.
func toWriter(ctx context.Context, personID, playlistID, kind, updateID string, arg, out any) error {
	c := activity.GetClient(ctx)
	start := c.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID:                       PlaylistID(playlistID),
		TaskQueue:                TaskQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowTaskTimeout:      taskLimit,
		Priority:                 temporal.Priority{PriorityKey: forPeople, FairnessKey: personID}, // its writes are few, and people are among those who wait for them
		TypedSearchAttributes:    temporal.NewSearchAttributes(keyword(AttrPlaylistID).ValueSet(playlistID)),
	}, Playlist, WriterInput{PlaylistID: playlistID, Recalls: true})
	handle, err := c.UpdateWithStartWorkflow(ctx, client.UpdateWithStartWorkflowOptions{
		StartWorkflowOperation: start,
		UpdateOptions: client.UpdateWorkflowOptions{
			UpdateID: updateID, UpdateName: kind, Args: []any{arg}, WaitForStage: client.WorkflowUpdateStageCompleted,
		},
	})
	if err == nil {
		err = handle.Get(ctx, out)
	}
	if err != nil && !isFault(err) {
		// The writer ended just then, or the engine did not answer: asking again is harmless.
		err = &fault.Error{Kind: fault.Unavailable, Message: "The playlist is busy.", Err: err, Unsure: true}
	}
	return err
}

func isFault(err error) bool {
	_, ok := errors.AsType[*temporal.ApplicationError](err)
	return ok
}

// PostInput is a change to be sent to Spotify.
type PostInput struct {
	PlaylistID string `json:"playlist_id"`
	Change     Write  `json:"change"`
	Stood      []int  `json:"stood,omitempty"` // the rows the recording has now
}

// Post adds one track: the attempt is on disk, then exactly one request is
// sent, then the attempt is settled. Finding an open attempt it sends nothing
// and reports the outcome as unsure.
func (a *Activities) Post(ctx context.Context, in PostInput) error {
	change := in.Change
	begun := attemptOf(change, in.PlaylistID, []string{change.URI})
	begun.Kind, begun.Stood = agent.AttemptIn, in.Stood
	state, fresh, err := a.Attempts.BeginAttempt(ctx, begun)
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

// PostAllInput is a request to append songs of one person.
type PostAllInput struct {
	PlaylistID string  `json:"playlist_id"`
	Changes    []Write `json:"changes"`
	Stood      [][]int `json:"stood,omitempty"` // of each change: the rows its recording has now; nil for none
}

// PostAll is Post for songs behind the last row, in one request: all attempts
// are on disk before it is sent, and share its outcome.
func (a *Activities) PostAll(ctx context.Context, in PostAllInput) error {
	begun := make([]agent.Attempt, len(in.Changes))
	uris := make([]string, len(in.Changes))
	for i, change := range in.Changes {
		uris[i] = change.URI
		begun[i] = attemptOf(change, in.PlaylistID, uris[i:i+1])
		begun[i].Kind = agent.AttemptIn
		if in.Stood != nil {
			begun[i].Stood = in.Stood[i]
		}
	}
	fresh, err := a.Attempts.BeginAttempts(ctx, begun)
	if err != nil {
		return err
	}
	if !fresh {
		return &fault.Error{Kind: fault.Unavailable, Message: "An earlier try has not been heard of yet.", Unsure: true}
	}
	err = a.Library.Add(ctx, in.Changes[0].PersonID, in.PlaylistID, uris, Append)
	return a.settleAll(ctx, in.Changes, err)
}

// SettleAllInput settles attempts that reading has proved.
type SettleAllInput struct {
	Changes []Write `json:"changes"`
	State   string  `json:"state"`
}

// SettleAll records what reading has proved.
func (a *Activities) SettleAll(ctx context.Context, in SettleAllInput) error {
	return a.Attempts.SettleAttempts(ctx, in.Changes[0].PersonID, ids(in.Changes), in.State)
}

func ids(changes []Write) []string {
	out := make([]string, len(changes))
	for i, c := range changes {
		out[i] = c.id()
	}
	return out
}

// DropInput is a removal to be sent to Spotify: every row with one of the URIs goes.
type DropInput struct {
	PlaylistID string   `json:"playlist_id"`
	Change     Write    `json:"change"`
	URIs       []string `json:"uris"`
	Stood      []int    `json:"stood,omitempty"` // the rows it has now
}

// Drop removes tracks. Removing again does no harm, so an open attempt is no obstacle.
func (a *Activities) Drop(ctx context.Context, in DropInput) error {
	begun := attemptOf(in.Change, in.PlaylistID, in.URIs)
	begun.Kind, begun.Stood = agent.AttemptOut, in.Stood
	if _, _, err := a.Attempts.BeginAttempt(ctx, begun); err != nil {
		return err
	}
	err := a.Library.Remove(ctx, in.Change.PersonID, in.PlaylistID, in.URIs)
	return a.settle(ctx, in.Change, err)
}

// DropAllInput is a removal of the songs of one person, in one request: every row with one of the URIs goes.
type DropAllInput struct {
	PlaylistID string  `json:"playlist_id"`
	Changes    []Write `json:"changes"`
	Stood      [][]int `json:"stood"` // of each change: the rows it has now
}

// DropAll is Drop for several songs. Where they stood is on disk before the request is sent.
func (a *Activities) DropAll(ctx context.Context, in DropAllInput) error {
	uris := make([]string, len(in.Changes))
	for i, change := range in.Changes {
		uris[i] = change.URI
		begun := attemptOf(change, in.PlaylistID, uris[i:i+1])
		begun.Kind, begun.Stood = agent.AttemptOut, in.Stood[i]
		if _, _, err := a.Attempts.BeginAttempt(ctx, begun); err != nil {
			return err
		}
	}
	err := a.Library.Remove(ctx, in.Changes[0].PersonID, in.PlaylistID, uris)
	return a.settleAll(ctx, in.Changes, err)
}

func attemptOf(c Write, playlistID string, uris []string) agent.Attempt {
	return agent.Attempt{PersonID: c.PersonID, RunID: c.RunID, Key: c.id(), PlaylistID: playlistID, URIs: uris}
}

// settle records the outcome of a write and returns it; an unsure one stays open.
func (a *Activities) settle(ctx context.Context, change Write, outcome error) error {
	return a.settleAll(ctx, []Write{change}, outcome)
}

func (a *Activities) settleAll(ctx context.Context, changes []Write, outcome error) error {
	state := agent.AttemptApplied
	if outcome != nil {
		f, ok := errors.AsType[*fault.Error](outcome)
		if !ok || f.Unsure {
			return outcome
		}
		state = agent.AttemptNotApplied
	}
	// The outcome is recorded even when the activity is being stopped.
	err := a.Attempts.SettleAttempts(context.WithoutCancel(ctx), changes[0].PersonID, ids(changes), state)
	if err != nil {
		a.Logger.ErrorContext(ctx, "attempt not settled", "run", changes[0].RunID, "error", err)
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
	return a.Attempts.SettleAttempts(ctx, in.PersonID, []string{in.Key}, in.State)
}
