package workflows

import (
	"context"
	"encoding/json"

	"segue/internal/agent"
	"segue/internal/fault"
)

// PlanInput asks for the next step of a turn. Strategy is that of the language
// model, "" for the planner without one.
type PlanInput struct {
	PersonID string `json:"person_id"`
	RunID    string `json:"run_id"`
	Strategy string `json:"strategy,omitempty"`
	agent.Turn
}

// Plan loads the transcript and asks the planner. A run that undoes another one
// needs no planner, nor does one that tries a song again or that a program has
// asked for.
func (a *Activities) Plan(ctx context.Context, in PlanInput) (agent.Step, error) {
	step, known, err := a.known(ctx, in)
	if known || err != nil {
		return step, err
	}
	t, err := a.Ledger.Transcript(ctx, in.PersonID, in.RunID)
	if err != nil {
		return agent.Step{}, err
	}
	t.Turn = in.Turn
	return a.Planner.Next(ctx, t)
}

// known returns the step of a run that needs no planner.
func (a *Activities) known(ctx context.Context, in PlanInput) (step agent.Step, known bool, err error) {
	run, err := a.Ledger.Run(ctx, in.PersonID, in.RunID)
	if err != nil {
		return step, false, err
	}
	if len(in.Calls) == 0 {
		if err := a.Ledger.MarkRunning(ctx, in.PersonID, in.RunID); err != nil {
			return step, false, err
		}
	}
	switch {
	case run.UndoOf != "":
		step, err = onlyStep(agent.Undo, agent.UndoArgs{RunID: run.UndoOf}, in)
		return step, true, err
	case run.RetryOf != "":
		if step, known, err = a.retryStep(ctx, run.RetryOf, in); known || err != nil {
			return step, known, err
		}
	}
	if run.Call != nil {
		return givenStep(*run.Call, in), true, nil
	}
	if run.Wish == nil {
		return step, false, nil
	}
	step, err = onlyStep(agent.SyncSongs, *run.Wish, in)
	return step, true, err
}

// onlyStep calls one tool, and is done afterwards.
func onlyStep(tool string, args any, in PlanInput) (agent.Step, error) {
	if len(in.Calls) > 0 {
		return agent.Step{Done: true}, nil
	}
	text, err := json.Marshal(args)
	return agent.Step{Calls: []agent.Call{{ID: "1", Tool: tool, Args: text}}}, err
}

// givenStep makes the call of a program, and is done afterwards.
func givenStep(call agent.Call, in PlanInput) agent.Step {
	if len(in.Calls) > 0 {
		return agent.Step{Done: true}
	}
	return agent.Step{Calls: []agent.Call{call}}
}

// SaveInput is the outcome of a run for the ledger.
type SaveInput struct {
	PersonID string         `json:"person_id"`
	RunID    string         `json:"run_id"`
	Outcome  agent.Progress `json:"outcome"`
}

// Save ends the run in the ledger; the first outcome stands.
func (a *Activities) Save(ctx context.Context, in SaveInput) error {
	err := a.Ledger.Finish(ctx, in.PersonID, in.RunID, in.Outcome)
	if fault.KindOf(err) == fault.NotFound {
		return nil // the person has left and taken the ledger's row along
	}
	return err
}

// OutcomeInput names a finished run and the run that is to undo it.
type OutcomeInput struct {
	PersonID string `json:"person_id"`
	RunID    string `json:"run_id"`
	By       string `json:"by"`
}

// Outcome returns what a finished run has done, as Past does, and notes that the run By takes it back.
func (a *Activities) Outcome(ctx context.Context, in OutcomeInput) (agent.Progress, error) {
	past, err := a.Past(ctx, in)
	if err != nil {
		return past, err
	}
	return past, a.Ledger.SetUndoOf(ctx, in.PersonID, in.By, in.RunID)
}

// Past returns what a finished run has done, if it can be taken back.
// Faults: NotFound; Conflict when it is not finished, changed nothing or was undone already.
func (a *Activities) Past(ctx context.Context, in OutcomeInput) (agent.Progress, error) {
	run, err := a.Ledger.Run(ctx, in.PersonID, in.RunID)
	if err != nil {
		return agent.Progress{}, err
	}
	switch {
	case run.Outcome == nil:
		return agent.Progress{}, fault.New(fault.Conflict, "That request is not finished yet.", nil)
	case run.UndoneBy != "":
		return agent.Progress{}, fault.New(fault.Conflict, "That has been taken back already.", nil)
	case run.Outcome.List != nil:
		return agent.Progress{}, fault.New(fault.Conflict, "A whole list is taken back with Undo, on its own page.", nil)
	case !run.Outcome.Undoable || run.Outcome.Playlist == nil:
		return agent.Progress{}, fault.New(fault.Conflict, "That request changed nothing that could be taken back.", nil)
	}
	return *run.Outcome, nil
}

// DefaultInput is a person's default playlist.
type DefaultInput struct {
	PersonID string            `json:"person_id"`
	Playlist agent.PlaylistRef `json:"playlist"`
}

// SaveDefault remembers the default playlist.
func (a *Activities) SaveDefault(ctx context.Context, in DefaultInput) error {
	return a.Ledger.SetDefaultPlaylist(ctx, in.PersonID, in.Playlist)
}
