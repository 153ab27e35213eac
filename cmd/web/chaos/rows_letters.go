package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// letterRows let songs fail for good, and operators retry them.
func letterRows() []row {
	return []row{
		{
			name: "letters-kill", what: "every song fails for good; all retried together while five operators retry single ones, SIGKILL meanwhile",
			alone: true, over: 20 * time.Second, lasts: dying, plan: failing, act: killAmidLetters,
		},
	}
}

const (
	operators  = 5
	bulkTime   = 15               // seconds that a retry of all letters takes, where its rate can be as low
	fastest    = 20               // letters a second
	letterTime = 30 * time.Second // for letters to follow what has happened to their runs
)

func failing(t *trial) {
	for _, w := range t.wishes {
		w.apart = true
	}
}

func killAmidLetters(ctx context.Context, t *trial) error {
	staff, err := t.employ(ctx)
	if err != nil {
		return err
	}
	if err := t.failAll(ctx); err != nil {
		return err
	}
	d := &desk{first: map[string]int{}}
	for _, w := range t.wishes {
		d.songs += len(w.songs)
		w.reopen()
	}
	if d.letters, err = t.settled(ctx, staff[0], "waiting", d.songs); err != nil {
		return err
	}
	if err := t.retryAll(ctx, d, staff); err != nil {
		return err
	}
	for _, w := range t.wishes {
		t.crowd.Go(func() { t.followRetries(ctx, w) })
	}
	t.crowd.Wait()
	if d.resolved, err = t.settled(ctx, staff[0], "resolved", len(d.letters)); err != nil {
		return err
	}
	if d.every, err = staff[0].letters(ctx, "every"); err != nil {
		return err
	}
	for _, text := range d.wrong() {
		t.complain("%s", text)
	}
	t.upsets = nil // what is measured is how runs get going that add
	t.remark("%d letters: %d retried together, %d alone; %d presses came second, %d were not answered", len(d.letters), d.bulk.done, len(d.first), d.late, d.unheard)
	return nil
}

// employ makes the first listener an operator, at five browsers.
func (t *trial) employ(ctx context.Context) (staff []*visitor, err error) {
	t.segue.env = append(t.segue.env, "ADMIN_USERS="+listeners[0])
	if err := t.crash(ctx); err != nil {
		return nil, err
	}
	for range operators {
		v := newVisitor(listeners[0], t.segue.url)
		if err := v.login(ctx, t.spotify.url); err != nil {
			return nil, err
		}
		staff = append(staff, v)
	}
	return staff, nil
}

// failAll has no search answered as Spotify answers, so that every song ends without
// another try, and lets that be over when the last has.
func (t *trial) failAll(ctx context.Context) error {
	err := t.control.inject(ctx, fault{Path: "/search$", Count: -1, Status: http.StatusTeapot})
	if err != nil {
		return err
	}
	t.send(ctx)
	if err := t.harass(ctx, max(t.n/20, 3), 0); err != nil {
		return err
	}
	t.crowd.Wait()
	return t.control.clear(ctx)
}

// settled returns the letters in a state once there are so many, or what there is after a while.
func (t *trial) settled(ctx context.Context, v *visitor, state string, n int) (ids []string, err error) {
	for began := time.Now(); ctx.Err() == nil; rest(ctx, time.Second) {
		ids, err = v.letters(ctx, state)
		if err == nil && len(ids) >= n || time.Since(began) > letterTime {
			break
		}
	}
	return ids, err
}

// retryAll retries all letters together and half of them alone, and kills until both are over.
func (t *trial) retryAll(ctx context.Context, d *desk, staff []*visitor) error {
	rate := min(max(len(d.letters)/bulkTime, 1), fastest)
	to, err := t.startBulk(ctx, staff[0], rate)
	if err != nil {
		return err
	}
	some := make([]string, 0, len(d.letters)/2)
	for _, at := range t.rnd.Perm(len(d.letters))[:len(d.letters)/2] {
		some = append(some, d.letters[at])
	}
	var all sync.WaitGroup
	for _, v := range staff {
		all.Go(func() {
			for _, letter := range some {
				v.retry(ctx, d, letter)
				rest(ctx, time.Second/time.Duration(rate)) // half of them last half as long as the others
			}
		})
	}
	for kills := 0; ctx.Err() == nil && !d.bulk.over; {
		if kills++; kills <= max(t.n/20, 5) {
			rest(ctx, t.some(time.Second, 4*time.Second))
			if err := t.kill(ctx); err != nil {
				return err
			}
		}
		rest(ctx, time.Second)
		if page, err := get(ctx, staff[0].http, t.segue.url+to); err == nil {
			d.bulk = readProgress(page)
		}
	}
	all.Wait()
	return ctx.Err()
}

// startBulk confirms that all letters that wait are retried, by the same form until that is answered.
func (t *trial) startBulk(ctx context.Context, v *visitor, rate int) (page string, err error) {
	form, err := v.form(ctx, "/admin/dlq/bulk?act=retry")
	if err != nil {
		return "", err
	}
	form.Set("rate", strconv.Itoa(rate))
	for ctx.Err() == nil {
		to, err := v.post(ctx, v.url+"/admin/dlq/bulk", form)
		if err == nil && strings.HasPrefix(to, "/admin/dlq/bulk/") {
			return to, nil
		}
		rest(ctx, 200*time.Millisecond)
	}
	return "", ctx.Err()
}

// followRetries waits for the runs that try the songs of a wish again, one for each,
// and takes over what they say.
func (t *trial) followRetries(ctx context.Context, w *wish) {
	v := t.people[w.who]
	for ; ctx.Err() == nil; rest(ctx, time.Second) {
		ids, err := v.runs(ctx, w.conversation)
		if err != nil || len(ids) < 1+len(w.songs) {
			continue
		}
		if c, err := v.lookAll(ctx, ids[1:]); err == nil {
			if len(ids) > 1+len(w.songs) {
				t.complain("%d songs of %s were retried by %d runs", len(w.songs), w.run, len(ids)-1)
			}
			w.end(c)
			return
		}
	}
}

// lookAll looks at runs as if they were one: it is done when all are.
func (v *visitor) lookAll(ctx context.Context, runs []string) (card, error) {
	all := card{state: "done", results: map[string]string{}}
	for _, id := range runs {
		c, err := v.look(ctx, id)
		if err != nil {
			return c, err
		}
		maps.Copy(all.results, c.results)
		switch {
		case !c.final():
			return all, fmt.Errorf("%s has not ended", id)
		case c.state != "done":
			all.state = c.state
		}
	}
	return all, nil
}
