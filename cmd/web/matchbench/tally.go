package main

import (
	"time"

	"segue/internal/music"
)

// tally sums up what one rule did with a set.
type tally struct {
	cases, auto, right int
	version            int // wrong versions taken: the song, but another recording of it
	ask, offered       int // offered: right and among the choices
	first              int // right and taken, or the first choice under ask
	retrieved          int // right and found by the search
	bins               bins
	queries            []int
	took               time.Duration
}

func (y *tally) precision() ratio { return ratio{y.right, y.auto} }
func (y *tally) coverage() ratio  { return ratio{y.auto, y.cases} }
func (y *tally) recall() ratio    { return ratio{y.right, y.cases} }
func (y *tally) wrong() ratio     { return ratio{y.version, y.cases} }
func (y *tally) asked() ratio     { return ratio{y.ask, y.cases} }
func (y *tally) among() ratio     { return ratio{y.offered, y.cases} }
func (y *tally) leading() ratio   { return ratio{y.first, y.cases} }

// speed is in songs a second and processor, deciding only.
func (y *tally) speed() float64 { return float64(y.cases) / max(y.took.Seconds(), 1e-9) }

// take counts what was added without asking.
func (y *tally) take(a answer, track music.Track) {
	y.auto++
	switch {
	case a.right(track):
		y.right++
	case a.version(track):
		y.version++
	}
}

// ours sums up the strategy.
func (r *report) ours() *tally {
	y := &tally{cases: len(r.trials)}
	for i, got := range r.results {
		a, m := r.trials[i].answer, got.match
		y.queries = append(y.queries, got.queries)
		y.took += got.took
		if got.retrieved {
			y.retrieved++
		}
		if a.found(tracksOf(m)) {
			y.offered++
		}
		switch m.Verdict {
		case music.Auto:
			y.take(a, m.Choices[0].Track)
		case music.Ask:
			y.ask++
		case music.None:
			continue
		}
		right := a.right(m.Choices[0].Track)
		if !r.open {
			y.bins.add(m.Choices[0].Confidence, right)
		}
		if right {
			y.first++
		}
	}
	return y
}

// theirs sums up a peer, by its place in rules.
func (r *report) theirs(rule int) *tally {
	y := &tally{cases: len(r.trials)}
	for i, got := range r.results {
		if t := got.peers[rule]; t.ok {
			y.take(r.trials[i].answer, t.track)
		}
	}
	return y
}

func tracksOf(m music.Match) []music.Track {
	out := make([]music.Track, len(m.Choices))
	for i, c := range m.Choices {
		out[i] = c.Track
	}
	return out
}

// missed names the figures of the goal that were not reached.
func (g goal) missed(y *tally) []string {
	var out []string
	for _, c := range []struct {
		name        string
		least, have float64
	}{
		{"precision", g.precision, y.precision().percent()},
		{"automatic", g.coverage, y.coverage().percent()},
		{"recall", g.recall, y.recall().percent()},
		{"right first", g.first, y.leading().percent()},
		{"right offered", g.offered, y.among().percent()},
	} {
		if c.have < c.least {
			out = append(out, c.name)
		}
	}
	if most := g.accepts; (most > 0 || g.none) && y.coverage().percent() > most {
		out = append(out, "false accepts")
	}
	return out
}
