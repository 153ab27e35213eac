package server

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"time"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/music"
)

const (
	longestField = 200 // characters of a name
	longestURL   = 2000
)

var isrcShape = regexp.MustCompile(`^[A-Za-z]{2}-?[A-Za-z0-9]{3}-?[0-9]{2}-?[0-9]{5}$`)

// parseWish reads what a program asks for. A playlist that it does not name is
// the token's. What is not known is ignored: a shortcut in the wild may send more.
func parseWish(body []byte, otherwise string) (agent.SyncSongsArgs, shareWish, error) {
	f := parseFields(body, true, nil)
	w := agent.SyncSongsArgs{Least: f.number("match_threshold", 0, 1)}
	f.flag("use_ai_disambiguation") // there is no model to ask: checked, and otherwise without effect
	w.Songs = []music.Song{f.song()}
	w.Playlist = f.playlist(otherwise)
	link := f.share()
	return w, link, f.err()
}

// shareWish is the link that a program wants with its answer.
type shareWish struct {
	hours int // 0 for none
	names bool
}

// share reads for how long a link is to be good, and what it shows.
func (f *fields) share() shareWish {
	w := shareWish{names: true}
	if names := f.flag("share_names"); names != nil {
		w.names = *names
	}
	switch f.text("share", longestField, false) {
	case "":
	case "24h":
		w.hours = 24
	case "7d":
		w.hours = 7 * 24
	case "30d":
		w.hours = 30 * 24
	default:
		f.refuse("share", "literal_error", "Input should be '24h', '7d' or '30d'", map[string]any{"expected": "'24h', '7d' or '30d'"})
	}
	return w
}

// song reads the song: by its link, or by its names.
func (f *fields) song() music.Song {
	link, linked := f.link()
	named := !linked
	s := music.Song{
		TrackID: link,
		Title:   deadletter.Line(f.text("track_name", longestField, named)),
		Album:   deadletter.Line(f.text("album", longestField, false)),
		Version: deadletter.Line(f.text("version", longestField, false)),
		ISRC:    f.isrc(),
	}
	if artist := deadletter.Line(f.text("artist", longestField, named)); artist != "" {
		s.Artists = []string{artist}
	}
	const day = float64(24 * time.Hour / time.Millisecond)
	s.Duration = time.Duration(f.number("duration_ms", 0, day)) * time.Millisecond
	if explicit := f.flag("explicit"); explicit != nil {
		s.Explicit = music.WishClean
		if *explicit {
			s.Explicit = music.WishExplicit
		}
	}
	return s
}

const appleLink = "Links of Apple Music cannot be read yet: send track_name and artist instead"

// link returns the id of the track that the field url leads to, and whether there is such a field.
func (f *fields) link() (id string, said bool) {
	text := f.text("url", longestURL, false)
	if text == "" {
		return "", false
	}
	why := notALink
	if l, ok := music.ParseLink(text); ok {
		if l.Kind == music.LinkTrack {
			return l.ID, true
		}
		why = notASong[l.Kind]
	} else if u, err := url.Parse(text); err == nil && strings.HasSuffix(u.Hostname(), "music.apple.com") {
		why = appleLink
	}
	f.refuse("url", "value_error", "Value error, "+why, map[string]any{"error": map[string]any{}})
	return "", true
}

func (f *fields) isrc() string {
	text := f.text("isrc", longestField, false)
	if text != "" && !isrcShape.MatchString(text) {
		f.refuse("isrc", "string_pattern_mismatch", "String should be an ISRC such as GBUM71029604", map[string]any{"pattern": isrcShape.String()})
		return ""
	}
	return strings.ToUpper(strings.ReplaceAll(text, "-", ""))
}

// playlist reads an id, a link or a name; the one of the token when there is none.
func (f *fields) playlist(otherwise string) agent.PlaylistRef {
	_, said := f.value("playlist_id")
	ref, ok := playlistRef(f.text("playlist_id", longestURL, said || otherwise == ""))
	switch {
	case !said:
		ref, _ = playlistRef(otherwise)
	case !ok:
		f.refuse("playlist_id", "string_pattern_mismatch", "String should be the id, the link or the name of a playlist",
			map[string]any{"pattern": "^[A-Za-z0-9]{22}$"})
	}
	return ref
}

// playlistRef reads how a playlist is named; not ok is a link that leads to none.
func playlistRef(text string) (ref agent.PlaylistRef, ok bool) {
	text = deadletter.Line(text)
	if l, bare := music.ParseLink("spotify:playlist:" + text); bare && !strings.Contains(text, ":") {
		return agent.PlaylistRef{ID: l.ID}, true
	}
	if l, link := music.ParseLink(text); link {
		return agent.PlaylistRef{ID: l.ID}, l.Kind == music.LinkPlaylist
	}
	name := []rune(text)
	return agent.PlaylistRef{Name: text}, len(name) <= longestField && !strings.Contains(text, "://")
}

// wishWords say a wish as a message in its conversation does.
func wishWords(w agent.SyncSongsArgs) string {
	return "Add " + w.Songs[0].String() + " to " + placeWords(w.Playlist)
}

func placeWords(p agent.PlaylistRef) string {
	if p.Name != "" {
		return p.Name
	}
	return "the playlist " + p.ID
}

// canonical is the same for bodies that differ in spaces and in the order of fields only.
func canonical(body []byte) []byte {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return body
	}
	text, err := json.Marshal(v)
	if err != nil {
		return body
	}
	return text
}
