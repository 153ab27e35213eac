package main

import (
	"math"
	"testing"
)

// The expected intervals are from Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
func TestWilsonAgreesWithPublishedIntervals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		k, n      int
		low, high float64
	}{{81, 263, .2553, .3662}, {15, 148, .0624, .1605}, {0, 20, 0, .1611}, {1, 29, .0061, .1718}, {0, 0, 0, 1}, {20, 20, .8389, 1}} {
		low, high := wilson(c.k, c.n)
		if math.Abs(low-c.low) > .00005 || math.Abs(high-c.high) > .00005 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", c.k, c.n, low, high, c.low, c.high)
		}
	}
}

func TestCalibrationErrorIsTheWeightedDistance(t *testing.T) {
	t.Parallel()
	var b bins
	if b.error() != 0 {
		t.Error("nothing is miscalibrated when there is nothing")
	}
	for i := range 10 { // confidence 0.95, 8 of 10 right: 0.15 off
		b.add(0.95, i < 8)
	}
	for i := range 30 { // confidence 0.5, half right: exact
		b.add(0.5, i%2 == 0)
	}
	if got := b.error(); math.Abs(got-0.15*10/40) > 1e-12 {
		t.Errorf("error %.4f, want %.4f", got, 0.15*10/40)
	}
	b = bins{}
	b.add(1, true)
	b.add(0, false)
	if b[9].n != 1 || b[0].n != 1 || b.error() != 0 {
		t.Errorf("the ends fall into the outer bins: %+v", b)
	}
}

func TestPercentagesDoNotHideWhatIsMissing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		r    ratio
		want string
	}{{ratio{0, 0}, "–"}, {ratio{0, 5}, "0"}, {ratio{5, 5}, "100"}, {ratio{1861, 1862}, "99.95"}, {ratio{99_999, 100_000}, "100"}, {ratio{1, 1861}, "0.05"}, {ratio{1, 3}, "33.3"}} {
		if got := c.r.String(); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.r.k, c.r.n, got, c.want)
		}
	}
}

func TestMedianOfEvenAndOdd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of   []int
		want float64
	}{{nil, 0}, {[]int{3}, 3}, {[]int{4, 1}, 2.5}, {[]int{9, 1, 2}, 2}} {
		if got := median(c.of); got != c.want {
			t.Errorf("%v: %v, want %v", c.of, got, c.want)
		}
	}
}
