package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"segue/internal/music"
	"segue/internal/rehearsal"
)

// stock is what the trials are made from: the catalogue, searchable and by id,
// and the folder of labelled files.
type stock struct {
	data      string
	catalogue *rehearsal.Catalogue
	tracks    []music.Track
	byID      map[string]music.Track
}

// row is one line of a table by its columns, with the place it came from.
type row struct {
	cells map[string]string
	place string // pairs_isrc.tsv:12
}

func (r row) get(column string) string { return r.cells[column] }

// catalogueFile is the catalogue within the folder; its first column is the id.
const catalogueFile = "catalogue.tsv.gz"

func load(data string) (*stock, error) {
	c, err := rehearsal.Open(filepath.Join(data, catalogueFile))
	if err != nil {
		return nil, err
	}
	s := &stock{data: data, catalogue: c, byID: map[string]music.Track{}}
	rows, err := s.read(catalogueFile)
	for _, r := range rows {
		t := trackOf(r)
		s.tracks = append(s.tracks, t)
		s.byID[t.ID] = t
	}
	return s, err
}

// read returns the rows of a table in the data folder.
func (s *stock) read(file string) ([]row, error) {
	var out []row
	err := rehearsal.Rows(filepath.Join(s.data, file), func(line int, cells map[string]string) {
		out = append(out, row{cells: cells, place: fmt.Sprintf("%s:%d", file, line)})
	})
	return out, err
}

func trackOf(r row) music.Track {
	t := music.Track{
		ID: r.get("spotify_id"), URI: "spotify:track:" + r.get("spotify_id"), Title: r.get("title"), Duration: millis(r.get("duration_ms")),
		Explicit: r.get("explicit") == "1", ISRC: r.get("isrc"), Album: music.Album{Name: r.get("album"), Release: r.get("release_date")},
	}
	for name := range strings.SplitSeq(r.get("artists"), " ¦ ") {
		t.Artists = append(t.Artists, music.Artist{Name: name})
	}
	return t
}

// millis reads a length in milliseconds, 0 when there is none.
func millis(s string) time.Duration {
	d, err := time.ParseDuration(s + "ms")
	if err != nil {
		return 0
	}
	return d
}
