package match_test

import (
	"slices"
	"testing"
	"time"

	"segue/internal/match"
	"segue/internal/music"
)

// row is a track by one performer, four minutes long unless said otherwise.
func row(id, isrc, title string, change ...func(*music.Track)) *music.Track {
	t := &music.Track{
		ID: id, URI: "spotify:track:" + id, Title: title, ISRC: isrc, Artists: []music.Artist{{Name: "The Loopbacks"}}, Duration: 4 * time.Minute,
	}
	for _, f := range change {
		f(t)
	}
	return t
}

func longer(t *music.Track)   { t.Duration += 20 * time.Second }
func explicit(t *music.Track) { t.Explicit = true }
func others(t *music.Track)   { t.Artists[0].Name = "The Sockets" }

func TestDoublesAreOneRecordingAndNotOneSong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows    []*music.Track
		doubles []match.Double
		alike   []match.Lookalike
	}{
		"the same track": {
			rows:    []*music.Track{row("a", "X1", "Keep Alive"), row("b", "X2", "Port"), row("a", "X1", "Keep Alive"), row("a", "X1", "Keep Alive")},
			doubles: []match.Double{{2, 0}, {3, 0}},
		},
		"another id of the recording": {
			rows:    []*music.Track{row("a", "X1", "Keep Alive"), row("b", "x1", "Keep Alive - 2011 Remaster"), row("b", "X1", "Keep Alive - 2011 Remaster")},
			doubles: []match.Double{{1, 0}, {2, 0}},
		},
		"live beside studio": {
			rows:  []*music.Track{row("a", "X1", "Keep Alive"), row("b", "X2", "Keep Alive - Live at Wembley")},
			alike: []match.Lookalike{{1, 0, "another version"}},
		},
		"live beside studio under one ISRC": {
			rows:  []*music.Track{row("a", "X1", "Keep Alive"), row("b", "X1", "Keep Alive (Live)")},
			alike: []match.Lookalike{{1, 0, "another version"}},
		},
		"one ISRC, another length": {
			rows:  []*music.Track{row("a", "X1", "Keep Alive"), row("b", "X1", "Keep Alive", longer)},
			alike: []match.Lookalike{{1, 0, "another length"}},
		},
		"clean and explicit": {
			rows:  []*music.Track{row("a", "X1", "Keep Alive"), row("b", "X2", "Keep Alive", explicit)},
			alike: []match.Lookalike{{1, 0, "one is explicit"}},
		},
		"nothing tells them apart but the code": {
			rows:  []*music.Track{row("a", "X1", "Keep Alive"), row("b", "X2", "Keep Alive")},
			alike: []match.Lookalike{{1, 0, "another recording"}},
		},
		"no code, and rows that hold no track": {
			rows:  []*music.Track{nil, row("a", "", "Keep Alive"), nil, row("b", "", "Keep Alive"), nil},
			alike: []match.Lookalike{{3, 1, "another recording"}},
		},
		"another performer": {rows: []*music.Track{row("a", "X1", "Keep Alive"), row("b", "X2", "Keep Alive", others)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doubles, alike := match.Doubles(c.rows)
			if !slices.Equal(doubles, c.doubles) || !slices.Equal(alike, c.alike) {
				t.Errorf("doubles %v, alike %v; want %v, %v", doubles, alike, c.doubles, c.alike)
			}
		})
	}
}
