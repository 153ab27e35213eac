package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// verdict is a row of the table.
type verdict struct {
	row
	finding
	runs, injected int
	ready, moving  []time.Duration
	took           time.Duration
	notes          []string
	broken         int
	skipped        bool
	err            error
}

func (v *verdict) good() bool {
	if v.skipped {
		return true
	}
	wrong := len(v.lost) + len(v.failed) + len(v.doubled) + len(v.disorder) + len(v.untrue) + len(v.stray) + len(v.impatient) + v.broken
	return wrong == 0 && v.err == nil && v.injected > 0
}

const readyWithin = 5 * time.Second // the target for a restart, p99

// slow reports a missed target of time, which a busy machine misses too.
func (v *verdict) slow() bool {
	return v.within > 0 && quantile(v.moving, .99) > v.within || quantile(v.ready, .99) > readyWithin
}

// line is the row of the table.
func (v *verdict) line() string {
	if v.skipped {
		return fmt.Sprintf("| %s | %s | skipped: %v |||||||||||", v.name, v.what, v.err)
	}
	outcome := "holds"
	switch {
	case !v.good():
		outcome = "**broken**"
	case v.slow():
		outcome = "**slow**"
	}
	return fmt.Sprintf("| %s | %s | %d | %d | %d | %d | %d | %d | %d | %d | %s | %s | %.0f s | %s |", v.name, v.what, v.runs, v.injected,
		len(v.lost), len(v.failed), len(v.doubled), len(v.disorder), len(v.untrue)+len(v.stray), len(v.impatient),
		both(v.ready), both(v.moving), v.took.Seconds(), outcome)
}

// both are the median and the 99th percentile.
func both(of []time.Duration) string {
	if len(of) == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f / %.1f s", quantile(of, .5).Seconds(), quantile(of, .99).Seconds())
}

func quantile(of []time.Duration, q float64) time.Duration {
	if len(of) == 0 {
		return 0
	}
	sorted := slices.Clone(of)
	slices.Sort(sorted)
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

const shown = 8 // examples of each kind of finding

// report prints the table and examples of what is wrong.
func report(out io.Writer, s size, verdicts []*verdict, took time.Duration) {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format, args...) }
	p("seed %d, %d messages a row, %d cores, %s, load %s, %s, %s in all\n\n",
		s.seed, s.n, runtime.NumCPU(), runtime.Version(), load(), time.Now().Format(time.DateOnly), took.Round(time.Second))
	p("| row | fault | runs | faults | lost | failed | twice | order | untrue | early | ready p50 / p99 | moving p50 / p99 | took | |\n")
	p("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|---|---|--:|---|\n")
	for _, v := range verdicts {
		p("%s\n", v.line())
	}
	for _, v := range verdicts {
		for _, text := range v.details() {
			p("\n%s: %s", v.name, text)
		}
	}
	p("\n")
}

func (v *verdict) details() []string {
	lines := slices.Clone(v.notes)
	if v.err != nil {
		lines = append(lines, v.err.Error())
	}
	for _, kind := range []struct {
		name string
		all  []string
	}{
		{"lost", v.lost},
		{"failed", v.failed},
		{"twice", v.doubled},
		{"order", v.disorder},
		{"untrue", v.untrue},
		{"stray", v.stray},
		{"early", v.impatient},
	} {
		for _, text := range kind.all[:min(len(kind.all), shown)] {
			lines = append(lines, kind.name+": "+strings.ReplaceAll(text, "\n", " / "))
		}
	}
	return lines
}

func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "?"
	}
	return strings.Fields(string(text))[0]
}
