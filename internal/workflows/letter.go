package workflows

import (
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/music"
)

const (
	buryLimit     = 10 * time.Second
	announceLimit = 10 * time.Second
	announceTries = 12 // over an hour and a half
)

// undertaker only names the activities; it is nil.
var undertaker *Undertaker

// DeadLetter keeps a letter and tells operators of it. It is started by what
// has failed and outlives that. A letter that nobody could be told of is kept all the same.
func DeadLetter(ctx workflow.Context, l deadletter.Letter) error {
	var kept string
	err := workflow.ExecuteActivity(stubborn(ctx, buryLimit, 0), undertaker.Bury, l).Get(ctx, &kept)
	if err != nil || kept == "" {
		return err
	}
	notice := l.Seal().Notice(kept, workflow.Now(ctx))
	if err := workflow.ExecuteActivity(stubborn(ctx, announceLimit, announceTries), undertaker.Announce, notice).Get(ctx, nil); err != nil {
		workflow.GetLogger(ctx).Warn("letter kept, nobody told", "letter", notice.Letter, "error", err)
	}
	return nil
}

// stubborn are the options of an activity that nobody watches: Temporal tries
// it again by itself, so often (0: for ever), at last every ten minutes.
func stubborn(ctx workflow.Context, limit time.Duration, tries int32) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		StartToCloseTimeout: limit,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 2 * time.Second, BackoffCoefficient: 2, MaximumInterval: 10 * time.Minute, MaximumAttempts: tries,
		},
	})
}

// intend notes what it takes to do the songs from one on again.
func (t *turn) intend(from int, tool string, p music.Playlist, least float64) {
	for _, task := range t.p.Tasks[from:] {
		t.inputs[task.Key] = deadletter.Input{
			Tool: tool, Song: task.Song, Playlist: deadletter.Playlist{ID: p.ID, Name: p.Name}, Least: least,
		}
	}
}

// bury starts a DeadLetter for all that this turn has given up, and waits until they have started.
func (t *turn) bury(ctx workflow.Context) error { return bury(ctx, t.letters(ctx)) }

func bury(ctx workflow.Context, letters []deadletter.Letter) error {
	var started []workflow.Future
	for _, l := range letters {
		child := workflow.WithChildOptions(ctx, workflow.ChildWorkflowOptions{
			WorkflowID: DeadID(l.ID), TaskQueue: DeadQueue,
			WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
			ParentClosePolicy:     enumspb.PARENT_CLOSE_POLICY_ABANDON,
			TypedSearchAttributes: deadAttributes(l),
		})
		started = append(started, workflow.ExecuteChildWorkflow(child, DeadLetter, l).GetChildWorkflowExecution())
	}
	for _, f := range started {
		if err := f.Get(ctx, nil); err != nil && !temporal.IsWorkflowExecutionAlreadyStartedError(err) {
			return err
		}
	}
	return nil
}

func deadAttributes(l deadletter.Letter) temporal.SearchAttributes {
	return temporal.NewSearchAttributes(
		keyword(AttrUserID).ValueSet(l.PersonID), keyword(AttrRunID).ValueSet(l.RunID),
	)
}

// letters are one for each song that is given up, or one for the run: an undo and a
// search for duplicates are tried again as a whole, and so is what has not come to its songs.
func (t *turn) letters(ctx workflow.Context) []deadletter.Letter {
	if t.p.State == agent.Cancelled {
		return nil
	}
	var all []deadletter.Letter
	for _, task := range t.p.Tasks {
		if !failed(task) || !givenUp(task.Trouble) {
			continue
		}
		if t.undoes || task.Double {
			return []deadletter.Letter{t.letter(ctx, "", task.Key, task.Steps, task.Trouble)}
		}
		l := t.letter(ctx, task.Key, task.Key, task.Steps, task.Trouble)
		l.Input.Found = decided(l.Input.Tool, task)
		all = append(all, l)
	}
	if len(all) == 0 && t.p.State == agent.Failed && givenUp(t.p.Trouble) {
		all = append(all, t.letter(ctx, "", "", t.p.Steps, t.p.Trouble))
	}
	return all
}

// decided is the id of the track that a song was about to be added as, "" when
// that was not settled, or was said by a link anyway.
func decided(tool string, task agent.Task) string {
	if task.Match == nil || tool != agent.SyncSongs || task.Song.TrackID != "" {
		return ""
	}
	pick, _ := task.Match.Pick()
	return pick.Track.ID
}

func givenUp(t *agent.Trouble) bool { return t != nil && deadletter.Makes(fault.Kind(t.Kind)) }

// letter is about a task, "" for the run; log names the task whose attempts it tells of.
func (t *turn) letter(
	ctx workflow.Context, task, log string, steps []agent.Stage, trouble *agent.Trouble,
) deadletter.Letter {
	l := newLetter(t.in.PersonID, t.in.RunID, trouble, workflow.Now(ctx))
	l.Task, l.Input, l.Step = task, t.inputs[task], failedStep(steps)
	if attempts := t.failed[log]; len(attempts) > 0 && attempts[len(attempts)-1].Kind == l.Kind {
		l.Attempts = attempts
	} else {
		l.Attempts = deadletter.Log(attempts, l.Attempts[0])
	}
	return l.Seal()
}

// newLetter is the letter of a run that ended now with this trouble, of which nothing else is known.
func newLetter(personID, runID string, trouble *agent.Trouble, now time.Time) deadletter.Letter {
	kind := fault.Kind(trouble.Kind)
	return deadletter.Letter{
		PersonID: personID, RunID: runID, WorkflowID: TurnID(runID), Kind: kind, Message: trouble.What, MadeAt: now,
		Attempts: deadletter.Log(nil, deadletter.Attempt{At: now, Kind: kind, Message: trouble.What}),
	}.Seal()
}

// failedStep names the stage that failed, "" when none did.
func failedStep(steps []agent.Stage) string {
	for _, s := range steps {
		if s.State == agent.Failed {
			return s.Name
		}
	}
	return ""
}
