package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"
)

// event is a message of a stream and when it came.
type event struct {
	data string
	at   time.Time
}

// follow opens the stream of a run and sends its messages until it ends.
func (v *person) follow(ctx context.Context, run string) (<-chan event, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.p.url+"/runs/"+run+"/events", nil)
	if err != nil {
		return nil, err
	}
	answer, err := v.http.Do(r) //nolint:bodyclose // the goroutine closes it
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		_ = answer.Body.Close()
		return nil, fmt.Errorf("stream: %s", answer.Status)
	}
	events := make(chan event, 100)
	go func() {
		defer close(events)
		defer func() { _ = answer.Body.Close() }()
		lines := bufio.NewScanner(answer.Body)
		lines.Buffer(nil, 1<<20)
		var data strings.Builder
		for lines.Scan() {
			if text, ok := strings.CutPrefix(lines.Text(), "data:"); ok {
				data.WriteString(text)
			} else if lines.Text() == "" && data.Len() > 0 {
				events <- event{data.String(), time.Now()}
				data.Reset()
			}
		}
	}()
	return events, nil
}

// finish follows a run to its end and returns its cards. A question is no good end.
func (v *person) finish(ctx context.Context, run string) ([]event, error) {
	events, err := v.follow(ctx, run)
	if err != nil {
		return nil, err
	}
	var cards []event
	for e := range events {
		if strings.Contains(e.data, "data-state") {
			cards = append(cards, e)
		}
		if strings.Contains(e.data, `data-state="waiting"`) {
			break
		}
	}
	if len(cards) == 0 || !strings.Contains(cards[len(cards)-1].data, `data-state="done"`) {
		return nil, fmt.Errorf("run %s did not end well", run)
	}
	return cards, nil
}

// streams measures from POST to the first message, and from the end of the last
// call that the emulated Spotify answered to the card that shows the end.
func streams(ctx context.Context) ([]row, error) {
	return onProgram(ctx, "0s,0s,0s", func(p *process, v *person) ([]row, error) {
		var first, change []time.Duration
		for i := range 70 {
			began := time.Now()
			run, err := v.say(ctx, "what is in Focus")
			if err != nil {
				return nil, err
			}
			cards, err := v.finish(ctx, run)
			if err != nil {
				return nil, err
			}
			answered, err := p.lastAnswer(ctx, "")
			if err != nil {
				return nil, err
			}
			if i >= 10 { // warm
				first = append(first, cards[0].at.Sub(began))
				change = append(change, max(0, cards[len(cards)-1].at.Sub(answered)))
			}
		}
		return []row{
			{"POST of a message to its first event, p50 / p95 of 60", ms(quantile(first, .5)) + " / " + ms(quantile(first, .95)), "p95 ≤ 150 ms"},
			{"Spotify's last answer to the card that shows it, p50 / p95 of 60", ms(quantile(change, .5)) + " / " + ms(quantile(change, .95)), "p95 ≤ 300 ms"},
		}, nil
	})
}

// subscribers measures what 1,000 readers of one waiting run cost.
func subscribers(ctx context.Context) ([]row, error) {
	return onProgram(ctx, "0s,0s,0s", func(p *process, v *person) ([]row, error) {
		run, err := v.say(ctx, "add Hallelujah to Focus")
		if err != nil {
			return nil, err
		}
		time.Sleep(2 * time.Second)
		const readers = 1000
		before := p.rss()
		streams := make([]<-chan event, readers)
		for i := range streams {
			if streams[i], err = v.follow(ctx, run); err != nil {
				return nil, err
			}
			<-streams[i]
		}
		time.Sleep(3 * time.Second)
		each := (p.rss() - before) / readers
		spent := p.processorTime()
		time.Sleep(10 * time.Second)
		idle := p.processorTime() - spent
		began := time.Now()
		if _, err := v.post(ctx, p.url+"/runs/"+run+"/cancel", url.Values{}); err != nil {
			return nil, err
		}
		var all sync.WaitGroup
		for _, s := range streams {
			all.Go(func() {
				for range s {
				}
			})
		}
		all.Wait()
		return []row{
			{"1,000 subscribers of one run: memory each", fmt.Sprintf("%d KB", each>>10), "≤ 50 KB"},
			{"… processor time while nothing changes", fmt.Sprintf("%.1f %%", idle.Seconds()*10), "–"},
			{"… a stop to the end of all 1,000 streams", ms(time.Since(began)), "–"},
		}, nil
	})
}

// onProgram runs a measurement on a fresh program with Ada logged in.
func onProgram(ctx context.Context, latency string, measure func(*process, *person) ([]row, error)) ([]row, error) {
	dir, err := os.MkdirTemp("", "segue-bench")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	p, err := launch(ctx, dir, "EMULATOR_LATENCY="+latency)
	if err != nil {
		return nil, err
	}
	defer p.kill()
	if err := p.withoutLag(ctx); err != nil {
		return nil, err
	}
	v, err := p.login(ctx, "ada_emu")
	if err != nil {
		return nil, err
	}
	return measure(p, v)
}
