package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// backRows take things back.
func backRows() []row {
	return []row{
		{name: "undo", what: "each run undone, twice at once; removals applied then cut, or 503; reads lag as in stale", act: undo, tally: scripted},
		{name: "undo-kill", what: "each run undone, SIGKILL meanwhile", act: undoKill},
		{name: "take-back", what: "Stop and take back at random; a fifth of the adds applied, then reset", stopped: true, act: stopAndTakeBack, tally: scripted},
		{name: "take-back-kill", what: "SIGKILL while adds are under way, Stop and take back in the 10 s after", stopped: true, act: killAndTakeBack, tally: airborne},
		{name: "stop-lost", what: "Stop and take back at random, Temporal's file deleted twice meanwhile; a fifth of the adds applied, then reset", stopped: true, act: stopAndLose, tally: scripted},
	}
}

func undo(ctx context.Context, t *trial) error {
	if err := t.lagging(ctx); err != nil {
		return err
	}
	t.send(ctx)
	t.crowd.Wait()
	count := max(t.n/5, 2)
	err := t.control.inject(ctx,
		fault{Method: "DELETE", Path: adding, Chance: .3, Count: count, Apply: true, Drop: true},
		fault{Method: "DELETE", Path: adding, Chance: .3, Count: count, Status: 503},
	)
	if err != nil {
		return err
	}
	t.undoAll(ctx)
	return nil
}

func undoKill(ctx context.Context, t *trial) error {
	t.send(ctx)
	t.crowd.Wait()
	t.undoAll(ctx)
	for range max(t.n/25, 4) {
		rest(ctx, t.some(200*time.Millisecond, 3*time.Second))
		if err := t.kill(ctx); err != nil {
			return err
		}
	}
	t.upsets = nil // what is measured is how runs get going that add
	return nil
}

// undoAll takes every run back, each as somebody who presses twice.
func (t *trial) undoAll(ctx context.Context) {
	free := make(chan struct{}, senders)
	for _, w := range t.wishes {
		t.crowd.Go(func() {
			free <- struct{}{}
			for range 2 {
				t.crowd.Go(func() { t.press(ctx, w, "undo", nil) })
			}
			<-free
			t.followUndo(ctx, w)
		})
	}
}

// press sends a form of a run until it is answered.
func (t *trial) press(ctx context.Context, w *wish, button string, form url.Values) {
	for ctx.Err() == nil {
		if t.people[w.who].press(ctx, w.runKnown(), button, form) == nil {
			return
		}
		rest(ctx, 300*time.Millisecond)
	}
}

// followUndo waits for the end of the run that takes the wish back.
func (t *trial) followUndo(ctx context.Context, w *wish) {
	v := t.people[w.who]
	for ctx.Err() == nil {
		rest(ctx, time.Second)
		ids, err := v.runs(ctx, w.conversation)
		if err != nil || len(ids) < 2 {
			continue
		}
		c, err := v.look(ctx, ids[1])
		if err != nil || !c.final() {
			continue
		}
		w.mu.Lock()
		w.undone = c.state == "done"
		w.mu.Unlock()
		if c.state != "done" {
			t.complain("undo %s ended as %s", ids[1], c.state)
		}
		return
	}
	t.complain("undo of %s never ended", w.runKnown())
}

// stopAndTakeBack presses the button of that name at a chance moment of every run.
func stopAndTakeBack(ctx context.Context, t *trial) error {
	err := t.control.inject(ctx, fault{Method: "POST", Path: adding, Chance: .2, Count: max(t.n/5, 2), Apply: true, Drop: true})
	if err != nil {
		return err
	}
	t.send(ctx)
	t.stopAll(ctx, 4*time.Second)
	return nil
}

// killAndTakeBack stops runs whose add is under way while nobody can know yet what became of it.
func killAndTakeBack(ctx context.Context, t *trial) error {
	if err := t.control.latency(ctx, 4*time.Second); err != nil {
		return err
	}
	t.send(ctx)
	t.until(ctx, func() bool { return t.surveyed(ctx) >= len(t.wishes)/3 })
	rest(ctx, t.some(time.Second, 2*time.Second))
	if err := t.crash(ctx); err != nil {
		return err
	}
	log, err := t.control.log(ctx)
	t.remark("%d adds were under way when it was killed", airborne(t, log))
	t.stopAll(ctx, 10*time.Second)
	return err
}

// stopAndLose deletes Temporal's file among stops that have been accepted.
func stopAndLose(ctx context.Context, t *trial) error {
	err := t.control.inject(ctx, fault{Method: "POST", Path: adding, Chance: .2, Count: max(t.n/5, 2), Apply: true, Drop: true})
	if err != nil {
		return err
	}
	if err := t.control.latency(ctx, time.Second); err != nil {
		return err
	}
	t.send(ctx)
	t.until(ctx, func() bool { return t.surveyed(ctx) >= len(t.wishes)/3 })
	t.stopAll(ctx, 8*time.Second)
	for range 2 {
		rest(ctx, t.some(2*time.Second, 4*time.Second))
		if err := t.restart(ctx, syscall.SIGKILL, t.forget); err != nil {
			return err
		}
	}
	return nil
}

// surveyed counts the reads of playlists so far; an add follows each.
func (t *trial) surveyed(ctx context.Context) (n int) {
	rest(ctx, 300*time.Millisecond)
	log, _ := t.control.log(ctx) // asked again soon
	for _, r := range log {
		if r.Method == http.MethodGet && strings.HasSuffix(r.Path, "/items") {
			n++
		}
	}
	return n
}

// stopAll presses Stop and take back on each run, some time within a span after it is known.
func (t *trial) stopAll(ctx context.Context, span time.Duration) {
	for _, w := range t.wishes {
		pause := t.some(0, span)
		t.crowd.Go(func() {
			t.until(ctx, func() bool { return w.runKnown() != "" })
			rest(ctx, pause)
			t.press(ctx, w, "cancel", url.Values{"undo": {"1"}})
			t.until(ctx, w.final)
			w.mu.Lock()
			w.undone = w.state == "cancelled"
			late := !w.undone
			w.mu.Unlock()
			if late { // it had ended, and a run of its own takes it back
				t.followUndo(ctx, w)
			}
			t.inject(1)
		})
	}
}
