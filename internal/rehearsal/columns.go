package rehearsal

import (
	"fmt"
	"slices"
	"strings"
)

// The fields of a song that a column can hold, by their names in -map and -hide.
const (
	title    = "title"
	artist   = "artist"
	album    = "album"
	duration = "duration_ms"
	isrc     = "isrc"
	explicit = "explicit"
	version  = "version"
	year     = "year"
	trackID  = "track_id"
)

func allFields() []string {
	return []string{title, artist, album, duration, isrc, explicit, version, year, trackID}
}

// layout says in which column of a table each field is.
type layout struct {
	at      map[string]int
	seconds bool // a length without a unit is in seconds, not milliseconds
}

// names of columns for each field, the likeliest first, as plain returns them.
func names(field string) []string {
	switch field {
	case title:
		return []string{"title", "track name", "track title", "song title", "song name", "track", "song", "name"}
	case artist:
		return []string{"artist", "artists", "artist name", "artist names", "track artist", "performer"}
	case album:
		return []string{"album", "album name", "album title", "release"}
	case duration:
		return []string{"duration ms", "track duration ms", "length ms", "duration", "length", "time"}
	case trackID:
		return []string{"spotify id", "track id", "track uri", "uri", "spotify uri", "url", "link"}
	default:
		return []string{field}
	}
}

// guess finds the columns by their names. The columns of one source share a
// prefix: beside src_title, artists without a prefix are somebody else's. A track
// id is used only when the songs have no titles.
func guess(columns []string) layout {
	l := layout{at: map[string]int{}}
	plainly := make([]string, len(columns))
	for i, c := range columns {
		plainly[i] = plain(c)
	}
	find := func(field, prefix string) bool {
		for _, name := range names(field) {
			if i := slices.Index(plainly, prefix+name); i >= 0 {
				l.at[field] = i
				l.seconds = l.seconds || field == duration && !strings.Contains(name, "ms")
				return true
			}
		}
		return false
	}
	for _, prefix := range []string{"src ", "source ", "chart ", ""} {
		if !find(title, prefix) {
			continue
		}
		for _, field := range []string{artist, album, duration, explicit, version, year} {
			find(field, prefix)
		}
		_ = find(isrc, prefix) || find(isrc, "")
		return l
	}
	_ = find(isrc, "") || find(trackID, "")
	return l
}

// plain is a column's name in lower case with single spaces between its words:
// "Artist Name(s)" and artist_names are the same.
func plain(column string) string {
	column = strings.ReplaceAll(strings.ToLower(column), "(s)", "s")
	return strings.Join(strings.FieldsFunc(column, func(r rune) bool { return strings.ContainsRune(" _-()[]", r) }), " ")
}

// parseMap reads title=src_title,artist=src_artist for a table with these columns.
func parseMap(text string, columns []string) (layout, error) {
	l := layout{at: map[string]int{}}
	for pair := range strings.SplitSeq(text, ",") {
		field, column, ok := strings.Cut(strings.TrimSpace(pair), "=")
		field, column = strings.TrimSpace(field), strings.TrimSpace(column)
		if !ok || !slices.Contains(allFields(), field) {
			return l, fmt.Errorf("-map: %q must be field=column with one of the fields %s", pair, strings.Join(allFields(), ", "))
		}
		i := slices.Index(columns, column)
		if i < 0 {
			return l, fmt.Errorf("-map: there is no column %q, only %s", column, list(columns))
		}
		l.at[field] = i
	}
	return l, nil
}

// hide forgets the fields of -hide.
func (l layout) hide(text string) error {
	if text == "" {
		return nil
	}
	for field := range strings.SplitSeq(text, ",") {
		field = strings.TrimSpace(field)
		if field == "duration" {
			field = duration
		}
		if !slices.Contains(allFields(), field) {
			return fmt.Errorf("-hide: %q is none of %s", field, strings.Join(allFields(), ", "))
		}
		delete(l.at, field)
	}
	return nil
}

// lay finds the fields of a table: by -map, or else by the names of its columns.
func lay(mapping, hidden string, r *Reader) (layout, error) {
	l := guess(r.Columns)
	if mapping != "" {
		var err error
		if l, err = parseMap(mapping, r.Columns); err != nil {
			return l, err
		}
	}
	if err := l.hide(hidden); err != nil {
		return l, err
	}
	for _, field := range []string{title, isrc, trackID} {
		if _, ok := l.at[field]; ok {
			return l, nil
		}
	}
	return l, fmt.Errorf("%s: no column for the title among %s; name it with -map title=COLUMN,artist=COLUMN", r.name, list(r.Columns))
}

// list writes column names for a sentence, at most 30.
func list(columns []string) string {
	if len(columns) > 30 {
		return strings.Join(columns[:30], ", ") + ", …"
	}
	return strings.Join(columns, ", ")
}
