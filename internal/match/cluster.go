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
	tracks   []*scored     // the one to take first
	shortest time.Duration // of their lengths, 0 when unknown
	best     evidence      // of the track that fits best
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
// hard marks and performer with lengths within 2 s, from the shortest track of
// the recording to the longest.
func cluster(tracks []*scored) []*recording {
	byLength := slices.Clone(tracks)
	slices.SortStableFunc(byLength, func(a, b *scored) int {
		return cmp.Or(first(a.track.Duration > 0, b.track.Duration > 0), cmp.Compare(a.track.Duration, b.track.Duration))
	})
	var out []*recording
	for _, t := range byLength {
		if r := home(out, t); r != nil {
			r.tracks = append(r.tracks, t)
			continue
		}
		out = append(out, &recording{tracks: []*scored{t}, shortest: t.track.Duration})
	}
	return out
}

// home returns the recording that a track carries, of those of shorter tracks;
// nil when there is none. A track of unknown length joins the only one it can
// belong to, give or take what nobody could tell apart.
func home(all []*recording, t *scored) *recording {
	var fit []*recording
	for _, r := range all {
		if slices.ContainsFunc(r.tracks, func(u *scored) bool { return u.track.SameRecording(*t.track) }) {
			return r
		}
		if r.carries(t) {
			fit = append(fit, r)
		}
	}
	switch last := len(fit) - 1; {
	case last < 0:
		return nil
	case t.track.Duration > 0 || fit[last].shortest == 0:
		return fit[last]
	case fit[last].shortest-fit[0].shortest <= nearLength:
		return fit[0]
	default:
		return nil
	}
}

// carries reports whether title, performer, version and length of a track, no
// shorter than those of the recording, are the recording's.
func (r *recording) carries(t *scored) bool {
	timed := r.shortest > 0 && t.track.Duration > 0
	if timed && t.track.Duration-r.shortest > sameLength {
		return false
	}
	return slices.ContainsFunc(r.tracks, func(u *scored) bool {
		return sameSong(&u.candidate, &t.candidate) || timed && sameBut(&u.candidate, &t.candidate)
	})
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
