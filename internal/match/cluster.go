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
	tracks   []*scored // the one to take first
	best     evidence  // of the track that fits best
	features Features
	year     int
	odds     float64 // log-odds of being the song rather than nothing found
	share    float64 // confidence: 0 to 1, with regard to the other recordings
}

// scored is a candidate with its evidence.
type scored struct {
	candidate
	evidence
}

// survey takes every distinct track of that title apart and weighs it, in an order that does
// not depend on the order in which they were found.
func survey(w *wanted, found []music.Track) []*scored {
	tracks := make([]*music.Track, len(found))
	for i := range found {
		tracks[i] = &found[i]
	}
	slices.SortStableFunc(tracks, compareTracks)
	tracks = slices.CompactFunc(tracks, func(a, b *music.Track) bool { return a.ID == b.ID && a.URI == b.URI })
	out := make([]*scored, 0, len(tracks))
	for _, t := range tracks {
		if t.ID == "" && t.URI == "" {
			continue
		}
		c := newCandidate(t)
		if e := weigh(w, &c); e.veto != offTitle {
			out = append(out, &scored{candidate: c, evidence: e})
		}
	}
	return out
}

// compareTracks orders tracks by id, then by all else that could differ.
func compareTracks(a, b *music.Track) int {
	if c := cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.URI, b.URI), cmp.Compare(a.Title, b.Title)); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.ArtistNames(), b.ArtistNames()), cmp.Compare(a.Album.Name, b.Album.Name), cmp.Compare(a.Album.Release, b.Album.Release),
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
// there is only one, give or take what nobody could tell apart.
func adopt(tracks []*scored, find func(int) int, parent []int) {
	for i, t := range tracks {
		if t.track.Duration > 0 || find(i) != i {
			continue
		}
		home, least, most := -1, time.Duration(math.MaxInt64), time.Duration(0)
		for j, u := range tracks {
			if u.track.Duration > 0 && sameSong(&t.candidate, &u.candidate) {
				least, most = min(least, u.track.Duration), max(most, u.track.Duration)
				if home < 0 {
					home = find(j)
				}
			}
		}
		if home >= 0 && most-least <= nearLength {
			parent[i] = home
		}
	}
}

func sameRecording(a, b *candidate) bool {
	if a.track.SameRecording(*b.track) {
		return true
	}
	if a.track.Duration <= 0 || b.track.Duration <= 0 {
		return a.track.Duration <= 0 && b.track.Duration <= 0 && sameSong(a, b)
	}
	return gap(a.track.Duration, b.track.Duration) <= sameLength && sameBut(a, b)
}

// sameSong reports whether two tracks differ in length at most.
func sameSong(a, b *candidate) bool { return a.title.full.equal(b.title.full) && sameBut(a, b) }

// sameBut reports whether two tracks differ in length and by a bracketed by-word at most.
func sameBut(a, b *candidate) bool {
	if !a.title.full.equal(b.title.full) && !a.title.full.equal(b.title.short) && !a.title.short.equal(b.title.full) {
		return false
	}
	if a.title.part != b.title.part || a.version.tags.hard() != b.version.tags.hard() || a.tribute != b.tribute {
		return false
	}
	if a.version.tags.hard() != 0 && a.version.conflicts(b.version) {
		return false
	}
	return slices.ContainsFunc(a.credit.names, func(n name) bool {
		return slices.ContainsFunc(b.credit.names, func(m name) bool { return n.key == m.key })
	})
}

// rank gives each recording its probability and sorts them: best first. Those
// that are not ruled out compete with each other and with "none of these", whose
// log-odds are 0: a multinomial logit (McFadden 1974). What is ruled out keeps
// the probability it would have alone, for comparison only.
func rank(w *wanted, recordings []*recording) {
	for _, r := range recordings {
		r.settle(w)
	}
	total := 1.0
	for _, r := range recordings {
		r.compare(recordings)
		r.odds = r.features.odds()
		if r.best.isrc {
			r.odds = max(r.odds, certain)
		}
		if r.best.veto == noVeto {
			total += math.Exp(r.odds)
		}
	}
	for _, r := range recordings {
		r.share = chance(r.odds)
		if r.best.veto == noVeto {
			r.share = r.company(recordings) / total
		}
	}
	slices.SortStableFunc(recordings, func(a, b *recording) int {
		return cmp.Or(cmp.Compare(a.best.veto, b.best.veto), cmp.Compare(a.features[LengthOff], b.features[LengthOff]), cmp.Compare(b.share, a.share), cmp.Compare(b.odds, a.odds),
			cmp.Compare(born(a.lead()), born(b.lead())), compareTracks(a.lead().track, b.lead().track))
	})
}

// company sums the odds of a recording and of those that nobody could tell from
// it, so that they do not count as rivals.
func (r *recording) company(all []*recording) float64 {
	sum := 0.0
	for _, o := range all {
		if o.best.veto == noVeto && (o == r || r.near(o)) {
			sum += math.Exp(o.odds)
		}
	}
	return sum
}

// near reports whether two recordings differ by 3 s at most and in nothing
// else: another mastering, another fade.
func (r *recording) near(o *recording) bool {
	a, b := &r.lead().candidate, &o.lead().candidate
	return a.track.Duration > 0 && b.track.Duration > 0 && gap(a.track.Duration, b.track.Duration) <= nearLength && sameBut(a, b)
}

// settle finds the order of the recording's tracks, the best evidence and the odds.
func (r *recording) settle(w *wanted) {
	slices.SortStableFunc(r.tracks, func(a, b *scored) int { return prefer(w, a, b) })
	r.best = slices.MinFunc(r.tracks, func(a, b *scored) int {
		return cmp.Or(cmp.Compare(a.veto, b.veto), cmp.Compare(b.odds, a.odds))
	}).evidence
	r.features, r.year = r.sum(), r.firstYear()
}

// lead is the track that stands for the recording.
func (r *recording) lead() *scored { return r.tracks[0] }
