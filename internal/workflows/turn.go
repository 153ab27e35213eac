package workflows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/music"
)

const (
	maxSteps  = 12 // planner steps of one turn
	planLimit = 10 * time.Second
	saveLimit = 10 * time.Second
)

// AgentTurn serves one run: the planner says what to do next, the tools do it,
// until the planner is done. Whatever happens, the run ends in the ledger.
func AgentTurn(ctx workflow.Context, in TurnInput) error {
	t := newTurn(ctx, in)
	work, err := t.handle(ctx)
	if err != nil {
		return err
	}
	t.finish(work, t.run(work))
	if err := t.save(ctx); err != nil || !in.Batches {
		return err
	}
	return t.bury(ctx)
}

// turn is a running AgentTurn.
type turn struct {
	waker
	in      TurnInput
	p       agent.Progress
	calls   []agent.Call
	results []agent.Result
	option  string          // the answer to the question of the run
	asking  map[string]bool // songs that wait for the person
	songs   map[string]workflow.ChildWorkflowFuture
	stop    *Cancel
	marked  bool                        // the playlist is among the search attributes
	undoes  bool                        // this turn takes another one back, which is not taken back in turn
	inputs  map[string]deadletter.Input // of songs, by key: what it takes to do one again
	looked  []*Proposal                 // of the last look for songs, in their order
	trims   int                         // removals of repeated rows that have a name
	shifts  int                         // moves of rows that have a name
	offer   *offer                      // what a new playlist is to be made of, once the person has agreed
	names   map[string]string           // of tracks that the model has handles of, by id
	readers []*turn                     // that carry out calls of one step at the same time
	chosen  string                      // the answer to the last choice that the planner has offered
	told    func()                      // of a reader: what tells whom it reads for
}

func newTurn(ctx workflow.Context, in TurnInput) *turn {
	return &turn{
		in: in, stop: in.Stop, asking: map[string]bool{}, songs: map[string]workflow.ChildWorkflowFuture{},
		waker: newWaker(in.Batches), inputs: map[string]deadletter.Input{}, names: map[string]string{},
		p: agent.Progress{RunID: in.RunID, Version: 1, State: agent.Running, Stopping: in.Stop != nil, StartedAt: workflow.Now(ctx)},
	}
}

func (t *turn) bump() {
	if t.p.Version++; t.told != nil {
		t.told()
	}
}

// handle answers queries, signals and updates. The context it returns ends when the turn is stopped.
func (t *turn) handle(ctx workflow.Context) (workflow.Context, error) {
	work, cancel := workflow.WithCancel(ctx)
	err := workflow.SetQueryHandler(ctx, QueryProgress, func() (agent.Progress, error) { return t.p, nil })
	if err != nil {
		return nil, err
	}
	err = workflow.SetUpdateHandlerWithOptions(ctx, UpdateAnswer, t.answer,
		workflow.UpdateHandlerOptions{Validator: t.validate})
	if err != nil {
		return nil, err
	}
	err = workflow.SetUpdateHandlerWithOptions(ctx, UpdateCancel, func(_ workflow.Context, c Cancel) error {
		if t.stop == nil {
			t.stop, t.p.Stopping = &c, true
			t.bump()
			cancel()
		}
		return nil
	}, stoppable(&t.p))
	t.listen(ctx, t.wakeSongs)
	asking := workflow.GetSignalChannel(ctx, SignalAsking)
	workflow.Go(ctx, func(ctx workflow.Context) {
		for {
			var key string
			asking.Receive(ctx, &key)
			t.asking[key] = true
			t.bump()
		}
	})
	return work, err
}

// stoppable refuses a stop that comes too late to be heeded.
func stoppable(p *agent.Progress) workflow.UpdateHandlerOptions {
	return workflow.UpdateHandlerOptions{Validator: func(Cancel) error {
		if p.State.Final() {
			return fault.New(fault.Conflict, "This has come to its end just now. Look again in a moment.", nil)
		}
		return nil
	}}
}

func (t *turn) validate(a agent.Answer) error {
	return validAnswer(t.whoAsks(a.Question).p.Question, a)
}

func (t *turn) answer(_ workflow.Context, a agent.Answer) error {
	asker := t.whoAsks(a.Question)
	asker.option, asker.p.Question = a.Option, nil
	asker.bump()
	return nil
}

// wakeSongs hands a wake on to the songs that are not finished, and to the readers.
func (t *turn) wakeSongs(ctx workflow.Context) {
	for _, r := range t.readers {
		r.waker.calls++
	}
	for _, key := range workflow.DeterministicKeys(t.songs) {
		if !t.songs[key].IsReady() {
			t.songs[key].SignalChildWorkflow(ctx, SignalWake, nil)
		}
	}
}

// run is the loop of the agent.
func (t *turn) run(ctx workflow.Context) error {
	switch {
	case t.in.Stop != nil:
		return t.heed(ctx)
	case t.in.Model != nil:
		return t.converse(ctx)
	case t.in.Given != nil:
		return t.obey(ctx)
	}
	for range maxSteps {
		step, err := t.plan(ctx)
		if err != nil {
			return err
		}
		t.p.Say, t.p.Suggestions = step.Say, step.Suggestions
		for _, call := range step.Calls {
			result, err := t.call(ctx, call)
			if err != nil {
				return err
			}
			t.calls, t.results = append(t.calls, call), append(t.results, result)
		}
		if step.Done {
			return nil
		}
	}
	return fault.New(fault.Exhausted, "This request took more steps than one message may.", nil)
}

func (t *turn) plan(ctx workflow.Context) (agent.Step, error) {
	in := PlanInput{PersonID: t.in.PersonID, RunID: t.in.RunID, Turn: agent.Turn{Calls: t.calls, Results: t.results}}
	var step agent.Step
	err := workflow.ExecuteLocalActivity(local(ctx, planLimit), acts.Plan, in).Get(ctx, &step)
	return step, err
}

// call runs one tool. Only a cancellation is an error of the turn; a fault is a
// result, which the planner learns of and the person sees.
func (t *turn) call(ctx workflow.Context, call agent.Call) (agent.Result, error) {
	playlist, err := t.use(ctx, call)
	return t.result(ctx, agent.Result{CallID: call.ID, Playlist: playlist}, err)
}

// result is that of a tool which ended with err.
func (t *turn) result(ctx workflow.Context, result agent.Result, err error) (agent.Result, error) {
	if result.Code = agent.OK; err == nil {
		return result, nil
	}
	if temporal.IsCanceledError(err) {
		return result, err
	}
	f := fromTemporal(err)
	result.Code, result.Message = string(f.Kind), f.Message
	closeStages(t.p.Steps, agent.Failed)
	t.note("", failedStep(t.p.Steps), f, workflow.Now(ctx))
	if t.p.Trouble == nil || t.p.Trouble.Kind != string(f.Kind) || !t.p.Trouble.Until.IsZero() {
		t.p.Trouble = troubleOf(f, time.Time{})
	}
	t.bump()
	return result, nil
}

// finish turns the error of run into the final state. A stopped turn first
// takes back what it has added, when that was asked for.
func (t *turn) finish(ctx workflow.Context, err error) {
	after, _ := workflow.NewDisconnectedContext(ctx)
	t.collect(after)
	t.p.Question = nil
	if t.stop != nil && (err != nil || ctx.Err() != nil) {
		t.stopped(after)
	} else {
		t.end(after, err)
	}
	t.p.EndedAt, t.p.Stopping = workflow.Now(after), false
	t.p.Undoable = !t.undoes && undoable(t.p)
	if notAll(&t.p); t.undoes {
		notBack(&t.p)
	}
	t.bump()
}

func (t *turn) stopped(ctx workflow.Context) {
	// The update that stopped us is on record only once this workflow task has
	// ended, and a task may be lost: the ledger must not hear of the stop before.
	if workflow.GetVersion(ctx, "stop-on-record", workflow.DefaultVersion, 1) == 1 {
		_ = workflow.Sleep(ctx, time.Millisecond) // a disconnected context is not cancelled
	}
	closeStages(t.p.Steps, agent.Cancelled)
	t.p.Trouble, t.p.FromModel = nil, false
	t.p.Title = "Stopped"
	said := ""
	if t.in.Model != nil {
		said = t.breakOff(ctx)
	}
	if t.in.Stop == nil && workflow.GetVersion(ctx, "stop-remembers", workflow.DefaultVersion, 1) == 1 {
		t.remember(ctx)
	}
	if left := t.leave(ctx); left != "" {
		t.p.Say, t.p.FromModel = strings.TrimSpace(said+"\n\n"+left), false
	}
	if t.p.Moved != nil {
		t.p.Say, t.p.FromModel = strings.TrimSpace(t.p.Say+"\n\nWhat was moved before the stop stays where it is now."), false
	}
	t.p.State = agent.Cancelled
}

func (t *turn) end(ctx workflow.Context, err error) {
	switch {
	case err != nil:
		f := fromTemporal(err)
		closeStages(t.p.Steps, agent.Failed)
		t.note("", failedStep(t.p.Steps), f, workflow.Now(ctx))
		t.p.State, t.p.Trouble = agent.Failed, t.ending(f)
	case t.p.Trouble != nil:
		t.p.State = agent.Failed
	case allFailed(t.p.Tasks):
		t.p.State, t.p.Trouble = agent.Failed, t.p.Tasks[0].Trouble
	case t.undoes && slices.ContainsFunc(t.p.Tasks, failed):
		t.p.State = agent.Failed // so that it can be tried again: what is done is not done twice
	default:
		t.p.State = agent.Done
	}
}

func failed(t agent.Task) bool { return t.State == agent.Failed }

func allFailed(tasks []agent.Task) bool {
	return len(tasks) > 0 && !slices.ContainsFunc(tasks, func(t agent.Task) bool { return !failed(t) })
}

func undoable(p agent.Progress) bool {
	if p.Playlist == nil {
		return false
	}
	if p.Renamed != nil || p.Moved != nil {
		return true
	}
	return slices.ContainsFunc(p.Tasks, reversible)
}

// reversible reports whether a task has changed something that still stands.
func reversible(t agent.Task) bool {
	return (t.Result == agent.Added || t.Result == agent.Removed) && !t.Reversed
}

// save writes the outcome to the ledger; it is repeated until the store takes it.
func (t *turn) save(ctx workflow.Context) error {
	ctx, _ = workflow.NewDisconnectedContext(ctx)
	in := SaveInput{PersonID: t.in.PersonID, RunID: t.in.RunID, Outcome: t.p}
	return workflow.ExecuteLocalActivity(local(ctx, saveLimit), acts.Save, in).Get(ctx, nil)
}

// step starts a stage of the run itself.
func (t *turn) step(ctx workflow.Context, name string) *stageFace {
	return runFace(&t.p, name, t.bump).enter(ctx)
}

// reach runs a reading activity with patience, shown on the stage.
func (t *turn) reach(ctx workflow.Context, f *stageFace, activity, in, out any) error {
	return t.persist(ctx, readPatience, f, func() error {
		return workflow.ExecuteActivity(once(ctx, searchLimit), activity, in).Get(ctx, out)
	})
}

// findPlaylist resolves what the person called a playlist, and asks when it could be several.
func (t *turn) findPlaylist(ctx workflow.Context, ref agent.PlaylistRef, editable bool) (music.Playlist, error) {
	f := t.step(ctx, agent.Finding)
	in := FindInput{PersonID: t.in.PersonID, Ref: ref, Editable: editable}
	var found FindOutput
	if err := t.reach(ctx, f, acts.FindPlaylist, in, &found); err != nil {
		return music.Playlist{}, err
	}
	playlist := music.Playlist{}
	if len(found.Playlists) == 1 && !found.Ask {
		playlist = found.Playlists[0]
	} else {
		var err error
		if playlist, err = t.choosePlaylist(ctx, f, found, ref); err != nil {
			return playlist, err
		}
	}
	f.done(playlist.Name)
	t.p.Playlist = &playlist
	t.bump()
	return playlist, nil
}

// ask puts a question about the whole run and returns the answer, "" when none came in time.
func (t *turn) ask(ctx workflow.Context, f *stageFace, q *agent.Question, limit time.Duration) (string, error) {
	t.option, t.p.Question = "", q
	f.stage().State, t.p.State = agent.Waiting, agent.Waiting
	t.bump()
	if _, err := workflow.AwaitWithTimeout(ctx, limit, func() bool { return t.option != "" }); err != nil {
		return "", err
	}
	t.p.Question, t.p.State = nil, agent.Running
	return t.option, nil
}

// choosePlaylist asks which of several playlists is meant.
func (t *turn) choosePlaylist(
	ctx workflow.Context, f *stageFace, found FindOutput, ref agent.PlaylistRef,
) (music.Playlist, error) {
	options := found.Playlists
	q := &agent.Question{ID: "playlist-" + strconv.Itoa(len(t.calls)+1), Text: "Which playlist do you mean?"}
	if ref.Name != "" {
		q.Text = fmt.Sprintf("You have %d playlists called %s. Which one do you mean?", max(found.Named, len(options)), ref.Name)
	}
	if found.Named > len(options) {
		q.Text += fmt.Sprintf(" These are %d of them; if it is another one, rename it first.", len(options))
	}
	for _, p := range options {
		q.Options = append(q.Options, agent.Option{ID: p.ID, Playlist: &p})
	}
	option, err := t.ask(ctx, f, q, answerLimit)
	if err != nil {
		return music.Playlist{}, err
	}
	for _, p := range options {
		if p.ID == option {
			return p, nil
		}
	}
	return music.Playlist{}, fault.New(fault.Invalid, "No playlist was chosen.", nil)
}
