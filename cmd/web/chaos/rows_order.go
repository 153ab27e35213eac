package main

import (
	"context"
	"time"
)

// orderRows put the rows of playlists into order.
func orderRows() []row {
	return []row{
		{
			name: "order-kill", what: "playlists put into order of artists, SIGKILL every 2 to 6 s, a third of the moves applied then cut, late or 503",
			over: 20 * time.Second, lasts: dying, within: afterKill, plan: shuffled, act: killAmidOrders, tally: scripted,
		},
	}
}

const (
	leastOrders     = 5
	messagesAnOrder = 5 // that one order stands for
	leastRows       = 8 // of a playlist to be sorted
	mostRows        = 20
)

// shuffled fills playlists with songs as chance has it, some twice, and has each sorted.
func shuffled(t *trial) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	now, err := t.control.state(ctx)
	if err != nil {
		return // without playlists the row finds nothing to sort, and so has lost it
	}
	t.wishes = nil
	for i := range min(max(t.n/messagesAnOrder, leastOrders), t.lists*len(listeners)) {
		w := &wish{who: i % len(listeners), playlist: listName(1 + i/len(listeners)), sorts: true}
		var rows []string
		for _, at := range t.rnd.Perm(len(t.songs))[:leastRows+t.rnd.IntN(mostRows-leastRows+1)] {
			s := t.songs[at]
			w.songs, rows = append(w.songs, s), append(rows, s.uri)
		}
		rows = append(rows, rows[0], rows[len(rows)/2])
		if i%3 == 0 {
			rows[1] = "null"
		}
		if err := t.control.rows(ctx, now.idOf(listeners[w.who], w.playlist), rows); err != nil {
			t.complain("rows of %s: %v", w.playlist, err)
		}
		t.wishes = append(t.wishes, w)
	}
}

// killAmidOrders breaks what can break while rows are moved.
func killAmidOrders(ctx context.Context, t *trial) error {
	count := max(t.n/5, 4)
	err := t.control.inject(ctx,
		fault{Method: "PUT", Path: adding, Chance: .1, Count: count, Apply: true, Drop: true},
		fault{Method: "PUT", Path: adding, Chance: .1, Count: count, Status: 503},
		fault{Method: "PUT", Path: adding, Chance: .1, Count: count, Late: "5s", Drop: true},
	)
	if err != nil {
		return err
	}
	t.send(ctx)
	t.sent(ctx, .5)
	return t.harass(ctx, max(t.n/10, 8), 0)
}
