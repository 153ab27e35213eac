package match

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"segue/internal/fault"
	"segue/internal/music"
)

// Bounds of what a song may say.
const (
	longestText = 400 // characters of a title, a name, an album or a wish
	mostArtists = 30
	shortest    = time.Second
	longest     = 24 * time.Hour
)

// Check makes a song fit to be matched. Control and invisible characters and
// surplus spaces go from its texts, and so does what cannot be meant: empty and
// repeated artists, those after the 30th, a length below a second or above a
// day, a malformed ISRC, a year that is none. A text of more than 400
// characters, or a song that names nothing to look for, is refused: an invalid
// fault with a sentence that names the field.
func Check(s music.Song) (music.Song, error) {
	asked := s.Title
	for _, f := range []struct {
		name string
		text *string
	}{{"title", &s.Title}, {"album", &s.Album}, {"version wished", &s.Version}} {
		if err := tidy(f.name, f.text); err != nil {
			return s, err
		}
	}
	var err error
	if s.Artists, err = checkArtists(s.Artists); err != nil {
		return s, err
	}
	s.ISRC = isrc(s.ISRC)
	if s.Duration < shortest || s.Duration > longest {
		s.Duration = 0
	}
	if s.Year < 1000 || s.Year > 2999 {
		s.Year = 0
	}
	if s.Explicit != music.WishExplicit && s.Explicit != music.WishClean {
		s.Explicit = music.NoWish
	}
	switch {
	case s.Title != "" || s.ISRC != "" || s.TrackID != "":
		return s, nil
	case asked != "":
		return s, fault.New(fault.Invalid, "The title has no visible characters.", nil)
	default:
		return s, fault.New(fault.Invalid, "The title is empty.", nil)
	}
}

// checkArtists tidies names and drops those that are empty, repeated or too many.
func checkArtists(names []string) ([]string, error) {
	var out []string
	for _, name := range names {
		if err := tidy("artist", &name); err != nil {
			return nil, err
		}
		if name != "" && len(out) < mostArtists && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out, nil
}

// tidy cleans a text in place and refuses one that is too long.
func tidy(field string, text *string) error {
	if n := utf8.RuneCountInString(*text); n > longestText {
		return fault.New(fault.Invalid, fmt.Sprintf("The %s has %d characters; at most %d can be looked for.", field, n, longestText), nil)
	}
	*text = strings.Join(strings.Fields(strings.Map(visible, strings.ToValidUTF8(*text, " "))), " ")
	return nil
}

// visible drops a character that nobody sees and turns white space into a space.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == utf8.RuneError:
		return -1
	default:
		return r
	}
}
