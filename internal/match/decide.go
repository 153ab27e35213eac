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
	want *wanted
	all  []*recording // with those ruled out, best first
	fit  []*recording // not ruled out and worth a question
}

// fitting returns the recordings that are not ruled out and have a chance.
func fitting(all []*recording) []*recording {
	var out []*recording
	for _, r := range all {
		if r.best.veto == noVeto && chance(r.best.odds) >= askShare {
			out = append(out, r)
		}
	}
	return out
}

// auto reports whether the best recording may be taken without asking: likely
// enough, ahead of the next one, and the only one there is if no artist was named.
func (v view) auto() bool {
	if len(v.fit) == 0 || v.fit[0].share < autoShare {
		return false
	}
	best := v.fit[0]
	for _, r := range v.fit[1:] {
		if !best.near(r) && best.share-r.share < autoMargin {
			return false
		}
	}
	return v.named() || best.best.isrc || len(v.fit) == 1 && best.best.likeness >= sameSound
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
		c := music.Choice{Track: r.lead().track, Confidence: r.share * scale, Reasons: v.agreement(r)}
		for _, t := range r.tracks[1:] {
			c.Twins = append(c.Twins, t.track.URI)
		}
		out[i] = c
	}
	return out
}
