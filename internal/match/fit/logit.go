package main

import (
	"math"

	"segue/internal/match"
)

const dimensions = len(match.Features{})

// ridge is the precision of a normal prior around 0, which keeps the weights of
// rare features small.
const ridge = 0.5

// fit returns the weights under which the right answers are likeliest, in a
// multinomial logit (McFadden 1974) in which "none of these" has log-odds 0, by
// Newton's method with bounded steps.
func fit(samples []sample) match.Features {
	var w match.Features
	for range 100 {
		gradient, curvature := slopes(samples, w)
		step := solve(curvature, gradient)
		longest := 0.0
		for _, s := range step {
			longest = max(longest, math.Abs(s))
		}
		for i, s := range step {
			w[i] += s * min(1, 1/longest)
		}
		if longest < 1e-6 {
			break
		}
	}
	return w
}

// slopes returns the gradient of the penalised log-likelihood at w and the
// negative of its curvature, taken as that of a logit, which is never indefinite.
func slopes(samples []sample, w match.Features) (gradient match.Features, curvature [dimensions][dimensions]float64) {
	for i := range dimensions {
		gradient[i] = -ridge * w[i]
		curvature[i][i] = ridge
	}
	for _, s := range samples {
		all, right := s.shares(w)
		var mean match.Features
		for k, f := range s.features {
			for i, x := range f {
				mean[i] += all[k] * x
				gradient[i] += s.weight * (right[k] - all[k]) * x
			}
		}
		for k, f := range s.features {
			for i := range dimensions {
				for j := range dimensions {
					curvature[i][j] += s.weight * all[k] * f[i] * (f[j] - mean[j])
				}
			}
		}
	}
	return gradient, curvature
}

// shares returns the probability of each recording, and what it would be if
// only the right answers were possible.
func (s sample) shares(w match.Features) (all, right []float64) {
	all, right = make([]float64, len(s.features)), make([]float64, len(s.features))
	total, good := 1.0, 0.0
	for k, f := range s.features {
		odds := 0.0
		for i, x := range f {
			odds += w[i] * x
		}
		all[k] = math.Exp(odds)
		total += all[k]
		if s.right[k] {
			right[k] = all[k]
			good += all[k]
		}
	}
	for k := range all {
		all[k] /= total
		if good > 0 {
			right[k] /= good
		}
	}
	return all, right
}

// solve returns the x of a·x = b by elimination; a is positive definite.
func solve(a [dimensions][dimensions]float64, b match.Features) match.Features {
	for i := range dimensions {
		for j := i + 1; j < dimensions; j++ {
			ratio := a[j][i] / a[i][i]
			for k := i; k < dimensions; k++ {
				a[j][k] -= ratio * a[i][k]
			}
			b[j] -= ratio * b[i]
		}
	}
	for i := dimensions - 1; i >= 0; i-- {
		for k := i + 1; k < dimensions; k++ {
			b[i] -= a[i][k] * b[k]
		}
		b[i] /= a[i][i]
	}
	return b
}
