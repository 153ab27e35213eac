package workflows

import (
	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/music"
)

// mostShown is how many tracks a run shows, see agent.Progress.
const mostShown = 100

// together carries out, at the same time, calls that only read. Each does so as a
// turn of its own, whose steps, pause or question this one shows while they go on.
func (t *turn) together(ctx workflow.Context, calls []agent.Call) ([]agent.Result, error) {
	t.p.Trouble = nil
	results, errs := make([]agent.Result, len(calls)), make([]error, len(calls))
	before := t.p.Steps
	for i := range calls {
		t.readers = append(t.readers, t.reader(calls[:i], func() { t.look(before) }))
	}
	all := workflow.NewWaitGroup(ctx)
	for i, call := range calls {
		all.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer all.Done()
			results[i], errs[i] = t.readers[i].carryOut(ctx, call)
		})
	}
	all.Wait(ctx)
	t.calls = append(t.calls, calls...)
	t.merge(before)
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return results, nil
}

// reader is a turn that carries out one call on behalf of t, which is told of every change.
func (t *turn) reader(earlier []agent.Call, told func()) *turn {
	r := *t
	r.waker = newWaker(true)
	r.calls = append(append([]agent.Call{}, t.calls...), earlier...) // what it asks is numbered by them
	r.p = agent.Progress{RunID: t.p.RunID, State: agent.Running, Strategy: t.p.Strategy}
	r.readers, r.told = nil, told
	return &r
}

// look shows how the readers stand: all their steps, and the first pause or question.
func (t *turn) look(before []agent.Stage) {
	t.p.Steps = append([]agent.Stage{}, before...)
	t.p.State, t.p.Trouble, t.p.Question = agent.Running, nil, nil
	for _, r := range t.readers {
		t.p.Steps = append(t.p.Steps, r.p.Steps...)
		if t.p.State == agent.Running {
			t.p.State, t.p.Trouble, t.p.Question = r.p.State, r.p.Trouble, r.p.Question
		}
	}
	t.bump()
}

// merge takes over what the readers have brought, in the order of their calls.
func (t *turn) merge(before []agent.Stage) {
	t.p.Steps, t.p.Tracks, t.p.Playlists = append([]agent.Stage{}, before...), nil, nil
	t.p.State, t.p.Trouble, t.p.Question = agent.Running, nil, nil
	changed := undoable(t.p) // then an undo must know which playlist it was
	for _, r := range t.readers {
		for _, stage := range r.p.Steps {
			*runFace(&t.p, stage.Name, t.bump).stage() = stage
		}
		t.p.Title = r.p.Title
		t.p.Tracks = append(t.p.Tracks, r.p.Tracks...)
		if r.p.Runs != nil {
			t.p.Runs = r.p.Runs
		}
		if r.p.Playlists != nil {
			t.p.Playlists = r.p.Playlists
		}
		if r.p.Playlist != nil && !changed {
			t.p.Playlist = r.p.Playlist
		}
		if r.p.Trouble != nil {
			t.p.Trouble = r.p.Trouble
		}
		t.failed[""] = append(t.failed[""], r.failed[""]...)
	}
	t.p.Tracks = uniqueTracks(t.p.Tracks)
	t.readers = nil
	t.bump()
}

// uniqueTracks returns the first tracks of a run's card, each once.
func uniqueTracks(all []music.Track) []music.Track {
	seen := map[string]bool{}
	var kept []music.Track
	for _, track := range all {
		if !seen[track.ID] && len(kept) < mostShown {
			seen[track.ID] = true
			kept = append(kept, track)
		}
	}
	return kept
}

// whoAsks returns the reader that asks the question, or the turn itself.
func (t *turn) whoAsks(question string) *turn {
	for _, r := range t.readers {
		if r.p.Question != nil && r.p.Question.ID == question {
			return r
		}
	}
	return t
}
