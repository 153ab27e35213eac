package emulator

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// polish lets short titles, known songs and chance move the ranks a little, so
// that other versions stand between the right ones as they do at Spotify.
func (f *finder) polish(text string, hits []hit) {
	slices.SortFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.doc, b.doc)) })
	asked := map[string]bool{}
	for _, w := range words(text, nil) {
		asked[w] = true
	}
	var buffer []string
	for i := range hits[:min(deepest, len(hits))] {
		t := &f.c.tracks[hits[i].doc]
		buffer = words(t.title, buffer[:0])
		known := 0
		for _, w := range buffer {
			if asked[w] {
				known++
			}
		}
		fit := float32(known) / float32(max(1, len(buffer)))
		chance := float32(fraction(f.dice.of(text, strconv.Itoa(int(hits[i].doc)))))
		hits[i].score *= 1 + 0.35*fit + 0.15*float32(t.popularity)/100 + 0.12*chance
	}
}

// strangers are what Spotify shows for nonsense: something.
func (f *finder) strangers(text string) []hit {
	n := uint64(len(f.c.tracks))
	if n == 0 {
		return nil
	}
	var out []hit
	for i := range 1 + f.dice.of("strangers", text)%3 {
		d := uint32(f.dice.of(text, strings.Repeat("x", int(i))) % n)
		out = append(out, hit{d, 0})
	}
	return dedupe(out)
}

func dedupe(hits []hit) []hit {
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.doc, b.doc))
	})
	seen := make(map[uint32]bool, len(hits))
	return slices.DeleteFunc(hits, func(h hit) bool {
		again := seen[h.doc]
		seen[h.doc] = true
		return again
	})
}
