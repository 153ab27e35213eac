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
// On the way it measures when the end of the search is seen.
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
		var ours, theirs, seen []time.Duration
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
			cards, err := v.finish(ctx, run)
			if err != nil || i < 10 || !strings.Contains(cards[len(cards)-1].data, `data-result="added"`) {
				continue
			}
			ours, theirs = append(ours, cards[len(cards)-1].at.Sub(began)), append(theirs, loop)
			answered, err := p.lastAnswer(ctx, "/search")
			if err != nil {
				return nil, err
			}
			seen = append(seen, shown(cards, answered, "found"))
		}
		if len(ours) < 30 {
			return nil, fmt.Errorf("only %d runs were added", len(ours))
		}
		a, b := quantile(ours, .5), quantile(theirs, .5)
		return []row{{
			fmt.Sprintf("add X by Y, median of %d: run / plain loop / ratio", len(ours)),
			fmt.Sprintf("%s / %s / %.2f", ms(a), ms(b), float64(a)/float64(b)), "≤ 1.3",
		}, {
			fmt.Sprintf("… the last answer to its search to the card that shows it, p50 / p95 of %d", len(seen)),
			ms(quantile(seen, .5)) + " / " + ms(quantile(seen, .95)), "p95 ≤ 300 ms",
		}}, nil
	})
}

// shown returns how long after a moment the first card with a text came.
func shown(cards []event, moment time.Time, text string) time.Duration {
	for _, c := range cards {
		if c.at.After(moment) && strings.Contains(c.data, text) {
			return c.at.Sub(moment)
		}
	}
	return time.Hour // never
}

const runs, lists, atOnce = 300, 20, 40

// throughput measures single-song runs a second over 20 playlists, 40 messages
// at a time: each watched by a browser to its end, and with nobody watching.
func throughput(ctx context.Context) ([]row, error) {
	watched, err := rate(ctx, "each watched", (*person).over, nil)
	if err != nil {
		return nil, err
	}
	alone, err := rate(ctx, "nobody watching", nil, (*person).ended)
	return append(watched, alone...), err
}

// rate sends the messages, calls during while a place is taken, and after for
// each run once all are sent.
func rate(ctx context.Context, how string, during, after func(*person, context.Context, string) error) ([]row, error) {
	return onProgram(ctx, "0s,0s,0s", func(p *process, v *person) ([]row, error) {
		messages, err := p.messages(ctx)
		if err != nil {
			return nil, err
		}
		began, spent := time.Now(), p.processorTime()
		sent, err := v.sendAll(ctx, messages, during)
		for _, run := range sent {
			if after != nil && err == nil {
				err = after(v, ctx, run)
			}
		}
		if err != nil {
			return nil, err
		}
		perSecond := fmt.Sprintf("%.1f", runs/time.Since(began).Seconds())
		each := (p.processorTime() - spent) / runs
		return []row{
			{fmt.Sprintf("single-song runs per second, %d runs, %s", runs, how), perSecond, "≥ 20"},
			{"… processor time of each, the emulated Spotify's included", ms(each), "–"},
		}, nil
	})
}

// prepare makes the playlists and returns a song for each run.
func (p *process) prepare(ctx context.Context) ([]song, error) {
	d, err := p.connect(ctx, "ada_emu")
	if err != nil {
		return nil, err
	}
	for i := range lists {
		if err := d.create(ctx, fmt.Sprintf("List %d", i)); err != nil {
			return nil, err
		}
	}
	return d.songs(ctx, runs)
}

// messages returns a message for each run.
func (p *process) messages(ctx context.Context) ([]string, error) {
	songs, err := p.prepare(ctx)
	if err != nil {
		return nil, err
	}
	messages := make([]string, runs)
	for i, s := range songs {
		messages[i] = fmt.Sprintf("add %q by %s to List %d", s.title, s.artist, i%lists)
	}
	return messages, nil
}

// sendAll sends the messages, some at a time, and returns their runs.
func (v *person) sendAll(
	ctx context.Context, messages []string, during func(*person, context.Context, string) error,
) ([]string, error) {
	var all sync.WaitGroup
	var mu sync.Mutex
	var failed error
	var sent []string
	free := make(chan struct{}, atOnce)
	for _, m := range messages {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			run, err := v.say(ctx, m)
			if err == nil && during != nil {
				err = during(v, ctx, run)
			}
			mu.Lock()
			defer mu.Unlock()
			sent, failed = append(sent, run), errors.Join(failed, err)
		})
	}
	all.Wait()
	return sent, failed
}

// ended waits for the end of a run with a few looks a second.
func (v *person) ended(ctx context.Context, run string) error {
	for {
		page, err := get(ctx, v.http, v.p.url+"/runs/"+run)
		if err != nil {
			return err
		}
		if !strings.Contains(page, "hx-sse:connect") || strings.Contains(page, `data-state="waiting"`) {
			return nil
		}
		time.Sleep(200 * time.Millisecond)
	}
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
