package workflows

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"segue/internal/agent"
	"segue/internal/failpoint"
	"segue/internal/fault"
	"segue/internal/music"
)

// terms are those on which people deal with a language model: what it may cost them,
// what it may do unasked, and what they tell it; *store.DB satisfies it.
type terms interface {
	Spend(ctx context.Context, personID string, cost agent.Spending) error
	Spent(ctx context.Context, personID string) (agent.Spending, error) // today, UTC
	Trust(ctx context.Context, personID, tool string, playlist agent.PlaylistRef) error
	Trusted(ctx context.Context, personID, tool, playlistID string) (bool, error)
	// Remarks returns what the person has said about their answers in a run, by question.
	Remarks(ctx context.Context, personID, runID string) (map[string]string, error)
}

// Think returns the step that is on record or, when there is none, asks the language model, once, and
// has the ledger keep the step before anything is done by it: a run that begins anew keeps to the plan of its
// first life, so that what that has done is found by its name. The prompt is made here and never leaves.
// Faults: those of the model; Forbidden when none is set up any more; RateLimited
// when the person has used what there is for one day.
func (a *Activities) Think(ctx context.Context, in PlanInput) (agent.Step, error) {
	step, known, err := a.known(ctx, in)
	if known || err != nil {
		return step, err
	}
	past, err := a.Ledger.Step(ctx, in.PersonID, in.RunID, in.Steps, basis(in.Turn))
	if err != nil {
		return step, err
	}
	if past != nil {
		return *past, nil
	}
	if step, err = a.ask(ctx, in); err != nil {
		return agent.Step{}, err
	}
	failpoint.Hit(failpoint.StepPlanned)
	a.spend(ctx, in.PersonID, in.RunID, step.Usage)
	return step, a.Ledger.KeepStep(context.WithoutCancel(ctx), in.PersonID, in.RunID, in.Steps, basis(in.Turn), step)
}

// basis is what a step was decided on: when a call ends otherwise this time, or the person
// chooses otherwise, what followed may not follow.
func basis(t agent.Turn) string {
	ends := make([]string, len(t.Results))
	for i, r := range t.Results {
		ends[i] = r.CallID + ":" + r.Code
		if slices.ContainsFunc(t.Calls, func(c agent.Call) bool { return c.ID == r.CallID && c.Tool == agent.AskPerson }) {
			ends[i] += ":" + r.Note
		}
	}
	return strings.Join(ends, " ")
}

// ask has the crew decide the next step.
func (a *Activities) ask(ctx context.Context, in PlanInput) (agent.Step, error) {
	crew := a.Crews[in.Strategy]
	if a.Model == nil || crew == nil {
		return agent.Step{}, fault.New(fault.Forbidden, "The language model that this request was to be answered by is not set up any more.", nil)
	}
	t, err := a.brief(ctx, in)
	if err != nil {
		return agent.Step{}, err
	}
	t.Hear = func(piece agent.Delta) {
		if ctx.Err() == nil { // of a stopped run, what it was breaking off counts
			a.Drafts.hear(in.RunID, piece)
		}
	}
	defer a.Drafts.end(ctx, in.RunID)
	return crew.With(a.visitable()).Next(ctx, a.Model, t)
}

// spend counts what a step has cost. One that is not counted is still worth having:
// asking again would cost it twice.
func (a *Activities) spend(ctx context.Context, personID, runID string, u agent.Usage) {
	if err := a.Terms.Spend(context.WithoutCancel(ctx), personID, agent.Spending{Tokens: u.Tokens(), Time: u.Time}); err != nil {
		a.Logger.WarnContext(ctx, "tokens not counted", slog.String("run", runID), slog.Any("error", err))
	}
}

// brief returns what the model is to see, if the person may still have it asked today.
func (a *Activities) brief(ctx context.Context, in PlanInput) (agent.Transcript, error) {
	if err := a.afford(ctx, in.PersonID, time.Now()); err != nil {
		return agent.Transcript{}, err
	}
	t, err := a.Ledger.Transcript(ctx, in.PersonID, in.RunID)
	if err != nil {
		return t, err
	}
	t.Turn = in.Turn
	return t, a.annotate(ctx, in, t.Results)
}

// afford returns a fault RateLimited, which ends at midnight UTC, when the person's day is spent.
func (a *Activities) afford(ctx context.Context, personID string, now time.Time) error {
	if !a.Allowance.Limited() {
		return nil
	}
	spent, err := a.Terms.Spent(ctx, personID)
	if err != nil || a.Allowance.Used(spent) < 100 {
		return err
	}
	midnight := now.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
	return &fault.Error{
		Kind: fault.RateLimited, RetryAfter: midnight.Sub(now),
		Message: "You have used all that the language model may do for you in one day.",
	}
}

// annotate adds what the person has said when they denied something. It is their
// words: it goes from the ledger to the model, past the history.
func (a *Activities) annotate(ctx context.Context, in PlanInput, results []agent.Result) error {
	var remarks map[string]string
	for i := range results {
		r := &results[i]
		if r.Question == "" {
			continue
		}
		if remarks == nil {
			var err error
			if remarks, err = a.Terms.Remarks(ctx, in.PersonID, in.RunID); err != nil {
				return err
			}
		}
		if said := remarks[r.Question]; said != "" {
			r.Note += " The person says: " + said
		}
	}
	return nil
}

// TrustInput names a tool and a playlist that it may, or does, change unasked.
type TrustInput struct {
	PersonID string            `json:"person_id"`
	Tool     string            `json:"tool"`
	Playlist agent.PlaylistRef `json:"playlist"`
}

// Trust remembers that the person need not be asked.
func (a *Activities) Trust(ctx context.Context, in TrustInput) error {
	return a.Terms.Trust(ctx, in.PersonID, in.Tool, in.Playlist)
}

// Trusted reports whether the person need not be asked.
func (a *Activities) Trusted(ctx context.Context, in TrustInput) (bool, error) {
	return a.Terms.Trusted(ctx, in.PersonID, in.Tool, in.Playlist.ID)
}

// Draft returns what the model has written so far of the answer of a run, "" when it is not writing here.
func (a *Activities) Draft(_ context.Context, runID string) (string, error) {
	return a.Drafts.text(runID), nil
}

// Proposal is what the catalogue has for a song that was proposed. Track is nil when nothing fits.
type Proposal struct {
	Song    music.Song    `json:"song,omitzero"` // set by the turn
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
	if found.Song != nil {
		in.Song = *found.Song
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
