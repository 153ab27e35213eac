package match

import (
	"slices"
	"strconv"
	"time"
)

// veto says why a track can never be taken without asking.
type veto int

// The vetoes, the mildest first.
const (
	noVeto     veto = iota
	offLength       // more than 15 s apart
	offVersion      // hard version marks that conflict
	offPart         // another part
	offArtist       // no artist in common
	offKaraoke      // a karaoke or tribute recording nobody asked for
	offTitle        // another song altogether
)

// Lengths of one recording differ by up to 2.5 s between catalogues.
const (
	closeBy = 2500 * time.Millisecond
	nearBy  = 6 * time.Second
	farOff  = 15 * time.Second
)

// judge returns the veto against a track, the gravest first.
func judge(w *wanted, c *candidate, title float64, kin kinship) veto {
	switch {
	case title < titleFloor:
		return offTitle
	case c.tribute && w.version.tags&karaoke == 0:
		return offKaraoke
	case w.credit.atoms > 0 && !kin.common:
		return offArtist
	case w.title.part != c.title.part:
		return offPart
	case otherVersion(w, c):
		return offVersion
	case gap(w.song.Duration, c.track.Duration) > farOff:
		return offLength
	default:
		return noVeto
	}
}

// otherVersion reports whether the hard marks of the two sides conflict.
func otherVersion(w *wanted, c *candidate) bool {
	asked, there := w.version.tags.hard(), c.version.tags.hard()
	if w.wish.tags.hard() == other && w.wish.tags&^other == 0 {
		// A wish that names no kind of version ("the Nevermind version"): its words decide.
		return !slices.ContainsFunc(w.wish.detail, c.says)
	}
	if asked == 0 && there == other && agree(w.song.Duration, c.track.Duration) {
		return false // "Film Version", of the same length
	}
	if asked != there {
		return true
	}
	if len(w.wish.detail) > 0 && slices.ContainsFunc(w.wish.detail, c.says) {
		return false
	}
	return there != 0 && w.version.conflicts(c.version)
}

// vague reports whether one side names its place, remixer or year and the
// other does not, so that nobody can know whether they are the same.
func vague(w *wanted, c *candidate) bool {
	if c.version.tags.hard() == 0 {
		return false
	}
	asked, there := w.version, c.version
	switch {
	case len(w.wish.detail) > 0:
		return slices.ContainsFunc(w.wish.detail, func(s string) bool { return !c.says(s) })
	case len(w.wish.years) > 0:
		return !slices.ContainsFunc(w.wish.years, func(y string) bool { return c.says(y) || strconv.Itoa(c.track.Album.Year()) == y })
	default:
		return len(asked.detail) > 0 && len(there.detail) == 0 || asked.tags&remix != 0 && len(asked.detail) == 0 && len(there.detail) > 0
	}
}

// rightEdition reports whether the edition asked for in words is this one; true
// when none was. Editions are remasters, single versions, mono and stereo.
func rightEdition(w *wanted, c *candidate) bool {
	asked := w.wish.tags & (remaster | edit)
	switch {
	case asked&^c.version.tags != 0 && (asked != remaster || !c.says("remaster") && !c.says("remastered")):
		return false
	case slices.ContainsFunc(w.wish.sound, func(s string) bool { return !c.says(s) }):
		return false
	case w.wish.tags.hard() != 0 || len(w.wish.years) == 0:
		return true
	default:
		return slices.ContainsFunc(w.wish.years, func(y string) bool { return c.says(y) || strconv.Itoa(c.track.Album.Year()) == y && asked == 0 })
	}
}

// agree reports whether two lengths are known and those of one recording.
func agree(a, b time.Duration) bool { return a > 0 && b > 0 && gap(a, b) <= closeBy }
