package match

import (
	"cmp"
	"strings"

	"segue/internal/music"
)

// prefer orders the tracks of one recording: the wish for explicit or clean,
// the edition asked for, the album named, an uncut and uncensored original
// rather than a compilation, and of what is left the oldest release.
func prefer(w *wanted, a, b *scored) int {
	return cmp.Or(
		cmp.Compare(a.veto, b.veto),
		first(a.isrc, b.isrc),
		first(suits(w.twin, a.track), suits(w.twin, b.track)),
		first(rightEdition(w, &a.candidate), rightEdition(w, &b.candidate)),
		first(a.labelled, b.labelled),
		first(w.album.equal(a.album), w.album.equal(b.album)),
		cmp.Compare(b.likeness, a.likeness),
		first(a.version.tags&(clean|edit) == 0, b.version.tags&(clean|edit) == 0),
		first(!compilation(a.track.Album), !compilation(b.track.Album)),
		first(w.song.Year > 0 && a.track.Album.Year() == w.song.Year, w.song.Year > 0 && b.track.Album.Year() == w.song.Year),
		first(a.track.Explicit, b.track.Explicit),
		cmp.Compare(born(a), born(b)),
		cmp.Compare(len(a.title.version.labels), len(b.title.version.labels)),
		compareTracks(a.track, b.track),
	)
}

// first orders what is true before what is not.
func first(a, b bool) int { return cmp.Compare(yes(b), yes(a)) }

// suits reports whether a track is the twin wished for.
func suits(wish music.Wish, t *music.Track) bool {
	switch wish {
	case music.WishClean:
		return !t.Explicit
	case music.WishExplicit:
		return t.Explicit
	default:
		return true
	}
}

// born is the date of release as text; unknown sorts last.
func born(s *scored) string {
	if s.track.Album.Year() == 0 {
		return "9"
	}
	return s.track.Album.Release
}

// compilation reports whether an album gathers songs from elsewhere.
func compilation(a music.Album) bool {
	if a.Type == "compilation" {
		return true
	}
	for _, artist := range a.Artists {
		if strings.EqualFold(artist.Name, "Various Artists") {
			return true
		}
	}
	name := strings.ToLower(a.Name)
	for _, mark := range []string{"greatest hits", "best of", "essential", "collection", "anthology", "now that's what", "hits", "ultimate", "gold", "mixed by", "jams", "playlist", "classics", "soundtrack", "motion picture", "vol."} {
		if strings.Contains(name, mark) {
			return true
		}
	}
	return false
}
