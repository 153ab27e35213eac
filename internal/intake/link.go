package intake

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"segue/internal/music"
)

// Apple is a song of Apple Music, for its lookup service to name.
type Apple struct {
	ID      string `json:"id"`                // digits
	Country string `json:"country,omitempty"` // of the store, two lower-case letters; "" when the link does not say
}

// String is the shortest address of the song, "" for none.
func (a Apple) String() string {
	switch {
	case a.ID == "":
		return ""
	case a.Country == "":
		return "https://music.apple.com/song/" + a.ID
	default:
		return "https://music.apple.com/" + a.Country + "/song/" + a.ID
	}
}

const mostDigits = 20 // of an id of Apple

// ParseApple reads the address of a song at Apple Music, as the share sheet gives
// it: …/de/album/name/id?i=id and …/us/song/name/id. It makes no request.
func ParseApple(text string) (Apple, bool) {
	u, ok := address(text)
	if !ok || !apple(u.Hostname()) {
		return Apple{}, false
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	var a Apple
	if len(parts[0]) == 2 {
		a.Country, parts = strings.ToLower(parts[0]), parts[1:]
	}
	switch {
	case len(parts) < 2:
		return Apple{}, false
	case parts[0] == "song":
		a.ID = strings.TrimPrefix(parts[len(parts)-1], "id")
	default:
		a.ID = u.Query().Get("i")
	}
	return a, a.ID != "" && len(a.ID) <= mostDigits && number(a.ID)
}

func apple(host string) bool {
	switch strings.ToLower(host) {
	case "music.apple.com", "itunes.apple.com", "geo.music.apple.com", "geo.itunes.apple.com", "embed.music.apple.com", "beta.music.apple.com":
		return true
	default:
		return false
	}
}

// address parses an http address, whose scheme may be missing before a known host.
func address(text string) (*url.URL, bool) {
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	return u, err == nil && (u.Scheme == "https" || u.Scheme == "http") && strings.Contains(u.Host, ".") && u.User == nil
}

// readLink reads a row that is a link; ok is false when it is none.
func readLink(text string) (row Row, ok bool) {
	if strings.ContainsAny(text, " \t") && !strings.HasPrefix(strings.ToLower(text), "spotify:local:") {
		return Row{}, false
	}
	if song, ok := local(text); ok {
		return Row{Song: song, How: "a file on a computer, by its names"}, true
	}
	if link, ok := music.ParseLink(text); ok {
		if link.Kind == music.LinkTrack {
			return Row{Song: music.Song{TrackID: link.ID}, How: "a Spotify link"}, true
		}
		return Row{Why: elsewhere(link.Kind)}, true
	}
	if a, ok := ParseApple(text); ok {
		return Row{Apple: a, How: "an Apple Music link"}, true
	}
	low := strings.ToLower(text)
	if !strings.HasPrefix(low, "http://") && !strings.HasPrefix(low, "https://") {
		return Row{}, false
	}
	if u, ok := address(text); ok && apple(u.Hostname()) {
		return Row{Why: "This Apple Music link does not lead to a song. Use Share on the song itself."}, true
	}
	return Row{Why: "Only links of Spotify and Apple Music songs can be read. Write title and artist instead."}, true
}

// elsewhere says why a Spotify link is not a song.
func elsewhere(kind string) string {
	switch kind {
	case music.LinkShort:
		return "Only Spotify knows where this short link leads. Open it and copy the long address."
	case music.LinkEpisode, music.LinkShow:
		return "This Spotify link leads to a podcast, not to a song."
	case music.LinkLocal:
		return "This link leads to a file on a computer and does not name it. Write title and artist instead."
	default:
		return "This Spotify link does not lead to one song but to " + map[string]string{music.LinkAlbum: "an album", music.LinkArtist: "an artist", music.LinkPlaylist: "a playlist"}[kind] + "."
	}
}

// local reads spotify:local:artist:album:title:seconds, which names the song of a
// file on somebody's computer.
func local(text string) (music.Song, bool) {
	parts := strings.Split(text, ":")
	if len(parts) != 6 || !strings.EqualFold(parts[0], "spotify") || !strings.EqualFold(parts[1], "local") {
		return music.Song{}, false
	}
	for i, p := range parts {
		if plain, err := url.QueryUnescape(p); err == nil {
			parts[i] = plain
		}
	}
	seconds, _ := strconv.Atoi(parts[5]) // without one the length is not known
	s := music.Song{Title: parts[4], Album: parts[3], Duration: time.Duration(seconds) * time.Second}
	if parts[2] != "" {
		s.Artists = []string{parts[2]}
	}
	return s, s.Title != ""
}

func number(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
