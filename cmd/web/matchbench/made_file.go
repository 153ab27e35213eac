package main

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"segue/internal/music"
	"segue/internal/rehearsal"
)

// open writes the changed catalogue to a temporary file and loads it, so that the
// made tracks are searched like all others.
func (f *forge) open() (*rehearsal.Catalogue, error) {
	dir, err := os.MkdirTemp("", "matchbench")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	name := filepath.Join(dir, "catalogue.tsv")
	file, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	out := bufio.NewWriter(file)
	if err := errors.Join(f.write(out), out.Flush(), file.Close()); err != nil {
		return nil, err
	}
	return rehearsal.Open(name)
}

// write copies the catalogue without what is gone and with what is extra.
func (f *forge) write(out *bufio.Writer) error {
	file, err := os.Open(filepath.Join(f.stock.data, catalogueFile))
	if err != nil {
		return err
	}
	defer file.Close()
	table, err := rehearsal.NewReader(file, catalogueFile)
	if err != nil {
		return err
	}
	line := func(cells []string) { _, _ = out.WriteString(strings.Join(cells, "\t") + "\n") } // Flush tells
	line(table.Columns)
	for {
		cells, err := table.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if !f.gone[cells[0]] {
			line(cells)
		}
	}
	for _, t := range f.extra {
		line(cellsOf(t, table.Columns))
	}
	return nil
}

// cellsOf writes a track as a row of the catalogue.
func cellsOf(t music.Track, columns []string) []string {
	names := make([]string, len(t.Artists))
	for i, a := range t.Artists {
		names[i] = a.Name
	}
	values := map[string]string{
		"spotify_id": t.ID, "title": t.Title, "artists": strings.Join(names, " ¦ "), "album": t.Album.Name,
		"duration_ms": strconv.FormatInt(t.Duration.Milliseconds(), 10), "release_date": t.Album.Release, "isrc": t.ISRC,
	}
	if t.Explicit {
		values["explicit"] = "1"
	}
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = values[c]
	}
	return out
}
