package export

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"segue/internal/music"
)

// Row is one song of a run and what became of it.
type Row struct {
	Number     int          // its place in the list, from 1
	Song       music.Song   // what was asked for
	State      string       // matched, review, not found, already there, failed
	Track      *music.Track // what it was matched to; nil when to nothing
	Confidence float64      // of that match, 0 to 1
	Reasons    []string     // in sentences
}

// columns of the CSV; the fields of the JSON have the same names.
func columns() []string {
	return []string{
		"number", "title", "artists", "album", "version", "duration_ms", "isrc", "state",
		"matched_title", "matched_artists", "matched_album", "matched_duration_ms", "track_id", "url", "confidence", "reasons",
	}
}

// CSV writes a header and the rows. A cell that a spreadsheet would run as a
// formula is neutralised. It ends with the first error of the rows or of the writer.
func CSV(w io.Writer, rows iter.Seq2[Row, error]) error {
	out := csv.NewWriter(w)
	if err := out.Write(columns()); err != nil {
		return err
	}
	for r, err := range rows {
		if err != nil {
			return err
		}
		cells := r.cells()
		for i, c := range cells {
			cells[i] = Neutral(c)
		}
		if err := out.Write(cells); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// cells are the row's values in the order of columns.
func (r Row) cells() []string {
	s := r.Song
	cells := []string{
		strconv.Itoa(r.Number), s.Title, strings.Join(s.Artists, ", "), s.Album, s.Version, millis(s.Duration.Milliseconds()), s.ISRC, r.State,
		"", "", "", "", "", "", "", strings.Join(r.Reasons, " "),
	}
	if t := r.Track; t != nil {
		copy(cells[8:], []string{
			t.Title, t.ArtistNames(), t.Album.Name, millis(t.Duration.Milliseconds()), t.ID, t.URL, strconv.FormatFloat(r.Confidence, 'f', 3, 64),
		})
	}
	return cells
}

// millis writes a length; an unknown one is empty.
func millis(n int64) string {
	if n <= 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// Neutral puts an apostrophe before a text that a spreadsheet would run as a
// formula: one that begins with = + - @, a tab or a line break, or a wide form of
// these. See OWASP, "CSV Injection".
func Neutral(cell string) string {
	if first, _ := utf8.DecodeRuneInString(cell); cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", first) {
		return "'" + cell
	}
	return cell
}

// track is a row in JSON. Texts are as they are: nothing runs JSON.
type track struct {
	Number     int      `json:"number"`
	Title      string   `json:"title"`
	Artists    []string `json:"artists"`
	Album      string   `json:"album,omitempty"`
	Version    string   `json:"version,omitempty"`
	Duration   int64    `json:"duration_ms,omitempty"`
	ISRC       string   `json:"isrc,omitempty"`
	State      string   `json:"state"`
	Matched    string   `json:"matched_title,omitempty"`
	By         string   `json:"matched_artists,omitempty"`
	On         string   `json:"matched_album,omitempty"`
	Length     int64    `json:"matched_duration_ms,omitempty"`
	TrackID    string   `json:"track_id,omitempty"`
	URL        string   `json:"url,omitempty"`
	Confidence float64  `json:"confidence,omitempty"`
	Reasons    []string `json:"reasons,omitempty"`
}

// JSON writes the rows as one array. It ends with the first error of the rows or
// of the writer.
func JSON(w io.Writer, rows iter.Seq2[Row, error]) error {
	before := "[\n"
	for r, err := range rows {
		if err != nil {
			return err
		}
		text, err := json.Marshal(r.track())
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, before+string(text)); err != nil {
			return err
		}
		before = ",\n"
	}
	end := "\n]\n"
	if before == "[\n" {
		end = "[]\n"
	}
	_, err := io.WriteString(w, end)
	return err
}

func (r Row) track() track {
	s := r.Song
	out := track{
		Number: r.Number, Title: s.Title, Artists: append([]string{}, s.Artists...), Album: s.Album, Version: s.Version,
		Duration: s.Duration.Milliseconds(), ISRC: s.ISRC, State: r.State, Reasons: r.Reasons,
	}
	if t := r.Track; t != nil {
		out.Matched, out.By, out.On, out.Length = t.Title, t.ArtistNames(), t.Album.Name, t.Duration.Milliseconds()
		out.TrackID, out.URL, out.Confidence = t.ID, t.URL, r.Confidence
	}
	return out
}
