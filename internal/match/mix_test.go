package match

import (
	"fmt"
	"strings"
	"testing"
)

func TestAMixSharesRunsOut(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]map[string]float64{
		"":                      {"thorough": 1},
		"exact":                 {"exact": 1},
		"thorough=80,frugal=20": {"thorough": 0.8, "frugal": 0.2},
		"exact=1, frugal=3":     {"exact": 0.25, "frugal": 0.75},
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			m, err := ParseMix(text)
			if err != nil {
				t.Fatal(err)
			}
			const runs = 10_000
			got := map[string]float64{}
			for i := range runs {
				id := fmt.Sprintf("RUN%d", i)
				s := m.For(id)
				if m.For(id).Name != s.Name {
					t.Fatalf("run %s has two strategies", id)
				}
				got[s.Name] += 1.0 / runs
			}
			for name := range got {
				if d := got[name] - want[name]; d > 0.02 || d < -0.02 {
					t.Errorf("%s has %.3f of the runs, want %.2f", name, got[name], want[name])
				}
			}
			if len(got) != len(want) {
				t.Errorf("shares %v, want %v", got, want)
			}
		})
	}
}

func TestAMixThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"quick":        "no match strategy",
		"exact=half":   "share of strategy exact",
		"exact=0":      "share of strategy exact",
		"exact=1;x":    "share of strategy exact",
		"thorough=,":   "share of strategy thorough",
		"frugal=70000": "share of strategy frugal",
	} {
		if _, err := ParseMix(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: error %v, want %q in it", text, err, says)
		}
	}
}
