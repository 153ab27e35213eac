package main

import (
	"context"
	crand "crypto/rand"
	"fmt"
	"math/rand/v2"
	"sync"
	"syscall"
	"time"
)

const (
	drainMost = 20 * time.Second       // from SIGTERM to the end
	senders   = 16                     // browsers that send at the same time
	patience  = 4 * time.Minute        // for all runs to end once nothing is broken any more
	aMessage  = time.Second            // besides, for each message
	together  = 200                    // messages that are sent in a moment, where a row does not spread them
	spacing   = 300 * time.Millisecond // from then on from one to the next, about as long as one takes when many do
	lookMost  = 6 * time.Second        // between two looks at a run
)

// trial is one row being played.
type trial struct {
	*world
	dir, home string
	rnd       *rand.Rand // of the row's own course
	spotify   *process
	segue     *process
	model     *process // of rows with a language model; nil in others
	control   control
	people    []*visitor
	wishes    []*wish
	unmount   func()

	before  state
	over    time.Duration // in which messages are sent
	window  time.Duration // the Retry-After that the row has Spotify send
	crowd   sync.WaitGroup
	onSent  func() // called with each accepted message, at once
	killing sync.Mutex

	mu       sync.Mutex
	injected int
	upsets   []time.Time     // moments after which runs had to get going again
	ready    []time.Duration // from starting Segue again to its first answer
	notes    []string
	broken   int // promises other than those of the table that did not hold
}

// send has the wishes sent and followed to their end, over the time of the row, or in
// a moment as long as they are not too many; it does not wait.
func (t *trial) send(ctx context.Context) {
	free := make(chan struct{}, senders)
	t.crowd.Go(func() {
		for i, w := range t.wishes {
			rest(ctx, t.pause(i))
			free <- struct{}{}
			t.crowd.Go(func() {
				t.say(ctx, w)
				<-free
				t.follow(ctx, w)
			})
		}
	})
}

// pause is how long the wish of that place waits for its turn to be sent.
func (t *trial) pause(i int) time.Duration {
	switch {
	case t.over > 0:
		return t.over / time.Duration(len(t.wishes))
	case i >= together:
		return spacing
	}
	return 0
}

// say sends a wish again and again, as the same form, until it is accepted.
func (t *trial) say(ctx context.Context, w *wish) {
	if w.pasted != "" {
		t.paste(ctx, w)
		return
	}
	key := crand.Text()
	for ctx.Err() == nil {
		conversation, err := t.people[w.who].send(ctx, w.text(), key)
		if err == nil {
			t.took(w, conversation)
			return
		}
		rest(ctx, 200*time.Millisecond)
	}
}

func (t *trial) took(w *wish, conversation string) {
	w.mu.Lock()
	w.conversation, w.accepted = conversation, time.Now()
	w.mu.Unlock()
	if t.onSent != nil {
		t.onSent()
	}
}

// follow looks at the run of a wish, ever more rarely, until it has ended.
func (t *trial) follow(ctx context.Context, w *wish) {
	v := t.people[w.who]
	for w.runKnown() == "" && ctx.Err() == nil {
		if ids, err := v.runs(ctx, w.conversation); err == nil {
			w.mu.Lock()
			w.run = ids[0]
			w.mu.Unlock()
			break
		}
		rest(ctx, 500*time.Millisecond)
	}
	for pause := 500 * time.Millisecond; ctx.Err() == nil; pause = min(pause*3/2, lookMost) {
		c, err := v.look(ctx, w.run)
		switch {
		case err == nil && c.final() && t.complete(ctx, w, &c):
			w.end(c)
			return
		case err == nil && c.form != nil:
			_ = v.press(ctx, w.run, "answer", c.form) // once more with the next look
		}
		rest(ctx, pause)
	}
}

// count returns how many wishes are of a kind.
func (t *trial) count(is func(*wish) bool) (n int) {
	for _, w := range t.wishes {
		if is(w) {
			n++
		}
	}
	return n
}

// until waits for a condition, looking often.
func (t *trial) until(ctx context.Context, ok func() bool) {
	for !ok() && ctx.Err() == nil {
		rest(ctx, 50*time.Millisecond)
	}
}

// sent waits until a share of the wishes is accepted.
func (t *trial) sent(ctx context.Context, share float64) {
	t.until(ctx, func() bool { return float64(t.count((*wish).isAccepted)) >= share*float64(len(t.wishes)) })
}

// unfinished reports whether there is a wish that has not ended.
func (t *trial) unfinished() bool { return t.count((*wish).final) < len(t.wishes) }

// crash kills Segue and starts it again; kill counts it as a fault too.
func (t *trial) crash(ctx context.Context) error { return t.restart(ctx, syscall.SIGKILL, func() {}) }

func (t *trial) kill(ctx context.Context) error {
	t.inject(1)
	return t.crash(ctx)
}

// restart ends Segue with a signal, does something meanwhile, and starts it again.
func (t *trial) restart(ctx context.Context, s syscall.Signal, meanwhile func()) error {
	t.upset()
	took, code := t.segue.end(s)
	if s == syscall.SIGTERM {
		t.remark("ended %.1f s after SIGTERM", took.Seconds())
		if code != 0 || took > drainMost {
			t.complain("exit code %d", code)
		}
	}
	meanwhile()
	return t.revive(ctx)
}

// revive starts a Segue that has ended, again and again if need be, until it answers.
func (t *trial) revive(ctx context.Context) error {
	began := time.Now()
	for ctx.Err() == nil {
		err := t.segue.start(ctx)
		if err == nil {
			break
		}
		if time.Since(began) > 2*time.Minute {
			return err
		}
	}
	t.answered(began)
	return ctx.Err()
}

// answered notes that a Segue started at that time has answered just now.
func (t *trial) answered(started time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ready = append(t.ready, time.Since(started))
}

// upset notes a moment after which runs have to get going again.
func (t *trial) upset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.upsets = append(t.upsets, time.Now())
}

// complain notes a promise that did not hold; remark only notes.
func (t *trial) complain(format string, args ...any) {
	t.remark(format, args...)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.broken++
}

func (t *trial) remark(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

func (t *trial) inject(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.injected += n
}

// some returns a chance time between two bounds.
func (t *trial) some(least, most time.Duration) time.Duration {
	return least + time.Duration(t.rnd.Float64()*float64(most-least))
}

func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
