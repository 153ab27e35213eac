package main

import (
	"strings"
	"time"

	"segue/internal/rehearsal"
)

// row is one line of a table, by column name.
type row map[string]string

// read returns the rows of a table.
func read(path string) ([]row, error) {
	var out []row
	err := rehearsal.Rows(path, func(_ int, cells map[string]string) { out = append(out, cells) })
	return out, err
}

// recording is what tells whether another track carries the same one.
type recording struct {
	isrc   string
	length time.Duration
}

// recordings returns those of the catalogue by their ids.
func recordings(path string) (map[string]recording, error) {
	rows, err := read(path)
	out := make(map[string]recording, len(rows))
	for _, r := range rows {
		out[r["spotify_id"]] = recording{isrc: r["isrc"], length: millis(r["duration_ms"])}
	}
	return out, err
}

// millis reads a length in milliseconds, 0 when there is none.
func millis(s string) time.Duration {
	d, err := time.ParseDuration(s + "ms")
	if err != nil {
		return 0
	}
	return d
}

// list splits a cell of several values.
func list(cell, separator string) []string {
	if cell == "" {
		return nil
	}
	return strings.Split(cell, separator)
}
