package intake

import (
	"fmt"
	"slices"
	"strings"
)

// Field is what a column of a table can hold of a song.
type Field string

// The fields, by the names under which a person maps them.
const (
	Title    Field = "title"
	Artist   Field = "artist"
	Album    Field = "album"
	Duration Field = "duration_ms"
	ISRC     Field = "isrc"
	Explicit Field = "explicit"
	Version  Field = "version"
	Year     Field = "year"
	TrackID  Field = "track_id" // an id, a URI or an address of a track
)

// Fields returns all fields in the order in which they are shown.
func Fields() []Field {
	return []Field{Title, Artist, Album, Duration, ISRC, Explicit, Version, Year, TrackID}
}

// Mapping names the column for each field that a table has.
type Mapping map[Field]string

// Layout says in which column of a table each field is.
type Layout struct {
	at      map[Field]int
	seconds bool // a length without a unit is in seconds, not milliseconds
}

// names of columns for each field, the likeliest first, as plain returns them.
func names(f Field) []string {
	switch f {
	case Title:
		return []string{
			"title", "track name", "track title", "song title", "song name", "track", "song", "name", "video title",
			"titel", "titre", "título", "titolo", "nombre", "nom", "nome", "название", "曲名", "歌名", "名称", "名前",
		}
	case Artist:
		return []string{
			"artist", "artists", "artist name", "artist names", "track artist", "performer",
			"interpret", "künstler", "artiste", "artista", "исполнитель", "アーティスト", "艺人", "歌手", "album artist", "album artist names",
		}
	case Album:
		return []string{"album", "album name", "album title", "release", "álbum", "альбом", "アルバム", "专辑"}
	case Duration:
		return []string{
			"duration ms", "track duration ms", "length ms", "duration", "length", "time",
			"dauer", "durée", "duración", "durata", "duração", "tiempo", "temps", "время", "时长",
		}
	case TrackID:
		return []string{"spotify id", "track id", "track uri", "uri", "spotify uri", "url", "link", "spotify url", "spotify link", "track url", "spotify track id"}
	case ISRC:
		return []string{"isrc", "isrc code"}
	case Explicit:
		return []string{"explicit", "explicit?"}
	default:
		return []string{string(f)}
	}
}

// Guess finds the columns by their names. The columns of one source share a
// prefix: beside src_title, artists without a prefix are somebody else's. A track
// id is used only when the songs have no titles.
func Guess(columns []string) Layout {
	l := Layout{at: map[Field]int{}}
	for _, prefix := range []string{"src ", "source ", "chart ", ""} {
		if !l.find(columns, Title, prefix) {
			continue
		}
		for _, f := range []Field{Artist, Album, Duration, Explicit, Version, Year} {
			l.find(columns, f, prefix)
		}
		_ = l.find(columns, ISRC, prefix) || l.find(columns, ISRC, "")
		return l
	}
	_ = l.find(columns, ISRC, "") || l.find(columns, TrackID, "")
	return l
}

// find looks for the column of a field, whose name may begin with a prefix.
func (l *Layout) find(columns []string, f Field, prefix string) bool {
	for _, name := range names(f) {
		i := slices.IndexFunc(columns, func(c string) bool { return plain(c) == prefix+name })
		if i >= 0 {
			l.at[f] = i
			l.seconds = l.seconds || f == Duration && !strings.Contains(name, "ms")
			return true
		}
	}
	return false
}

// plain is a column's name in lower case with single spaces between its words:
// "Artist Name(s)" and artist_names are the same.
func plain(column string) string {
	column = strings.ReplaceAll(strings.ToLower(column), "(s)", "s")
	return strings.Join(strings.FieldsFunc(column, func(r rune) bool { return strings.ContainsRune(" _-()[]", r) }), " ")
}

// Arrange lays a table out as it is mapped. A field or a column that there is
// not is an error, whose text names those that there are.
func Arrange(columns []string, m Mapping) (Layout, error) {
	l := Layout{at: map[Field]int{}}
	for f, column := range m {
		if !slices.Contains(Fields(), f) {
			return l, fmt.Errorf("there is no field %q, only %s", string(f), joined(Fields()))
		}
		i := slices.Index(columns, column)
		if i < 0 {
			return l, fmt.Errorf("there is no column %q, only %s", column, joined(columns))
		}
		l.at[f] = i
	}
	return l, nil
}

// Hide forgets a field, as if the table did not say it.
func (l Layout) Hide(f Field) { delete(l.at, f) }

// Column returns where a field is.
func (l Layout) Column(f Field) (int, bool) {
	i, ok := l.at[f]
	return i, ok
}

// Usable reports whether the rows name anything to look for.
func (l Layout) Usable() bool {
	for _, f := range []Field{Title, ISRC, TrackID} {
		if _, ok := l.at[f]; ok {
			return true
		}
	}
	return false
}

// mapping names the columns, for the person to change.
func (l Layout) mapping(columns []string) Mapping {
	m := Mapping{}
	for f, i := range l.at {
		m[f] = columns[i]
	}
	return m
}

// joined writes names for a sentence, at most 30.
func joined[S ~string](names []S) string {
	var out []string
	for _, n := range names[:min(len(names), 30)] {
		out = append(out, string(n))
	}
	if len(names) > 30 {
		out = append(out, "…")
	}
	return strings.Join(out, ", ")
}
