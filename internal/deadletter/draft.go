package deadletter

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"segue/internal/music"
)

// Bounds of an edited input.
const (
	MaxInput    = 32 << 10 // bytes of its JSON
	MaxText     = 400      // characters of one text, as many as can be looked for
	mostArtists = 30
	idLetters   = 22 // of every Spotify id
)

// draft is an input as an operator edits it: one flat object. What failed (the
// tool) is not part of it, so an edit never turns one act into another.
type draft struct {
	Title      string     `json:"title"`
	Artists    []string   `json:"artists"`
	Album      string     `json:"album"`
	Version    string     `json:"version"`
	Explicit   music.Wish `json:"explicit"`
	Year       int        `json:"year"`
	ISRC       string     `json:"isrc"`
	DurationMS int64      `json:"duration_ms"`
	TrackID    string     `json:"track_id"`
	Playlist   string     `json:"playlist_id"`
}

// draftField is one field of a draft, by the name it has in JSON.
type draftField struct {
	name     string
	required bool
	link     string // kind of link that a form may have in its place; "" for none
	is       string // what it must be in JSON, in words
	of       func(*draft) any
	wrong    func(*draft) string // see Wrong; "" when nothing is
}

func draftFields() []draftField {
	const text = "a text in quotes"
	return []draftField{
		{"title", true, "", text, func(d *draft) any { return &d.Title }, (*draft).wrongTitle},
		{"artists", false, "", "a list of texts in brackets", func(d *draft) any { return &d.Artists }, (*draft).wrongArtists},
		{"album", false, "", text, func(d *draft) any { return &d.Album }, func(d *draft) string { return unfit(d.Album) }},
		{"version", false, "", text, func(d *draft) any { return &d.Version }, func(d *draft) string { return unfit(d.Version) }},
		{"explicit", false, "", `"explicit", "clean" or ""`, func(d *draft) any { return &d.Explicit }, (*draft).wrongExplicit},
		{"year", false, "", "a whole number", func(d *draft) any { return &d.Year }, (*draft).wrongYear},
		{"isrc", false, "", text, func(d *draft) any { return &d.ISRC }, (*draft).wrongISRC},
		{"duration_ms", false, "", "a time: 3:58 in the form, 238000 in JSON", func(d *draft) any { return &d.DurationMS }, (*draft).wrongDuration},
		{"track_id", false, music.LinkTrack, text, func(d *draft) any { return &d.TrackID }, (*draft).wrongTrack},
		{"playlist_id", true, music.LinkPlaylist, text, func(d *draft) any { return &d.Playlist }, func(*draft) string { return "" }},
	}
}

func draftOf(in Input) draft {
	s := in.Song
	return draft{
		Title: s.Title, Artists: s.Artists, Album: s.Album, Version: s.Version, Explicit: s.Explicit, Year: s.Year,
		ISRC: s.ISRC, DurationMS: s.Duration.Milliseconds(), TrackID: s.TrackID, Playlist: in.Playlist.ID,
	}
}

func (d draft) song() music.Song {
	s := music.Song{
		Title: d.Title, Artists: d.Artists, Album: d.Album, Version: d.Version, Explicit: d.Explicit, Year: d.Year,
		ISRC: d.ISRC, Duration: time.Duration(d.DurationMS) * time.Millisecond, TrackID: d.TrackID,
	}
	if len(s.Artists) == 0 {
		s.Artists = nil
	}
	return s
}

func (d *draft) wrongTitle() string {
	if strings.TrimSpace(d.Title) == "" && d.TrackID == "" {
		return "is empty, and no track is given"
	}
	return unfit(d.Title)
}

func (d *draft) wrongArtists() string {
	if len(d.Artists) > mostArtists {
		return "names more than " + strconv.Itoa(mostArtists)
	}
	for _, artist := range d.Artists {
		if wrong := unfit(artist); wrong != "" {
			return wrong
		}
	}
	return ""
}

func (d *draft) wrongExplicit() string {
	if slices.Contains([]music.Wish{music.NoWish, music.WishClean, music.WishExplicit}, d.Explicit) {
		return ""
	}
	return `must be "explicit", "clean" or ""`
}

func (d *draft) wrongYear() string {
	if d.Year == 0 || d.Year >= 1000 && d.Year <= 2999 {
		return ""
	}
	return "must be a year such as 1994, or 0"
}

func (d *draft) wrongISRC() string {
	if d.ISRC == "" || alphanumeric(d.ISRC, 12) {
		return ""
	}
	return "must have 12 letters and digits, or be empty"
}

func (d *draft) wrongDuration() string {
	if d.DurationMS >= 0 && d.DurationMS <= (24*time.Hour).Milliseconds() {
		return ""
	}
	return "must be between 0 and a day"
}

func (d *draft) wrongTrack() string {
	if d.TrackID == "" || alphanumeric(d.TrackID, idLetters) {
		return ""
	}
	return "must be a Spotify id of 22 letters and digits, or empty"
}

// unfit says why a text cannot be looked for, "" when it can.
func unfit(text string) string {
	switch {
	case utf8.RuneCountInString(text) > MaxText:
		return "has more than " + strconv.Itoa(MaxText) + " characters"
	case Line(text) != strings.TrimSpace(text):
		return "has characters or breaks that are no text"
	default:
		return ""
	}
}

func alphanumeric(s string, n int) bool {
	other := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}
	return len(s) == n && !strings.ContainsFunc(s, other)
}
