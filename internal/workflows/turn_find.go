package workflows

import (
	"fmt"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/music"
)

// findSongs looks songs up without adding them, several at the same time, and shows those that exist.
func (t *turn) findSongs(ctx workflow.Context, a agent.FindSongsArgs) error {
	t.p.Title = "Looking for " + count(len(a.Songs), "song")
	f := t.step(ctx, agent.Searching)
	t.looked, t.offer = make([]*Proposal, len(a.Songs)), nil
	for from := 0; from < len(a.Songs); from += ahead {
		songs := a.Songs[from:min(from+ahead, len(a.Songs))]
		err := t.persist(ctx, searchPatience, f, func() error { return t.propose(ctx, songs, t.looked[from:]) })
		if err != nil {
			return err
		}
	}
	t.p.Tracks = nil
	for _, p := range t.looked {
		if p.Track != nil {
			t.p.Tracks = append(t.p.Tracks, *p.Track)
		}
	}
	t.p.Title = fmt.Sprintf("Found %d of %s", len(t.p.Tracks), count(len(a.Songs), "song"))
	f.done(fmt.Sprintf("%d found", len(t.p.Tracks)))
	return nil
}

// propose fills in, at the same time, what is not there yet.
func (t *turn) propose(ctx workflow.Context, songs []music.Song, into []*Proposal) error {
	searches := make([]workflow.Future, len(songs))
	for i, song := range songs {
		if into[i] == nil {
			in := SearchInput{PersonID: t.in.PersonID, RunID: t.in.RunID, Song: song}
			searches[i] = workflow.ExecuteActivity(once(ctx, searchLimit), acts.Propose, in)
		}
	}
	var failed error
	for i, search := range searches {
		if search == nil {
			continue
		}
		var p Proposal
		if err := search.Get(ctx, &p); err != nil {
			failed = err
			continue
		}
		p.Song = songs[i]
		into[i] = &p
	}
	return failed
}

// proposed is what the model learns of the last look for songs, in their order.
func (t *turn) proposed() []agent.Item {
	items := make([]agent.Item, len(t.looked))
	for i, p := range t.looked {
		if items[i] = (agent.Item{Kind: "S", Code: string(p.Verdict)}); p.Track != nil {
			items[i] = t.item(*p.Track, string(p.Verdict), p.Score)
		}
	}
	return items
}
