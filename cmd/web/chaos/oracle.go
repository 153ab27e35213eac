package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// slack is how long after a refusal a call may still arrive: it was under way.
const slack = 300 * time.Millisecond

// finding is what the oracle has found to be wrong, each as one line.
type finding struct {
	lost      []string // accepted and never ended
	failed    []string // ended, but not as asked
	doubled   []string // rows too many
	disorder  []string // songs of one message the wrong way round
	untrue    []string // said to be there and not there, or the reverse
	stray     []string // changes that nobody asked for
	impatient []string // calls while Spotify wanted none
}

// judge compares what Spotify held before and holds now with what was asked
// for. Stopped says that ending as cancelled was asked for too.
func judge(before, after state, all []*wish, songs []song, stopped bool) finding {
	var f finding
	for _, w := range all {
		f.ending(w, stopped)
	}
	asked := map[string][]*wish{} // by owner and name
	for _, w := range all {
		if !w.creates {
			at := listeners[w.who] + "/" + w.playlist
			asked[at] = append(asked[at], w)
		}
	}
	recording := recordings(songs)
	for _, p := range after.Playlists {
		was := slices.IndexFunc(before.Playlists, func(q playlist) bool { return q.ID == p.ID })
		if was < 0 {
			continue // made in this row; created judges it
		}
		f.rows(before.Playlists[was], p, asked[p.Owner+"/"+p.Name], recording)
	}
	f.created(before, after, all)
	return f
}

func (f *finding) ending(w *wish, stopped bool) {
	switch {
	case w.accepted.IsZero():
		f.lost = append(f.lost, "never accepted: "+w.text())
	case w.ended.IsZero():
		f.lost = append(f.lost, w.run+": "+w.text())
	case w.state == "failed", w.state == "cancelled" && !stopped:
		f.failed = append(f.failed, w.run+" "+w.state+": "+w.text())
	}
}

// recordings maps each URI to the one that stands for its recording.
func recordings(songs []song) func(uri string) string {
	first := map[string]string{}
	for _, s := range songs {
		if s.twin != "" {
			first[s.twin] = s.uri
		}
	}
	return func(uri string) string {
		if to, ok := first[uri]; ok {
			return to
		}
		return uri
	}
}

// rows judges one playlist.
func (f *finding) rows(before, after playlist, asked []*wish, recording func(string) string) {
	had, has := tally(before, recording), tally(after, recording)
	wanted := map[string]bool{}
	for _, w := range asked {
		for _, s := range w.songs {
			wanted[s.uri] = !w.undone
		}
	}
	for uri, n := range has {
		more := n - had[uri]
		_, known := wanted[uri]
		switch {
		case more > 0 && !known:
			f.stray = append(f.stray, fmt.Sprintf("%s/%s: %d × %s", after.Owner, after.Name, more, uri))
		case more > 1:
			f.doubled = append(f.doubled, fmt.Sprintf("%s/%s (%s): %d × %s", after.Owner, after.Name, after.ID, more, uri))
		case more > 0 && !wanted[uri]:
			f.untrue = append(f.untrue, fmt.Sprintf("%s/%s: taken back and still there: %s", after.Owner, after.Name, uri))
		}
	}
	for uri, n := range had {
		if has[uri] < n {
			f.stray = append(f.stray, fmt.Sprintf("%s/%s: gone: %s", after.Owner, after.Name, uri))
		}
	}
	for _, w := range asked {
		f.said(w, after, recording)
	}
}

func tally(p playlist, recording func(string) string) map[string]int {
	n := map[string]int{}
	for _, r := range p.Rows {
		if r.URI != "" {
			n[recording(r.URI)]++
		}
	}
	return n
}

// said checks what the page claims of a wish against the rows, and the order of what it added.
func (f *finding) said(w *wish, after playlist, recording func(string) string) {
	last := -1
	for _, s := range w.songs {
		result := w.results[s.title]
		if w.tidies {
			result = "added" // what stays is like what was added: there, once, and in order
		}
		at := slices.IndexFunc(after.Rows, func(r struct{ URI string }) bool { return recording(r.URI) == s.uri })
		there := result == "added" || result == "already_there"
		if there && at < 0 && !w.undone {
			f.untrue = append(f.untrue, fmt.Sprintf("%s: %s is said to be %s in %s/%s", w.run, s.title, result, after.Owner, after.Name))
		}
		if w.state == "done" && !there {
			f.failed = append(f.failed, fmt.Sprintf("%s: %s ended as %q", w.run, s.title, result))
		}
		if result == "added" && at >= 0 {
			if at < last {
				f.disorder = append(f.disorder, fmt.Sprintf("%s: %s in %s/%s", w.run, s.title, after.Owner, after.Name))
			}
			last = at
		}
	}
}

// created judges playlists that were asked for.
func (f *finding) created(before, after state, all []*wish) {
	count := func(s state, w *wish) (n int) {
		for _, p := range s.Playlists {
			if p.Owner == listeners[w.who] && p.Name == w.playlist {
				n++
			}
		}
		return n
	}
	for _, w := range all {
		if !w.creates {
			continue
		}
		switch n := count(after, w) - count(before, w); {
		case n > 1:
			f.doubled = append(f.doubled, fmt.Sprintf("%s: %d playlists %s", w.run, n, w.playlist))
		case n < 1 && w.state == "done":
			f.untrue = append(f.untrue, fmt.Sprintf("%s: no playlist %s", w.run, w.playlist))
		}
	}
}

// early returns the calls that arrived while Spotify had asked for a pause.
func early(log []request, window time.Duration) (calls []string) {
	if window == 0 {
		return nil
	}
	for _, no := range log {
		if no.Status != 429 {
			continue
		}
		from, to := no.end().Add(slack), no.end().Add(window-slack)
		for _, r := range log {
			if r.toAPI() && r.At.After(from) && r.At.Before(to) {
				calls = append(calls, fmt.Sprintf("%s %s %.1f s after a 429", r.Method, r.Path, r.At.Sub(no.end()).Seconds()))
			}
		}
	}
	slices.Sort(calls)
	return slices.Compact(calls)
}

// peace is how long nothing else may happen after an upset from which recovery is measured.
const peace = 20 * time.Second

// moves measures, for each run that was open when something upset it, how long
// it took until Spotify heard of it again or it ended. Upsets that were soon
// followed by another are left out, and so are runs that share a playlist:
// nobody can tell whose call it was.
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
		if r.At.Before(after) || !moved.IsZero() && r.At.After(moved) {
			continue
		}
		query, _ := url.QueryUnescape(r.Query) // of a log that has it from a client
		if strings.Contains(r.Path, playlist) || strings.Contains(query, w.songs[0].title) {
			moved = r.At
		}
	}
	return moved
}
