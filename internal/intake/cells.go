package intake

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"segue/internal/match"
	"segue/internal/music"
)

// ArtistBreak joins several artists in one cell.
const ArtistBreak = " ¦ "

// Song reads a row. Notes say what of it could not be used; the error, a fault
// with a sentence, says why there is nothing to look for.
func (l Layout) Song(cells []string) (s music.Song, notes []string, err error) {
	s, notes = l.raw(cells)
	clean, err := match.Check(s)
	if err != nil {
		return s, notes, err
	}
	return clean, append(notes, dropped(s, clean)...), nil
}

// dropped says what of a song was left out when it was checked.
func dropped(s, clean music.Song) (notes []string) {
	if s.Duration != 0 && clean.Duration == 0 {
		notes = append(notes, fmt.Sprintf("The length %s cannot be one and was left out.", s.Duration))
	}
	if strings.TrimSpace(s.ISRC) != "" && clean.ISRC == "" {
		notes = append(notes, fmt.Sprintf("The ISRC %.20q is malformed and was left out.", s.ISRC))
	}
	if s.Year != 0 && clean.Year == 0 {
		notes = append(notes, fmt.Sprintf("The year %d cannot be one and was left out.", s.Year))
	}
	return notes
}

// cell returns what a row holds of a field.
func (l Layout) cell(cells []string, f Field) string {
	if i, ok := l.at[f]; ok && i < len(cells) {
		return cells[i]
	}
	return ""
}

func (l Layout) raw(cells []string) (s music.Song, notes []string) {
	cell := func(f Field) string { return l.cell(cells, f) }
	note := func(f Field, ok bool) {
		if !ok {
			notes = append(notes, fmt.Sprintf("The %s %.20q was not understood and was left out.", f, cell(f)))
		}
	}
	s = music.Song{Title: cell(Title), Album: cell(Album), ISRC: cell(ISRC), Version: cell(Version), TrackID: lastPart(cell(TrackID))}
	if names := cell(Artist); names != "" {
		s.Artists = strings.Split(names, ArtistBreak)
	}
	var ok bool
	s.Duration, ok = length(cell(Duration), l.unit())
	note(Duration, ok)
	s.Explicit, ok = wish(cell(Explicit))
	note(Explicit, ok)
	s.Year, ok = yearOf(cell(Year))
	note(Year, ok)
	return s, notes
}

func (l Layout) unit() time.Duration {
	if l.seconds {
		return time.Second
	}
	return time.Millisecond
}

// length reads a number in the unit, or minutes and seconds: 3:52, 1:02:03.
func length(s string, unit time.Duration) (time.Duration, bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return 0, true
	}
	total := 0.0
	parts := strings.Split(s, ":")
	if len(parts) > 1 {
		unit = time.Second
	}
	for i, part := range parts {
		n, err := strconv.ParseFloat(part, 64)
		if err != nil || math.IsNaN(n) || i > 0 && (n < 0 || n >= 60) || i > 2 {
			return 0, false
		}
		total = total*60 + n
	}
	most := float64(math.MaxInt64 / 2)
	return time.Duration(max(-most, min(most, total*float64(unit)))), true
}

// wish reads what a list says of explicit words. That a track has none to mark
// (notExplicit) says nothing of which twin is wanted; a plain no does.
func wish(s string) (music.Wish, bool) {
	switch plain(s) {
	case "explicit", "true", "1", "yes", "e":
		return music.WishExplicit, true
	case "cleaned", "clean", "false", "0", "no":
		return music.WishClean, true
	case "", "notexplicit", "not explicit":
		return music.NoWish, true
	default:
		return music.NoWish, false
	}
}

// yearOf reads 1975 and the year of 1975-10-31.
func yearOf(s string) (int, bool) {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "-")
	if s == "" {
		return 0, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// lastPart returns the id in spotify:track:ID and in a link.
func lastPart(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "?")
	return s[strings.LastIndexAny(s, ":/")+1:]
}
