package page

import (
	"net/url"
	"strconv"

	"segue/internal/agent"
	"segue/internal/music"
	"segue/web/templates/ui"
)

// ListView is the rows of a list on /runs/{id}: one page of one tab.
type ListView struct {
	RunID  string
	Tab    ListTab
	Counts agent.Counts
	Rows   []ListRow // in the order of the list
	After  int       // position of the last row of the page before; 0 on the first
	Next   int       // position of the last row, when there are more; 0 when not
	Final  bool      // the run has ended
	Public string    // address of the share page the rows stand on, where nothing can be pressed; "" on /runs/{id}
}

// ListRow is a row with what it asks, nil for nothing.
type ListRow struct {
	agent.Row
	Question *agent.Question
}

// ListTab is a part of the rows of a list.
type ListTab struct {
	Name   string // in the address
	Words  string
	States []agent.RowState // none: all
}

var listTabs = []ListTab{
	{"all", "All", nil},
	{"matched", "Matched", []agent.RowState{agent.RowFound, agent.RowAdded, agent.RowRemoved}},
	{"review", "To review", []agent.RowState{agent.RowReview}},
	{"missing", "Not found", []agent.RowState{agent.RowMissing, agent.RowLeftOut}},
	{"there", "Already there", []agent.RowState{agent.RowThere}},
	{"failed", "Failed", []agent.RowState{agent.RowFailed, agent.RowStopped}},
}

// ListTabOf returns the tab of that name, otherwise that of all rows.
func ListTabOf(name string) ListTab {
	for _, t := range listTabs {
		if t.Name == name {
			return t
		}
	}
	return listTabs[0]
}

func (t ListTab) count(c agent.Counts) int {
	if t.States == nil {
		return c.Total()
	}
	return c.Of(t.States...)
}

// at is the address of a tab, from a row on.
func (v ListView) at(t ListTab, after int) string {
	q := url.Values{"tab": {t.Name}}
	if after > 0 {
		q.Set("after", strconv.Itoa(after))
	}
	page := "/runs/" + v.RunID
	if v.Public != "" {
		page = v.Public
	}
	return page + "?" + q.Encode()
}

func (v ListView) export(format string) string {
	return "/runs/" + v.RunID + "/export?" + url.Values{"tab": {v.Tab.Name}, "format": {format}}.Encode()
}

// quiet reports whether nobody reads or answers here who would lose by a reload.
func (v ListView) quiet() bool {
	return v.Tab.States == nil && v.After == 0 && v.Counts[agent.RowReview] == 0
}

// rowSaid is how the state of a row is said.
type rowSaid struct {
	words, icon string
	tone        ui.Tone
}

var rowStates = map[agent.RowState]rowSaid{
	agent.RowOpen:    {"to go", "todo", ui.Calm},
	agent.RowFound:   {"matched", "ok", ui.Good},
	agent.RowReview:  {"to review", "ask", ui.Warn},
	agent.RowAdded:   {"added", "ok", ui.Good},
	agent.RowThere:   {"already there", "ok", ui.Calm},
	agent.RowMissing: {"not found", "search", ui.Warn},
	agent.RowLeftOut: {"left out", "minus", ui.Calm},
	agent.RowFailed:  {"failed", "alert", ui.Bad},
	agent.RowStopped: {"stopped", "minus", ui.Calm},
	agent.RowRemoved: {"taken back", "undo", ui.Calm},
}

// RowWords says the state of a row.
func RowWords(s agent.RowState) string { return rowStates[s].words }

// retryable reports whether the list has ended with rows to be tried again.
func (v ListView) retryable() bool {
	return v.Final && v.Counts.Of(agent.RowFailed, agent.RowStopped) > 0
}

// picked is the track a row was matched to.
func picked(r agent.Row) (music.Choice, bool) {
	if r.Match == nil {
		return music.Choice{}, false
	}
	return r.Match.Pick()
}
