package emulator

import (
	"slices"
	"sync"
)

// finder answers queries over one catalogue.
type finder struct {
	c    *catalogue
	dice *dice
	pool sync.Pool // of *tally
}

// tally counts for every track how well it fits; only the touched places are used and cleared.
type tally struct {
	score   []float32
	touched []uint32
}

// hit is a track with its rank.
type hit struct {
	doc   uint32
	score float32
}

const (
	deepest   = 1000 // no page goes further
	keepShare = 0.45 // of the best score: what falls below is no result
)

var fieldWeight = [fieldCount]float32{inTitle: 1, inArtist: 1, inAlbum: 0.3}

func newFinder(c *catalogue, d *dice) *finder {
	f := &finder{c: c, dice: d}
	f.pool.New = func() any { return &tally{score: make([]float32, len(c.tracks))} }
	return f
}

// find returns the tracks that fit the query, best first, at most 1,000.
func (f *finder) find(text string) []hit {
	q := parseQuery(text)
	var all []hit
	codes := 0
	for _, alternative := range q {
		if alternative.isrc != "" {
			codes++
		}
		all = append(all, f.findAll(alternative)...)
	}
	if codes > 0 && len(q) > 1 {
		return nil // Spotify finds nothing for isrc:A OR isrc:B
	}
	f.polish(text, all)
	all = dedupe(all)
	if len(all) == 0 && codes == 0 && isPlain(q) {
		return f.strangers(text)
	}
	return all[:min(deepest, len(all))]
}

func isPlain(q query) bool {
	return len(q) == 1 && len(q[0].text) > 0 && len(q[0].filters) == 0 && q[0].from == 0 && !q[0].nothing
}

// findAll scores the tracks that fit one conjunction.
func (f *finder) findAll(q conjunction) []hit {
	if q.nothing {
		return nil
	}
	t, _ := f.pool.Get().(*tally)
	defer f.release(t)
	docs, bounded := f.candidates(q)
	for _, d := range docs {
		t.add(d, 1)
	}
	f.scoreText(q.text, t)
	if !bounded {
		docs = slices.Clone(t.touched)
	}
	return f.cut(q, docs, t)
}

// candidates returns the tracks that code and filters allow. It is not bounded when the text alone decides.
func (f *finder) candidates(q conjunction) (docs []uint32, bounded bool) {
	switch {
	case q.isrc != "":
		return slices.DeleteFunc(slices.Clone(f.c.byISRC[q.isrc]), func(d uint32) bool {
			return slices.ContainsFunc(q.filters, func(filter term) bool { return !f.fits(filter, d) })
		}), true
	case len(q.filters) > 0:
		docs = f.byTerm(q.filters[0])
		for _, filter := range q.filters[1:] {
			docs = both(docs, f.byTerm(filter))
		}
		return docs, true
	case q.from != 0 && len(q.text) == 0:
		for i := range f.c.tracks {
			docs = append(docs, uint32(i))
		}
		return docs, true // cut looks at the years
	default:
		return nil, false
	}
}

// both returns what is in both ascending lists, in the place of the first.
func both(docs, others []uint32) []uint32 {
	return slices.DeleteFunc(docs, func(d uint32) bool {
		_, found := slices.BinarySearch(others, d)
		return !found
	})
}

// cut drops what must not fit and what fits much worse than the best.
func (f *finder) cut(q conjunction, docs []uint32, t *tally) []hit {
	best := float32(0)
	hits := make([]hit, 0, len(docs))
	for _, d := range docs {
		if q.from != 0 {
			if y := f.c.year(&f.c.tracks[d]); y < q.from || y > q.to {
				continue
			}
		}
		if slices.ContainsFunc(q.without, func(w term) bool { return f.fits(w, d) }) {
			continue
		}
		hits = append(hits, hit{d, t.score[d]})
		best = max(best, t.score[d])
	}
	if q.isrc == "" {
		hits = slices.DeleteFunc(hits, func(h hit) bool { return h.score < keepShare*best })
	}
	return hits
}

// scoreText adds the weights of the words wherever they are found.
func (f *finder) scoreText(text []string, t *tally) {
	x := f.c.index
	for _, word := range text {
		for _, g := range x.guesses(word) {
			for field := range x.fields {
				add := x.weight[g.word] * g.fit * fieldWeight[field]
				for _, d := range x.fields[field].of(g.word) {
					t.add(d, add)
				}
			}
		}
	}
}

// byTerm returns the tracks with all words of the term, in ascending order.
func (f *finder) byTerm(q term) []uint32 {
	var docs []uint32
	for i, word := range q.words {
		var found []uint32
		for _, g := range f.c.index.guesses(word) {
			if q.phrase && g.fit < 1 {
				continue
			}
			for field := range f.c.index.fields {
				if q.field == anywhere || q.field == field {
					found = append(found, f.c.index.fields[field].of(g.word)...)
				}
			}
		}
		slices.Sort(found)
		found = slices.Compact(found)
		if i == 0 {
			docs = found
			continue
		}
		docs = both(docs, found)
	}
	if q.phrase && len(q.words) > 1 {
		docs = slices.DeleteFunc(docs, func(d uint32) bool { return !f.fits(q, d) })
	}
	return docs
}

// fits compares the term with the track's own text.
func (f *finder) fits(q term, doc uint32) bool {
	var buffer [3]string
	for _, text := range f.textOf(q.field, doc, buffer[:0]) {
		have := words(text, nil)
		if q.phrase && containsRun(have, q.words) {
			return true
		}
		if !q.phrase && !slices.ContainsFunc(q.words, func(w string) bool { return !slices.Contains(have, w) }) {
			return true
		}
	}
	return false
}

func (f *finder) textOf(field int, doc uint32, out []string) []string {
	t := &f.c.tracks[doc]
	if field == inTitle || field == anywhere {
		out = append(out, t.title)
	}
	if field == inArtist || field == anywhere {
		for _, a := range t.artists {
			out = append(out, f.c.artists[a].name)
		}
	}
	if field == inAlbum || field == anywhere {
		out = append(out, f.c.albums[t.album].name)
	}
	return out
}

func containsRun(have, want []string) bool {
	for i := range len(have) - len(want) + 1 {
		if slices.Equal(have[i:i+len(want)], want) {
			return true
		}
	}
	return false
}

func (t *tally) add(doc uint32, score float32) {
	if t.score[doc] == 0 {
		t.touched = append(t.touched, doc)
	}
	t.score[doc] += score
}

func (f *finder) release(t *tally) {
	for _, d := range t.touched {
		t.score[d] = 0
	}
	t.touched = t.touched[:0]
	f.pool.Put(t)
}
