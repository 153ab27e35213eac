package main

import (
	"math"

	"segue/internal/match"
)

// figures say how well weights suit samples.
type figures struct {
	songs       int     // that the search found something for
	logLoss     float64 // mean of −ln of the probability given to what is right
	calibration float64 // mean gap between confidence and rightness of the best recording, in 10 bins
}

func figuresOf(samples []sample, w match.Features) figures {
	var f figures
	var bins [10]struct{ n, confidence, right float64 }
	total := 0.0
	for _, s := range samples {
		if len(s.features) == 0 {
			continue
		}
		f.songs++
		total += s.weight
		all, _ := s.shares(w)
		f.logLoss -= s.weight * math.Log(max(s.likelihood(all), 1e-12))
		best, confidence := s.best(all)
		b := &bins[min(9, int(confidence*10))]
		b.n += s.weight
		b.confidence += s.weight * confidence
		if s.right[best] {
			b.right += s.weight
		}
	}
	for _, b := range bins {
		f.calibration += math.Abs(b.confidence - b.right)
	}
	f.logLoss /= max(total, 1)
	f.calibration /= max(total, 1)
	return f
}

// likelihood is the probability given to what is right: one of the right
// recordings, or none.
func (s sample) likelihood(all []float64) float64 {
	right, none, there := 0.0, 1.0, false
	for k, p := range all {
		none -= p
		if s.right[k] {
			right, there = right+p, true
		}
	}
	if there {
		return right
	}
	return none
}

// best returns the likeliest recording and its probability, those counted in
// that nobody could tell from it.
func (s sample) best(all []float64) (at int, confidence float64) {
	for k := range all {
		p := all[k]
		for _, near := range s.near[k] {
			p += all[near]
		}
		if p > confidence {
			at, confidence = k, p
		}
	}
	return at, min(confidence, 1)
}

// counts returns for how many recordings each feature is not 0.
func counts(samples []sample) [dimensions]int {
	var n [dimensions]int
	for _, s := range samples {
		for _, f := range s.features {
			for i, x := range f {
				if x != 0 {
					n[i]++
				}
			}
		}
	}
	return n
}
