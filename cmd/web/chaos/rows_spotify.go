package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"time"
)

const adding = "/items$"

// spotifyRows are what Spotify does, or does not do.
func spotifyRows() []row {
	rows := []row{
		{name: "storm", what: "every third call a 429 for 40 s, Retry-After 2 s", act: storm, tally: scripted},
		{name: "day-long", what: "one Retry-After of 13 h; a kill and Temporal's file deleted inside it, then Stop", stopped: true, act: dayLong, tally: scripted},
		{name: "stale", what: "reads lag 2 s, one of 20 up to 30 s", act: stale},
		{name: "repeat", what: "every other message repeats the one before; reads lag 0.3 s", again: .5, act: repeat},
		{name: "nulls", what: "null, local and podcast rows in every playlist", plan: nulls, act: justSend},
		{name: "token-kill", what: "refresh tokens rotate, access tokens expire every second, SIGKILL every 4 s", over: 30 * time.Second, act: rotate, tally: unauthorised},
		{name: "token", what: "access tokens expire every 2 s", over: 20 * time.Second, act: expire, tally: unauthorised},
		{name: "token-list", what: "messages of 20 songs, access tokens expire every second; one refresh for each", plan: longLists, over: 20 * time.Second, act: expireAmidLists, tally: unauthorised},
		{name: "revoked", what: "permission revoked, login after 10 s", act: revoke},
		{name: "clock", what: "Spotify's clock jumps by 1 h and 24 h", over: 20 * time.Second, act: jump},
		{name: "create", what: "new playlists, each asked for twice at once: applied then 503, applied 10 s late, hang, refused", plan: playlists, act: create, tally: scripted},
	}
	return append(rows, scriptedRows()...)
}

// scriptedRows let calls fail by a script and leave the rest to Segue.
func scriptedRows() (rows []row) {
	for _, f := range []struct {
		name, what string
		faults     []fault
	}{
		{"hang", "a third of the adds applied, then no answer", []fault{{Method: "POST", Path: adding, Chance: .3, Apply: true, Hang: true}}},
		{"reset", "a third of the adds applied, then the connection reset", []fault{{Method: "POST", Path: adding, Chance: .3, Apply: true, Drop: true}}},
		{"5xx", "a third of the adds applied, then 502", []fault{{Method: "POST", Path: adding, Chance: .3, Apply: true, Status: 502}}},
		{"refused", "a fifth of all calls 503, not applied", []fault{{Path: "^/v1/", Chance: .2, Status: 503}}},
		{"late", "adds applied 5 to 25 s after a 503 or a hang", []fault{
			{Method: "POST", Path: adding, Chance: .2, Late: "5s", Status: 503},
			{Method: "POST", Path: adding, Chance: .2, Late: "15s", Hang: true},
			{Method: "POST", Path: adding, Chance: .2, Late: "25s", Drop: true},
		}},
		{"garbled", "answers cut short, HTML or {} instead of JSON", []fault{
			{Method: "GET", Path: "^/v1/", Chance: .1, Truncate: 40},
			{Method: "GET", Path: "^/v1/", Chance: .1, Status: 200, Body: "<h1>Hello</h1>"},
			{Method: "GET", Path: "^/v1/", Chance: .1, Status: 200, Body: "{}"},
			{Method: "POST", Path: adding, Chance: .2, Apply: true, Status: 201, Body: "<h1>Hello</h1>"},
		}},
	} {
		rows = append(rows, row{name: f.name, what: f.what, tally: scripted, act: func(ctx context.Context, t *trial) error {
			for i := range f.faults {
				f.faults[i].Count = max(t.n/3/len(f.faults), 2)
			}
			return t.amid(ctx, f.faults...)
		}})
	}
	return rows
}

func justSend(ctx context.Context, t *trial) error {
	t.send(ctx)
	return nil
}

// amid sends the messages among scripted faults.
func (t *trial) amid(ctx context.Context, faults ...fault) error {
	if err := t.control.inject(ctx, faults...); err != nil {
		return err
	}
	return justSend(ctx, t)
}

func storm(ctx context.Context, t *trial) error {
	t.window = 2 * time.Second
	err := t.control.inject(ctx, fault{Path: "^/v1/", Chance: .3, Count: -1, Status: 429, RetryAfter: 2})
	if err != nil {
		return err
	}
	t.send(ctx)
	rest(ctx, t.scaled(40*time.Second))
	return t.control.clear(ctx)
}

// dayLong cannot wait for the end: it sees to it that nothing is asked, also by
// new processes, and then stops the runs as a person would.
func dayLong(ctx context.Context, t *trial) error {
	t.window = 13 * time.Hour
	t.send(ctx)
	t.sent(ctx, .1)
	err := t.control.inject(ctx, fault{Path: "^/v1/", Status: 429, RetryAfter: int(t.window.Seconds())})
	if err != nil {
		return err
	}
	t.sent(ctx, 1)
	rest(ctx, t.scaled(10*time.Second))
	for _, meanwhile := range []func(){func() {}, t.forget} {
		if err := t.restart(ctx, syscall.SIGKILL, meanwhile); err != nil {
			return err
		}
		rest(ctx, t.scaled(15*time.Second))
	}
	t.upsets = nil // nothing may move
	for _, w := range t.wishes {
		for !w.final() && ctx.Err() == nil {
			if t.people[w.who].press(ctx, w.runKnown(), "cancel", nil) == nil {
				break
			}
			rest(ctx, 100*time.Millisecond)
		}
	}
	return nil
}

func stale(ctx context.Context, t *trial) error {
	if err := t.lagging(ctx); err != nil {
		return err
	}
	return justSend(ctx, t)
}

// lagging makes every write invisible to reads for a while.
func (t *trial) lagging(ctx context.Context) error {
	t.inject(len(t.wishes))
	return t.control.lag(ctx, 2*time.Second, 30*time.Second, .05)
}

func repeat(ctx context.Context, t *trial) error {
	t.inject(len(t.wishes) / 2)
	return justSend(ctx, t)
}

// nulls has another client fill the playlists with what has no track, over two pages.
func nulls(t *trial) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	now, err := t.control.state(ctx)
	if err != nil {
		return
	}
	var rows []string
	for i := range 60 {
		rows = append(rows, "null", fmt.Sprintf("spotify:local:Band:Tape:Song+%d:200", i))
	}
	for _, p := range now.Playlists {
		if strings.HasPrefix(p.Name, "List ") && t.control.rows(ctx, p.ID, rows) == nil {
			t.inject(1)
		}
	}
}

func expire(ctx context.Context, t *trial) error {
	t.send(ctx)
	for t.unfinished() && ctx.Err() == nil {
		rest(ctx, 2*time.Second)
		if err := expireAll(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// longLists gathers the messages into a tenth as many of 20 songs.
func longLists(t *trial) {
	const long = 20
	t.wishes = t.wishes[:max(len(t.wishes)/10, 2)]
	for i, w := range t.wishes {
		w.songs = t.songs[i*long : (i+1)*long]
	}
}

// expireAmidLists is expire, and counts how often tokens were asked for.
func expireAmidLists(ctx context.Context, t *trial) error {
	t.send(ctx)
	expired := 0
	for ; t.unfinished() && ctx.Err() == nil; expired++ {
		rest(ctx, time.Second)
		if err := expireAll(ctx, t); err != nil {
			return err
		}
	}
	log, err := t.control.log(ctx)
	refreshed := 0
	for _, r := range log {
		if r.Path == "/api/token" {
			refreshed++
		}
	}
	t.remark("tokens of %d persons expired %d times, %d refreshes", len(listeners), expired, refreshed)
	if refreshed > expired*len(listeners) {
		t.complain("more refreshes than tokens")
	}
	return err
}

// rotate kills Segue again and again while a lost answer may cost it the only
// valid refresh token; then a person has to log in.
func rotate(ctx context.Context, t *trial) error {
	if err := rotating(ctx, t); err != nil {
		return err
	}
	t.send(ctx)
	for i := 0; t.count((*wish).isAccepted) < len(t.wishes) && ctx.Err() == nil; i++ {
		rest(ctx, time.Second)
		if err := expireAll(ctx, t); err != nil {
			return err
		}
		if i%4 == 3 {
			rest(ctx, t.some(0, 100*time.Millisecond))
			if err := t.crash(ctx); err != nil {
				return err
			}
		}
	}
	return t.login(ctx)
}

func (t *trial) login(ctx context.Context) error {
	for _, v := range t.people {
		if err := v.login(ctx, t.spotify.url); err != nil {
			return err
		}
	}
	return nil
}

func unauthorised(_ *trial, log []request) (n int) {
	for _, r := range log {
		if r.Status == http.StatusUnauthorized {
			n++
		}
	}
	return n
}

func revoke(ctx context.Context, t *trial) error {
	t.send(ctx)
	t.sent(ctx, .5)
	for _, person := range listeners {
		if err := t.control.revoke(ctx, person, false); err != nil {
			return err
		}
		t.inject(1)
	}
	rest(ctx, 5*time.Second)
	quiet := time.Now()
	rest(ctx, t.scaled(20*time.Second))
	log, err := t.control.log(ctx)
	if err != nil {
		return err
	}
	for _, r := range log {
		if r.At.After(quiet) {
			t.complain("%s %s while nobody was logged in", r.Method, r.Path)
		}
	}
	t.upset()
	return t.login(ctx)
}

func jump(ctx context.Context, t *trial) error {
	t.send(ctx)
	for i := 0; t.unfinished() && i < 8; i++ {
		rest(ctx, 3*time.Second)
		if err := t.control.advance(ctx, []time.Duration{time.Hour, 24 * time.Hour}[i%2]); err != nil {
			return err
		}
		t.inject(1)
	}
	return nil
}

// playlists asks for new playlists instead of songs, two messages for each at the same time.
func playlists(t *trial) {
	for i := range t.wishes {
		t.wishes[i] = &wish{who: i / 2 % len(listeners), playlist: fmt.Sprintf("New %d", i/2), creates: true}
	}
}

func create(ctx context.Context, t *trial) error {
	made := "^/v1/me/playlists$"
	count := max(t.n/8, 2)
	return t.amid(ctx,
		fault{Method: "POST", Path: made, Chance: .2, Count: count, Apply: true, Status: 503},
		fault{Method: "POST", Path: made, Chance: .2, Count: count, Late: "10s", Status: 503},
		fault{Method: "POST", Path: made, Chance: .2, Count: count, Apply: true, Hang: true},
		fault{Method: "POST", Path: made, Chance: .2, Count: count, Status: 503},
	)
}
