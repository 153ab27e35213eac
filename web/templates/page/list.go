package page

import (
	"net/url"
	"strconv"
	"strings"

	"segue/internal/agent"
	"segue/internal/music"
	"segue/web/templates/partial"
	"segue/web/templates/ui"
)

// ListView is the rows of a list on /runs/{id}: one page of one tab.
type ListView struct {
	RunID  string
	Tab    partial.ListTab
	Counts agent.Counts
	Rows   []ListRow // in the order of the list
	After  int       // position of the last row of the page before; 0 on the first
	Next   int       // position of the last row, when there are more; 0 when not
	Final  bool      // the run has ended
	Fix    Fix       // the search for another version of one of the rows
	Public string    // address of the share page the rows stand on, where nothing can be pressed; "" on /runs/{id}
}

// ListRow is a row with what it asks, nil for nothing.
type ListRow struct {
	agent.Row
	Question *agent.Question
}

// Fix is a search for another version of a row; the zero value is none.
type Fix struct {
	Position int
	Text     string // searched for
	Found    []music.Track
	Why      string // nothing was found
}

// follows reports whether the rows ask for themselves again while the list goes on;
// not where the person is at work on them.
func (v ListView) follows() bool { return !v.Final && v.Tab.Name != "review" }

// keyed is the row whose answers have keys, the first of those to review; 0 for none.
func (v ListView) keyed() int {
	if v.Tab.Name == "review" && !v.Final && len(v.Rows) > 0 && v.Rows[0].Question != nil {
		return v.Rows[0].Position
	}
	return 0
}

// searched is what was searched for in place of a row, or else how one would begin.
func (v ListView) searched(r ListRow) string {
	if v.Fix.Position == r.Position {
		return v.Fix.Text
	}
	return strings.TrimSpace(r.Song.Title + " " + strings.Join(r.Song.Artists, " "))
}

func rowID(r ListRow) string { return "row-" + strconv.Itoa(r.Position) }

// at is the address of a tab, from a row on.
func (v ListView) at(t partial.ListTab, after int) string {
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
