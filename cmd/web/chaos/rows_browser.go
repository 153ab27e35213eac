package main

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"sync"
	"time"
)

// browserRows are what browsers do.
func browserRows() []row {
	return []row{
		{name: "taps", what: "each form sent five times at once", act: tap},
		{name: "streams", what: "1,000 streams cut and opened again", alone: true, over: 30 * time.Second, act: reconnect},
	}
}

// tap sends each form five times at once; one run may come of it.
func tap(ctx context.Context, t *trial) error {
	free := make(chan struct{}, 4)
	for _, w := range t.wishes {
		free <- struct{}{}
		t.crowd.Go(func() {
			t.tapOne(ctx, w)
			<-free
			if w.isAccepted() {
				t.follow(ctx, w)
			}
		})
	}
	return nil
}

func (t *trial) tapOne(ctx context.Context, w *wish) {
	v := t.people[w.who]
	key, err := v.key(ctx)
	if err != nil {
		t.complain("no form: %v", err)
		return
	}
	led := map[string]bool{}
	var mu sync.Mutex
	var taps sync.WaitGroup
	for range 5 {
		taps.Go(func() {
			to, err := v.send(ctx, w.text(), key)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.complain("a tap was refused: %v", err)
				return
			}
			led[to] = true
		})
	}
	taps.Wait()
	t.inject(4)
	if len(led) != 1 {
		t.complain("five taps led to %d conversations", len(led))
	}
	for to := range led {
		ids, err := v.runs(ctx, to)
		if err != nil || len(ids) != 1 {
			t.complain("five taps led to %d runs", len(ids))
		}
		t.took(w, to)
	}
}

const reconnects = 1000

// reconnect follows the runs by streams that are cut after their first message.
func reconnect(ctx context.Context, t *trial) error {
	t.send(ctx)
	t.sent(ctx, .2)
	free := make(chan struct{}, 50)
	var all sync.WaitGroup
	for i := range reconnects {
		w := t.wishes[i%len(t.wishes)]
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			t.until(ctx, func() bool { return w.runKnown() != "" })
			t.glance(ctx, w)
		})
	}
	all.Wait()
	return nil
}

// glance opens a stream as a browser that was away, reads one message and leaves.
func (t *trial) glance(ctx context.Context, w *wish) {
	v := t.people[w.who]
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, v.url+"/runs/"+w.runKnown()+"/events", nil)
	if err != nil {
		return
	}
	over := w.final()
	answer, err := v.http.Do(r)
	if err != nil {
		t.complain("stream: %v", err)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	t.inject(1)
	text := ""
	for lines := bufio.NewScanner(answer.Body); lines.Scan() && (lines.Text() != "" || text == ""); {
		text += lines.Text()
	}
	if answer.StatusCode != http.StatusOK || !strings.Contains(text, `data-state=`) {
		t.complain("stream of %s: %s, %.80q", w.runKnown(), answer.Status, text)
	}
	if over && !readCard(text).final() {
		t.complain("stream of %s does not know that it has ended", w.runKnown())
	}
}
