package match

import (
	"math"
	"strings"

	"segue/internal/music"
)

// feature is one thing that speaks for or against a track.
type feature int

const (
	bias feature = iota
	titleOff
	byword
	firstOff
	recallOff
	leadOff
	featMissing
	extraArtist
	lengthClose
	lengthNear
	lengthFar
	albumSame
	albumOther
	editUnasked
	editMissing
	vagueVersion
	remasterMissing
	cleanMissing
	explicitMissing
	yearSame
	releases
	extraRival
	gathered
	features
)

// weights of the logistic model, in log-odds. Provisional: set by hand so that
// an exact title and artist alone come out at 0.97, and that whatever a person
// would have to know to be sure (an edit, a by-word, a few seconds) brings it
// below autoShare; a program of ours will fit them on labelled pairs.
var weights = [features]float64{
	bias:            3.5,
	titleOff:        -16,  // per 1 − likeness of the titles, by-words aside
	byword:          -2.3, // equal only without a bracketed by-word
	firstOff:        -2.5, // per share of the first artist that is not covered
	recallOff:       -1.2, // per share of all artists asked for
	leadOff:         -2.2, // the track is somebody else's, who features an artist asked for
	featMissing:     -2.2, // the title asked for features somebody who is not on the track, length unknown
	extraArtist:     -0.3, // per performer nobody asked for, at most 2
	lengthClose:     1.7,  // within 2.5 s; no length at all counts as 0
	lengthNear:      -3.5, // within 6 s
	lengthFar:       -5,   // within 15 s
	albumSame:       1,
	albumOther:      -0.2,
	editUnasked:     -2.4, // a radio edit or single version nobody asked for, length unknown
	editMissing:     -2.4, // asked for and not there, length unknown
	vagueVersion:    -2.2,
	remasterMissing: -2.6,
	cleanMissing:    -4,
	explicitMissing: -0.3,
	yearSame:        0.5,

	// Between recordings only: what makes one the likelier meant.
	releases:   1.6,  // per log of the releases that carry it
	extraRival: -1.2, // per performer nobody asked for, at most 2
	gathered:   -1,   // on compilations only
}

// evidence is what is known of one track.
type evidence struct {
	likeness float64
	kin      kinship
	veto     veto
	isrc     bool    // the recording code asked for, and the title agrees
	odds     float64 // log-odds of being the song, without regard to other recordings
}

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
	e.veto = judge(w, c, e.likeness, e.kin)
	for i, x := range measure(w, c, e) {
		e.odds += weights[i] * x
	}
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

// certain is the log-odds of a track with the recording code asked for.
const certain = 9

// measure returns the features of a track; a yes counts as 1.
func measure(w *wanted, c *candidate, e evidence) [features]float64 {
	var f [features]float64
	f[bias] = 1
	if e.likeness == sameShort {
		f[byword] = 1
	} else {
		f[titleOff] = 1 - e.likeness
	}
	if w.credit.atoms > 0 {
		f[firstOff], f[recallOff] = 1-e.kin.first, 1-e.kin.recall
		f[extraArtist] = float64(min(e.kin.extra, 2))
		f[leadOff] = yes(!e.kin.lead)
	}
	known := w.song.Duration > 0 && c.track.Duration > 0
	f[featMissing] = yes(!known && e.kin.missing)
	apart := gap(w.song.Duration, c.track.Duration)
	f[lengthClose] = yes(known && apart <= closeBy)
	f[lengthNear] = yes(apart > closeBy && apart <= nearBy)
	f[lengthFar] = yes(apart > nearBy)
	same := w.album.equal(c.album)
	f[albumSame] = yes(same)
	f[albumOther] = yes(!w.album.empty() && !same)
	asked, there := w.version.tags&edit != 0, c.version.tags&edit != 0
	f[editUnasked] = yes(!known && there && !asked)
	f[editMissing] = yes(!known && asked && !there)
	f[vagueVersion] = yes(vague(w, c))
	f[remasterMissing] = yes(!remastered(w, c))
	f[cleanMissing] = yes(w.twin == music.WishClean && c.track.Explicit)
	f[explicitMissing] = yes(w.twin == music.WishExplicit && !c.track.Explicit)
	f[yearSame] = yes(w.song.Year > 0 && w.song.Year == c.track.Album.Year())
	return f
}

func yes(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// chance turns log-odds into a probability.
func chance(odds float64) float64 { return 1 / (1 + math.Exp(-odds)) }
