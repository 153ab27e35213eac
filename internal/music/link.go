package music

import "strings"

// Link is what an address or a URI of Spotify leads to.
type Link struct {
	Kind string // one of the kinds below
	ID   string // 22 characters in base 62; "" under LinkShort and LinkLocal
}

// Kinds of links.
const (
	LinkTrack    = "track"
	LinkAlbum    = "album"
	LinkArtist   = "artist"
	LinkPlaylist = "playlist"
	LinkEpisode  = "episode"
	LinkShow     = "show"
	LinkShort    = "short" // spotify.link and the like: only Spotify knows where it leads
	LinkLocal    = "local" // spotify:local:…, a file on somebody's computer
)

const (
	idLength    = 22   // of every Spotify id
	longestLink = 2000 // bytes
)

// ParseLink reads an address of open.spotify.com, with or without scheme,
// language ("intl-de") and parameters, or a spotify: URI. It makes no request.
func ParseLink(text string) (Link, bool) {
	text = strings.TrimSpace(text)
	if len(text) > longestLink {
		return Link{}, false
	}
	if rest, ok := cutFold(text, "spotify:"); ok && !strings.HasPrefix(rest, "//") {
		if _, local := cutFold(rest, "local:"); local {
			return Link{Kind: LinkLocal}, true
		}
		return linkOf(strings.Split(rest, ":"))
	}
	if scheme, rest, ok := strings.Cut(text, "://"); ok {
		if !strings.EqualFold(scheme, "https") && !strings.EqualFold(scheme, "http") {
			return Link{}, false
		}
		text = rest
	}
	host, path, _ := strings.Cut(text, "/")
	switch strings.ToLower(host) {
	case "open.spotify.com", "play.spotify.com", "www.spotify.com":
	case "spotify.link", "spotify.app.link":
		return Link{Kind: LinkShort}, true
	default:
		return Link{}, false
	}
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	return linkOf(strings.Split(path, "/"))
}

// linkOf takes the last kind and id of a path: "intl-de/track/ID", "user/NAME/playlist/ID".
func linkOf(parts []string) (Link, bool) {
	for i := len(parts) - 2; i >= 0; i-- {
		switch parts[i] {
		case LinkTrack, LinkAlbum, LinkArtist, LinkPlaylist, LinkEpisode, LinkShow:
			if isID(parts[i+1]) {
				return Link{Kind: parts[i], ID: parts[i+1]}, true
			}
		}
	}
	return Link{}, false
}

func isID(s string) bool {
	if len(s) != idLength {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// cutFold is strings.CutPrefix without regard to case.
func cutFold(s, prefix string) (string, bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}
