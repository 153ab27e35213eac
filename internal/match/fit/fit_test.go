package main

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"segue/internal/match"
	"segue/internal/music"
)

// draw makes samples whose right answers follow the weights.
func draw(w match.Features, n int) []sample {
	chance := rand.New(rand.NewPCG(1, 2))
	out := make([]sample, n)
	for i := range out {
		s := sample{weight: 1, features: make([]match.Features, 1+chance.IntN(3))}
		s.right, s.near = make([]bool, len(s.features)), make([][]int, len(s.features))
		for k := range s.features {
			s.features[k][match.Found] = 1
			s.features[k][match.LengthClose] = float64(chance.IntN(2))
			s.features[k][match.TitleSlips] = chance.Float64()
		}
		all, _ := s.shares(w)
		left := chance.Float64()
		for k, p := range all {
			if left -= p; left < 0 {
				s.right[k] = true
				break
			}
		}
		out[i] = s
	}
	return out
}

func TestFitFindsTheWeightsBehindTheAnswers(t *testing.T) {
	t.Parallel()
	want := match.Features{match.Found: 1, match.LengthClose: 2, match.TitleSlips: -3}
	samples := draw(want, 20_000)
	got := fit(samples)
	for i := range got {
		if math.Abs(got[i]-want[i]) > 0.15 {
			t.Errorf("%s = %.2f, want %.2f", match.Feature(i), got[i], want[i])
		}
	}
	f, blank := figuresOf(samples, got), figuresOf(samples, match.Features{})
	if f.calibration > 0.02 || blank.calibration < 0.05 || f.logLoss >= blank.logLoss {
		t.Errorf("fitted %+v, without weights %+v", f, blank)
	}
}

func TestAnArtistIsOnOneSideOnly(t *testing.T) {
	t.Parallel()
	sides := map[bool]int{}
	for _, name := range []string{"Queen", "Adele", "Cher", "Muse", "Toto", "ABBA", "Blur", "Moby", "Beck", "Dido"} {
		alone := caseOf(music.Song{Artists: []string{name}}, labelled{}).checks()
		guests := caseOf(music.Song{Artists: []string{"The " + strings.ToUpper(name) + " & Friends", "Others"}}, labelled{}).checks()
		if alone != guests {
			t.Errorf("%s is on both sides", name)
		}
		sides[alone]++
	}
	if sides[true] == 0 || sides[false] == 0 {
		t.Errorf("the sides have %v artists", sides)
	}
}

func TestSourceIsAGoFileWithItsFigures(t *testing.T) {
	t.Parallel()
	var n [dimensions]int
	n[match.Found] = 7
	text, err := source(match.Features{match.Found: 3.456}, figures{songs: 10, logLoss: 0.1, calibration: 0.02}, figures{songs: 5}, n)
	for _, want := range []string{"DO NOT EDIT", "Fitted on 10 songs", "calibration error 2.0 %", "Found:           3.46,", "// 7\n"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s (%v)", want, text, err)
		}
	}
}
