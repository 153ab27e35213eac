package match

import (
	"context"
	"fmt"
	"strings"

	"segue/internal/music"
)

// Strategy is a named way of searching and deciding; a value. The zero value
// asks and decides as the thorough one does, but has no name to report.
type Strategy struct {
	Name    string // reported in every Match
	queries int    // asked at most; 0 is as many as the plan has
	exact   bool   // only full agreement is automatic
	content bool   // any automatic decision ends the search
}

// strategies are those that can be named; the first is meant when no name is given.
func strategies() []Strategy {
	return []Strategy{
		{Name: "thorough"},
		{Name: "exact", queries: 2, exact: true, content: true},
		{Name: "frugal", queries: 2, content: true},
	}
}

// Named returns the strategy of a name:
//
//   - thorough, also meant by "": every query of the plan until the match is sure;
//   - exact: automatic only with the same recording code, or with the same
//     title, performers, version and, where both are known, length;
//   - frugal: at most two queries, decided like thorough.
//
// An unknown name is an error that lists them.
func Named(name string) (Strategy, error) {
	var names []string
	for _, s := range strategies() {
		if name == s.Name || name == "" {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return Strategy{}, fmt.Errorf("there is no match strategy %q, only %s", name, strings.Join(names, ", "))
}

// Queries returns what to search for, best first, in Spotify's search syntax:
// at most 6 queries of at most 250 characters, 10 results of each. A song
// without a title and without a usable ISRC has none.
func (s Strategy) Queries(song music.Song) []string {
	q := plan(song)
	if s.queries > 0 {
		q = q[:min(len(q), s.queries)]
	}
	return q
}

// Decide matches a song against the tracks found for it, in any order and with
// repetitions. Auto carries the pick first, Ask up to five recordings to choose
// from, None the nearest miss among its reasons.
func (s Strategy) Decide(song music.Song, found []music.Track) music.Match {
	m := resolve(song, found, s.exact)
	m.Strategy = s.Name
	return m
}

// Sure reports whether no further query can help enough to be worth asking.
func (s Strategy) Sure(m music.Match) bool {
	return m.Verdict == music.Auto && (s.content || m.Method != byText || m.Choices[0].Confidence >= sureShare)
}

// Find asks search for the queries of the plan, one after the other, until the
// match is sure. It returns every distinct track found, the decision and how
// many queries were asked; an error is search's.
func (s Strategy) Find(ctx context.Context, song music.Song, search func(context.Context, string) ([]music.Track, error)) (found []music.Track, m music.Match, queries int, err error) {
	seen := make(map[string]bool)
	m = s.Decide(song, nil)
	for _, query := range s.Queries(song) {
		page, err := search(ctx, query)
		if err != nil {
			return found, m, queries, err
		}
		queries++
		for _, t := range page {
			if !seen[t.ID] {
				seen[t.ID] = true
				found = append(found, t)
			}
		}
		if m = s.Decide(song, found); s.Sure(m) {
			break
		}
	}
	return found, m, queries, nil
}
