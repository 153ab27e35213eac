package emulator

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strconv"
	"time"
)

// row is one place in a playlist. A row whose URI is "" is null.
type row struct {
	URI string    `json:"uri"`
	At  time.Time `json:"at"`
	By  string    `json:"by"`
}

// edition is a playlist as it was after one mutation. Editions are never
// changed, so a read may keep one without the lock.
type edition struct {
	Name          string `json:"name"`
	Description   string `json:"description"`
	Public        bool   `json:"public"`
	Collaborative bool   `json:"collaborative"`
	Rows          []row  `json:"rows"`
	Snapshot      string `json:"snapshot"`

	seen     time.Time // when reads begin to show it
	snapSeen time.Time // when reads begin to show its snapshot
	between  time.Time // when reads begin to show neither the old nor the new one; zero = never
}

// playlist is its newest edition and those that lagging reads may still see.
type playlist struct {
	ID      string     `json:"id"`
	Owner   string     `json:"owner"`
	Current *edition   `json:"current"`
	Earlier []*edition `json:"-"` // oldest first
	writers int
}

// snapshotID looks like Spotify's: base64 of a counter and a digest.
func snapshotID(digest uint64, move int) string {
	var b [24]byte
	binary.BigEndian.PutUint32(b[:4], uint32(move))
	for i := range 5 {
		binary.BigEndian.PutUint32(b[4+4*i:], uint32(mix(digest+uint64(i))))
	}
	return base64.StdEncoding.EncodeToString(b[:])
}

// mutate makes the next edition: change gets a copy to edit and must replace,
// not edit, its Rows.
func (e *Emulator) mutate(p *playlist, now time.Time, change func(*edition)) *edition {
	next := *p.Current
	change(&next)
	next.Snapshot = e.world.snapshot(e.dice)
	rows, snap := e.knobs.Lag.draw(e.dice)
	next.seen, next.snapSeen, next.between = now.Add(rows), now.Add(max(rows, snap)), time.Time{}
	if e.knobs.Lag.Intermediate {
		next.between = now.Add(max(rows, snap) / 2)
	}
	p.Earlier = append(p.Earlier, p.Current)
	p.Current = &next
	p.prune(now)
	e.world.Version++
	return p.Current
}

// prune forgets the editions that no read can see any more.
func (p *playlist) prune(now time.Time) {
	all := append(slices.Clone(p.Earlier), p.Current)
	for i := len(all) - 1; i > 0; i-- {
		if !all[i].seen.After(now) && !all[i].snapSeen.After(now) {
			p.Earlier = all[i : len(all)-1]
			return
		}
	}
}

// view is what a read at the time sees: possibly old rows, possibly an older snapshot.
func (p *playlist) view(now time.Time) edition {
	seen, snapshot := p.first(), ""
	for _, ed := range append(slices.Clone(p.Earlier), p.Current) {
		if !ed.seen.After(now) {
			seen = ed
		}
		switch {
		case !ed.snapSeen.After(now):
			snapshot = ed.Snapshot
		case !ed.between.IsZero() && !ed.between.After(now):
			snapshot = snapshotID(uint64(len(ed.Rows)), len(ed.Snapshot))
		}
	}
	v := *seen
	if snapshot != "" {
		v.Snapshot = snapshot
	}
	return v
}

func (p *playlist) first() *edition {
	if len(p.Earlier) > 0 {
		return p.Earlier[0]
	}
	return p.Current
}

// create makes a playlist at the top of the owner's library. It can be read at once.
func (w *world) create(d *dice, owner string, first edition) *playlist {
	w.Made++
	first.Snapshot = w.snapshot(d)
	id := makeID("playlist", owner, strconv.Itoa(w.Made), strconv.FormatUint(d.seed, 36))
	p := &playlist{ID: id, Owner: owner, Current: &first}
	w.Playlists[id] = p
	who := w.People[owner]
	who.Library = slices.Insert(who.Library, 0, id)
	w.Version++
	return p
}

// mayEdit reports whether the person owns or collaborates on the list.
func (p *playlist) mayEdit(person string) bool { return p.Owner == person || p.Current.Collaborative }

// SetRows replaces the rows as another client of the owner would, without lag.
// "null" makes a row with nothing in it.
func (e *Emulator) SetRows(playlistID string, uris []string) error {
	e.mu.Lock()
	p, ok := e.world.Playlists[playlistID]
	if !ok {
		e.mu.Unlock()
		return notFound()
	}
	now := e.clock.Now()
	rows := makeRows(uris, p.Owner, now)
	next := e.mutate(p, now, func(ed *edition) { ed.Rows = rows })
	next.seen, next.snapSeen, next.between, p.Earlier = now, now, time.Time{}, nil
	e.journal.mutation(Mutation{At: now, Person: p.Owner, Playlist: p.ID, Kind: "rows", URIs: uris, Snapshot: next.Snapshot})
	e.mu.Unlock()
	return e.persist()
}

func makeRows(uris []string, by string, now time.Time) []row {
	rows := make([]row, len(uris))
	for i, uri := range uris {
		if rows[i] = (row{URI: uri, At: now, By: by}); uri == "null" {
			rows[i] = row{}
		}
	}
	return rows
}
