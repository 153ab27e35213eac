package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"segue/internal/music"
)

const ruleNames = "Segue, seed, spotify_to_tidal"

// writePart prints the tables of one part in Markdown.
func writePart(out io.Writer, p part, reports []report) {
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(out, format, args...) } // to memory
	say("### %s\n\n", p.title)
	if p.note != "" {
		say("%s\n\n", p.note)
	}
	var there, traps []report
	for _, r := range reports {
		if r.trap {
			traps = append(traps, r)
		} else {
			there = append(there, r)
		}
	}
	if len(there) > 0 {
		say("Songs that are there; each cell holds %s:\n\n", ruleNames)
		say("| set | songs | precision at automatic, %% (95 %%) | wrong version, %% | automatic, %% | recall, %% | reach |\n|---|---|---|---|---|---|---|\n")
		for _, r := range there {
			say("%s", r.thereLine())
		}
		say("\nWhat only Segue does:\n\n| set | asks, %% | right first, %% | right offered, %% | found by the search, %% | calibration error, %% | queries a song, median / mean | decides, songs/s |\n|---|---|---|---|---|---|---|---|\n")
		for _, r := range there {
			say("%s", r.oursLine())
		}
		say("\n")
	}
	if len(traps) > 0 {
		say("Songs that are not there; false accepts in %% (95 %%):\n\n")
		say("| set | songs | Segue | seed | spotify_to_tidal | Segue asks, %% | reach |\n|---|---|---|---|---|---|---|\n")
		for _, r := range traps {
			say("%s", r.trapLine())
		}
		say("\n")
	}
	writeBins(out, reports)
	writeComparison(out, reports)
}

func (r *report) label() string { return r.what + " (`" + r.name + "`)" }

func (r *report) thereLine() string {
	ours := r.ours()
	all := []*tally{ours}
	for i := range rules() {
		all = append(all, r.theirs(i))
	}
	each := func(figure func(*tally) string) string {
		cells := make([]string, len(all))
		for i, y := range all {
			cells[i] = figure(y)
		}
		cells[0] = "**" + cells[0] + "**"
		return strings.Join(cells, ", ")
	}
	return fmt.Sprintf("| %s | %d | %s | %s | %s | %s | %s |\n", r.label(), ours.cases,
		each(func(y *tally) string { return y.precision().interval() }), each(func(y *tally) string { return y.wrong().String() }),
		each(func(y *tally) string { return y.coverage().String() }), each(func(y *tally) string { return y.recall().String() }), r.reach.verdict(ours))
}

func (r *report) oursLine() string {
	y := r.ours()
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %.1f | %.1f / %.2f | %.0f |\n", r.label(), y.asked(), y.leading(), y.among(),
		ratio{y.retrieved, y.cases}, 100*y.bins.error(), median(y.queries), mean(y.queries), y.speed())
}

func (r *report) trapLine() string {
	ours := r.ours()
	return fmt.Sprintf("| %s | %d | **%s** | %s | %s | %s | %s |\n", r.label(), ours.cases, ours.coverage().interval(),
		r.theirs(0).coverage().interval(), r.theirs(1).coverage().interval(), ours.asked(), r.reach.verdict(ours))
}

// verdict says what was to be reached and what of it was not.
func (g goal) verdict(y *tally) string {
	var want []string
	for _, c := range []struct {
		name  string
		least float64
	}{{"precision", g.precision}, {"automatic", g.coverage}, {"recall", g.recall}, {"right first", g.first}, {"right offered", g.offered}} {
		if c.least > 0 {
			want = append(want, fmt.Sprintf("%s ≥ %v", c.name, c.least))
		}
	}
	if g.accepts > 0 {
		want = append(want, fmt.Sprintf("≤ %v", g.accepts))
	}
	if g.none {
		want = append(want, "0")
	}
	if missed := g.missed(y); len(missed) > 0 {
		return strings.Join(want, ", ") + ": **missed** (" + strings.Join(missed, ", ") + ")"
	}
	return strings.Join(want, ", ")
}

// writeBins prints how often each step of confidence was right, over all sets.
func writeBins(out io.Writer, reports []report) {
	var there, all bins
	for _, r := range reports {
		y := r.ours()
		all.merge(&y.bins)
		if !r.trap {
			there.merge(&y.bins)
		}
	}
	_, _ = fmt.Fprintf(out, "Calibration of the best choice under automatic and ask: error %.2f %% over the songs that are there, %.2f %% with the traps.\n\n",
		100*there.error(), 100*all.error())
	_, _ = fmt.Fprintf(out, "| confidence | songs | mean confidence, %% | right, %% |\n|---|---|---|---|\n")
	for i, b := range all {
		if b.n > 0 {
			_, _ = fmt.Fprintf(out, "| %.1f–%.1f | %d | %.1f | %s |\n", float64(i)/10, float64(i+1)/10, b.n, 100*b.sum/float64(b.n), ratio{b.right, b.n}.interval())
		}
	}
	_, _ = fmt.Fprintln(out)
}

// writeComparison names the sets where Segue does worse than the seed's rule.
func writeComparison(out io.Writer, reports []report) {
	var worse []string
	pool, n := 0, 0
	for _, r := range reports {
		for _, got := range r.results {
			pool += len(got.pool)
			n++
		}
		ours, seed := r.ours(), r.theirs(0)
		switch {
		case r.trap && ours.auto > seed.auto:
			worse = append(worse, r.name+" (false accepts)")
		case !r.trap && ours.right < seed.right:
			worse = append(worse, r.name+" (recall)")
		case !r.trap && ours.precision().percent() < seed.precision().percent():
			worse = append(worse, r.name+" (precision)")
		}
	}
	slices.Sort(worse)
	text := "in no set"
	if len(worse) > 0 {
		text = "in " + strings.Join(worse, ", ")
	}
	_, _ = fmt.Fprintf(out, "Worse than the seed's rule: %s. The other rules chose among %.0f candidates a song on average.\n\n", text, float64(pool)/float64(max(n, 1)))
}

// describe shows a track with all that the matcher knows of it.
func describe(t music.Track) string {
	return fmt.Sprintf("%s · %s [%s, %s %s] %s explicit=%t isrc=%s id=%s", t.Title, t.ArtistNames(), t.Album.Name, t.Album.Type, t.Album.Release,
		t.Duration, t.Explicit, t.ISRC, t.ID)
}
