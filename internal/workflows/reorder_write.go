package workflows

import (
	"context"
	"fmt"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
	"segue/internal/fault"
)

// order makes moves one after the other. Each leaves rows that were told before, so
// reading tells which was the last one made: a move whose answer was lost is made again
// only if they show that it was not made. Made in the outcome counts from the first move.
func (w *writer) order(ctx workflow.Context, change Write) WriteOutcome {
	made, err := w.madeOf(ctx, change)
	for err == nil && made < len(change.Moves) {
		err = w.shift(ctx, change, made)
		if err == nil {
			made++
			w.stands = Stand{Print: change.Moves[made-1].Then, At: workflow.Now(ctx)}
		} else if unheard(err) {
			made, err = w.proveMove(ctx, change, made)
		}
	}
	out := WriteOutcome{Result: agent.Reordered, Made: made}
	if err != nil {
		out.Fault = payload(fromTemporal(err))
	}
	return out
}

// madeOf returns how many of the moves are made. What the writer has moved itself a
// moment ago it knows; else it looks, once reads show all that it has changed.
func (w *writer) madeOf(ctx workflow.Context, change Write) (int, error) {
	if made, ok := change.shown(w.stands.Print); ok && workflow.Now(ctx).Sub(w.stands.At) < unseen {
		return made, nil
	}
	if err := w.calm(ctx, change); err != nil {
		return 0, err
	}
	return w.lookForMoves(ctx, change)
}

func (w *writer) lookForMoves(ctx workflow.Context, change Write) (int, error) {
	seen, err := w.lookAll(ctx, []Write{change}, true)
	if err != nil {
		return 0, err
	}
	made, ok := change.shown(seen[0].Print)
	if !ok {
		return 0, otherRows()
	}
	return made, nil
}

// shown tells from the rows how many moves were made; ok is false for rows that no move leaves.
func (c Write) shown(rows string) (made int, ok bool) {
	for made = len(c.Moves); made > 0; made-- {
		if c.Moves[made-1].Then == rows {
			return made, true
		}
	}
	return 0, rows == c.Of && rows != ""
}

// proveMove finds out whether the move after those made was made too.
func (w *writer) proveMove(ctx workflow.Context, change Write, made int) (int, error) {
	record := change.move(made)
	for _, pause := range quiet {
		if err := workflow.Sleep(ctx, pause); err != nil {
			return made, err
		}
		now, err := w.lookForMoves(ctx, change)
		if err != nil {
			return made, err
		}
		if now > made {
			w.stands = Stand{Print: change.Moves[now-1].Then, At: workflow.Now(ctx)}
			return now, w.settleAll(ctx, []Write{record}, agent.AttemptApplied)
		}
	}
	return made, w.settleAll(ctx, []Write{record}, agent.AttemptNotApplied)
}

// move is the n-th move as a change of its own.
func (c Write) move(n int) Write {
	return Write{PersonID: c.PersonID, RunID: c.RunID, Key: moveKey(c.Position + n), Moves: c.Moves[n : n+1]}
}

// moveKey names the n-th move of a run.
func moveKey(n int) string { return fmt.Sprintf("move-%d", n) }

func (w *writer) shift(ctx workflow.Context, change Write, n int) error {
	in := PostInput{PlaylistID: w.id, Change: change.move(n)}
	return workflow.ExecuteActivity(once(ctx, postLimit), acts.Shift, in).Get(ctx, nil)
}

// Shift moves rows: the attempt is on disk, then exactly one request is sent, then the
// attempt is settled. Finding an open attempt it sends nothing and reports the outcome as unsure.
func (a *Activities) Shift(ctx context.Context, in PostInput) error {
	change, move := in.Change, in.Change.Moves[0]
	state, fresh, err := a.Attempts.BeginAttempt(ctx, attemptOf(change, in.PlaylistID, []string{move.Song}))
	switch {
	case err != nil:
		return err
	case !fresh && state == agent.AttemptApplied:
		return nil
	case !fresh:
		return &fault.Error{Kind: fault.Unavailable, Message: "An earlier try has not been heard of yet.", Unsure: true}
	}
	err = a.Library.Move(ctx, change.PersonID, in.PlaylistID, move.From, move.Before, move.Length)
	return a.settle(ctx, change, err)
}

// calm waits until reads show what the writer has changed.
func (w *writer) calm(ctx workflow.Context, change Write) error {
	for _, pause := range quiet {
		behind, err := w.behind(ctx, change)
		if err != nil || !behind {
			return err
		}
		if err := workflow.Sleep(ctx, pause); err != nil {
			return err
		}
	}
	return nil
}

// behind reports whether a read does not show all that the writer has changed lately:
// as many rows of each song as it knows of, and the rows that it has moved as they stand.
func (w *writer) behind(ctx workflow.Context, change Write) (bool, error) {
	now := workflow.Now(ctx)
	looks := []Write{{PersonID: change.PersonID, Of: w.stands.Print}}
	for _, uri := range workflow.DeterministicKeys(w.tallies) {
		if now.Sub(w.tallies[uri].At) < unseen {
			looks = append(looks, Write{PersonID: change.PersonID, URI: uri})
		}
	}
	moved := w.stands.Print != "" && now.Sub(w.stands.At) < unseen
	if len(looks) == 1 && !moved {
		return false, nil
	}
	seen, err := w.lookAll(ctx, looks, true)
	if err != nil || moved && seen[0].Print != w.stands.Print {
		return true, err
	}
	for i, look := range looks[1:] {
		if len(seen[i+1].Positions) != w.tallies[look.URI].Rows {
			return true, nil
		}
	}
	return false, nil
}
