package main

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// scheduleRows repeat work by schedules.
func scheduleRows() []row {
	return []row{
		{
			name: "schedule-kill", what: "schedules whose playlist grows three times told to run, SIGKILL every 2 to 6 s; a third of the adds applied then cut or 503",
			over: 20 * time.Second, lasts: dying, plan: schedules, act: killAmidSchedules, tally: scripted,
		},
	}
}

const (
	leastSchedules    = 4
	mostSchedules     = 40 // twenty of a person
	messagesASchedule = 10 // that one stands for
	growths           = 3
	growth            = 5               // songs
	startTime         = 2 * time.Minute // in which a schedule that was told to run shows that it has
)

// schedules has playlists followed by others instead of messages: each message is one
// schedule, its songs are what the playlist that it follows holds in the end.
func schedules(t *trial) {
	t.wishes = nil
	for i := range min(max(t.n/messagesASchedule, leastSchedules), mostSchedules) {
		w := &wish{who: i % len(listeners), playlist: listName(1 + i/len(listeners)), follows: listName(t.lists - i/len(listeners))}
		for _, at := range t.rnd.Perm(len(t.songs))[:growths*growth] {
			w.songs = append(w.songs, t.songs[at])
		}
		t.wishes = append(t.wishes, w)
	}
}

// killAmidSchedules makes the schedules, and kills Segue while they are told to run.
func killAmidSchedules(ctx context.Context, t *trial) error {
	places := map[*wish]string{}
	for _, w := range t.wishes {
		place, err := t.schedule(ctx, w)
		if err != nil {
			return err
		}
		places[w] = place
	}
	count := max(t.n/10, 3)
	err := t.control.inject(ctx,
		fault{Method: "POST", Path: adding, Chance: .2, Count: count, Apply: true, Drop: true},
		fault{Method: "POST", Path: adding, Chance: .1, Count: count, Status: 503},
	)
	if err != nil {
		return err
	}
	for w, place := range places {
		t.crowd.Go(func() { t.grow(ctx, w, place) })
	}
	return t.harass(ctx, max(t.n/10, 8), 0)
}

// schedule makes the schedule of a wish and returns its page.
func (t *trial) schedule(ctx context.Context, w *wish) (string, error) {
	v := t.people[w.who]
	form, err := v.form(ctx, "/schedules/new")
	if err != nil {
		return "", err
	}
	maps.Copy(form, url.Values{
		"name": {w.follows + " to " + w.playlist}, "kind": {"archive"}, "from": {t.before.idOf(v.listener, w.follows)},
		"to": {t.before.idOf(v.listener, w.playlist)}, "every": {"day"}, "at": {"03:30"}, "zone": {"UTC"},
	})
	return v.post(ctx, v.url+"/schedules", form)
}

// grow lets the playlist that is followed grow again and again, and has the schedule
// run after each time. Every third song comes by its twin's id, if it has one.
func (t *trial) grow(ctx context.Context, w *wish, place string) {
	var rows []string
	all := card{state: "done", results: map[string]string{}}
	for i, s := range w.songs {
		if rows = append(rows, s.uri); i%3 == 2 && s.twin != "" {
			rows[i] = s.twin
		}
		if (i+1)%growth != 0 {
			continue
		}
		if err := t.control.rows(ctx, t.before.idOf(listeners[w.who], w.follows), rows); err != nil {
			t.complain("%s does not grow: %v", w.follows, err)
			return
		}
		w.source = rows
		c, ok := t.runNow(ctx, w, place)
		if !ok {
			return
		}
		if c.state != "done" {
			all.state = c.state
		}
		for title, result := range c.results {
			if all.results[title] != "added" {
				all.results[title] = result
			}
		}
	}
	w.end(all)
}

// runNow tells a schedule to run, until that is answered, and waits for the end of
// what becomes of it. It reports false when nothing does.
func (t *trial) runNow(ctx context.Context, w *wish, place string) (card, bool) {
	v, grown, before := t.people[w.who], time.Now().Truncate(time.Second), w.runKnown()
	told := time.Time{}
	for ; ctx.Err() == nil; rest(ctx, 500*time.Millisecond) {
		if told.IsZero() {
			_, err := v.post(ctx, v.url+place+"/run", nil)
			if err == nil || refusedWith(err, http.StatusConflict) { // that it runs already
				told = time.Now()
				t.took(w, place)
			}
			continue
		}
		run, at, err := v.latest(ctx, place)
		switch {
		case err != nil:
		case run != "" && run != before && !at.Before(grown): // times are told in seconds
			if c, ok := t.outcome(ctx, w, run); ok {
				return c, true
			}
		case time.Since(told) > startTime:
			t.complain("nothing came of %s being told to run", place)
			return card{}, false
		}
	}
	return card{}, false
}

// outcome returns what a run of a schedule says once it has ended.
func (t *trial) outcome(ctx context.Context, w *wish, run string) (c card, ended bool) {
	w.mu.Lock()
	w.run = run
	w.mu.Unlock()
	v := t.people[w.who]
	c, err := v.look(ctx, run)
	if err == nil && c.final() {
		c.results, err = v.results(ctx, run)
	}
	return c, err == nil && c.final()
}

var resultAt = regexp.MustCompile(`<time datetime="([^"]+)"`)

// latest returns the newest result that the page of a schedule shows: its run, "" for none, and when it began.
func (v *visitor) latest(ctx context.Context, place string) (run string, at time.Time, err error) {
	page, err := get(ctx, v.http, v.url+place)
	if _, newest, ok := strings.Cut(page, `data-testid="result"`); ok {
		newest, _, _ = strings.Cut(newest, "</li>")
		if m := runID.FindStringSubmatch(newest); m != nil {
			run = m[1]
		}
		if m := resultAt.FindStringSubmatch(newest); m != nil {
			at, err = time.Parse(time.RFC3339, m[1])
		}
	}
	return run, at, err
}
