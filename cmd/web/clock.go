package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

const (
	clockEvery = time.Second
	mostBack   = 10 * time.Second // that the clock may go back unnoticed: timers are late by that
)

// clockBack ends serve when the machine's clock has gone back. The timers of the embedded
// engine are moments of that clock: until it is there again nothing would go on.
type clockBack struct{ by time.Duration }

func (b clockBack) Error() string {
	return fmt.Sprintf("the machine's clock has gone back by %v", b.by)
}

// watchClock tells failed when the clock goes back by more than a little, until ctx ends.
func watchClock(ctx context.Context, failed chan<- error) {
	began := time.Now()
	var d drift
	tick := time.NewTicker(clockEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		if by := d.back(now.Round(0).Sub(began.Round(0)), now.Sub(began)); by > mostBack {
			failed <- clockBack{by.Round(time.Second)}
			return
		}
	}
}

// drift is how far a clock was from one that goes on evenly when it was last looked at.
type drift struct{ last time.Duration }

// back returns by how much the clock has gone back since, from what has passed by it and in truth.
func (d *drift) back(shown, passed time.Duration) time.Duration {
	was := d.last
	d.last = shown - passed
	return was - d.last
}

// ahead reports whether the engine's file was written at a time that is still to come:
// the clock has gone back while the program did not run.
func (d *dataDir) ahead(now time.Time) bool {
	for _, name := range d.engineFiles() {
		if info, err := os.Stat(name); err == nil && info.ModTime().Sub(now) > mostBack {
			return true
		}
	}
	return false
}

// forgetEngine deletes the engine's files: what is unfinished starts again from the ledger.
func (d *dataDir) forgetEngine() error {
	for _, name := range d.engineFiles() {
		if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("forget what the engine holds: %w", err)
		}
	}
	return nil
}

// engineFiles are those of every version of the server, with their logs.
func (d *dataDir) engineFiles() []string {
	names, _ := fs.Glob(os.DirFS(d.path), "temporal-*.db*") // the pattern is sound
	for i, name := range names {
		names[i] = filepath.Join(d.path, name)
	}
	return names
}
