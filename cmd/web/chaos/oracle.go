package main

import (
	"cmp"
	"fmt"
	"slices"
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
		at := listeners[w.who] + "/" + w.playlist
		asked[at] = append(asked[at], w)
	}
	recording := recordings(songs)
	old := map[string]playlist{}
	for _, p := range before.Playlists {
		old[p.ID] = p
	}
	for _, w := range all {
		if p := before.idOf(listeners[w.who], w.follows); w.follows != "" {
			old[p] = filled(old[p], w.source)
		}
	}
	for _, p := range after.Playlists { // one that was made in this row was empty before
		f.rows(old[p.ID], p, asked[p.Owner+"/"+p.Name], recording)
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

// filled returns a playlist with other rows.
func filled(p playlist, uris []string) playlist {
	p.Rows = nil
	for _, uri := range uris {
		p.Rows = append(p.Rows, struct{ URI string }{uri})
	}
	return p
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
		if w.sorts {
			f.sorted(w, before, after, recording)
		} else {
			f.said(w, after, recording)
		}
		if w.pasted != "" {
			f.listed(w)
		}
	}
	f.unsaid(had, has, asked, after)
}

// listed judges the rows of a list that has ended: each has an end, none is of a song
// that there is not, and the page counts them as they are.
func (f *finding) listed(w *wish) {
	if w.ended.IsZero() {
		return
	}
	for _, s := range slices.Concat(w.songs, w.nowhere) {
		if result := w.results[s.title]; slices.Contains([]string{"", "to go", "matched", "to review"}, result) {
			f.lost = append(f.lost, fmt.Sprintf("%s has ended with %s as %q", w.run, s.title, result))
		}
	}
	if n := w.countOf("added"); n != w.added {
		f.untrue = append(f.untrue, fmt.Sprintf("%s: %d are said to be added, %d rows say so", w.run, w.added, n))
	}
	for _, s := range w.nowhere {
		if result := w.results[s.title]; result != "not_found" {
			f.untrue = append(f.untrue, fmt.Sprintf("%s: %s, which there is not, as %q", w.run, s.title, result))
		}
	}
}

// unsaid finds songs that are there now although each page of a run that asked for them says otherwise.
func (f *finding) unsaid(had, has map[string]int, asked []*wish, after playlist) {
	told := map[string]bool{} // by recording
	for _, w := range asked {
		excused := w.tidies || w.sorts || w.state != "done" && w.state != "failed"
		for _, s := range w.songs {
			told[s.uri] = told[s.uri] || excused || there(w.results[s.title])
		}
	}
	for uri, ok := range told {
		if !ok && has[uri] > had[uri] {
			f.untrue = append(f.untrue, fmt.Sprintf("%s/%s: %s is there, and no page says so", after.Owner, after.Name, uri))
		}
	}
}

// there reports whether a result says that the song is in the playlist.
func there(result string) bool { return result == "added" || result == "already_there" }

// sorted judges rows that were to stand in the order of their artists: the same rows
// as before, those of one artist as they stood among themselves, and what is no track last.
func (f *finding) sorted(w *wish, before, after playlist, recording func(string) string) {
	artist := map[string]string{}
	for _, s := range w.songs {
		artist[s.uri] = s.artist
	}
	want := slices.Clone(before.Rows)
	slices.SortStableFunc(want, func(a, b struct{ URI string }) int {
		if a.URI == "" || b.URI == "" {
			return cmp.Compare(len(b.URI), len(a.URI))
		}
		return cmp.Compare(artist[recording(a.URI)], artist[recording(b.URI)])
	})
	uri := func(a, b struct{ URI string }) int { return cmp.Compare(a.URI, b.URI) }
	switch {
	case slices.Equal(want, after.Rows):
	case !slices.Equal(slices.SortedFunc(slices.Values(want), uri), slices.SortedFunc(slices.Values(after.Rows), uri)):
		f.stray = append(f.stray, fmt.Sprintf("%s: other rows in %s/%s than before", w.run, after.Owner, after.Name))
	case w.state == "done":
		f.disorder = append(f.disorder, fmt.Sprintf("%s: %s/%s is not in the order of its artists", w.run, after.Owner, after.Name))
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
		if there(result) && at < 0 && !w.undone {
			f.untrue = append(f.untrue, fmt.Sprintf("%s: %s is said to be %s in %s/%s", w.run, s.title, result, after.Owner, after.Name))
		}
		if w.state == "done" && !there(result) {
			f.failed = append(f.failed, fmt.Sprintf("%s: %s ended as %q", w.run, s.title, result))
		}
		if result == "added" && at >= 0 && !w.apart {
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
