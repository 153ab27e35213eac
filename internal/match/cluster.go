package match

import (
	"cmp"
	"math"
	"slices"
	"time"

	"segue/internal/music"
)

// sameLength is how far the tracks of one recording are apart at most.
const sameLength = 2 * time.Second

// nearLength is how far two recordings may be apart for nobody to tell them by it.
const nearLength = 3 * time.Second

// recording is a cluster of tracks that carry the same recording.
type recording struct {
	tracks []*scored // the one to take first
	best   evidence  // of the track that fits best
	weight float64   // against the others, unless ruled out
	share  float64   // confidence: 0 to 1, with regard to the other recordings
}

// scored is a candidate with its evidence.
type scored struct {
	candidate
	evidence
}

// survey takes every distinct track of that title apart and weighs it, in an order that does
// not depend on the order in which they were found.
func survey(w *wanted, found []music.Track) []*scored {
	found = slices.Clone(found)
	slices.SortStableFunc(found, compareTracks)
	found = slices.CompactFunc(found, func(a, b music.Track) bool { return a.ID == b.ID && a.URI == b.URI })
	out := make([]*scored, 0, len(found))
	for _, t := range found {
		if t.ID == "" && t.URI == "" {
			continue
		}
		s := &scored{candidate: newCandidate(t)}
		if s.evidence = weigh(w, &s.candidate); s.veto == offTitle {
			continue
		}
		out = append(out, s)
	}
	return out
}

// compareTracks orders tracks by id, then by all else that could differ.
func compareTracks(a, b music.Track) int {
	return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.URI, b.URI), cmp.Compare(a.Title, b.Title),
		cmp.Compare(a.ArtistNames(), b.ArtistNames()), cmp.Compare(a.Album.Name, b.Album.Name), cmp.Compare(a.Album.Release, b.Album.Release),
		cmp.Compare(a.Duration, b.Duration), cmp.Compare(a.ISRC, b.ISRC))
}

// cluster groups tracks into recordings: the same ISRC, or the same core, part,
// hard marks and performer with lengths within 2 s. Tracks of unknown length
// join the only recording they can belong to.
func cluster(tracks []*scored) []*recording {
	parent := make([]int, len(tracks))
	for i := range parent {
		parent[i] = i
	}
	find := func(i int) int {
		for parent[i] != i {
			i = parent[i]
		}
		return i
	}
	join := func(same func(a, b *candidate) bool) {
		for i := range tracks {
			for j := i + 1; j < len(tracks); j++ {
				if a, b := find(i), find(j); a != b && same(&tracks[i].candidate, &tracks[j].candidate) {
					parent[max(a, b)] = min(a, b)
				}
			}
		}
	}
	join(sameRecording)
	adopt(tracks, find, parent)
	groups := make(map[int]*recording, len(tracks))
	var out []*recording
	for i, t := range tracks {
		root := find(i)
		if groups[root] == nil {
			groups[root] = &recording{}
			out = append(out, groups[root])
		}
		groups[root].tracks = append(groups[root].tracks, t)
	}
	return out
}

// adopt lets tracks of unknown length join the recording of the same song if
// there is exactly one.
func adopt(tracks []*scored, find func(int) int, parent []int) {
	for i, t := range tracks {
		if t.track.Duration > 0 || find(i) != i {
			continue
		}
		home := -1
		for j, u := range tracks {
			if root := find(j); u.track.Duration > 0 && root != home && sameSong(&t.candidate, &u.candidate) {
				if home >= 0 {
					home = -2
					break
				}
				home = root
			}
		}
		if home >= 0 {
			parent[i] = home
		}
	}
}

func sameRecording(a, b *candidate) bool {
	if a.track.SameRecording(b.track) {
		return true
	}
	if (a.track.Duration > 0) != (b.track.Duration > 0) {
		return false
	}
	return gap(a.track.Duration, b.track.Duration) <= sameLength && sameSong(a, b)
}

// sameSong reports whether two tracks differ in length at most.
func sameSong(a, b *candidate) bool {
	if !a.title.full.equal(b.title.full) || a.title.part != b.title.part || a.version.tags.hard() != b.version.tags.hard() || a.tribute != b.tribute {
		return false
	}
	if a.version.tags.hard() != 0 && a.version.conflicts(b.version) {
		return false
	}
	return slices.ContainsFunc(a.credit.names, func(n name) bool {
		return slices.ContainsFunc(b.credit.names, func(m name) bool { return n.key == m.key })
	})
}

// rank sums up each recording, shares the confidence out among those that are
// not ruled out, and sorts them: best first.
func rank(w *wanted, recordings []*recording) {
	total := 0.0
	for _, r := range recordings {
		r.settle(w)
		if r.best.veto == noVeto {
			r.weight = r.rival()
			total += r.weight
		}
	}
	for _, r := range recordings {
		r.share = chance(r.best.odds)
		if r.best.veto == noVeto {
			r.share *= min(1, nearWeight(r, recordings)/total)
		}
	}
	slices.SortStableFunc(recordings, func(a, b *recording) int {
		return cmp.Or(cmp.Compare(a.best.veto, b.best.veto), cmp.Compare(b.share, a.share), cmp.Compare(b.weight, a.weight),
			cmp.Compare(born(a.lead()), born(b.lead())), compareTracks(a.lead().track, b.lead().track))
	})
}

// nearWeight sums the weights of a recording and of those that nobody could
// tell from it, so that they do not count as rivals.
func nearWeight(r *recording, all []*recording) float64 {
	sum := 0.0
	for _, o := range all {
		if o.best.veto == noVeto && (o == r || r.near(o)) {
			sum += o.weight
		}
	}
	return sum
}

// near reports whether two recordings differ by 3 s at most and in nothing
// else: another mastering, another fade.
func (r *recording) near(o *recording) bool {
	a, b := &r.lead().candidate, &o.lead().candidate
	return a.track.Duration > 0 && b.track.Duration > 0 && gap(a.track.Duration, b.track.Duration) <= nearLength && sameSong(a, b)
}

// settle finds the evidence for the recording and the order of its tracks.
func (r *recording) settle(w *wanted) {
	slices.SortStableFunc(r.tracks, func(a, b *scored) int { return prefer(w, a, b) })
	r.best = slices.MinFunc(r.tracks, func(a, b *scored) int {
		return cmp.Or(cmp.Compare(a.veto, b.veto), cmp.Compare(b.odds, a.odds))
	}).evidence
}

// rival is the weight a recording has against the others.
func (r *recording) rival() float64 {
	albums := make([]string, 0, len(r.tracks))
	gatheredOnly := true
	for _, t := range r.tracks {
		gatheredOnly = gatheredOnly && compilation(t.track.Album)
		if t.title.version.tags&edit == 0 {
			albums = append(albums, t.track.Album.Name)
		}
	}
	slices.Sort(albums)
	n := max(1, len(slices.Compact(albums)))
	return math.Exp(r.best.odds + weights[releases]*math.Log(float64(n)) +
		weights[extraRival]*float64(min(r.best.kin.extra, 2)) + weights[gathered]*yes(gatheredOnly))
}

// lead is the track that stands for the recording.
func (r *recording) lead() *scored { return r.tracks[0] }
