package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// row is one fault of the matrix.
type row struct {
	name, what string
	alone      bool          // it measures times, or is hard on the machine
	little     bool          // Segue's folder is a small file system
	stopped    bool          // runs may end as cancelled
	again      float64       // share of messages that repeat an earlier one
	over       time.Duration // messages are spread over this time, per hundred
	lasts      time.Duration // what the row's own course takes, besides
	within     time.Duration // the target for runs to get going again, p99; 0 = none
	plan       func(t *trial)
	act        func(ctx context.Context, t *trial) error
	tally      func(t *trial, log []request) int // faults injected, besides what act has counted
}

// play plays the row and judges it.
func (r row) play(ctx context.Context, w *world) *verdict {
	began := time.Now()
	v := &verdict{row: r}
	t, err := w.open(ctx, r.name, r.little)
	if t != nil {
		defer t.close()
	}
	if err == nil {
		err = r.perform(ctx, t)
	}
	if err == nil {
		err = v.weigh(ctx, t)
	}
	v.err, v.skipped, v.took = err, errors.Is(err, errSkip), time.Since(began)
	return v
}

// perform sends the messages, lets the row do its worst and waits for every run to end.
func (r row) perform(ctx context.Context, t *trial) error {
	t.wishes = wishes(t.rnd, t.n, t.songs, t.lists, r.again)
	if r.plan != nil {
		r.plan(t)
	}
	var err error
	if t.before, err = t.control.state(ctx); err != nil {
		return err
	}
	t.over = r.over * time.Duration(t.n) / 100
	limited, cancel := context.WithTimeout(ctx, patience+time.Duration(t.n)*aMessage+r.lasts+5*t.over)
	defer cancel()
	err = r.act(limited, t)
	if err != nil {
		cancel()
	}
	t.crowd.Wait()
	if limited.Err() != nil && ctx.Err() == nil {
		return nil // whatever has not ended by now is lost, as the oracle will say
	}
	return err
}

// weigh asks the oracle.
func (v *verdict) weigh(ctx context.Context, t *trial) error {
	after, err := t.control.state(ctx)
	if err != nil {
		return err
	}
	log, err := t.control.log(ctx)
	if err != nil {
		return err
	}
	v.finding = judge(t.before, after, t.wishes, t.songs, v.stopped)
	v.impatient = early(log, t.window)
	v.runs, v.injected, v.ready, v.notes, v.broken = len(t.wishes), t.injected, t.ready, t.notes, t.broken
	if v.tally != nil {
		v.injected += v.tally(t, log)
	}
	thoughts, err := t.asked(ctx)
	if err != nil {
		return err
	}
	v.moving = moves(t.upsets, slices.Concat(log, thoughts), t.wishes, after)
	if raw, err := os.ReadFile(t.segue.log); err == nil {
		for _, word := range []string{"panic:", "fatal error:", "DATA RACE"} {
			if n := strings.Count(string(raw), word); n > 0 {
				v.broken++
				v.notes = append(v.notes, fmt.Sprintf("%d × %q in %s", n, word, t.segue.log))
			}
		}
	}
	return nil
}

// scripted counts the calls on which a scripted fault played.
func scripted(_ *trial, log []request) (n int) {
	for _, r := range log {
		if r.Fault {
			n++
		}
	}
	return n
}
