package main

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// peace is how long nothing else may happen after an upset from which recovery is measured.
const peace = 20 * time.Second

// moves measures, for each run that was open when something upset it, how long
// it took until Spotify, or a language model, heard of it again or it ended. Upsets
// that were soon followed by another are left out, and so are runs that share a
// playlist: nobody can tell whose call it was.
func moves(upsets []time.Time, log []request, all []*wish, after state) (took []time.Duration) {
	ids, sharers := map[string]string{}, map[string]int{}
	for _, p := range after.Playlists {
		ids[p.Owner+"/"+p.Name] = p.ID
	}
	for _, w := range all {
		sharers[listeners[w.who]+"/"+w.playlist]++
	}
	for i, upset := range upsets {
		if i+1 < len(upsets) && upsets[i+1].Sub(upset) < peace {
			continue
		}
		for _, w := range all {
			at := listeners[w.who] + "/" + w.playlist
			if sharers[at] > 1 || !w.openAt(upset) {
				continue
			}
			if moved := next(log, upset, ids[at], w); !moved.IsZero() {
				took = append(took, moved.Sub(upset))
			}
		}
	}
	return took
}

// next returns when the run of the wish was heard of after a moment.
func next(log []request, after time.Time, playlist string, w *wish) time.Time {
	moved := w.ended
	for _, r := range log {
		if !r.At.Before(after) && (moved.IsZero() || r.At.Before(moved)) && r.servedFor(w, playlist) {
			moved = r.At
		}
	}
	return moved
}

// servedFor reports whether a call was made for the run of a wish: it names the
// playlist, looks for one of the songs, or shows the message to a model.
func (r request) servedFor(w *wish, playlist string) bool {
	if r.Method == thinking {
		return r.Body == w.text()
	}
	query, _ := url.QueryUnescape(r.Query) // of a log that has it from a client
	return playlist != "" && strings.Contains(r.Path, playlist) ||
		query != "" && slices.ContainsFunc(w.songs, func(s song) bool { return strings.Contains(query, s.title) })
}
