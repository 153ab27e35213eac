package agent_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
)

// recorder is an engine that writes down what it is asked to do.
type recorder struct {
	t       *testing.T
	planner agent.Planner
	groups  []string // names of the tools of each Use
	calls   []agent.Call
	acted   []string
	notes   []string
	fail    error
}

// Next asks the planner as the crew does.
func (r *recorder) Next(ctx context.Context, turn agent.Turn) (agent.Step, error) {
	r.t.Helper()
	ts := agent.Transcript{
		Messages: []agent.Message{{Role: agent.Person, Text: "hi"}}, LastRun: "run-id",
		Default: agent.PlaylistRef{ID: "default-id"}, Turn: turn,
	}
	r.notes = append(r.notes, turn.Note)
	step, err := newCrew(r.t).Next(ctx, r.planner, ts)
	r.acted = append(r.acted, step.Agent)
	return step, err
}

// Use writes the calls down.
func (r *recorder) Use(_ context.Context, calls []agent.Call) ([]agent.Result, error) {
	var names []string
	var results []agent.Result
	for _, c := range calls {
		names = append(names, c.Tool)
		results = append(results, agent.Result{CallID: c.ID, Code: agent.OK})
	}
	r.groups, r.calls = append(r.groups, strings.Join(names, "+")), append(r.calls, calls...)
	return results, r.fail
}

func (r *recorder) used() []string {
	var all []string
	for _, c := range r.calls {
		all = append(all, c.Tool+" "+string(c.Args))
	}
	return all
}

func run(t *testing.T, steps ...agent.Step) (*recorder, agent.Outcome) {
	t.Helper()
	r := &recorder{t: t, planner: plan(steps)}
	out, err := agent.Loop(t.Context(), r, agent.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return r, out
}

const (
	show = `show {"playlist":{"id":"P1"}}`
	list = `list {}`
	sync = agent.SyncSongs + ` {"songs":[{"title":"X"}],"playlist":{"id":"P1"}}`
)

func TestReadsRunTogetherAndWritesAlone(t *testing.T) {
	t.Parallel()
	r, out := run(t, calls(show, list, sync, list, sync, sync))
	if want := []string{"show+list", "sync_songs", "list", "sync_songs", "sync_songs"}; !slices.Equal(r.groups, want) {
		t.Errorf("used %q, want %q", r.groups, want)
	}
	var ids []string
	for i, c := range out.Turn.Calls {
		ids = append(ids, c.ID)
		if out.Turn.Results[i].CallID != c.ID {
			t.Errorf("call %s has the result of %s", c.ID, out.Turn.Results[i].CallID)
		}
	}
	if !slices.Equal(ids, []string{"1", "2", "3", "4", "5", "6"}) || out.Ending != agent.Answered || out.Say != "Done." {
		t.Errorf("%q, %+v", ids, out)
	}
}

func TestARefusedCallIsToldOnceAndThenTheTurnEnds(t *testing.T) {
	t.Parallel()
	r, out := run(t, calls(list, `show {"playlist":{"id":"P9"}}`), calls(show))
	if out.Ending != agent.Answered || !slices.Equal(r.groups, []string{"list", "show"}) {
		t.Errorf("a mended step: %s after %q", out.Ending, r.groups)
	}
	if got := out.Turn.Results[1]; got.Code != string(fault.Invalid) || !strings.Contains(got.Note, "P9") {
		t.Errorf("the planner was told %+v", got)
	}
	r, out = run(t, calls(`nonsense {}`), calls(list, `nonsense {}`))
	if out.Ending != agent.Unusable || len(r.groups) > 0 || out.Say == "" {
		t.Errorf("a second one: %s after %q: %s", out.Ending, r.groups, out.Say)
	}
}

func TestAnEmptyStepIsAskedForOnceMore(t *testing.T) {
	t.Parallel()
	r, out := run(t, agent.Step{})
	if out.Ending != agent.Answered || r.notes[0] != "" || !strings.Contains(r.notes[1], "empty") {
		t.Errorf("%s, notes %q", out.Ending, r.notes)
	}
	if _, out = run(t, agent.Step{}, agent.Step{}); out.Ending != agent.Unusable || out.Say == "" {
		t.Errorf("%+v", out)
	}
}

func TestTheSameCallIsMadeThreeTimesAtMost(t *testing.T) {
	t.Parallel()
	r, out := run(t, calls(list), calls(list), calls(list), calls(list), calls(list))
	if len(r.calls) != agent.MaxEqual || out.Ending != agent.Unusable {
		t.Errorf("%s after %d calls", out.Ending, len(r.calls))
	}
	if r, _ = run(t, calls(list, list, list, list)); len(r.calls) != agent.MaxEqual {
		t.Errorf("%d calls of one step", len(r.calls))
	}
}

func TestATurnHasLimits(t *testing.T) {
	t.Parallel()
	endless := plannerFunc(func(ts agent.Transcript) (agent.Step, error) {
		s := calls(fmt.Sprintf(`show {"playlist":{"name":"%d"}}`, ts.Steps))
		s.Usage = agent.Usage{Input: 90, Output: 10, Time: time.Second}
		return s, nil
	})
	for _, c := range []struct {
		name   string
		limits agent.Limits
		ending agent.Ending
		steps  int
	}{
		{"of steps", agent.Limits{}, agent.Stepped, 12},
		{"of fewer steps", agent.Limits{Steps: 3}, agent.Stepped, 3},
		{"of tokens", agent.Limits{Tokens: 450}, agent.Spent, 5},
		{"of time", agent.Limits{Time: 2 * time.Second}, agent.Spent, 2},
	} {
		r := &recorder{t: t, planner: endless}
		out, err := agent.Loop(t.Context(), r, c.limits)
		if err != nil || out.Ending != c.ending || out.Turn.Steps != c.steps || len(r.calls) != c.steps || out.Say == "" {
			t.Errorf("%s: %s after %d steps: %s, %v", c.name, out.Ending, out.Turn.Steps, out.Say, err)
		}
		if u := out.Turn.Usage; u.Tokens() != 100*c.steps {
			t.Errorf("%s: used %+v", c.name, u)
		}
	}
}

func TestAFinishingCallIsTheOutcome(t *testing.T) {
	t.Parallel()
	r, out := run(t, calls(`transfer_to_librarian {"reason":"it is unclear"}`), calls(`undo {"run_id":"R1"}`, `settle {"verdict":"S2"}`))
	if out.Ending != agent.Finished || out.Final == nil || string(out.Final.Args) != `{"verdict":"S2"}` {
		t.Errorf("%+v", out)
	}
	if !slices.Equal(r.groups, []string{"undo"}) {
		t.Errorf("used %q", r.groups)
	}
}

func TestAStepWithTooManyCallsIsCutShort(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf(`show {"playlist":{"name":"%d"}}`, i))
	}
	r, out := run(t, calls(many...))
	if len(r.calls) != agent.MaxCalls || len(out.Turn.Calls) != 2*agent.MaxCalls {
		t.Errorf("%d used, %d recorded", len(r.calls), len(out.Turn.Calls))
	}
}

func TestAnErrorOfTheEngineEndsTheTurn(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	r := &recorder{t: t, planner: plan{calls(list)}, fail: gone}
	out, err := agent.Loop(t.Context(), r, agent.DefaultLimits())
	if !errors.Is(err, gone) || out.Ending != agent.Broken || out.Turn.Steps != 1 {
		t.Errorf("%+v, %v", out, err)
	}
}

// A recorded step must be carried out in the same way whatever the tools are by then.
func TestTheLoopNeedsNothingButTheSteps(t *testing.T) {
	t.Parallel()
	first, want := run(t, calls(show, list, sync), calls(`transfer_to_librarian {"reason":"x"}`), calls(`settle {"verdict":"a"}`))
	var recorded []agent.Step
	for _, s := range first.steps(t) {
		var again agent.Step
		text, err := json.Marshal(s)
		if err == nil {
			err = json.Unmarshal(text, &again)
		}
		if err != nil {
			t.Fatal(err)
		}
		recorded = append(recorded, again)
	}
	replay := &replayer{steps: recorded}
	got, err := agent.Loop(clock(0), replay, agent.DefaultLimits())
	if err != nil || got.Ending != want.Ending || string(got.Final.Args) != string(want.Final.Args) || !slices.Equal(replay.groups, first.groups) {
		t.Errorf("%+v, %v, used %q", got, err, replay.groups)
	}
}

// steps asks the planner again for all steps.
func (r *recorder) steps(t *testing.T) []agent.Step {
	t.Helper()
	var all []agent.Step
	again := &recorder{t: t, planner: r.planner}
	watch := engineFunc{next: func(turn agent.Turn) (agent.Step, error) {
		s, err := again.Next(t.Context(), turn)
		all = append(all, s)
		return s, err
	}, use: again.Use}
	if _, err := agent.Loop(t.Context(), watch, agent.DefaultLimits()); err != nil {
		t.Fatal(err)
	}
	return all
}

type engineFunc struct {
	next func(agent.Turn) (agent.Step, error)
	use  func(context.Context, []agent.Call) ([]agent.Result, error)
}

// Next calls next.
func (e engineFunc) Next(_ context.Context, t agent.Turn) (agent.Step, error) { return e.next(t) }

// Use calls use.
func (e engineFunc) Use(ctx context.Context, c []agent.Call) ([]agent.Result, error) {
	return e.use(ctx, c)
}

// clock stands for the context of another engine.
type clock int

// replayer is an engine that knows nothing but recorded steps.
type replayer struct {
	steps  []agent.Step
	groups []string
}

// Next returns the next recorded step.
func (r *replayer) Next(_ clock, t agent.Turn) (agent.Step, error) { return r.steps[t.Steps], nil }

// Use writes down which calls came together.
func (r *replayer) Use(_ clock, calls []agent.Call) ([]agent.Result, error) {
	var names []string
	for _, c := range calls {
		names = append(names, c.Tool)
	}
	r.groups = append(r.groups, strings.Join(names, "+"))
	return make([]agent.Result, len(calls)), nil
}

func TestTheLocalEngineDoesTheWorkOfTools(t *testing.T) {
	t.Parallel()
	var shown agent.PlaylistRef
	e := &agent.Local{
		Crew: newCrew(t), Planner: plan{calls(show, list), calls(sync)},
		Transcript: agent.Transcript{Messages: []agent.Message{{Role: agent.Person, Text: "hi"}}, Default: agent.PlaylistRef{ID: "default-id"}},
		Handlers: map[string]agent.Handler[context.Context]{
			"show": agent.Handle(func(_ context.Context, a showArgs) (agent.Result, error) {
				shown = a.Playlist
				return agent.Result{Total: 3}, nil
			}),
			"list": agent.Handle(func(context.Context, struct{}) (agent.Result, error) {
				return agent.Result{}, fault.New(fault.Unavailable, "Spotify is away.", nil)
			}),
		},
	}
	out, err := agent.Loop(t.Context(), e, agent.DefaultLimits())
	if err != nil || out.Ending != agent.Answered || shown.ID != "default-id" {
		t.Fatalf("%+v, %v, shown %+v", out, err, shown)
	}
	var codes []string
	for _, r := range out.Turn.Results {
		codes = append(codes, r.CallID+r.Code+r.Message)
	}
	if want := []string{"1ok", "2unavailableSpotify is away.", "3internalThis tool is not there."}; !slices.Equal(codes, want) {
		t.Errorf("%q, want %q", codes, want)
	}
}
