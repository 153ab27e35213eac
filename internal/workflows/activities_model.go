package workflows

import (
	"context"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
)

// Think loads the transcript and asks the language model, once. The prompt is
// made here and never leaves: what is recorded is the step.
// Faults: those of the model; Forbidden when none is set up any more.
func (a *Activities) Think(ctx context.Context, in PlanInput) (agent.Step, error) {
	step, known, err := a.known(ctx, in)
	if known || err != nil {
		return step, err
	}
	crew := a.Crews[in.Strategy]
	if a.Model == nil || crew == nil {
		return agent.Step{}, fault.New(fault.Forbidden, "The language model that this request was to be answered by is not set up any more.", nil)
	}
	t, err := a.Ledger.Transcript(ctx, in.PersonID, in.RunID)
	if err != nil {
		return agent.Step{}, err
	}
	t.Turn = in.Turn
	t.Hear = func(piece agent.Delta) { a.Drafts.hear(in.RunID, piece) }
	defer a.Drafts.end(in.RunID)
	return crew.Next(ctx, a.Model, t)
}

// Proposal is what the catalogue has for a song that was proposed. Track is nil when nothing fits.
type Proposal struct {
	Verdict music.Verdict `json:"verdict"`
	Track   *music.Track  `json:"track,omitempty"` // the likeliest
	Score   int           `json:"score,omitempty"` // how sure, in percent
}

// Propose searches a song and decides what it is; nobody is asked.
func (a *Activities) Propose(ctx context.Context, in SearchInput) (Proposal, error) {
	found, err := a.Search(ctx, in)
	if err != nil {
		return Proposal{Verdict: music.None}, unless(fault.Invalid, err)
	}
	m, err := a.Match(ctx, MatchInput{Song: in.Song, Found: found.Tracks, Ruling: found.Ruling, Strategy: found.Strategy})
	if err != nil || len(m.Choices) == 0 || m.Verdict == music.None {
		return Proposal{Verdict: music.None}, err
	}
	likeliest := m.Choices[0]
	return Proposal{Verdict: m.Verdict, Track: &likeliest.Track, Score: int(100 * likeliest.Confidence)}, nil
}

// unless returns the error if it is not of the kind: a song that nobody can look for does not exist.
func unless(kind fault.Kind, err error) error {
	if fault.KindOf(err) == kind {
		return nil
	}
	return err
}
