package main

import (
	"cmp"
	"context"
	"hash/fnv"
	"slices"

	"segue/internal/music"
)

// worse makes a search worse on purpose: for one song in twenty the right ids are
// missing, each page is shuffled, and compilations come first. What happens to a
// song depends on its place in the data only.
func worse(find search, t *trial) search {
	dropped := chance(t.place)%20 == 0
	return func(ctx context.Context, query string) ([]music.Track, error) {
		page, err := find(ctx, query)
		if err != nil {
			return nil, err
		}
		page = slices.Clone(page)
		if dropped {
			page = slices.DeleteFunc(page, func(x music.Track) bool { return slices.Contains(t.answer.ids, x.ID) })
		}
		slices.SortFunc(page, func(a, b music.Track) int {
			return cmp.Or(cmp.Compare(kind(a), kind(b)), cmp.Compare(chance(query, a.ID), chance(query, b.ID)))
		})
		return page, nil
	}
}

// kind orders compilations before everything else.
func kind(t music.Track) int {
	if t.Album.Type == "compilation" {
		return 0
	}
	return 1
}

// chance is a number that depends on the words only.
func chance(words ...string) uint64 {
	h := fnv.New64a()
	for _, w := range words {
		_, _ = h.Write([]byte(w + "\x00")) // never fails
	}
	n := h.Sum64() // mixed once more: FNV's low bits are weak
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	return n ^ n>>31
}
