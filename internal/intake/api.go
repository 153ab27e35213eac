package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"segue/internal/music"
)

// Track is a song as the HTTP API writes it.
type Track struct {
	TrackName  string `json:"track_name"`
	Artist     string `json:"artist"`
	Album      string `json:"album"`
	ISRC       string `json:"isrc"`
	DurationMS int64  `json:"duration_ms"`
	Explicit   *bool  `json:"explicit"`
	Version    string `json:"version"`
	URL        string `json:"url"` // of Spotify or Apple Music, instead of names
}

// Row reads a track of the API into the song of a row.
func (t Track) Row() Row {
	r := Row{How: "the fields of the API", Text: t.Artist + " – " + t.TrackName}
	r.Song = music.Song{
		Title: t.TrackName, Album: t.Album, ISRC: t.ISRC, Version: t.Version,
		Duration: time.Duration(max(0, min(t.DurationMS, 1<<32))) * time.Millisecond,
	}
	if strings.TrimSpace(t.Artist) != "" {
		r.Song.Artists = Performers(t.Artist)
	}
	if t.Explicit != nil {
		r.Song.Explicit = music.WishClean
		if *t.Explicit {
			r.Song.Explicit = music.WishExplicit
		}
	}
	if t.URL == "" {
		return r
	}
	link, ok := readLink(t.URL)
	switch {
	case ok && link.Song.TrackID != "":
		r.Song.TrackID = link.Song.TrackID
	case t.TrackName != "" || t.ISRC != "":
	case ok:
		link.Text = t.URL
		return link
	default:
		r.Text, r.Why = t.URL, "Only links of Spotify and Apple Music songs can be read."
	}
	return r
}

// looksJSON tells an object, or an array, from a line that begins with a bracket.
func looksJSON(text string) bool {
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "["); ok {
		rest = strings.TrimSpace(rest)
		return rest != "" && strings.ContainsRune(`{"]`, rune(rest[0]))
	}
	return strings.HasPrefix(text, "{")
}

// readJSON reads an array of tracks, or an object with one. A track may be a
// string, which is read as a line.
func readJSON(text string, c Choices) (Preview, error) {
	var list struct {
		Name   string            `json:"name"`
		Tracks []json.RawMessage `json:"tracks"`
	}
	data := []byte(strings.TrimSpace(text))
	var err error
	if data[0] == '[' {
		err = json.Unmarshal(data, &list.Tracks)
	} else {
		err = json.Unmarshal(data, &list)
	}
	if err != nil {
		return Preview{}, brokenJSON(err, data)
	}
	if len(list.Tracks) > MaxSongs {
		return Preview{}, tooMany()
	}
	p := Preview{Format: JSON, Name: shorten(list.Name), Rows: make([]Row, len(list.Tracks))}
	var lines []entry
	for i, raw := range list.Tracks {
		var t Track
		var line string
		switch {
		case json.Unmarshal(raw, &line) == nil && strings.TrimSpace(line) != "":
			lines = append(lines, entry{line: i + 1, raw: spaced(line), text: spaced(line)})
			continue
		case json.Unmarshal(raw, &t) != nil:
			p.Rows[i] = Row{Text: string(raw), Why: "The fields of this track are not as the API describes them."}
		default:
			p.Rows[i] = t.Row()
		}
		p.Rows[i].Line = i + 1
	}
	rows, order, sure := readEntries(lines, c.Order)
	for _, r := range rows {
		p.Rows[r.Line-1] = r
	}
	p.Order, p.Sure = order, sure
	p.Notes = orderNotes(order, sure, c.Order)
	return p, nil
}

func brokenJSON(err error, data []byte) error {
	if wrong, ok := errors.AsType[*json.SyntaxError](err); ok {
		line := 1 + strings.Count(string(data[:min(int(wrong.Offset), len(data))]), "\n")
		return refuse(fmt.Sprintf("The JSON is broken at line %d", line), "Correct it and send it again.")
	}
	return refuse("This JSON is no list of songs", "Send an array of tracks, or an object that has one as tracks.")
}
