package match

import (
	"slices"
	"strings"

	"segue/internal/music"
)

// Double is a row of a playlist that repeats the recording of an earlier one. Rows count from 0.
type Double struct{ Row, First int }

// Lookalike is a row with the song of an earlier one that is another recording of it, and why.
type Lookalike struct {
	Row, Other int
	Why        string // "another version", "one is explicit", "another length", "another recording"
}

// Doubles finds the rows that repeat a recording: the same track, or another with its
// ISRC. A shared ISRC is not believed when versions, lengths or explicitness differ,
// for labels give one out twice. Rows of the same song that are no doubles are told too.
// A nil row, for what is no track, is neither.
func Doubles(rows []*music.Track) (doubles []Double, alike []Lookalike) {
	d := doubling{all: make([]candidate, len(rows)), byURI: map[string]int{}, byISRC: map[string][]int{}, byTitle: map[string][]int{}}
	for i, t := range rows {
		if t == nil {
			continue
		}
		if first, ok := d.earlier(i, t); ok {
			doubles = append(doubles, Double{Row: i, First: first})
			d.byURI[t.URI] = first
			continue
		}
		if other, ok := d.resembles(i); ok {
			alike = append(alike, Lookalike{Row: i, Other: other, Why: difference(&d.all[other], &d.all[i])})
		}
		d.keep(i, t)
	}
	return doubles, alike
}

// doubling is what is known of the rows so far: the first of each recording.
type doubling struct {
	all     []candidate // by row
	byURI   map[string]int
	byISRC  map[string][]int
	byTitle map[string][]int
}

func (d *doubling) earlier(i int, t *music.Track) (first int, ok bool) {
	if first, ok := d.byURI[t.URI]; ok {
		return first, true
	}
	d.all[i] = newCandidate(t)
	d.all[i].complete()
	for _, j := range d.byISRC[code(t)] {
		if difference(&d.all[j], &d.all[i]) == anotherRecording {
			return j, true
		}
	}
	return 0, false
}

func (d *doubling) keep(i int, t *music.Track) {
	d.byURI[t.URI] = i
	if isrc := code(t); isrc != "" {
		d.byISRC[isrc] = append(d.byISRC[isrc], i)
	}
	title := d.all[i].title.short.tight
	d.byTitle[title] = append(d.byTitle[title], i)
}

// resembles returns the first row with the same song by the same performer.
func (d *doubling) resembles(i int) (other int, ok bool) {
	c := &d.all[i]
	for _, j := range d.byTitle[c.title.short.tight] {
		if slices.ContainsFunc(d.all[j].credit.names, func(n name) bool {
			return slices.ContainsFunc(c.credit.names, func(m name) bool { return n.key == m.key })
		}) {
			return j, true
		}
	}
	return 0, false
}

const anotherRecording = "another recording"

// difference says what tells two tracks of a song apart; anotherRecording when nothing does that can be read.
func difference(a, b *candidate) string {
	x, y := a.version.tags.hard(), b.version.tags.hard()
	switch {
	case x != y, x != 0 && a.version.conflicts(b.version), a.title.part != b.title.part:
		return "another version"
	case a.track.Explicit != b.track.Explicit:
		return "one is explicit"
	case a.track.Duration > 0 && b.track.Duration > 0 && gap(a.track.Duration, b.track.Duration) > nearLength:
		return "another length"
	default:
		return anotherRecording
	}
}

func code(t *music.Track) string { return strings.ToUpper(t.ISRC) }
