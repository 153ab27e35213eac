package rules

import "strings"

// spotifyLink is what an address or a URI on Spotify points to.
type spotifyLink struct {
	kind string // track, playlist, album, artist, …; short for an address that only Spotify can follow
	id   string
}

const idLength = 22 // of every Spotify id, in base 62

// parseLink reads an address of open.spotify.com, with or without scheme, language
// and parameters, or a spotify: URI.
func parseLink(text string) (spotifyLink, bool) {
	text = strings.Trim(text, "<>()[]\"'.,!?“”")
	if rest, ok := strings.CutPrefix(text, "spotify:"); ok {
		return linkOf(strings.Split(head(rest, longestQuote), ":"))
	}
	if scheme, rest, ok := strings.Cut(text, "://"); ok && (strings.EqualFold(scheme, "https") || strings.EqualFold(scheme, "http")) {
		text = rest
	}
	host, path, _ := strings.Cut(text, "/")
	switch strings.ToLower(host) {
	case "open.spotify.com", "play.spotify.com", "www.spotify.com":
	case "spotify.link", "spotify.app.link":
		return spotifyLink{kind: "short"}, true
	default:
		return spotifyLink{}, false
	}
	if i := strings.IndexAny(path, "?#"); i >= 0 {
		path = path[:i]
	}
	return linkOf(strings.Split(head(path, longestQuote), "/"))
}

// linkOf takes the last kind and id of a path: "intl-de/track/ID", "user/NAME/playlist/ID".
func linkOf(parts []string) (spotifyLink, bool) {
	for i := len(parts) - 2; i >= 0; i-- {
		switch parts[i] {
		case "track", "playlist", "album", "artist", "episode", "show":
			if validID(parts[i+1]) {
				return spotifyLink{kind: parts[i], id: parts[i+1]}, true
			}
		}
	}
	return spotifyLink{}, false
}

func validID(id string) bool {
	if len(id) != idLength {
		return false
	}
	for i := range len(id) {
		b := id[i]
		if !digit(b) && (b < 'a' || b > 'z') && (b < 'A' || b > 'Z') {
			return false
		}
	}
	return true
}
