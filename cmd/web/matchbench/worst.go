package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"segue/internal/music"
)

// mistake is a result that was not right.
type mistake struct {
	report *report
	at     int
	grade  int // a place in grades, the worst first; -1 for none
}

var grades = [...]string{"taken and wrong", "asked without the right one", "missed", "taken where a person could go either way"}

// writeWorst prints the worst errors with all that is known of them: those that were
// taken and wrong, the most confident first, then questions without the right
// answer, then misses. A question about a song that is not there is no error.
func writeWorst(out io.Writer, reports []report, most int) {
	var all []mistake
	seen := map[string]bool{} // a worse search repeats most errors
	for i := range reports {
		for at := range reports[i].results {
			m := mistake{&reports[i], at, grade(&reports[i], at)}
			if m.grade >= 0 && !seen[m.key()] {
				seen[m.key()] = true
				all = append(all, m)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b mistake) int {
		return cmp.Or(cmp.Compare(a.grade, b.grade), cmp.Compare(b.confidence(), a.confidence()))
	})
	for i, m := range all[:min(most, len(all))] {
		_, _ = fmt.Fprintf(out, "%d. %s", i+1, m)
	}
	_, _ = fmt.Fprintf(out, "%d errors in all\n", len(all))
}

func grade(r *report, at int) int {
	m, a := r.results[at].match, r.trials[at].answer
	switch {
	case r.open && m.Verdict == music.Auto:
		return 3
	case m.Verdict == music.Auto && !a.right(m.Choices[0].Track):
		return 0
	case r.trap || m.Verdict == music.Auto || a.found(tracksOf(m)):
		return -1
	case m.Verdict == music.Ask:
		return 1
	default:
		return 2
	}
}

func (m mistake) key() string {
	return fmt.Sprint(m.report.name, m.report.trials[m.at].place, m.grade)
}

func (m mistake) confidence() float64 {
	if c := m.report.results[m.at].match.Choices; len(c) > 0 {
		return c[0].Confidence
	}
	return 0
}

func (m mistake) String() string {
	var text strings.Builder
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(&text, format, args...) } // to memory
	t, got := m.report.trials[m.at], m.report.results[m.at]
	s := t.song
	say("%s in %s, %s (%s)\n", grades[m.grade], m.report.name, t.place, m.report.part.title)
	say("   wanted  %s · %s [%s] %s explicit=%s isrc=%s version=%s\n", s.Title, strings.Join(s.Artists, " ¦ "), s.Album, s.Duration, s.Explicit, s.ISRC, s.Version)
	say("   verdict %s by %s, %d queries: %s\n", got.match.Verdict, got.match.Method, got.queries, strings.Join(got.match.Reasons, " "))
	for _, c := range got.match.Choices {
		say("   choice  %.3f %s%s\n", c.Confidence, describe(c.Track), mark(t.answer, c.Track))
	}
	for _, want := range t.answer.tracks {
		say("   right   %s\n", describe(want))
	}
	if len(t.answer.ids) > 0 && !got.retrieved {
		say("   the search found nothing right\n")
	}
	return text.String()
}

func mark(a answer, t music.Track) string {
	switch {
	case a.right(t):
		return " – right"
	case a.version(t):
		return " – another version"
	default:
		return ""
	}
}
