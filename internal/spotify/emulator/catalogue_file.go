package emulator

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// openCatalogue reads the file, or builds the built-in catalogue when there is none.
func openCatalogue(path string) (*catalogue, error) {
	if path == "" {
		return builtin()
	}
	text, err := readText(path)
	if err != nil {
		return nil, fmt.Errorf("emulator: catalogue: %w", err)
	}
	c, err := parseCatalogue(text)
	if err != nil {
		return nil, fmt.Errorf("emulator: catalogue %s: %w", path, err)
	}
	return c, nil
}

func readText(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var text strings.Builder
	if info, err := f.Stat(); err == nil {
		text.Grow(int(info.Size()) * 2)
	}
	if !strings.HasSuffix(path, ".gz") {
		_, err = io.Copy(&text, f)
		return text.String(), err
	}
	zip, err := gzip.NewReader(f)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(&text, zip) //nolint:gosec // the operator's own file
	return text.String(), errors.Join(err, zip.Close())
}

// columns of the catalogue file, by their names in its first line.
type columns struct {
	id, isrc, title, artists, album, albumID, millis, explicit, popularity, release, number int
}

func columnsOf(header string) (columns, error) {
	at := map[string]int{}
	for i, name := range strings.Split(header, "\t") {
		at[name] = i + 1
	}
	c := columns{
		id: at["spotify_id"], isrc: at["isrc"], title: at["title"], artists: at["artists"], album: at["album"], albumID: at["album_id"],
		millis: at["duration_ms"], explicit: at["explicit"], popularity: at["popularity"], release: at["release_date"], number: at["track_no"],
	}
	if c.id == 0 || c.title == 0 || c.artists == 0 {
		return c, errors.New("no columns spotify_id, title and artists in its first line")
	}
	return c, nil
}

func parseCatalogue(text string) (*catalogue, error) {
	header, rest, _ := strings.Cut(text, "\n")
	at, err := columnsOf(strings.TrimSuffix(header, "\r"))
	if err != nil {
		return nil, err
	}
	b := newBuilder(strings.Count(rest, "\n") + 1)
	fields := make([]string, 1, 32) // field 0 stands for absent columns
	for line := range strings.Lines(rest) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		fields = splitInto(fields[:1], line)
		if len(fields) <= max(at.id, at.title, at.artists) {
			return nil, fmt.Errorf("track %d: too few columns", len(b.c.tracks)+1)
		}
		b.add(at.entry(fields))
	}
	return b.done(), nil
}

func splitInto(fields []string, line string) []string {
	for {
		field, rest, more := strings.Cut(line, "\t")
		fields = append(fields, field)
		if !more {
			return fields
		}
		line = rest
	}
}

func (at columns) entry(fields []string) entry {
	get := func(i int) string {
		if i >= len(fields) {
			return ""
		}
		return fields[i]
	}
	return entry{
		id: get(at.id), isrc: get(at.isrc), title: get(at.title), artists: strings.Split(get(at.artists), " ¦ "),
		album: get(at.album), albumID: get(at.albumID), release: get(at.release), explicit: get(at.explicit) == "1",
		millis: uint32(number(get(at.millis), 32)), popularity: uint8(number(get(at.popularity), 8)), number: uint16(number(get(at.number), 16)),
	}
}

// number reads a figure of at most so many bits, 0 for none.
func number(s string, bits int) uint64 {
	whole, _, _ := strings.Cut(s, ".")
	n, err := strconv.ParseUint(whole, 10, bits)
	if err != nil {
		return 0
	}
	return n
}
