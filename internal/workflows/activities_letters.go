package workflows

import (
	"context"
	"encoding/json"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/music"
)

// letters are dead letters by id; *store.DB satisfies it.
type letters interface {
	Letter(ctx context.Context, id string) (deadletter.Letter, error)
}

// retryStep calls the tool that has failed for one song. It does not know the
// step of a run that is tried again as a whole: that one is planned anew.
func (a *Activities) retryStep(ctx context.Context, letterID string, in PlanInput) (step agent.Step, known bool, err error) {
	l, err := a.Letters.Letter(ctx, letterID)
	if err != nil || l.Task == "" {
		return agent.Step{}, false, err
	}
	if len(in.Calls) > 0 {
		return agent.Step{Done: true}, true, nil
	}
	input := l.Current()
	if l.RetryFrom != "" {
		input.Song.TrackID = input.Found // taken as it is, without another search
	}
	args, err := json.Marshal(agent.SyncSongsArgs{ // those of RemoveSongs are the first two
		Songs: []music.Song{input.Song}, Playlist: agent.PlaylistRef{ID: input.Playlist.ID, Name: input.Playlist.Name}, Least: input.Least,
	})
	return agent.Step{Calls: []agent.Call{{ID: "1", Tool: input.Tool, Args: args}}}, true, err
}

// letterbox keeps letters; *store.DB satisfies it.
type letterbox interface {
	// SaveLetter returns the id of the letter that tells of it. Fault NotFound when the run is gone, with its person.
	SaveLetter(ctx context.Context, l deadletter.Letter) (id string, fresh bool, err error)
	// StepBulk lets the next n letters of a bulk have their turn; one that is repeated goes on behind the last of them.
	StepBulk(ctx context.Context, id string, n int) (more bool, err error)
}

// alarm tells operators of a letter; *alert.Webhook satisfies it.
type alarm interface {
	Announce(ctx context.Context, n deadletter.Notice) error
}

// Undertaker are the activities of DeadLetter and Bulk.
type Undertaker struct {
	Letterbox letterbox
	Alarm     alarm // nil: nobody is told
}

// Bury keeps a letter and returns the id of the one that tells of it: "" when
// the person has left and taken everything along, so there is nothing to tell.
func (u *Undertaker) Bury(ctx context.Context, l deadletter.Letter) (string, error) {
	id, _, err := u.Letterbox.SaveLetter(ctx, l)
	if fault.KindOf(err) == fault.NotFound {
		return "", nil
	}
	return id, err
}

// Announce tells operators of a letter, if anybody wants to know.
func (u *Undertaker) Announce(ctx context.Context, n deadletter.Notice) error {
	if u.Alarm == nil {
		return nil
	}
	return u.Alarm.Announce(ctx, n)
}

// Step lets the next letters of a bulk have their turn, one second's worth, and reports whether there are more.
func (u *Undertaker) Step(ctx context.Context, in BulkInput) (more bool, err error) {
	return u.Letterbox.StepBulk(ctx, in.ID, in.Rate)
}
