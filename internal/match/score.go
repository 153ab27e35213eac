package match

import (
	"math"
	"strings"
)

// evidence is what is known of one track.
type evidence struct {
	likeness float64
	kin      kinship
	veto     veto
	isrc     bool // the recording code asked for, and the title agrees
	labelled bool // bears the edition that the title asked for names
	features Features
	odds     float64 // log-odds of being the song rather than nothing found
}

// certain is the log-odds of a track with the recording code asked for.
const certain = 9

// weigh compares a track to the song and completes it if it bears the title.
func weigh(w *wanted, c *candidate) evidence {
	e := evidence{likeness: compareTitles(w.title, c.title)}
	e.isrc = w.isrc != "" && strings.EqualFold(w.isrc, c.track.ISRC)
	if e.isrc && w.title.full.empty() {
		e.likeness = sameTitle
	}
	if e.likeness < titleFloor {
		e.veto = offTitle
		return e
	}
	c.complete()
	if w.credit.atoms > 0 {
		e.kin = relate(w.credit, c.credit)
	}
	e.labelled = w.title.version.edition() && c.version.covers(w.title.version)
	e.veto = judge(w, c, e.likeness, e.kin)
	e.features = measure(w, c, &e)
	e.odds = e.features.odds()
	e.prove(w)
	return e
}

// prove lets an equal recording code outweigh what titles and credits leave
// open. It does not outweigh a version asked for in words, a length that is far
// off or a tribute.
func (e *evidence) prove(w *wanted) {
	said := w.wish.tags.hard() != 0
	if e.isrc = e.isrc && (e.veto == noVeto || e.veto == offArtist || e.veto == offVersion && !said); e.isrc {
		e.veto, e.odds = noVeto, max(e.odds, certain)
	}
}

// chance turns log-odds into a probability.
func chance(odds float64) float64 { return 1 / (1 + math.Exp(-odds)) }
