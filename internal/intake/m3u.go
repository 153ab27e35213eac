package intake

import (
	"net/url"
	"strconv"
	"strings"
	"time"
)

// looksM3U reports whether a text is an M3U playlist, by its tags or by lines
// that are files with music.
func looksM3U(text string) bool {
	if strings.HasPrefix(strings.TrimSpace(text), "#EXTM3U") || strings.Contains(text, "\n#EXTINF:") || strings.HasPrefix(text, "#EXTINF:") {
		return true
	}
	files, lines := 0, 0
	for _, e := range entries(head(text)) {
		lines++
		if base, ok := fileName(e.text); ok && base != e.text {
			files++
		}
	}
	return files*10 > lines*8
}

// readM3U reads the tags #EXTINF:seconds,artist - title, #EXTART, #EXTALB and
// #PLAYLIST; where they are missing, the names of the files.
func readM3U(text string, c Choices) (Preview, error) {
	p := Preview{Format: M3U}
	var list []entry
	var albums, artists []string
	var next entry
	album, artist := "", ""
	for _, e := range entries(text) {
		tag, value, _ := strings.Cut(e.text, ":")
		switch {
		case tag == "#EXTINF":
			next = info(value)
		case tag == "#EXTALB":
			album = strings.TrimSpace(value)
		case tag == "#EXTART":
			artist = strings.TrimSpace(value)
		case tag == "#PLAYLIST":
			p.Name = shorten(strings.TrimSpace(value))
		case strings.HasPrefix(e.text, "#"):
		default:
			next.line, next.raw = e.line, e.raw
			if next.text == "" {
				next.text = nameOfFile(e.text)
			}
			list, albums, artists = append(list, next), append(albums, album), append(artists, artist)
			next, artist = entry{}, ""
		}
	}
	if len(list) > MaxSongs {
		return Preview{}, tooMany()
	}
	order := c.Order
	rows, found, sure := readEntries(append([]entry(nil), list...), order)
	if order == Undecided && sure < enough { // the form's own order
		rows, found, sure = readEntries(list, ArtistFirst)
	}
	for i := range rows {
		if rows[i].Why != "" || rows[i].Song.Title == "" {
			continue
		}
		rows[i].Song.Album = albums[i]
		if len(rows[i].Song.Artists) == 0 && artists[i] != "" {
			rows[i].Song.Artists = Performers(artists[i])
		}
	}
	p.Rows, p.Order, p.Sure = rows, found, sure
	p.Notes = orderNotes(found, sure, c.Order)
	return p, nil
}

// nameOfFile returns what the name of a file says of the song, without the number
// of the track: "03 - Prince - 1999.flac".
func nameOfFile(text string) string {
	name, ok := fileName(text)
	if _, rest, counted := bareNumber(name); ok && counted && number(name[:2]) && !number(name[2:3]) {
		return rest
	}
	return name
}

// info reads what follows #EXTINF: seconds, attributes of television lists, and a name.
func info(value string) entry {
	head, name, _ := strings.Cut(value, ",")
	number, _, _ := strings.Cut(strings.TrimSpace(head), " ")
	seconds, err := strconv.ParseFloat(number, 64)
	e := entry{text: spaced(name)}
	if err == nil && seconds > 0 && seconds < 24*3600 {
		e.length = time.Duration(seconds * float64(time.Second))
	}
	return e
}

// fileName returns the name of a file of music or a video without its folders and ending, or
// the text itself when it is none.
func fileName(text string) (string, bool) {
	dot := strings.LastIndexByte(text, '.')
	if dot < 0 {
		return text, false
	}
	switch strings.ToLower(text[dot+1:]) {
	case "mp3", "m4a", "flac", "ogg", "opus", "wav", "wma", "aac", "aif", "aiff", "alac", "m4p", "mp4", "ape", "wv", "avi", "wmv", "mpg", "mpeg", "mkv", "webm", "flv", "mov":
	default:
		return text, false
	}
	base := text[:dot]
	if strings.Contains(base, "%") {
		if plain, err := url.PathUnescape(base); err == nil {
			base = plain
		}
	}
	base = base[strings.LastIndexAny(base, `/\`)+1:]
	if !strings.Contains(base, " ") {
		base = strings.ReplaceAll(base, "_", " ")
	}
	return base, true
}
