package workflows

import (
	"cmp"
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"segue/internal/agent"
)

const (
	chunkRows = 25              // rows that one activity looks for
	findLimit = 5 * time.Minute // of such an activity
)

// work adds rows that are found while the next are being looked for.
func (l *list) work(ctx workflow.Context, next ListState) error {
	l.p.State, l.p.Trouble = agent.Running, nil
	var finding, adding error
	both := workflow.NewWaitGroup(ctx)
	both.Add(2)
	workflow.Go(ctx, func(ctx workflow.Context) {
		defer both.Done()
		finding = l.find(ctx, next)
	})
	workflow.Go(ctx, func(ctx workflow.Context) {
		defer both.Done()
		adding = l.add(ctx, next.Found)
	})
	both.Wait(ctx)
	return cmp.Or(finding, adding)
}

// find looks for rows, chunks of them at the same time.
func (l *list) find(ctx workflow.Context, next ListState) (first error) {
	if len(next.Open) == 0 {
		return nil
	}
	if err := l.lookUp(ctx, next.Links); err != nil {
		return err
	}
	shown := runFace(&l.p, agent.Searching, l.bump).enter(ctx)
	all := workflow.NewWaitGroup(ctx)
	for chunk := range slices.Chunk(next.Open, chunkRows) {
		all.Add(1)
		workflow.Go(ctx, func(ctx workflow.Context) {
			defer all.Done()
			err := l.findChunk(ctx, shown, chunk)
			first = cmp.Or(first, err)
		})
	}
	all.Wait(ctx)
	shown.done("")
	return first
}

// lookUp asks which songs the links name; what nobody can say fails its row.
func (l *list) lookUp(ctx workflow.Context, links []int) error {
	if len(links) == 0 {
		return nil
	}
	shown := runFace(&l.p, agent.LookingUp, l.bump).enter(ctx)
	err := l.persist(ctx, readPatience, shown, func() error {
		return workflow.ExecuteActivity(l.inBulk(ctx, searchLimit), acts.LookUpRows, l.rows(links)).Get(ctx, nil)
	})
	shown.done("")
	return l.giveUp(ctx, links, agent.RowOpen, err)
}

// findChunk looks for some rows; those that nobody can look for any longer fail. Only
// a cancellation is its error, and what the ledger cannot keep.
func (l *list) findChunk(ctx workflow.Context, shown face, chunk []int) error {
	err := l.persist(ctx, searchPatience, shown, func() error {
		return workflow.ExecuteActivity(l.inBulk(ctx, findLimit), acts.FindRows, l.rows(chunk)).Get(ctx, nil)
	})
	return l.giveUp(ctx, chunk, agent.RowOpen, err)
}

// giveUp fails the rows that are still in a state after the last try.
func (l *list) giveUp(ctx workflow.Context, rows []int, from agent.RowState, err error) error {
	if err == nil || isCancelled(err) {
		return err
	}
	why := *payload(fromTemporal(err))
	return workflow.ExecuteLocalActivity(local(ctx, saveLimit), acts.FailRows, l.rows(rows), from, why).Get(ctx, nil)
}

// add appends rows in one request and hears what became of them, stopped or not.
func (l *list) add(ctx workflow.Context, found []int) error {
	if len(found) == 0 {
		return nil
	}
	shown := runFace(&l.p, agent.Adding, l.bump).enter(ctx)
	err := l.send(ctx, shown, acts.AppendRows, found)
	shown.done("")
	return l.giveUp(ctx, found, agent.RowFound, err)
}

// send hands rows to the writer until none of them has to be sent again.
func (l *list) send(ctx workflow.Context, shown face, activity any, rows []int) error {
	return l.hear(ctx, shown, func() (open bool, err error) {
		safe, _ := workflow.NewDisconnectedContext(ctx)
		var out RowsOutcome
		if err := workflow.ExecuteActivity(queued(safe), activity, l.rows(rows)).Get(safe, &out); err != nil {
			return unheard(err), err
		}
		l.refused += out.Refused
		if out.Fault == nil {
			return false, nil
		}
		l.in.Try++
		return out.Fault.Unsure, out.Fault.err()
	})
}

// wait shows a state until somebody wakes the list, or it looks by itself.
func (l *list) wait(ctx workflow.Context, state agent.State, seen int) error {
	l.p.State = state
	l.bump()
	_, err := workflow.AwaitWithTimeout(ctx, idleLook, func() bool { return l.calls != seen })
	l.began, l.searched, l.p.State = workflow.Now(ctx), -1, agent.Running // waiting does not count as slow
	return err
}

// ask waits for answers. Rows about which nothing was said for so long are left out.
func (l *list) ask(ctx workflow.Context, seen int) error {
	if l.in.Asked.IsZero() {
		l.in.Asked = workflow.Now(ctx)
	}
	if err := l.wait(ctx, agent.Waiting, seen); err != nil {
		return err
	}
	switch {
	case l.calls != seen:
		l.in.Asked = time.Time{}
	case workflow.Now(ctx).Sub(l.in.Asked) >= answerLimit:
		return l.end(ctx, agent.RowLeftOut, agent.RowReview)
	}
	return nil
}

func (l *list) end(ctx workflow.Context, to agent.RowState, from ...agent.RowState) error {
	return workflow.ExecuteLocalActivity(local(ctx, saveLimit), acts.EndRows, l.rows(nil), from, to).Get(ctx, nil)
}

// takeBack takes out what a list has added, the last rows first.
func (l *list) takeBack(ctx workflow.Context, of string) error {
	shown := runFace(&l.p, agent.Removing, l.bump).enter(ctx)
	for before := 0; ; {
		var rows []int
		in := l.rows(nil)
		in.Of = of
		err := workflow.ExecuteLocalActivity(local(ctx, readLimit), acts.AddedRows, in, before).Get(ctx, &rows)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			shown.done("")
			return nil
		}
		before = slices.Min(rows)
		if err := l.send(ctx, shown, acts.TakeBackRows, rows); err != nil {
			return err
		}
		if _, err := l.look(ctx); err != nil {
			return err
		}
	}
}
