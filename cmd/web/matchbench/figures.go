package main

import (
	"math"
	"slices"
	"strconv"
)

// wilson returns the 95 % confidence interval of a share of k in n, both from 0
// to 1 (Wilson 1927, without continuity correction); 0 to 1 for n = 0.
func wilson(k, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	const z = 1.959963984540054
	p, m := float64(k)/float64(n), float64(n)
	middle := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(0, middle-half), min(1, middle+half)
}

// ratio counts k of n.
type ratio struct{ k, n int }

// percent is the share in percent, 0 of nothing.
func (r ratio) percent() float64 { return 100 * float64(r.k) / float64(max(r.n, 1)) }

// String is the share, "–" of nothing.
func (r ratio) String() string {
	if r.n == 0 {
		return "–"
	}
	return decimals(r.percent())
}

// interval is the share and its 95 % interval: "99.7 (98.5–100)".
func (r ratio) interval() string {
	if r.n == 0 {
		return "–"
	}
	low, high := wilson(r.k, r.n)
	return r.String() + " (" + decimals(100*low) + "–" + decimals(100*high) + ")"
}

// decimals writes a percentage with one digit, with two where one would hide what is missing.
func decimals(p float64) string {
	digits := 1
	if p > 0 && p < 1 || p > 99 && p < 100 {
		digits = 2
	}
	if p == 0 || p == 100 {
		digits = 0
	}
	if text := strconv.FormatFloat(p, 'f', digits, 64); text != "100.00" {
		return text
	}
	return "100"
}

// bins counts how often a confidence from 0 to 1 was right, in ten equal steps.
type bins [10]struct {
	n, right int
	sum      float64 // of the confidences
}

func (b *bins) add(confidence float64, right bool) {
	bin := &b[min(9, max(0, int(confidence*10)))]
	bin.n++
	bin.sum += confidence
	if right {
		bin.right++
	}
}

func (b *bins) merge(c *bins) {
	for i := range b {
		b[i].n += c[i].n
		b[i].right += c[i].right
		b[i].sum += c[i].sum
	}
}

// error is the expected calibration error from 0 to 1: the distance between mean
// confidence and share of right ones, averaged over the bins by their size.
func (b *bins) error() float64 {
	n, sum := 0, 0.0
	for _, bin := range b {
		n += bin.n
		sum += math.Abs(bin.sum - float64(bin.right))
	}
	return sum / float64(max(n, 1))
}

// median of whole numbers; 0 of none.
func median(of []int) float64 {
	if len(of) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(of))
	n := len(sorted)
	return float64(sorted[(n-1)/2]+sorted[n/2]) / 2
}

func mean(of []int) float64 {
	sum := 0
	for _, n := range of {
		sum += n
	}
	return float64(sum) / float64(max(len(of), 1))
}
