package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

// listRows bring whole lists, as somebody who pastes them into the import page.
func listRows() []row {
	return []row{
		{
			name: "list-kill", what: "whole lists of 60 to 150 songs, SIGKILL every 2 to 6 s, Temporal's file deleted once; half of the adds cut or 503",
			alone: true, over: 20 * time.Second, lasts: dying, within: afterKill, plan: wholeLists, act: killAmidLists, tally: scripted,
		},
	}
}

const (
	leastLists    = 4
	messagesAList = 10 // that one list stands for
	leastLong     = 60 // songs of a list
	mostLong      = 150
	unknownSongs  = 3 // of a list are on no Spotify
)

// wholeLists has lists brought instead of messages: of four one goes to the same
// playlist as another, and one into a new playlist.
func wholeLists(t *trial) {
	all := make([]*wish, max(t.n/messagesAList, leastLists))
	for i := range all {
		w := &wish{who: i % len(listeners), playlist: listName(hotLists + 1 + i/len(listeners)), nowhere: compose(t.rnd, unknownSongs)}
		for _, at := range t.rnd.Perm(len(t.songs))[:leastLong+t.rnd.IntN(mostLong-leastLong+1)] {
			w.songs = append(w.songs, t.songs[at])
		}
		switch i % 4 {
		case 2:
			w.playlist = all[i-2].playlist
		case 3:
			w.playlist, w.creates = fmt.Sprintf("Brought %d", i), true
		}
		w.pasted = t.table(w)
		all[i] = w
	}
	t.wishes = all
}

// table writes the songs of a list as CSV, those that Spotify does not have among
// them, and every tenth a second time further down.
func (t *trial) table(w *wish) string {
	songs := slices.Clone(w.songs)
	for _, s := range w.nowhere {
		songs = slices.Insert(songs, t.rnd.IntN(len(songs)), s)
	}
	for at := 0; at < len(songs); at += 10 {
		songs = append(songs, songs[at])
	}
	var text strings.Builder
	text.WriteString("title,artist\n")
	for _, s := range songs {
		fmt.Fprintf(&text, "%s,%s\n", s.title, s.artist)
	}
	return text.String()
}

// killAmidLists breaks what can break while the lists are brought, by a Spotify so
// slow that there are kills in the middle of each.
func killAmidLists(ctx context.Context, t *trial) error {
	if err := errors.Join(t.control.slowSearch(ctx, 200*time.Millisecond), t.control.latency(ctx, time.Second)); err != nil {
		return err
	}
	count := max(t.n/10, 3)
	err := t.control.inject(ctx,
		fault{Method: "POST", Path: adding, Chance: .2, Count: count, Apply: true, Drop: true},
		fault{Method: "POST", Path: adding, Chance: .2, Count: count, Status: 503},
		fault{Method: "POST", Path: adding, Chance: .1, Count: count, Late: "5s", Drop: true},
	)
	if err != nil {
		return err
	}
	t.send(ctx)
	t.sent(ctx, .5)
	return t.harass(ctx, max(t.n/10, 8), 3)
}

// harass kills Segue every few seconds while there is something left to do, up to so
// many times. Every fourth one is left in peace, so that its recovery can be
// measured. With the kill of that number Temporal's file goes too; 0 for none.
func (t *trial) harass(ctx context.Context, kills, losing int) error {
	for i := 1; i <= kills && t.unfinished() && ctx.Err() == nil; i++ {
		pause := t.some(2*time.Second, 6*time.Second)
		if i%4 == 0 {
			pause += peace
		}
		rest(ctx, pause)
		t.inject(1)
		meanwhile := func() {}
		if i == losing {
			meanwhile = t.forget
		}
		if err := t.restart(ctx, syscall.SIGKILL, meanwhile); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// paste brings a list: it is pasted, looked at as it was read, and started by the
// same form until that is answered.
func (t *trial) paste(ctx context.Context, w *wish) {
	start, form := t.preview(ctx, w)
	for ctx.Err() == nil {
		to, err := t.people[w.who].post(ctx, t.segue.url+start, form)
		if err == nil && strings.HasPrefix(to, "/runs/") {
			w.mu.Lock()
			w.run = strings.TrimPrefix(to, "/runs/")
			w.mu.Unlock()
			t.took(w, to)
			return
		}
		rest(ctx, 200*time.Millisecond)
	}
}

// preview pastes a list until its preview is shown, and returns where that is
// started and the form as somebody fills it in.
func (t *trial) preview(ctx context.Context, w *wish) (start string, form url.Values) {
	v := t.people[w.who]
	for ; ctx.Err() == nil; rest(ctx, 200*time.Millisecond) {
		page, err := v.post(ctx, v.url+"/import", url.Values{"text": {w.pasted}})
		if err != nil {
			continue
		}
		if form, err = v.form(ctx, page); err != nil {
			continue
		}
		if id := t.before.idOf(v.listener, w.playlist); id != "" {
			form.Set("playlist", id)
		} else {
			form.Set("name", w.playlist)
		}
		return page + "/start", form
	}
	return "", nil
}

// said are the words of a row of a list, as those of a message's songs.
var said = map[string]string{"already there": "already_there", "not found": "not_found"}

// results reads what became of each song of a list, by title, from the file that the page of its run offers.
func (v *visitor) results(ctx context.Context, run string) (map[string]string, error) {
	text, err := get(ctx, v.http, v.url+"/runs/"+run+"/export?format=json")
	if err != nil {
		return nil, err
	}
	var rows []struct{ Title, State string }
	err = json.Unmarshal([]byte(text), &rows)
	results := map[string]string{}
	for _, r := range rows {
		results[r.Title] = cmp.Or(said[r.State], r.State)
	}
	return results, err
}

// complete adds to the card of a list that has ended what its rows say. It reports false when they cannot be had just now.
func (t *trial) complete(ctx context.Context, w *wish, c *card) bool {
	if w.pasted == "" {
		return true
	}
	results, err := t.people[w.who].results(ctx, w.runKnown())
	c.results = results
	return err == nil
}
