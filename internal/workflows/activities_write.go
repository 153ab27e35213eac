package workflows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

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

// Write hands a change to the writer of the playlist and waits for the outcome.
// Sending the same request again joins the one under way.
func (a *Activities) Write(ctx context.Context, in WriteInput) (WriteOutcome, error) {
	var out WriteOutcome
	id := fmt.Sprintf("%s-%d", in.Change.id(), in.Try)
	err := toWriter(ctx, in.PlaylistID, in.Kind, id, in.Change, &out)
	return out, err
}

// AppendInput is one request to append songs; Try as in WriteInput.
type AppendInput struct {
	PlaylistID string `json:"playlist_id"`
	Batch      Batch  `json:"batch"`
	Try        int    `json:"try"`
}

// Append is Write for a batch.
func (a *Activities) Append(ctx context.Context, in AppendInput) (BatchOutcome, error) {
	var out BatchOutcome
	id := fmt.Sprintf("%s-%s-%d", UpdateAppend, in.Batch.Changes[0].id(), in.Try)
	err := toWriter(ctx, in.PlaylistID, UpdateAppend, id, in.Batch, &out)
	return out, err
}

// toWriter sends an update to the writer of a playlist, starting it when it
// does not run. Workflow code cannot do this itself.
func toWriter(ctx context.Context, playlistID, kind, updateID string, arg, out any) error {
	c := activity.GetClient(ctx)
	start := c.NewWithStartWorkflowOperation(client.StartWorkflowOptions{
		ID:                       PlaylistID(playlistID),
		TaskQueue:                TaskQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		TypedSearchAttributes:    temporal.NewSearchAttributes(keyword(AttrPlaylistID).ValueSet(playlistID)),
	}, Playlist, WriterInput{PlaylistID: playlistID})
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
	seen := rowsOf(items).find(in.URIs)
	seen.Total = len(items)
	if in.Attempt != "" {
		known, err := a.Attempts.AttemptRecords(ctx, in.PersonID, []string{in.Attempt})
		if err != nil {
			return Seen{}, err
		}
		seen.Attempt = known[in.Attempt].State
	}
	return seen, nil
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

// LookAllInput asks where the recordings of changes stand in a playlist; the
// changes are of one person.
type LookAllInput struct {
	PlaylistID string  `json:"playlist_id"`
	Changes    []Write `json:"changes"`
}

// LookAll reads the whole playlist once and looks for each change's recording,
// and for the record of an earlier attempt at it.
func (a *Activities) LookAll(ctx context.Context, in LookAllInput) ([]Seen, error) {
	person := in.Changes[0].PersonID
	items, err := a.Library.Items(ctx, person, in.PlaylistID)
	if err != nil {
		return nil, err
	}
	known, err := a.Attempts.AttemptRecords(ctx, person, ids(in.Changes))
	if err != nil {
		return nil, err
	}
	at := rowsOf(items)
	all := make([]Seen, len(in.Changes))
	for i, change := range in.Changes {
		all[i] = at.find(change.uris())
		all[i].Total, all[i].Attempt = len(items), known[change.id()].State
	}
	return all, nil
}

// rows holds the 0-based rows of a playlist by what stands there.
type rows map[string][]int

func rowsOf(items []music.Item) rows {
	at := make(rows, len(items))
	for i, item := range items {
		if item.URI != "" {
			at[item.URI] = append(at[item.URI], i)
		}
	}
	return at
}

// find returns every row with one of the ids of a recording.
func (at rows) find(uris []string) Seen {
	var seen Seen
	for _, uri := range uris {
		if found := at[uri]; len(found) > 0 && !slices.Contains(seen.URIs, uri) {
			seen.Positions = append(seen.Positions, found...)
			seen.URIs = append(seen.URIs, uri)
		}
	}
	slices.Sort(seen.Positions)
	return seen
}

// PostAllInput is a request to append songs of one person.
type PostAllInput struct {
	PlaylistID string  `json:"playlist_id"`
	Changes    []Write `json:"changes"`
}

// PostAll is Post for songs behind the last row, in one request: all attempts
// are on disk before it is sent, and share its outcome.
func (a *Activities) PostAll(ctx context.Context, in PostAllInput) error {
	begun := make([]agent.Attempt, len(in.Changes))
	uris := make([]string, len(in.Changes))
	for i, change := range in.Changes {
		uris[i] = change.URI
		begun[i] = attemptOf(change, in.PlaylistID, uris[i:i+1])
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
