package main

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"segue/internal/music"
)

// answer is what is right for a trial; the zero value says that nothing is.
type answer struct {
	ids    []string
	tracks []music.Track // those of the ids that the catalogue has
	wish   music.Wish    // which twin, where that was asked for
}

// right reports whether a track is listed or is the same recording as one that is:
// equal ISRC, or equal core title, hard version tags and an artist with lengths
// within 3 s. A length that the catalogue does not know speaks neither for nor
// against. It knows nothing of the matcher that it judges.
func (a answer) right(t music.Track) bool {
	if a.wish != music.NoWish && t.Explicit != (a.wish == music.WishExplicit) {
		return false
	}
	return slices.Contains(a.ids, t.ID) || slices.ContainsFunc(a.tracks, func(u music.Track) bool { return sameRecording(t, u) })
}

// version reports whether a track is the song that was wanted, in whatever version.
func (a answer) version(t music.Track) bool {
	return slices.ContainsFunc(a.tracks, func(u music.Track) bool {
		return shareArtist(t, u) && dissect(t.Title).core == dissect(u.Title).core
	})
}

// found reports whether something right is among the tracks.
func (a answer) found(tracks []music.Track) bool { return slices.ContainsFunc(tracks, a.right) }

func sameRecording(a, b music.Track) bool {
	if a.ISRC != "" && a.ISRC == b.ISRC {
		return true
	}
	known := a.Duration > 0 && b.Duration > 0
	if known && (a.Duration-b.Duration).Abs() > 3*time.Second || !shareArtist(a, b) {
		return false
	}
	x, y := dissect(a.Title), dissect(b.Title)
	return x.core == y.core && slices.Equal(x.tags, y.tags)
}

func shareArtist(a, b music.Track) bool {
	return slices.ContainsFunc(a.Artists, func(x music.Artist) bool {
		return slices.ContainsFunc(b.Artists, func(y music.Artist) bool { return fold(x.Name) == fold(y.Name) })
	})
}

// name is a title in its core and its sorted hard version tags.
type name struct {
	core string
	tags []string
}

// dissect reads brackets and what follows a dash. What names a version becomes a
// tag or, if it is another edition only, nothing; what names none is core.
func dissect(title string) name {
	var n name
	var core []string
	for i, piece := range cut(title) {
		words := strings.Fields(fold(piece))
		tags, soft := tagsOf(words)
		switch {
		case i == 0 && !strings.HasPrefix(strings.TrimSpace(title), "("):
			core = append(core, upToFeat(words)...)
		case len(tags) > 0:
			n.tags = append(n.tags, tags...)
		case soft:
		default:
			core = append(core, words...)
		}
	}
	slices.Sort(n.tags)
	n.tags = slices.Compact(n.tags)
	n.core = strings.Join(core, "")
	return n
}

// cut splits a title at brackets and at dashes between spaces.
func cut(title string) []string {
	title = strings.NewReplacer(" - ", "\n", " – ", "\n", "(", "\n", ")", "\n", "[", "\n", "]", "\n").Replace(title)
	return slices.DeleteFunc(strings.Split(title, "\n"), func(s string) bool { return strings.TrimSpace(s) == "" })
}

// upToFeat drops featured artists from the end of a core.
func upToFeat(words []string) []string {
	i := slices.IndexFunc(words, func(w string) bool { return w == "feat" || w == "ft" || w == "featuring" })
	if i > 0 {
		return words[:i]
	}
	return words
}

// hard maps the words that name another recording to its kind.
func hard(word string) string {
	switch word {
	case "live", "unplugged", "concert", "vivo", "session", "sessions":
		return "live"
	case "remix", "rmx", "mix", "rework", "bootleg", "dub", "mashup", "flip":
		return "remix"
	case "acoustic", "acustico", "stripped":
		return "acoustic"
	case "instrumental":
		return "instrumental"
	case "karaoke", "tribute", "performed":
		return "karaoke"
	case "demo", "outtake", "alternate", "take":
		return "demo"
	case "rerecorded", "recorded", "taylors":
		return "re-recorded"
	case "slowed", "sped", "nightcore":
		return "tempo"
	case "acapella", "cappella":
		return "a cappella"
	case "extended":
		return "extended"
	case "intro", "outro", "reprise", "interlude", "skit":
		return "part"
	case "spanish", "english", "french", "german", "italian", "japanese", "korean", "portuguese", "espanol":
		return "language"
	default:
		return ""
	}
}

// tagsOf returns the hard tags among the words of a bracket; soft reports that it
// names an edition, a year or a guest.
func tagsOf(words []string) (tags []string, soft bool) {
	for _, w := range words {
		if tag := hard(w); tag != "" {
			tags = append(tags, tag)
		}
		soft = soft || len(words) == 1 && isYear(w)
		switch w {
		case "remaster", "remastered", "mono", "stereo", "deluxe", "version", "edit", "radio", "single", "album", "bonus", "explicit",
			"clean", "from", "soundtrack", "feat", "ft", "featuring", "with", "anniversary", "edition", "original", "digital":
			soft = true
		}
	}
	return tags, soft
}

func isYear(w string) bool {
	return len(w) == 4 && strings.Trim(w, "0123456789") == "" && (w[0] == '1' || w[0] == '2')
}

// fold is text without case, accents and punctuation.
func fold(s string) string {
	s = strings.NewReplacer("&", " and ", "’", "", "'", "", "ß", "ss").Replace(strings.ToLower(s))
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return r
		default:
			return ' '
		}
	}, norm.NFKD.String(s))
	return strings.Join(strings.Fields(norm.NFC.String(s)), " ")
}
