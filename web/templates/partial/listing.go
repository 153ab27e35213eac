package partial

import (
	"fmt"
	"time"

	"segue/internal/agent"
	"segue/web/templates/ui"
)

// rowWords are the states of rows in the order in which they are counted.
var rowWords = []struct {
	word   string
	states []agent.RowState
}{
	{"added", []agent.RowState{agent.RowAdded}},
	{"found", []agent.RowState{agent.RowFound}},
	{"to review", []agent.RowState{agent.RowReview}},
	{"already there", []agent.RowState{agent.RowThere}},
	{"not found", []agent.RowState{agent.RowMissing}},
	{"left out", []agent.RowState{agent.RowLeftOut}},
	{"failed", []agent.RowState{agent.RowFailed}},
	{"stopped", []agent.RowState{agent.RowStopped}},
	{"taken back", []agent.RowState{agent.RowRemoved}},
	{"to go", []agent.RowState{agent.RowOpen}},
}

// rowCounts adds up the rows of a list, leaving out what there is none of.
func rowCounts(c agent.Counts) []count {
	var all []count
	for _, w := range rowWords {
		if n := c.Of(w.states...); n > 0 {
			all = append(all, count{n, w.word})
		}
	}
	return all
}

// settledRows is how many rows have been looked for.
func settledRows(c agent.Counts) int { return c.Total() - c[agent.RowOpen] }

// timeLeft says how long a list takes yet, "" when that is not known: nothing was
// measured so far, or it waits.
func (v RunView) timeLeft(l agent.ListProgress) string {
	left := l.Counts[agent.RowOpen]
	if l.Rate <= 0 || left == 0 || v.state() != agent.Running || v.trouble() != nil {
		return ""
	}
	return "About " + ui.Span(time.Duration(float64(left)/l.Rate*float64(time.Second))) + " left."
}

// listAnnouncement is what the status region speaks of a list; "" leaves it to the run's own words.
func (v RunView) listAnnouncement() string {
	l := v.Progress.List
	if l == nil || v.trouble() != nil {
		return ""
	}
	switch v.state() {
	case agent.Waiting:
		return fmt.Sprintf("Needs your choice: %d to review.", l.Counts[agent.RowReview])
	case agent.Parked:
		return "Paused."
	case agent.Running:
		return fmt.Sprintf("%d of %d songs looked for", settledRows(l.Counts)/100*100, l.Counts.Total()) // at borders, not at every song
	default:
		return ""
	}
}
