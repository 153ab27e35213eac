package match

import (
	"slices"
	"strings"

	"segue/internal/music"
)

// wanted is a song as asked for, taken apart.
type wanted struct {
	song    music.Song
	title   title
	credit  credit
	album   form
	version version    // of title, album and wish together
	wish    version    // said in words: must be there
	twin    music.Wish // explicit or clean, from either place
	isrc    string
}

func newWanted(s music.Song) wanted {
	w := wanted{song: s, title: parse(s.Title), album: albumForm(s.Album), twin: s.Explicit, isrc: isrc(s.ISRC)}
	w.credit = newCredit(s.Artists, w.title.feats)
	if len(s.Artists) == 0 || w.credit.atoms == 0 {
		w.credit = credit{}
	}
	w.version.add(w.title.version)
	w.version.add(albumVersion(s.Album))
	var twin music.Wish
	w.wish, twin = wishFor(s.Version)
	if w.wish.tags&hardTags != 0 || w.wish.tags&plain != 0 {
		w.version = version{tags: w.version.tags &^ hardTags} // what was said outranks what the album's name hints at
		if w.wish.tags&plain == 0 {
			w.version.add(w.title.version)
		}
	}
	w.version.add(w.wish)
	if w.twin == music.NoWish {
		w.twin = twin
	}
	if w.version.tags&karaoke != 0 {
		w.credit = credit{} // whoever sings it, it is not the artist
	}
	return w
}

// wishFor reads a version wish: "the live one from Wembley", "2011 remaster",
// "acoustic", "clean". Words that name no known kind of version must at least
// be found in the version's or the album's name.
func wishFor(text string) (version, music.Wish) {
	w := strings.Fields(normal(text).latin)
	if len(w) == 0 {
		return version{}, music.NoWish
	}
	v, rest := marks(w)
	v.detail = slices.DeleteFunc(rest, func(s string) bool { return s == "it" || s == "that" || s == "this" || s == "my" })
	v.sound = slices.DeleteFunc(slices.Clone(w), func(s string) bool { return s != "mono" && s != "stereo" })
	v.labels = []string{label(text)}
	if v.tags&edit != 0 && len(rest) > 0 && slices.Contains(w, "edit") {
		v.tags = v.tags&^edit | remix
	}
	if v.tags == 0 && len(v.detail) > 0 {
		v.tags = other
	}
	switch {
	case v.tags&clean != 0:
		return v, music.WishClean
	case v.tags&explicit != 0:
		return v, music.WishExplicit
	default:
		return v, music.NoWish
	}
}

// albumForm is the form of an album's name without "- Single", "- EP" and the
// names of editions.
func albumForm(name string) form {
	if name == "" {
		return form{}
	}
	var keep []string
	for _, p := range pieces(name) {
		if !p.first {
			if v, ok := classify(p.text); ok && v.tags&hardTags == 0 || editionName(p.text) {
				continue
			}
		}
		keep = append(keep, p.text)
	}
	return normal(strings.Join(keep, " "))
}

// editionName reports whether a bracket names an edition of an album.
func editionName(s string) bool {
	w := normal(s).latin
	return w == "single" || w == "ep" || strings.Contains(w, "edition") || strings.Contains(w, "soundtrack") || strings.Contains(w, "motion picture")
}

// candidate is a track that was found, taken apart.
type candidate struct {
	track   *music.Track
	title   title
	credit  credit
	album   form
	version version  // of title and album together
	words   []string // of the version's labels and the album, for wishes
	tribute bool
}

// newCandidate takes only the title apart: most tracks that a search finds are
// other songs. complete does the rest.
func newCandidate(t *music.Track) candidate {
	return candidate{track: t, title: parse(t.Title)}
}

func (c *candidate) complete() {
	t := c.track
	c.album = albumForm(t.Album.Name)
	names := make([]string, len(t.Artists))
	for i, a := range t.Artists {
		names[i] = a.Name
		c.tribute = c.tribute || impostor(a.Name)
	}
	c.credit = newCredit(names, c.title.feats)
	c.version.add(c.title.version)
	c.version.add(albumVersion(t.Album.Name))
	c.version.add(singleVersion(t.Album.Name, c))
	c.tribute = c.tribute || c.version.tags&karaoke != 0
}

// singleVersion reads the version of a track off the single named after it:
// "Camelot" on "Camelot (Remix)" is the remix.
func singleVersion(album string, c *candidate) version {
	if c.version.tags.hard() != 0 || !strings.ContainsAny(album, "([-") {
		return version{}
	}
	a := parse(album)
	if tags := a.version.tags & (remix | extended | edit); tags != 0 && a.short.equal(c.title.short) {
		return version{tags: tags, detail: a.version.detail}
	}
	return version{}
}

// says reports whether the names of the track's version and album hold the word.
func (c *candidate) says(word string) bool {
	if c.words == nil {
		text := strings.Join(c.title.version.labels, " ") + " " + c.track.Album.Name
		c.words = strings.Fields(normal(text).latin)
	}
	return slices.ContainsFunc(c.words, func(w string) bool { return w == word || alike(w, word) })
}
