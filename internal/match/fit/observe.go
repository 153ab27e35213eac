package main

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"segue/internal/match"
	"segue/internal/music"
	"segue/internal/rehearsal"
)

// sample is a case as the model sees it: the recordings that are not ruled out.
type sample struct {
	features []match.Features
	right    []bool  // none may be
	near     [][]int // recordings that nobody could tell from each
	weight   float64
}

// observe searches for every case and parts the samples by artist.
func observe(ctx context.Context, spotify *rehearsal.Catalogue, known map[string]recording, cases []labelled) (fitted, checked []sample, err error) {
	samples, errs := make([]sample, len(cases)), make([]error, len(cases))
	var work sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for first := range workers {
		work.Go(func() {
			for i := first; i < len(cases); i += workers {
				samples[i], errs[i] = cases[i].observe(ctx, spotify, known)
			}
		})
	}
	work.Wait()
	for i, s := range samples {
		switch {
		case errs[i] != nil:
			return nil, nil, errs[i]
		case cases[i].checks():
			checked = append(checked, s)
		default:
			fitted = append(fitted, s)
		}
	}
	return fitted, checked, nil
}

func (l labelled) observe(ctx context.Context, spotify *rehearsal.Catalogue, known map[string]recording) (sample, error) {
	strategy, err := match.Named("thorough")
	if err != nil {
		return sample{}, err
	}
	found, _, _, err := strategy.Find(ctx, l.song, func(ctx context.Context, query string) ([]music.Track, error) {
		page, err := spotify.Search(ctx, query)
		return slices.DeleteFunc(page, func(t music.Track) bool { return slices.Contains(l.hidden, t.ID) }), err
	})
	s := sample{weight: l.weight}
	for _, o := range match.Observe(l.song, found) {
		s.features = append(s.features, o.Features)
		s.near = append(s.near, o.Near)
		s.right = append(s.right, slices.ContainsFunc(o.Tracks, func(t music.Track) bool { return l.accepts(t, known) }))
	}
	return s, err
}

// accepts reports whether a track is one of the right ones, or carries the same
// recording: the same code, or a length within 3 s. Title, performers and
// version agree already, or the track would have been ruled out.
func (l labelled) accepts(t music.Track, known map[string]recording) bool {
	return slices.ContainsFunc(l.right, func(id string) bool {
		r := known[id]
		apart := (r.length - t.Duration).Abs()
		return id == t.ID || !l.exact &&
			(r.isrc != "" && r.isrc == t.ISRC || r.length > 0 && t.Duration > 0 && apart <= 3*time.Second)
	})
}
