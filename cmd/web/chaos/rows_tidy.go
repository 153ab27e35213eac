package main

import (
	"context"
	"time"
)

// tidyRows take duplicates out of playlists, of which every song must stay once, in its order.
func tidyRows() []row {
	return []row{
		{name: "dedupe-kill", what: "each playlist freed of duplicates, SIGKILL every 2 to 5 s, a fifth of the answers lost", plan: untidy, act: tidyUp, tally: scripted},
	}
}

// untidy has each playlist tidied up by one message; its songs are those that must stay.
func untidy(t *trial) {
	t.wishes = t.wishes[:min(len(t.wishes), t.lists*len(listeners), len(t.songs)/3)]
	for i := range t.wishes {
		t.wishes[i] = &wish{
			who: i % len(listeners), playlist: listName(1 + i/len(listeners)), songs: t.songs[3*i : 3*i+3], tidies: true,
		}
	}
}

func tidyUp(ctx context.Context, t *trial) error {
	for _, p := range t.before.Playlists {
		for _, w := range t.wishes {
			if listeners[w.who] != p.Owner || w.playlist != p.Name {
				continue
			}
			if err := t.control.rows(ctx, p.ID, repeated(w.songs)); err != nil {
				return err
			}
		}
	}
	err := t.control.inject(ctx,
		fault{Method: "DELETE", Path: adding, Chance: .1, Count: max(t.n/5, 2), Apply: true, Drop: true},
		fault{Method: "DELETE", Path: adding, Chance: .1, Count: max(t.n/5, 2), Status: 503},
		fault{Method: "POST", Path: adding, Chance: .1, Count: max(t.n/5, 2), Apply: true, Drop: true},
		fault{Method: "POST", Path: adding, Chance: .1, Count: max(t.n/5, 2), Status: 503},
	)
	if err != nil {
		return err
	}
	t.send(ctx)
	for kills := 0; kills < 6 || t.unfinished() && kills < max(20, t.n/10); kills++ {
		rest(ctx, t.some(2*time.Second, 5*time.Second))
		if err := t.kill(ctx); err != nil {
			return err
		}
	}
	return nil
}

// repeated are three songs of which each stands there again, by its own id or by a twin's.
func repeated(s []song) []string {
	again := s[2].uri
	if s[2].twin != "" {
		again = s[2].twin
	}
	return []string{s[0].uri, s[1].uri, s[0].uri, s[2].uri, s[1].uri, s[0].uri, again}
}
