package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
)

// wish is a message to be sent, what it asks for and what became of it.
type wish struct {
	who      int    // the person, by place in listeners
	playlist string // its name; both persons have all names
	songs    []song
	creates  bool   // it asks for the playlist itself, or brings a list into a new one
	tidies   bool   // it asks to remove duplicates; the songs are those that stay
	sorts    bool   // it asks for the rows in the order of their artists; the songs are those that stand there
	apart    bool   // each song came by a run of its own, so that their order is nobody's
	pasted   string // a whole list, for the import page; the songs are what it names, each once
	follows  string // the playlist that a schedule brings into this one
	nowhere  []song // that the list names too, and Spotify does not have

	mu           sync.Mutex // guards what follows
	conversation string
	run          string
	accepted     time.Time
	ended        time.Time
	state        string
	results      map[string]string // by title
	added        int               // songs of a list, as its page counts them
	source       []string          // what somebody else has put into the playlist that is followed
	undone       bool              // a second run took it back
}

// text is the message.
func (w *wish) text() string {
	switch {
	case w.pasted != "":
		return fmt.Sprintf("a list of %d songs for %s", len(w.songs)+len(w.nowhere), w.playlist)
	case w.follows != "":
		return "what is new in " + w.follows + ", into " + w.playlist
	case w.sorts:
		return "sort " + w.playlist + " by artist"
	case w.creates:
		return "create a playlist called " + w.playlist
	case w.tidies:
		return "remove duplicates from " + w.playlist
	case len(w.songs) == 1:
		return fmt.Sprintf("add %s by %s to %s", w.songs[0].title, w.songs[0].artist, w.playlist)
	}
	var text strings.Builder
	text.WriteString("add to " + w.playlist + ":")
	for _, s := range w.songs {
		fmt.Fprintf(&text, "\n%s by %s", s.title, s.artist)
	}
	return text.String()
}

// runKnown is the id of the run, "" until a page has told it.
func (w *wish) runKnown() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.run
}

func (w *wish) final() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.ended.IsZero()
}

func (w *wish) isAccepted() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.accepted.IsZero()
}

// openAt reports whether the wish was accepted and not known to be over at that moment.
func (w *wish) openAt(at time.Time) bool {
	return !w.accepted.IsZero() && w.accepted.Before(at) && (w.ended.IsZero() || w.ended.After(at))
}

func (w *wish) end(c card) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state, w.results, w.added, w.ended = c.state, c.results, c.added, time.Now()
}

// reopen forgets that the wish has ended: it is tried again.
func (w *wish) reopen() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state, w.results, w.ended = "", nil, time.Time{}
}

// countOf returns how many songs have that result.
func (w *wish) countOf(result string) (n int) {
	for _, r := range w.results {
		if r == result {
			n++
		}
	}
	return n
}

const (
	hotLists  = 3 // playlists of each person that many messages go to
	hotShare  = 0.1
	longShare = 0.3 // of the messages have three songs
)

// wishes plans n messages. Of them the share again asks for what the one before has asked for.
func wishes(rnd *rand.Rand, n int, songs []song, lists int, again float64) []*wish {
	var all []*wish
	for i := range n {
		if i > 0 && rnd.Float64() < again {
			old := all[i-1]
			all = append(all, &wish{who: old.who, playlist: old.playlist, songs: old.songs})
			continue
		}
		w := &wish{who: i % len(listeners), playlist: listName(hotLists + 1 + i/len(listeners)%(lists-hotLists))}
		if rnd.Float64() < hotShare {
			w.playlist = listName(1 + rnd.IntN(hotLists))
		}
		many := 1
		if rnd.Float64() < longShare {
			many = 3
		}
		w.songs, songs = songs[:many], songs[many:]
		all = append(all, w)
	}
	return all
}

func listName(i int) string { return fmt.Sprintf("List %d", i) }
