package main

import (
	"context"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"segue/internal/match"
	"segue/internal/music"
)

// bench runs trials with one strategy.
type bench struct {
	strategy match.Strategy
	stock    *stock
}

// search answers one query with a page of tracks.
type search func(ctx context.Context, query string) ([]music.Track, error)

// result is what came of one trial.
type result struct {
	match     music.Match
	pool      []music.Track // everything that the plan finds when it is run to its end
	queries   int
	took      time.Duration // for deciding, without searching
	peers     []take        // in the order of rules
	retrieved bool          // something right is in the pool
}

// take is what a peer's rule would have added.
type take struct {
	track music.Track
	ok    bool
}

// report is a set with its results.
type report struct {
	set
	part    part
	results []result
}

// rules are the peers that run beside.
func rules() []peer { return []peer{weighted, firstFit} }

// runAll runs the sets one after the other.
func (b *bench) runAll(ctx context.Context, p part, sets []set) ([]report, error) {
	var out []report
	for _, s := range sets {
		r := report{set: s, part: p, results: make([]result, len(s.trials))}
		group, ctx := errgroup.WithContext(ctx)
		group.SetLimit(runtime.GOMAXPROCS(0))
		for i := range s.trials {
			group.Go(func() (err error) {
				r.results[i], err = b.try(ctx, b.finder(p, s, i), &s.trials[i])
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// finder is the search that a trial gets.
func (b *bench) finder(p part, s set, at int) search {
	c := b.stock.catalogue
	if s.catalogue != nil {
		c = s.catalogue
	}
	if p.worse {
		return worse(c.Search, &s.trials[at])
	}
	return c.Search
}

// try runs one trial: the strategy as the application runs it, then the peers on
// all that the whole plan finds.
func (b *bench) try(ctx context.Context, find search, t *trial) (result, error) {
	pages := map[string][]music.Track{}
	var searching time.Duration
	timed := func(ctx context.Context, query string) ([]music.Track, error) {
		began := time.Now()
		page, err := find(ctx, query)
		pages[query] = page
		searching += time.Since(began)
		return page, err
	}
	began := time.Now()
	_, m, queries, err := b.strategy.Find(ctx, t.song, timed)
	r := result{match: m, queries: queries, took: time.Since(began) - searching}
	if err != nil {
		return r, err
	}
	if r.pool, err = pool(ctx, t.song, find, pages); err != nil {
		return r, err
	}
	r.retrieved = t.answer.found(r.pool)
	for _, rule := range rules() {
		track, ok := rule(t.song, r.pool)
		r.peers = append(r.peers, take{track, ok})
	}
	return r, nil
}

// pool returns everything that the thorough plan finds, without repetitions.
func pool(ctx context.Context, s music.Song, find search, pages map[string][]music.Track) ([]music.Track, error) {
	var out []music.Track
	seen := map[string]bool{}
	for _, query := range (match.Strategy{}).Queries(s) {
		page, asked := pages[query]
		if !asked {
			var err error
			if page, err = find(ctx, query); err != nil {
				return nil, err
			}
		}
		for _, t := range page {
			if !seen[t.ID] {
				seen[t.ID] = true
				out = append(out, t)
			}
		}
	}
	return out, nil
}
