package workflows

import (
	"context"
	"slices"
	"strings"
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

// Create makes a private playlist, one for all runs of the person that ask for the
// name at the same time. When a request of this run or of another has not been heard
// of, a new namesake that is empty is taken for what it made; while that may still turn
// up, nothing is sent and the fault, Unavailable, says when to look again. A playlist that another run has made
// since this one was accepted, or so lately that reads may not show it, is taken as well. Which namesakes there were
// before the first try, and what was made, is on disk: a run that begins anew would count its own playlist among them.
func (a *Activities) Create(ctx context.Context, in CreateInput) (music.Playlist, error) {
	begun, made := in.begun(), in.made("")
	known, err := a.Attempts.AttemptRecords(ctx, in.PersonID, []string{begun.Key, made.Key})
	if err != nil {
		return music.Playlist{}, err
	}
	if id := known[made.Key].URIs; len(id) > 0 {
		return a.Library.Playlist(ctx, in.PersonID, id[0])
	}
	found, ok, err := a.madeElsewhere(ctx, in)
	own := known[begun.Key]
	if err == nil && !ok && own.State != "" && own.State != agent.AttemptNotApplied {
		in.Before = own.URIs[1:]
		if found, ok, err = a.namesake(ctx, in.PersonID, own); err == nil && !ok {
			err = a.giveUp(ctx, in, own)
		}
	}
	if err != nil {
		return music.Playlist{}, err
	}
	if !ok {
		if found, err = a.create(ctx, in); err != nil {
			return music.Playlist{}, err
		}
	}
	return found, a.note(ctx, in, found)
}

// create sends the request, if nobody else's for the name is under way.
func (a *Activities) create(ctx context.Context, in CreateInput) (music.Playlist, error) {
	fresh, err := a.Attempts.BeginAlone(ctx, in.begun(), unseen)
	if err == nil && !fresh {
		err = notShown(0)
	}
	if err != nil {
		return music.Playlist{}, err
	}
	made, err := a.Library.Create(ctx, in.PersonID, in.Name, "")
	return made, a.settle(ctx, in.change(), err)
}

func (in CreateInput) change() Write {
	return Write{PersonID: in.PersonID, RunID: in.RunID, Key: in.Key}
}

// begun is the attempt at making the playlist; its URIs are the name and the namesakes before.
func (in CreateInput) begun() agent.Attempt {
	return attemptOf(in.change(), unmade(in.PersonID, in.Name), append([]string{in.Name}, in.Before...))
}

// unmade stands in attempts for the playlist of that name which the person does not have yet.
func unmade(personID, name string) string { return "new " + personID + " " + name }

// noted ends the keys of attempts that tell which playlist was made.
const noted = "-made"

// made is what is on disk of the playlist once it is known.
func (in CreateInput) made(id string) agent.Attempt {
	a := in.begun()
	a.Key, a.URIs = a.Key+noted, []string{id}
	return a
}

// note keeps which playlist was made, before anybody works on it.
func (a *Activities) note(ctx context.Context, in CreateInput, p music.Playlist) error {
	ctx, made := context.WithoutCancel(ctx), in.made(p.ID)
	if _, _, err := a.Attempts.BeginAttempt(ctx, made); err != nil {
		return err
	}
	return a.Attempts.SettleAttempts(ctx, in.PersonID, []string{made.Key}, agent.AttemptApplied)
}

// madeElsewhere returns the playlist that another run of the person has made, or is making.
func (a *Activities) madeElsewhere(ctx context.Context, in CreateInput) (music.Playlist, bool, error) {
	run, err := a.Ledger.Run(ctx, in.PersonID, in.RunID)
	if err != nil {
		return music.Playlist{}, false, err
	}
	return a.madeLately(ctx, in, max(unseen, time.Since(run.AcceptedAt)))
}

// madeLately returns the playlist of the name that was made by a run other than that of in, the newest of those
// begun at most so long ago. Unavailable while such a request is under way, or has not been heard of.
func (a *Activities) madeLately(ctx context.Context, in CreateInput, most time.Duration) (music.Playlist, bool, error) {
	records, err := a.Attempts.Lately(ctx, unmade(in.PersonID, in.Name), most)
	for _, r := range slices.Backward(records) {
		found, ok := music.Playlist{}, false
		switch {
		case r.Key == in.begun().Key:
			continue
		case strings.HasSuffix(r.Key, noted):
			found, err = a.Library.Playlist(ctx, in.PersonID, r.URIs[0])
			ok, err = err == nil, unless(fault.NotFound, err)
		case r.State != agent.AttemptNotApplied:
			if found, ok, err = a.namesake(ctx, in.PersonID, r); err == nil && !ok && r.Age < unseen {
				err = notShown(r.Age)
			}
		}
		if ok || err != nil {
			return found, ok, err
		}
	}
	return music.Playlist{}, false, err
}

// lookAgain is the most that passes between two looks for what an unanswered request has made.
const lookAgain = 10 * time.Second

// notShown is the fault of a look for what a request of that age has made.
func notShown(age time.Duration) error {
	f := fault.New(fault.Unavailable, "Spotify does not show yet whether it made the playlist.", nil)
	f.RetryAfter = min(unseen-age, max(age, leastPause), lookAgain)
	return f
}

// giveUp settles a request that has left nothing to be seen in all the time
// Spotify may take to show it; before that it is Unavailable.
func (a *Activities) giveUp(ctx context.Context, in CreateInput, own agent.AttemptRecord) error {
	switch {
	case own.Age < unseen:
		return notShown(own.Age)
	case own.State == agent.AttemptApplied:
		return fault.New(fault.NotFound, "The playlist was made, but Spotify does not show it.", nil)
	}
	return a.Attempts.SettleAttempts(ctx, in.PersonID, []string{own.Key}, agent.AttemptNotApplied)
}

// namesake returns the empty playlist that is there now and was not before an attempt to make one of its name.
func (a *Activities) namesake(ctx context.Context, personID string, begun agent.AttemptRecord) (music.Playlist, bool, error) {
	all, err := a.Library.Playlists(ctx, personID)
	for _, p := range all {
		if p.Name == begun.URIs[0] && p.Total == 0 && !slices.Contains(begun.URIs[1:], p.ID) {
			return p, true, nil
		}
	}
	return music.Playlist{}, false, err
}
