package workflows

import (
	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// mostPlans is how often a plan for the rows of a playlist is made, since somebody else has changed them.
const mostPlans = 3

// planned is what the arguments of calls have in common that carry a plan for the rows of a playlist.
type planned struct {
	Playlist agent.PlaylistRef `json:"playlist"`
	Plan     *struct {
		Of string `json:"of"`
	} `json:"plan"`
}

// agreed returns the call with a plan that the person has agreed to and that was made
// for the rows there are; ok is false when nothing is to be done. A plan that comes
// with the call was shown before.
func (t *turn) agreed(ctx workflow.Context, call agent.Call) (shown agent.Call, ok bool, err error) {
	for range mostPlans + 1 {
		a, err := argsOf[planned](call)
		if err != nil {
			return call, false, err
		}
		if a.Plan != nil {
			same, err := t.still(ctx, a.Playlist.ID, a.Plan.Of)
			if same || err != nil {
				return call, same, err
			}
		}
		if call, ok, err = t.submit(ctx, call); err != nil || !ok {
			return call, false, err
		}
	}
	return call, false, fault.New(fault.Conflict, "Somebody else keeps changing the playlist.", nil)
}

// submit makes the plan of a call and puts it to the person.
func (t *turn) submit(ctx workflow.Context, call agent.Call) (shown agent.Call, ok bool, err error) {
	d, err := t.deed(ctx, call)
	if err != nil || d.idle {
		return call, false, err
	}
	ask := true
	if t.trustable(d) {
		if ask, err = t.distrusted(ctx, d); err != nil {
			return call, false, err
		}
	}
	if !ask {
		return d.call, true, nil
	}
	shown, denied, err := t.consult(ctx, d)
	if err == nil && denied != "" {
		t.p.Title = "Left " + d.playlist.Name + " as it is"
		t.bump()
	}
	return shown, err == nil && denied == "", err
}

// still reports whether the playlist has the rows that a plan was made for.
func (t *turn) still(ctx workflow.Context, playlistID, of string) (bool, error) {
	f := t.step(ctx, agent.Reading)
	same, err := t.same(ctx, f, playlistID, of)
	if err == nil {
		f.done("")
	}
	return same, err
}

func (t *turn) same(ctx workflow.Context, f *stageFace, playlistID, of string) (bool, error) {
	var now string
	err := t.reach(ctx, f, acts.Print, LookInput{PersonID: t.in.PersonID, PlaylistID: playlistID}, &now)
	return now == of, err
}

// current is the playlist that the turn works on.
func (t *turn) current() agent.PlaylistRef {
	if t.p.Playlist == nil {
		return agent.PlaylistRef{}
	}
	return refTo(*t.p.Playlist)
}

// playlist returns the one with the id, which most often is the one that the turn works on.
func (t *turn) playlist(ctx workflow.Context, ref agent.PlaylistRef) (music.Playlist, error) {
	if t.p.Playlist != nil && t.p.Playlist.ID == ref.ID {
		return *t.p.Playlist, nil
	}
	return t.findPlaylist(ctx, ref, true)
}
