package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"syscall"
	"time"
)

// crash is a point inside the program at which it dies. The names are those of
// its package failpoint.
type crash struct {
	point, what string
	name        string        // of the row; "" = crash-point
	over        time.Duration // as of a row
	plan        func(t *trial)
	before      func(ctx context.Context, t *trial) error // before the first message
	stir        func(ctx context.Context, t *trial) error // every second while Segue lives
	within      time.Duration
}

// crashRows let Segue die at points inside it, in a build of its own that obeys failpoints.
func crashRows() []row {
	rows := []row{
		{name: "crash-engine-schema", what: "dies while Temporal's file is made, at the first start", lasts: dying, plan: twenty, act: crashAtStart("engine-schema", 1)},
		{name: "crash-migration", what: "dies in a migration, at the first start", lasts: dying, plan: twenty, act: crashAtStart("migration", 4)},
	}
	for _, c := range []crash{
		{point: "message-accepted", what: "dies with a message committed, its workflow not started", over: time.Minute, within: afterKill},
		{point: "run-started", what: "dies with the workflow started, the browser not answered", over: time.Minute, within: afterKill},
		{point: "turn-begun", what: "dies before the first command of a run", within: afterKill},
		{point: "playlist-read", what: "dies with the playlist read, not on record", within: afterKill},
		{point: "post-due", what: "dies with the attempt on disk, the add not sent", within: afterKill},
		{point: "post-written", what: "dies with the add sent, no answer", within: afterKill},
		{point: "answer-read", what: "dies with the answer read, the attempt not settled", within: afterKill},
		{point: "answer-settled", what: "dies with the attempt settled, the engine not told", within: afterKill},
		{point: "answer-reported", what: "dies with the engine told, nothing decided", within: afterKill},
		{point: "quiet-over", what: "dies when a quiet time is over; half of the adds lost", over: time.Minute, before: loseAnswers, within: afterKill},
		{point: "proof-read", what: "dies between the reads that prove a lost add", over: time.Minute, before: loseAnswers, within: afterKill},
		{point: "writer-renewed", what: "dies when the writer continues as new", plan: crowded},
		{point: "token-refreshed", what: "dies with a token refreshed, not stored", over: 30 * time.Second, stir: expireAll, within: afterKill},
		{name: "crash-token-rotated", point: "token-refreshed", what: "the same with rotating tokens: the only valid one is lost, login after", over: 30 * time.Second, before: rotating, stir: loginAndExpire},
		{point: "outcome-known", what: "dies with a run over, the ledger not told", within: afterKill},
		{point: "outcome-kept", what: "dies with the ledger told, the engine not told of that", within: afterKill},
		{point: "end-untold", what: "dies when a stream is about to tell the end; runs followed by streams", before: attendAll, within: afterKill},
	} {
		name := cmp.Or(c.name, "crash-"+c.point)
		over := cmp.Or(c.over, 30*time.Second)
		rows = append(rows, row{name: name, what: c.what, over: over, lasts: dying, within: c.within, plan: c.plan, act: c.play})
	}
	return rows
}

const (
	crashes = 20              // deaths of a row, a tenth of the messages if that is more
	dying   = 5 * time.Minute // what they may take, each with the 10 s until a lost workflow task is missed
)

// play lets Segue die at the point until that has happened often enough, and then go on.
func (c crash) play(ctx context.Context, t *trial) error {
	if err := t.arming(); err != nil {
		return err
	}
	t.segue.end(syscall.SIGKILL)
	if c.before != nil {
		if err := c.before(ctx, t); err != nil {
			return err
		}
	}
	t.send(ctx)
	died, wanted := 0, max(crashes, t.n/10)
	for died < wanted && t.unfinished() && ctx.Err() == nil {
		t.segue.trap = fmt.Sprintf("%s=%d", c.point, 1+t.rnd.IntN(1+t.n/wanted/3))
		dead, err := c.live(ctx, t)
		if err != nil {
			return err
		}
		if dead {
			t.inject(1)
			died++
		}
	}
	if died < min(wanted, t.n/2) {
		t.remark("only %d died at the point", died)
	}
	t.segue.trap = ""
	return c.rest(ctx, t)
}

// rest lets the last Segue finish what there is.
func (c crash) rest(ctx context.Context, t *trial) error {
	t.segue.end(syscall.SIGKILL)
	if err := t.revive(ctx); err != nil {
		return err
	}
	if c.stir != nil {
		return t.login(ctx) // what a lost token takes
	}
	return nil
}

// live starts an armed Segue and waits until it has died at its point, which it
// reports, or there is nothing left to do.
func (c crash) live(ctx context.Context, t *trial) (dead bool, err error) {
	began := time.Now()
	if err := t.segue.launch(); err != nil {
		return false, err
	}
	up, stirred := false, time.Time{}
	for ctx.Err() == nil && t.unfinished() {
		select {
		case <-t.segue.ended:
			t.upset()
			if !t.segue.trapped() {
				return false, fmt.Errorf("the program ended by itself, see %s", t.segue.log)
			}
			return true, nil
		case <-time.After(10 * time.Millisecond):
		}
		if !up && answers(ctx, t.segue.url+t.segue.ask) {
			up = true
			t.answered(began)
		}
		if up && c.stir != nil && time.Since(stirred) > time.Second {
			_ = c.stir(ctx, t) // Segue may die meanwhile
			stirred = time.Now()
		}
	}
	return false, ctx.Err()
}

// arming makes Segue one that obeys failpoints.
func (t *trial) arming() error {
	t.segue.path = crashing()
	if _, err := os.Stat(t.segue.path); err != nil {
		return fmt.Errorf("there is no program with failpoints; make chaos builds it: %w", err)
	}
	return nil
}

// crashAtStart has Segues that start for the first time die when they come to the
// point for the first, second and up to the given time, and starts them again.
func crashAtStart(point string, times int) func(context.Context, *trial) error {
	return func(ctx context.Context, t *trial) error {
		return t.eachAnew(ctx, func(i int) error {
			if err := t.arming(); err != nil {
				return err
			}
			t.segue.trap = fmt.Sprintf("%s=%d", point, 1+i%times)
			if err := t.segue.launch(); err != nil {
				return err
			}
			select {
			case <-t.segue.ended:
			case <-time.After(time.Minute):
			}
			if !t.segue.diedAlone() || !t.segue.trapped() {
				return fmt.Errorf("it did not die at %s, see %s", t.segue.trap, t.segue.log)
			}
			t.inject(1)
			t.segue.trap = ""
			return t.revive(ctx)
		})
	}
}

// twenty leaves as many messages as there are deaths: each has a Segue of its own.
func twenty(t *trial) { t.wishes = t.wishes[:min(len(t.wishes), max(crashes, t.n/10))] }

// crowded sends everything to the few busy playlists, so that their writers grow old.
func crowded(t *trial) {
	for i, w := range t.wishes {
		w.playlist = listName(1 + i/len(listeners)%hotLists)
	}
}

// loseAnswers lets half of the adds end in an error, applied or not.
func loseAnswers(ctx context.Context, t *trial) error {
	return t.control.inject(ctx,
		fault{Method: "POST", Path: adding, Chance: .3, Count: max(t.n/3, 3), Status: 503},
		fault{Method: "POST", Path: adding, Chance: .3, Count: max(t.n/3, 3), Late: "5s", Drop: true},
	)
}

func expireAll(ctx context.Context, t *trial) error {
	for _, person := range listeners {
		if err := t.control.revoke(ctx, person, true); err != nil {
			return err
		}
	}
	return nil
}

func rotating(ctx context.Context, t *trial) error {
	return t.control.call(ctx, http.MethodPost, "knobs", map[string]bool{"rotate": true}, nil)
}

func loginAndExpire(ctx context.Context, t *trial) error {
	if err := t.login(ctx); err != nil {
		return err
	}
	return expireAll(ctx, t)
}

// attendAll follows each run by its stream, as an open page does, until that has told the end.
func attendAll(ctx context.Context, t *trial) error {
	for _, w := range t.wishes {
		t.crowd.Go(func() {
			t.until(ctx, func() bool { return w.runKnown() != "" })
			for !t.told(ctx, w) {
				rest(ctx, 200*time.Millisecond)
				if ctx.Err() != nil {
					t.complain("the stream of %s never told the end", w.runKnown())
					return
				}
			}
		})
	}
	return nil
}

// told reads the stream of a run until it breaks and reports whether it told the end.
func (t *trial) told(ctx context.Context, w *wish) bool {
	v := t.people[w.who]
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.url+"/runs/"+w.runKnown()+"/events", nil)
	if err != nil {
		return false
	}
	answer, err := v.http.Do(r)
	if err != nil {
		return false
	}
	defer func() { _ = answer.Body.Close() }()
	text, _ := io.ReadAll(answer.Body) // it may break at any place
	return strings.Contains(string(text), "event: done\n")
}
