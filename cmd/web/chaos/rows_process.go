package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// processRows are what happens to the process and its files.
func processRows() []row {
	return []row{
		{name: "kill", what: "SIGKILL at random, every 4 s on average", alone: true, over: 100 * time.Second, within: afterKill, act: killAtRandom},
		{name: "kill-accept", what: "SIGKILL right after a message was accepted", alone: true, within: afterKill, act: killAtAccept},
		{name: "kill-post", what: "SIGKILL while adds are under way", alone: true, within: afterKill, act: killAtPost, tally: airborne},
		{name: "kill-proof", what: "SIGKILL while lost answers are looked up", within: afterKill, act: killAtProof},
		{name: "kill-start", what: "SIGKILL during the first start in an empty folder", alone: true, plan: fewer, act: killAtStart},
		{name: "stop", what: "SIGSTOP for 30 s, then SIGCONT", over: 60 * time.Second, within: afterKill, act: stopAndGoOn},
		{name: "term", what: "SIGTERM, started again", alone: true, over: 40 * time.Second, act: terminate},
		{name: "engine-lost", what: "Temporal's file deleted with runs in flight", alone: true, within: afterKill, act: loseEngine},
		{name: "engine-faults", what: "one of ten writes of Temporal's database fails, carried out or not, and fewer reads", act: failEngine, tally: engineFaults},
		{name: "disk-full", what: "disk full for 10 s, three times", little: true, over: 30 * time.Second, act: fillDisk, tally: denied},
	}
}

const (
	killMean  = 4 * time.Second
	afterKill = 15 * time.Second // target: from a kill to the runs going on
)

// killAtRandom leaves every fifth Segue in peace, so that its recovery can be measured.
func killAtRandom(ctx context.Context, t *trial) error {
	t.send(ctx)
	for i := 1; t.unfinished() && ctx.Err() == nil; i++ {
		pause := time.Duration(t.rnd.ExpFloat64() * float64(killMean))
		if i%5 == 0 {
			pause += peace
		}
		rest(ctx, pause)
		if t.count((*wish).isAccepted) == len(t.wishes) && t.recovering() {
			continue // the last runs are proving lost answers, which takes longer than a killer gives them
		}
		if err := t.kill(ctx); err != nil {
			return err
		}
	}
	return nil
}

// recovering reports whether the last kill is less than two minutes ago and everything is sent.
func (t *trial) recovering() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.upsets) > 0 && time.Since(t.upsets[len(t.upsets)-1]) < 2*time.Minute
}

// killAtAccept kills within the same moment in which a browser was told that its message is accepted.
func killAtAccept(ctx context.Context, t *trial) error {
	every := max(len(t.wishes)/20, 2)
	accepted, failed := 0, make(chan error, len(t.wishes))
	t.onSent = func() {
		t.killing.Lock()
		defer t.killing.Unlock()
		if accepted++; accepted%every == 0 {
			failed <- t.kill(ctx)
		}
	}
	t.send(ctx)
	t.sent(ctx, 1)
	for range len(failed) {
		if err := <-failed; err != nil {
			return err
		}
	}
	return nil
}

// killAtPost makes adds slow, a part of them in vain, and kills in the middle of them.
func killAtPost(ctx context.Context, t *trial) error {
	if err := t.control.latency(ctx, 2*time.Second); err != nil {
		return err
	}
	err := t.control.inject(ctx, fault{Method: "POST", Path: "/items$", Chance: .3, Count: -1, Latency: "2s", Status: 503})
	if err != nil {
		return err
	}
	t.send(ctx)
	for range max(t.n/20, 2) {
		rest(ctx, t.some(3*time.Second, 6*time.Second))
		if err := t.crash(ctx); err != nil {
			return err
		}
	}
	return t.control.clear(ctx)
}

// airborne counts the adds that were under way when Segue was killed.
func airborne(t *trial, log []request) (n int) {
	for _, killed := range t.upsets {
		for _, r := range log {
			if r.adds() && r.At.Before(killed) && !r.end().Before(killed) {
				n++
			}
		}
	}
	return n
}

// killAtProof lets the answers of half of the adds be lost, applied or not, and kills while Segue looks.
func killAtProof(ctx context.Context, t *trial) error {
	err := t.control.inject(ctx,
		fault{Method: "POST", Path: "/items$", Chance: .4, Count: t.n / 3, Status: 503},
		fault{Method: "POST", Path: "/items$", Chance: .2, Count: t.n / 6, Late: "12s", Drop: true},
	)
	if err != nil {
		return err
	}
	t.send(ctx)
	t.sent(ctx, .5)
	for range max(t.n/50, 3) {
		rest(ctx, t.some(2*time.Second, 15*time.Second))
		lost, err := t.unproved(ctx)
		for err == nil && lost == 0 && t.unfinished() && ctx.Err() == nil { // a slow machine has not come to an add
			rest(ctx, time.Second)
			lost, err = t.unproved(ctx)
		}
		if err != nil {
			return err
		}
		t.inject(lost)
		if err := t.crash(ctx); err != nil {
			return err
		}
	}
	return nil
}

// unproved returns how many answers were lost so lately that they are still looked up.
func (t *trial) unproved(ctx context.Context) (lost int, err error) {
	log, err := t.control.log(ctx)
	for _, r := range log {
		if r.Fault && time.Since(r.end()) < 45*time.Second {
			lost++
		}
	}
	return lost, err
}

// fewer leaves a tenth of the messages: each has a Segue of its own.
func fewer(t *trial) { t.wishes = t.wishes[:max(len(t.wishes)/10, 3)] }

// killAtStart kills a Segue that starts for the first time, and starts it again.
func killAtStart(ctx context.Context, t *trial) error {
	return t.eachAnew(ctx, func(int) error {
		if err := t.segue.launch(); err != nil {
			return err
		}
		rest(ctx, t.some(0, 1500*time.Millisecond))
		return t.kill(ctx)
	})
}

// eachAnew has each message done by a Segue of its own in an empty folder, which start brings up.
func (t *trial) eachAnew(ctx context.Context, start func(i int) error) error {
	t.segue.end(syscall.SIGKILL)
	for i, w := range t.wishes {
		home := filepath.Join(t.dir, fmt.Sprintf("home-%d", i))
		var err error
		if t.segue, err = newSegue(ctx, home, filepath.Join(t.dir, "segue.log"), t.spotify.url); err != nil {
			return err
		}
		if err := start(i); err != nil {
			return err
		}
		t.people[w.who] = newVisitor(listeners[w.who], t.segue.url)
		if err := t.people[w.who].login(ctx, t.spotify.url); err != nil {
			return err
		}
		t.say(ctx, w)
		t.follow(ctx, w)
		t.segue.end(syscall.SIGKILL)
	}
	t.upsets = nil // there was nothing to get going again
	return nil
}

func stopAndGoOn(ctx context.Context, t *trial) error {
	t.send(ctx)
	pauses := []time.Duration{30 * time.Second, 6 * time.Second, 30 * time.Second}
	for _, pause := range slices.Repeat(pauses, max(t.n/300, 1)) {
		rest(ctx, t.some(2*time.Second, 5*time.Second))
		if err := t.segue.signal(syscall.SIGSTOP); err != nil {
			return err
		}
		rest(ctx, t.scaled(pause))
		t.upset()
		if err := t.segue.signal(syscall.SIGCONT); err != nil {
			return err
		}
		t.inject(1)
	}
	return nil
}

func terminate(ctx context.Context, t *trial) error {
	t.send(ctx)
	for t.count((*wish).isAccepted) < len(t.wishes) && ctx.Err() == nil {
		rest(ctx, t.some(2*time.Second, 6*time.Second))
		t.inject(1)
		if err := t.restart(ctx, syscall.SIGTERM, func() {}); err != nil {
			return err
		}
	}
	return nil
}

// loseEngine deletes Temporal's files twice while much is in flight.
func loseEngine(ctx context.Context, t *trial) error {
	t.send(ctx)
	for _, share := range []float64{.5, 1} {
		t.sent(ctx, share)
		err := t.restart(ctx, syscall.SIGKILL, func() {
			t.inject(t.count(func(w *wish) bool { return w.isAccepted() && !w.final() }))
			t.forget()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// failEngine has Temporal's own database calls fail, in the build that can.
func failEngine(ctx context.Context, t *trial) error {
	if err := t.arming(); err != nil {
		return err
	}
	t.segue.env = append(t.segue.env, "SEGUE_ENGINE_FAULTS=0.03") // of each of up to three ways to fail
	if err := t.crash(ctx); err != nil {
		return err
	}
	t.upsets = nil // this was no fault
	return justSend(ctx, t)
}

// engineFaults counts those that the engine has written about; most it only tries again.
func engineFaults(t *trial, _ []request) int {
	text, _ := os.ReadFile(t.segue.log) // none, none failed
	return bytes.Count(text, []byte("fault injection error"))
}

// forget deletes Temporal's files.
func (t *trial) forget() {
	names, _ := filepath.Glob(filepath.Join(t.home, "temporal-*")) // the pattern is sound
	for _, name := range names {
		_ = os.Remove(name)
	}
}

// fillDisk leaves no byte free for a while. A program that ends because of it is started again, as its supervisor would.
func fillDisk(ctx context.Context, t *trial) error {
	t.send(ctx)
	filler := filepath.Join(t.home, "filler")
	for range 3 {
		rest(ctx, t.some(2*time.Second, 5*time.Second))
		size := fill(filler)
		t.remark("disk full after %d KB more", size>>10)
		rest(ctx, t.scaled(10*time.Second))
		if err := os.Remove(filler); err != nil {
			return err
		}
		t.upset()
		if t.segue.diedAlone() {
			t.complain("Segue ended by itself when the disk was full")
			if err := t.crash(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// denied counts what could not be written.
func denied(t *trial, _ []request) int {
	text, _ := os.ReadFile(t.segue.log) // none, none denied
	return bytes.Count(text, []byte("no space left")) + bytes.Count(text, []byte("disk is full"))
}

// fill writes a file until nothing fits any more and returns its size.
func fill(path string) (size int) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 0
	}
	defer func() { _ = f.Close() }()
	for chunk := make([]byte, 64<<10); len(chunk) > 0; {
		n, err := f.Write(chunk)
		size += n
		if err != nil {
			chunk = chunk[:len(chunk)/2] // until not even one byte fits
		}
	}
	return size
}
