package match

import (
	"math"
	"slices"
	"time"

	"segue/internal/music"
)

// Feature is one thing that speaks for or against a recording.
type Feature int

// The features of the model. A yes counts as 1; shares are from 0 to 1. What is
// unknown counts as 0, so that the weights of known things stand beside it.
const (
	Found           Feature = iota // 1 for every recording: against "none of these"
	TitleSlips                     // tenths of 1 − likeness; a bracketed by-word more or less does not count
	FirstArtistOff                 // share of the first artist asked for that does not perform
	OtherArtistsOff                // share of all artists asked for that do not perform
	GuestOnly                      // the first performer is somebody nobody asked for
	CloserRival                    // another recording fits better in title, edition or performers and worse in none
	FeatureMissing                 // the title asked for features somebody who does not perform, length unknown
	LengthClose                    // lengths within 2.5 s
	LengthOff                      // further apart
	AlbumSame                      // on the album asked for
	EditUnasked                    // a radio edit or single version nobody asked for, length unknown
	EditMissing                    // asked for and not there, length unknown
	Vague                          // one side names place, remixer or year, the other does not
	EditionMissing                 // the remaster or year asked for in words is not this one
	CleanMissing                   // the clean twin was asked for and this one is not
	ExplicitMissing                // the explicit twin was asked for and this one is not
	Releases                       // log of the number of albums that carry it
	Gathered                       // on compilations only
	Later                          // another recording that fits came out in an earlier year
	features
)

// featureNames are the names of the features, for the program that fits their weights.
var featureNames = [features]string{
	"Found", "TitleSlips", "FirstArtistOff", "OtherArtistsOff", "GuestOnly", "CloserRival", "FeatureMissing",
	"LengthClose", "LengthOff", "AlbumSame", "EditUnasked", "EditMissing", "Vague",
	"EditionMissing", "CleanMissing", "ExplicitMissing", "Releases", "Gathered", "Later",
}

// String returns the name of the feature.
func (f Feature) String() string { return featureNames[f] }

// Features are the values of all features for one recording.
type Features [features]float64

// odds returns the log-odds that the weights make of them.
func (f *Features) odds() float64 {
	sum := 0.0
	for i, x := range f {
		sum += weights[i] * x
	}
	return sum
}

// measure returns the features of a track.
func measure(w *wanted, c *candidate, e *evidence) Features {
	var f Features
	f[Found] = 1
	if e.likeness != sameShort {
		f[TitleSlips] = 10 * (1 - e.likeness)
	}
	if w.credit.atoms > 0 {
		f[FirstArtistOff], f[OtherArtistsOff] = 1-e.kin.first, 1-e.kin.recall
		f[GuestOnly] = yes(!e.kin.lead)
	}
	known := w.song.Duration > 0 && c.track.Duration > 0
	f[LengthClose] = yes(agree(w.song.Duration, c.track.Duration))
	f[LengthOff] = yes(known) - f[LengthClose]
	f[AlbumSame] = yes(w.album.equal(c.album))
	f[Vague] = yes(vague(w, c))
	f[EditionMissing] = yes(w.wish.tags&edit == 0 && !rightEdition(w, c))
	f[CleanMissing] = yes(w.twin == music.WishClean && c.track.Explicit)
	f[ExplicitMissing] = yes(w.twin == music.WishExplicit && !c.track.Explicit)
	if !known {
		asked, there := w.version.tags&edit != 0, c.version.tags&edit != 0
		f[EditUnasked] = yes(there && !asked)
		f[EditMissing] = yes(asked && !there)
		f[FeatureMissing] = yes(e.kin.missing)
	}
	return f
}

// sum adds to the features of a recording's best track what only all its tracks tell.
func (r *recording) sum() Features {
	f := r.best.features
	albums := make([]string, 0, len(r.tracks))
	gathered := true
	for _, t := range r.tracks {
		gathered = gathered && compilation(t.track.Album)
		if t.title.version.tags&edit == 0 {
			albums = append(albums, t.track.Album.Name)
		}
	}
	slices.Sort(albums)
	f[Releases] = math.Log(float64(max(1, len(slices.Compact(albums)))))
	f[Gathered] = yes(gathered)
	return f
}

// compare adds what only the other recordings tell; those that are ruled out
// are compared with their like.
func (r *recording) compare(all []*recording) {
	for _, o := range all {
		if o.best.veto != r.best.veto || r.near(o) {
			continue
		}
		if o.best.closer(&r.best) {
			r.features[CloserRival] = 1
		}
		if o.year > 0 && r.year > o.year {
			r.features[Later] = 1
		}
	}
}

// closer reports whether e is at least as near to what was asked for as o in
// everything that names a song, and nearer in something.
func (e *evidence) closer(o *evidence) bool {
	nearer := false
	for _, d := range [...]float64{
		e.likeness - o.likeness, e.kin.first - o.kin.first, e.kin.recall - o.kin.recall,
		float64(o.kin.extra - e.kin.extra), yes(e.labelled) - yes(o.labelled),
	} {
		if d < 0 {
			return false
		}
		nearer = nearer || d > 0
	}
	return nearer
}

// firstYear is the year in which the recording first came out, 0 when unknown.
func (r *recording) firstYear() int {
	first := 0
	for _, t := range r.tracks {
		if y := t.track.Album.Year(); y > 0 && (first == 0 || y < first) {
			first = y
		}
	}
	return first
}

// Observation is what the model sees of one recording.
type Observation struct {
	Tracks   []music.Track // that carry it, the one to take first
	Features Features
	Near     []int // observations that differ by 3 s in length at most
}

// Observe returns the recordings among the tracks found that are not ruled out,
// for the program that fits the weights.
func Observe(s music.Song, found []music.Track) []Observation {
	w := newWanted(s)
	recordings := cluster(survey(&w, found))
	rank(&w, recordings)
	recordings = slices.DeleteFunc(recordings, func(r *recording) bool { return r.best.veto != noVeto })
	out := make([]Observation, len(recordings))
	for i, r := range recordings {
		out[i].Features = r.features
		for _, t := range r.tracks {
			out[i].Tracks = append(out[i].Tracks, *t.track)
		}
		for j, o := range recordings {
			if i != j && r.near(o) {
				out[i].Near = append(out[i].Near, j)
			}
		}
	}
	return out
}

func yes(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// gap returns how far two lengths are apart, 0 when one is unknown.
func gap(a, b time.Duration) time.Duration {
	if a <= 0 || b <= 0 {
		return 0
	}
	return (a - b).Abs()
}
