package match

import "segue/internal/music"

// vetoes names for a choice what rules a recording out.
var vetoes = map[veto]string{
	offLength: "length", offVersion: "version", offPart: "part", offArtist: "artist", offKaraoke: "karaoke", offTitle: "title",
}

// compare returns which of the things asked for a track fulfils and which it does not.
func (v view) compare(t *scored) (agrees, differs []string) {
	w := v.want
	asked, there := w.version.tags.hard(), t.version.tags.hard()
	for _, f := range []struct {
		name         string
		asked, meets bool
	}{
		{"title", !w.title.full.empty(), t.likeness >= sameSound},
		{"artist", v.named(), t.kin.first == covered},
		{"length", w.song.Duration > 0 && t.track.Duration > 0, agree(w.song.Duration, t.track.Duration)},
		{"album", !w.album.empty(), w.album.equal(t.album)},
		{"version", asked|there != 0 || w.wish.edition() && w.wish.tags&softTags != plain, t.veto != offVersion && !vague(w, &t.candidate) && rightEdition(w, &t.candidate)},
		{"explicit", w.twin != music.NoWish, suits(w.twin, t.track)},
		{"isrc", w.isrc != "" && t.track.ISRC != "", t.isrc},
	} {
		switch {
		case !f.asked:
		case f.meets:
			agrees = append(agrees, f.name)
		default:
			differs = append(differs, f.name)
		}
	}
	return agrees, differs
}
