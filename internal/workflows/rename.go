package workflows

import (
	"context"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// RenameInput gives a playlist a name.
type RenameInput struct {
	PersonID   string `json:"person_id"`
	PlaylistID string `json:"playlist_id"`
	Name       string `json:"name"`
}

// Rename renames a playlist; doing it again does no harm.
func (a *Activities) Rename(ctx context.Context, in RenameInput) error {
	return a.Library.Rename(ctx, in.PersonID, in.PlaylistID, in.Name)
}

// rename gives a playlist another name.
func (t *turn) rename(ctx workflow.Context, a agent.RenameArgs) (agent.PlaylistRef, error) {
	t.p.Title = "Renaming " + named(a.Playlist)
	playlist, err := t.findPlaylist(ctx, a.Playlist, true)
	if err != nil {
		return agent.PlaylistRef{}, err
	}
	if playlist.Name == a.Name {
		t.p.Title = "It is called " + a.Name + " already"
		t.bump()
		return refTo(playlist), nil
	}
	if err := t.setName(ctx, playlist, a.Name); err != nil {
		return refTo(playlist), err
	}
	if t.p.Renamed == nil {
		t.p.Renamed = &agent.Renaming{From: playlist.Name}
	}
	t.p.Renamed.To = a.Name
	t.p.Title = "Renamed " + playlist.Name + " to " + a.Name
	t.bump()
	return refTo(*t.p.Playlist), nil
}

// setName sends a name until it is heard that the playlist has it.
func (t *turn) setName(ctx workflow.Context, playlist music.Playlist, name string) error {
	f := t.step(ctx, agent.Naming)
	in := RenameInput{PersonID: t.in.PersonID, PlaylistID: playlist.ID, Name: name}
	err := t.hear(ctx, f, func() (bool, error) {
		safe, _ := workflow.NewDisconnectedContext(ctx)
		err := workflow.ExecuteActivity(once(safe, postLimit), acts.Rename, in).Get(safe, nil)
		return unheard(err), err
	})
	if err != nil {
		return err
	}
	f.done("")
	playlist.Name = name
	t.p.Playlist = &playlist
	return nil
}

// renameBack gives a playlist the name it had before a run, unless it has got another one since.
func (t *turn) renameBack(ctx workflow.Context, past agent.Renaming) error {
	playlist, err := t.findPlaylist(ctx, t.current(), true)
	switch {
	case err != nil:
		return err
	case playlist.Name == past.From:
		return nil
	case playlist.Name != past.To:
		return fault.New(fault.Conflict, "The playlist was renamed since, so it keeps its name.", nil)
	}
	return t.setName(ctx, playlist, past.From)
}

// renaming is the deed of a call of rename_playlist.
func (t *turn) renaming(ctx workflow.Context, call agent.Call) (deed, error) {
	call, a, err := placed(ctx, t, call, func(a *agent.RenameArgs) *agent.PlaylistRef { return &a.Playlist })
	return deed{
		call: call, playlist: a.Playlist, text: "Rename " + a.Playlist.Name + "?", plan: []string{"It will be called " + a.Name},
	}, err
}
