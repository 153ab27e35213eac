// Package music holds the nouns of the house: what was asked for (Song), what
// Spotify has (Track, Playlist, Item) and how the two were brought together
// (Match). It imports nothing of ours and does no I/O.
package music

import (
	"slices"
	"strings"
	"time"
)

// Song is what a person asked for, in their spelling. Only Title or TrackID is
// required; an empty field means "not said".
type Song struct {
	Title    string        `json:"title,omitempty"`
	Artists  []string      `json:"artists,omitempty"`
	Album    string        `json:"album,omitempty"`
	Duration time.Duration `json:"duration,omitempty"`
	ISRC     string        `json:"isrc,omitempty"`
	Version  string        `json:"version,omitempty"`  // a version wish in words: "live at Wembley", "2011 remaster"
	Explicit Wish          `json:"explicit,omitempty"` // explicit or clean, when it was said
	Year     int           `json:"year,omitempty"`
	TrackID  string        `json:"track_id,omitempty" handle:"T"` // a link named this very track
}

// Wish is a preference between explicit and clean twins.
type Wish string

// The wishes; the zero value has no preference.
const (
	NoWish       Wish = ""
	WishExplicit Wish = "explicit"
	WishClean    Wish = "clean"
)

// String returns the song the way a person would say it: "Title by A, B".
func (s Song) String() string {
	title := s.Title
	if title == "" && s.TrackID != "" {
		title = "the linked song"
	}
	if s.Version != "" {
		title += " (" + s.Version + ")"
	}
	if len(s.Artists) == 0 {
		return title
	}
	return title + " by " + strings.Join(s.Artists, ", ")
}

// Artist is a performer as Spotify names them.
type Artist struct {
	ID   string `json:"id,omitempty"`
	Name string `json:"name"`
}

// Album is the release a track stands on.
type Album struct {
	ID      string   `json:"id,omitempty"`
	Name    string   `json:"name"`
	Type    string   `json:"type,omitempty"` // album, single, compilation
	Artists []Artist `json:"artists,omitempty"`
	Release string   `json:"release,omitempty"` // 1975, 1975-10 or 1975-10-31
	Image   string   `json:"image,omitempty"`   // URL of the smallest cover of at least 64 px
	URL     string   `json:"url,omitempty"`
}

// Year returns the year of release, 0 when unknown.
func (a Album) Year() int {
	year := 0
	for i := range min(4, len(a.Release)) {
		c := a.Release[i]
		if c < '0' || c > '9' {
			return 0
		}
		year = year*10 + int(c-'0')
	}
	return year
}

// Track is one entry of Spotify's catalogue.
type Track struct {
	ID       string        `json:"id"`
	URI      string        `json:"uri"`
	Title    string        `json:"title"`
	Artists  []Artist      `json:"artists"`
	Album    Album         `json:"album"`
	Duration time.Duration `json:"duration"`
	Explicit bool          `json:"explicit,omitempty"`
	ISRC     string        `json:"isrc,omitempty"`
	URL      string        `json:"url,omitempty"` // where "Open in Spotify" leads
}

// ArtistNames returns the artists joined by commas.
func (t Track) ArtistNames() string {
	names := make([]string, len(t.Artists))
	for i, a := range t.Artists {
		names[i] = a.Name
	}
	return strings.Join(names, ", ")
}

// SameRecording reports whether t and u are one recording, possibly under two ids.
func (t Track) SameRecording(u Track) bool {
	return t.URI == u.URI && t.URI != "" || t.ISRC != "" && strings.EqualFold(t.ISRC, u.ISRC)
}

// Playlist is a list of one person, without its items.
type Playlist struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	OwnerID  string `json:"owner_id,omitempty"` // Spotify's user id
	Owner    string `json:"owner,omitempty"`    // display name
	Editable bool   `json:"editable,omitempty"` // owned by the person or collaborative
	Public   bool   `json:"public,omitempty"`
	Total    int    `json:"total"`
	Snapshot string `json:"snapshot,omitempty"`
	Image    string `json:"image,omitempty"`
	URL      string `json:"url,omitempty"`
}

// Item is one row of a playlist. Rows keep their index even when there is
// nothing to see in them: Track is nil for an unavailable row, a podcast episode or a local file.
type Item struct {
	URI   string    `json:"uri,omitempty"`
	Track *Track    `json:"track,omitempty"`
	Local bool      `json:"local,omitempty"`
	Added time.Time `json:"added,omitzero"` // when it was put in; zero when that is not known
}

// Verdict is the outcome of matching.
type Verdict string

// The three ways a match can be decided.
const (
	Auto Verdict = "auto" // sure enough to act on
	Ask  Verdict = "ask"  // a person must choose
	None Verdict = "none" // nothing fits
)

// Match says which track a song is, how sure that is and why.
type Match struct {
	Verdict  Verdict  `json:"verdict"`
	Strategy string   `json:"strategy"`          // name of the match strategy used
	Method   string   `json:"method"`            // what settled it: rule, link, isrc, text, person, none
	Choices  []Choice `json:"choices,omitempty"` // best first, at most 5 recordings; Choices[0] is the pick under Auto
	Reasons  []string `json:"reasons,omitempty"` // why this decision, in plain sentences
}

// Choice is one recording that could be meant, represented by one of its tracks.
type Choice struct {
	Track      Track    `json:"track"`
	Confidence float64  `json:"confidence"` // 0 to 1
	Reasons    []string `json:"reasons,omitempty"`
	Twins      []string `json:"twins,omitempty"`   // URIs of further tracks of the same recording
	Agrees     []string `json:"agrees,omitempty"`  // what was asked for and is so: title, artist, length, album, version, explicit, isrc
	Differs    []string `json:"differs,omitempty"` // what was asked for and is not so
	Veto       string   `json:"veto,omitempty"`    // which of them, or karaoke or part, rules it out for all but a person
}

// Pick returns the chosen track of an automatic match.
func (m Match) Pick() (Choice, bool) {
	if m.Verdict != Auto || len(m.Choices) == 0 {
		return Choice{}, false
	}
	return m.Choices[0], true
}

// Offers reports whether the track id is among the choices.
func (m Match) Offers(id string) bool {
	return slices.ContainsFunc(m.Choices, func(c Choice) bool { return c.Track.ID == id })
}
