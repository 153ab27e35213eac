package spotify

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	zmb3 "github.com/zmb3/spotify/v2"
)

const (
	namedFor = 10 * time.Second // how long a snapshot that Spotify has named counts as today's
	lag      = 47 * time.Second // the longest that reads of rows may be behind
	mostKept = 500_000          // rows remembered in all, some 30 MB
	cheap    = 4 * pageSize     // rows that are read as a whole rather than known half
)

// memory remembers the rows of playlists, so that a list that has not changed is
// not read again. Losing it costs calls and nothing else.
//
// A snapshot id changes with every change, but late: Spotify may name the old one
// for half a minute, and show old rows as well. So rows are taken for those of a
// snapshot only when they cannot be older than it: they show the very write that was
// answered with it, or were read after the snapshot had been named for longer than rows lag.
// Then, while Spotify still names that snapshot, they are as good as a read of this moment.
type memory struct {
	mu    sync.Mutex
	lists map[memoryKey]*contents
	kept  int
}

type memoryKey struct{ personID, playlistID string }

// contents are what one person sees in one playlist.
type contents struct {
	uris   []string // "" where a row has none; nil when not known
	of     string   // the snapshot whose rows these are; "" when they may be older
	unseen int      // of the last ones: appended by us, and no read has shown them yet
	answer string   // the snapshot that the last append was answered with
	writes int      // rises with every write of ours: what was read before one is not kept

	snapshot    string // as Spotify named it last
	since, last time.Time
}

// now reports whether these are the rows of this moment.
func (r *contents) now(at time.Time) bool {
	return r.of != "" && r.unseen == 0 && r.of == r.snapshot && at.Sub(r.last) < namedFor
}

func (m *memory) of(personID, playlistID string) *contents {
	if m.lists == nil {
		m.lists = map[memoryKey]*contents{}
	}
	key := memoryKey{personID, playlistID}
	if m.lists[key] == nil {
		m.lists[key] = &contents{}
	}
	return m.lists[key]
}

// look returns a copy of what is known.
func (m *memory) look(personID, playlistID string) contents {
	m.mu.Lock()
	defer m.mu.Unlock()
	return *m.of(personID, playlistID)
}

// names notes the snapshot that Spotify gives for a playlist whose rows are of interest.
func (m *memory) names(personID, playlistID, snapshot string, at time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if r := m.lists[memoryKey{personID, playlistID}]; r != nil {
		r.named(snapshot, at)
	}
}

func (r *contents) named(snapshot string, at time.Time) {
	if r.snapshot != snapshot {
		r.snapshot, r.since = snapshot, at
	}
	r.last = at
}

// keep replaces what is known, unless something was written since was looked at.
func (m *memory) keep(personID, playlistID string, was contents, uris []string, of string, unseen int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.of(personID, playlistID)
	if r.writes != was.writes {
		return
	}
	if m.kept += len(uris) - len(r.uris); m.kept > mostKept {
		clear(m.lists)
		m.kept = 0
		return
	}
	r.uris, r.of, r.unseen = slices.Clip(uris), of, unseen
}

// write forgets the rows, which a write is about to change, and returns what was known.
func (m *memory) write(personID, playlistID string) contents {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.of(personID, playlistID)
	was := *r
	r.writes++
	was.writes = r.writes
	m.kept -= len(r.uris)
	*r = contents{writes: r.writes} // the snapshot too: a write may be applied late
	return was
}

// appended notes rows that Spotify has confirmed, with the snapshot it named.
func (m *memory) appended(personID, playlistID string, was contents, uris []string, snapshot string, at time.Time) {
	if was.uris == nil || snapshot == "" {
		return
	}
	m.keep(personID, playlistID, was, slices.Concat(was.uris, uris), was.of, was.unseen+len(uris))
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.of(personID, playlistID)
	r.answer = snapshot
	r.named(snapshot, at)
}

// snapshotOf reads the answer to a write; "" when it was cut short.
func snapshotOf(body []byte) string {
	var answer struct {
		SnapshotID string `json:"snapshot_id"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	return answer.SnapshotID
}

// Rows returns the URI of every row of the playlist, "" where a row has none: a
// complete list or an error. It spares the calls when Spotify has just named, in
// Playlists or Playlist, the snapshot whose rows are known, and reads only the end
// where a confirmed append is all that has changed. It must not be used to prove
// that a write was not applied: Items always asks.
func (c *Client) Rows(ctx context.Context, personID, playlistID string) ([]string, error) {
	known := c.memory.look(personID, playlistID)
	if known.now(c.now()) {
		return slices.Clone(known.uris), nil
	}
	if known.unseen > 0 {
		uris, ok, err := c.end(ctx, personID, playlistID, known)
		if err != nil || ok {
			return uris, err
		}
	}
	began := c.now()
	items, err := c.Items(ctx, personID, playlistID)
	if err != nil {
		return nil, err
	}
	uris := make([]string, len(items))
	for i, item := range items {
		uris[i] = item.URI
	}
	c.memory.keep(personID, playlistID, known, uris, known.provenBy(uris, began), 0)
	return slices.Clone(uris), nil
}

// provenBy returns the snapshot that a complete read cannot be older than, "" for none.
func (r *contents) provenBy(uris []string, began time.Time) string {
	switch {
	case r.unseen > 0 && len(uris) >= len(r.uris) && slices.Equal(uris[:len(r.uris)], r.uris):
		return r.answer
	case r.unseen == 0 && r.of != "" && slices.Equal(uris, r.uris):
		return r.of
	case r.unseen == 0 && r.snapshot != "" && began.Sub(r.since) >= lag && began.Sub(r.last) < namedFor:
		return r.snapshot
	default:
		return ""
	}
}

// end reads the last rows. When they are the known ones with or without those
// that were appended, ok is true and the whole list is returned as reads show it.
func (c *Client) end(ctx context.Context, personID, playlistID string, known contents) (uris []string, ok bool, err error) {
	before := len(known.uris) - known.unseen
	from := max(0, min(before, len(known.uris)-pageSize))
	if known.of == "" && len(known.uris) <= cheap {
		from = 0 // then it is known for sure what stands there, and the next time costs nothing
	}
	reader, total := c.reader(personID), 0
	tail, err := whole(ctx, func(offset int) (page[zmb3.PlaylistItem], error) {
		p, err := itemPage(ctx, reader, playlistID, from+offset)
		total = p.total
		p.last = p.last || from+offset >= p.total
		p.total = max(0, p.total-from)
		return p, err
	})
	if err != nil {
		return nil, false, err
	}
	if total != len(known.uris) && total != before {
		return nil, false, nil
	}
	for i := range tail {
		if item(&tail[i]).URI != known.uris[from+i] {
			return nil, false, nil
		}
	}
	if total == len(known.uris) {
		of := known.answer
		if known.of == "" && from > 0 {
			of = "" // what stands before the end may be older
		}
		c.memory.keep(personID, playlistID, known, known.uris, of, 0)
	}
	return slices.Clone(known.uris[:total]), true, nil
}
