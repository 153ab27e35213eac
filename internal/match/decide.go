package match

import (
	"slices"

	"segue/internal/music"
)

// otherShare is what a recording ruled out for its version keeps of its
// confidence when it is offered because there is nothing else.
const otherShare = 0.3

// view is a song with the recordings found for it, ranked.
type view struct {
	want  *wanted
	exact bool         // only full agreement is automatic
	all   []*recording // with those ruled out, best first
	fit   []*recording // not ruled out and worth a question
}

// fitting returns the recordings that are not ruled out and have a chance.
func fitting(all []*recording) []*recording {
	var out []*recording
	for _, r := range all {
		if r.best.veto == noVeto && chance(r.odds) >= askShare {
			out = append(out, r)
		}
	}
	return out
}

// auto reports whether the best recording may be taken without asking: likely
// enough, nothing left open, and the only one there is if no artist was named.
func (v view) auto() bool {
	if len(v.fit) == 0 || v.fit[0].share < autoShare || v.doubtful(v.fit[0]) {
		return false
	}
	best := v.fit[0]
	switch {
	case best.best.isrc:
		return true
	case v.exact:
		return v.identical(best.lead())
	default:
		return v.named() || len(v.fit) == 1 && best.best.likeness >= sameSound
	}
}

// doubtful reports whether a recording leaves open what only a person can say,
// however likely it is: a wish that is not met, a length that does not agree
// where one is known, a title that nothing else confirms.
func (v view) doubtful(r *recording) bool {
	t := r.lead()
	misspelt := t.likeness < sameShort && t.likeness != onePart
	switch {
	case r.best.isrc:
		return false
	case t.features[Vague]+t.features[CleanMissing] > 0, !rightEdition(v.want, &t.candidate):
		return true
	case t.likeness == barely, misspelt && v.named() && t.kin.first < covered:
		return true
	case v.want.song.Duration > 0:
		return r.best.features[LengthClose] == 0
	case t.likeness == onePart, t.version.dated() && !v.want.version.dated():
		return true
	default:
		return misspelt && (len(v.fit) > 1 || t.features[AlbumSame]+r.features[Releases] == 0)
	}
}

// identical reports whether nothing at all speaks against a track.
func (v view) identical(t *scored) bool {
	return t.likeness == sameTitle && t.kin.recall == covered && t.kin.extra == 0 &&
		!vague(v.want, &t.candidate) && gap(v.want.song.Duration, t.track.Duration) <= closeBy
}

// named reports whether the song came with an artist.
func (v view) named() bool { return v.want.credit.atoms > 0 }

// offers returns the recordings to choose from. Without an artist each
// performer is offered once, or one of them would fill the list.
func (v view) offers() []*recording {
	limit := fewChoices
	if !v.named() {
		limit = maxChoices
	}
	var out []*recording
	seen := make(map[string]bool)
	for _, r := range v.fit {
		if len(out) == limit || r.share < v.fit[0].share*askShare {
			break
		}
		if !v.named() && len(r.lead().credit.names) > 0 {
			key := r.lead().credit.names[0].key
			if seen[key] {
				continue
			}
			seen[key] = true
		}
		if slices.ContainsFunc(out, r.near) {
			continue
		}
		out = append(out, r)
	}
	return out
}

// versions returns up to three recordings that were ruled out as another
// version or part only: worth a question when there is nothing else and their
// length does not speak against them; those of the kind asked for come first.
func (v view) versions() []*recording {
	var out, rest []*recording
	for _, r := range v.all {
		ruled := r.best.veto == offVersion || r.best.veto == offPart
		near := gap(v.want.song.Duration, r.lead().track.Duration) <= nearBy
		switch {
		case !ruled || !near || r.best.likeness < sameShort || v.named() && r.best.kin.first < partly:
		case r.lead().version.tags.hard() == v.want.version.tags.hard():
			out = append(out, r)
		default:
			rest = append(rest, r)
		}
	}
	out = append(out, rest...)
	return out[:min(len(out), fewChoices)]
}

// choices shows recordings by their lead tracks; scale lowers their confidence.
func (v view) choices(rs []*recording, scale float64) []music.Choice {
	out := make([]music.Choice, len(rs))
	for i, r := range rs {
		c := music.Choice{Track: *r.lead().track, Confidence: r.share * scale, Reasons: v.agreement(r), Veto: vetoes[r.best.veto]}
		c.Agrees, c.Differs = v.compare(r.lead())
		for _, t := range r.tracks[1:] {
			c.Twins = append(c.Twins, t.track.URI)
		}
		out[i] = c
	}
	return out
}
