package main

import (
	"context"
	"syscall"
	"time"
)

// clockRows let the clock of Segue's machine go wrong, while Spotify's goes on.
func clockRows() []row {
	return []row{
		{name: "clock-ahead", what: "our clock jumps ahead by 1 h and 24 h; a third of the adds applied late or not at all", over: 60 * time.Second, within: afterKill, act: clockJumps(time.Hour, 24*time.Hour)},
		{name: "clock-back", what: "our clock jumps back by 1 h and 24 h; a third of the adds applied late or not at all", over: 60 * time.Second, within: afterKill, act: clockJumps(-time.Hour, -24*time.Hour)},
	}
}

// clockJumps lets answers be lost, and the clock jump while they are looked up.
func clockJumps(by ...time.Duration) func(context.Context, *trial) error {
	return func(ctx context.Context, t *trial) error {
		t.segue.end(syscall.SIGKILL)
		t.segue.clock = new(clock)
		if err := t.segue.start(ctx); err != nil {
			return err
		}
		count := max(t.n/9, 2)
		err := t.control.inject(ctx,
			fault{Method: "POST", Path: adding, Chance: .2, Count: count, Late: "12s", Status: 503},
			fault{Method: "POST", Path: adding, Chance: .2, Count: count, Late: "25s", Drop: true},
			fault{Method: "POST", Path: adding, Chance: .2, Count: count, Status: 503},
		)
		if err != nil {
			return err
		}
		t.send(ctx)
		for i := 0; t.unfinished() && i < max(t.n/10, 6); i++ {
			rest(ctx, t.some(2*time.Second, 8*time.Second)+t.peaceful(i))
			if err := t.segue.clock.jump(by[i%len(by)]); err != nil {
				return err
			}
			t.inject(1)
			t.upset()
			t.comeBack(ctx)
		}
		return nil
	}
}

// comeBack has the persons log in once Segue answers: it begins anew where its clock goes back,
// and a day ahead ends a session that nobody has used for a day.
func (t *trial) comeBack(ctx context.Context) {
	rest(ctx, 1500*time.Millisecond) // until the jump is noticed
	began := time.Now()
	for ctx.Err() == nil && !answers(ctx, t.segue.url+t.segue.ask) {
		rest(ctx, 20*time.Millisecond)
	}
	t.answered(began)
	for ctx.Err() == nil && t.login(ctx) != nil {
		rest(ctx, 200*time.Millisecond)
	}
}

// peaceful leaves every third fault alone for long enough to measure what follows.
func (t *trial) peaceful(i int) time.Duration {
	if i%3 == 2 {
		return peace
	}
	return 0
}
