package partial

import (
	"strconv"

	"github.com/a-h/templ"

	"segue/internal/agent"
)

// ListTab is a part of the rows of a list.
type ListTab struct {
	Name   string // in the address
	Words  string
	States []agent.RowState // none: all
}

// ListTabs are all tabs of a list, that of all rows first.
func ListTabs() []ListTab {
	return []ListTab{
		{"all", "All", nil},
		{"matched", "Matched", []agent.RowState{agent.RowFound, agent.RowAdded, agent.RowRemoved}},
		{"review", "To review", []agent.RowState{agent.RowReview}},
		{"missing", "Not found", []agent.RowState{agent.RowMissing, agent.RowLeftOut}},
		{"there", "Already there", []agent.RowState{agent.RowThere}},
		{"failed", "Failed", []agent.RowState{agent.RowFailed, agent.RowStopped}},
	}
}

// ListTabOf returns the tab of that name, otherwise that of all rows.
func ListTabOf(name string) ListTab {
	all := ListTabs()
	for _, t := range all {
		if t.Name == name {
			return t
		}
	}
	return all[0]
}

// Count is how many rows are in the tab.
func (t ListTab) Count(c agent.Counts) int {
	if t.States == nil {
		return c.Total()
	}
	return c.Of(t.States...)
}

// tabCounts gives the card the counts of the tabs, which stand outside of what a
// message replaces: the script takes them over.
func tabCounts(c agent.Counts) templ.Attributes {
	all := templ.Attributes{}
	for _, t := range ListTabs() {
		all["data-"+t.Name] = strconv.Itoa(t.Count(c))
	}
	return all
}
