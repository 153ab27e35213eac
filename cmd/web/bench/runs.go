package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// whole compares a run, from POST to its last card, with the same calls made by
// a plain loop, in turns, on the same emulated Spotify with realistic latencies.
func whole(ctx context.Context) ([]row, error) {
	return onProgram(ctx, "120ms,60ms,80ms", func(p *process, v *person) ([]row, error) {
		d, err := p.connect(ctx, "ada_emu")
		if err != nil {
			return nil, err
		}
		songs, err := d.songs(ctx, 60)
		if err != nil {
			return nil, err
		}
		for _, name := range []string{"Ours", "Theirs"} {
			if err := d.create(ctx, name); err != nil {
				return nil, err
			}
		}
		var ours, theirs []time.Duration
		for i, s := range songs {
			began := time.Now()
			if err := d.add(ctx, s, "Theirs"); err != nil {
				return nil, err
			}
			loop := time.Since(began)
			began = time.Now()
			run, err := v.say(ctx, fmt.Sprintf("add %q by %s to Ours", s.title, s.artist))
			if err != nil {
				return nil, err
			}
			last, err := v.finish(ctx, run)
			if err == nil && i >= 10 && strings.Contains(last.data, `data-result="added"`) {
				ours, theirs = append(ours, last.at.Sub(began)), append(theirs, loop)
			}
		}
		if len(ours) < 30 {
			return nil, fmt.Errorf("only %d runs were added", len(ours))
		}
		a, b := quantile(ours, .5), quantile(theirs, .5)
		return []row{{
			fmt.Sprintf("add X by Y, median of %d: run / plain loop / ratio", len(ours)),
			fmt.Sprintf("%s / %s / %.2f", ms(a), ms(b), float64(a)/float64(b)), "≤ 1.3",
		}}, nil
	})
}

// throughput has 40 runs under way at any time, over 20 playlists.
func throughput(ctx context.Context) ([]row, error) {
	return onProgram(ctx, "0s,0s,0s", func(p *process, v *person) ([]row, error) {
		d, err := p.connect(ctx, "ada_emu")
		if err != nil {
			return nil, err
		}
		const runs, lists, atOnce = 300, 20, 40
		songs, err := d.songs(ctx, runs)
		if err != nil {
			return nil, err
		}
		for i := range lists {
			if err := d.create(ctx, fmt.Sprintf("List %d", i)); err != nil {
				return nil, err
			}
		}
		var all sync.WaitGroup
		var mu sync.Mutex
		var failed error
		free := make(chan struct{}, atOnce)
		began := time.Now()
		for i, s := range songs {
			free <- struct{}{}
			all.Go(func() {
				defer func() { <-free }()
				run, err := v.say(ctx, fmt.Sprintf("add %q by %s to List %d", s.title, s.artist, i%lists))
				if err == nil {
					err = v.over(ctx, run)
				}
				mu.Lock()
				failed = errors.Join(failed, err)
				mu.Unlock()
			})
		}
		all.Wait()
		if failed != nil {
			return nil, failed
		}
		rate := runs / time.Since(began).Seconds()
		return []row{{fmt.Sprintf("single-song runs per second, %d runs, %d at once", runs, atOnce), fmt.Sprintf("%.1f", rate), "≥ 20"}}, nil
	})
}

// over waits for the end of a run; a question is an end too.
func (v *person) over(ctx context.Context, run string) error {
	events, err := v.follow(ctx, run)
	if err != nil {
		return err
	}
	for e := range events {
		if strings.Contains(e.data, `data-state="waiting"`) {
			break
		}
	}
	return nil
}

// processorTime returns what the program has used so far, user and system.
func (p *process) processorTime() time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+2:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond // clock ticks of 1/100 s
}
