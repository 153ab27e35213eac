package page

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/web/templates/layout"
	"segue/web/templates/ui"
)

// BulkFormView is /admin/dlq/bulk: an act on all letters of a filter, to be confirmed.
type BulkFormView struct {
	Person  layout.Person
	Act     deadletter.Act
	Filter  deadletter.Filter
	AsOf    time.Time
	Count   int                // letters that the filter lets through
	Groups  []deadletter.Group // the largest of them
	Rate    int                // letters per second
	Reason  string
	Key     string         // idempotency key
	Trouble *agent.Trouble // why it was refused; nil when it was not

	Tried    bool                 // it was tried without changing anything
	Outcomes []deadletter.Outcome // then: what would become of the letters
}

// BulkView is /admin/dlq/bulk/{id}.
type BulkView struct {
	Person  layout.Person
	Bulk    deadletter.Bulk
	Cancel  bool           // the person may cancel it
	Trouble *agent.Trouble // why it could not be cancelled; nil when nothing is wrong
	Now     time.Time
}

// title says in a line what is asked.
func (v BulkFormView) title() string {
	if v.Count > 1 && v.Filter.IDs == nil {
		return v.verb() + " all " + counted(v.Count, "letter")
	}
	return v.verb() + " " + counted(v.Count, "letter")
}

func (v BulkFormView) verb() string {
	if v.Act == deadletter.ActDiscard {
		return "Discard"
	}
	return "Retry"
}

// would says what would become of letters.
func (v BulkFormView) would(o deadletter.Outcome) string {
	switch {
	case o.Why != "":
		return "would be left alone. " + o.Why
	case v.Act == deadletter.ActDiscard:
		return "would be discarded."
	default:
		return "would be retried, each as a new run."
	}
}

// possible reports whether the form has anything to act on.
func (v BulkFormView) possible() bool {
	return v.Count > 0 && deadletter.Bulk{Act: v.Act, Filter: v.Filter}.Aimed() == nil
}

// takes says how long it will take at the rate.
func (v BulkFormView) takes() string {
	return ui.Span(deadletter.Bulk{Total: v.Count, Rate: max(1, v.Rate)}.Remaining())
}

func (v BulkView) running() bool { return v.Bulk.State == deadletter.BulkRunning }

func (v BulkView) frame() layout.Frame {
	f := layout.Frame{Title: bulkTitle(v.Bulk), Person: v.Person, Here: "letter", Stream: v.running()}
	if v.running() {
		f.Refresh = layout.Refresh(5*time.Second, "/admin/dlq/bulk/"+v.Bulk.ID, "", v.Now)
	}
	return f
}

// asks are the attributes by which the page asks how far a bulk is, until it is over.
func (v BulkView) asks() templ.Attributes {
	if !v.running() {
		return nil
	}
	return templ.Attributes{
		"hx-get": "/admin/dlq/bulk/" + v.Bulk.ID + "/progress", "hx-trigger": "every 2s", "hx-swap": "outerMorph",
		"hx-status:4xx": "swap:none", "hx-status:5xx": "swap:none",
	}
}

var bulkWords = map[deadletter.BulkState]struct {
	name, icon string
	tone       ui.Tone
}{
	deadletter.BulkRunning:   {"Running", "running", ui.Active},
	deadletter.BulkDone:      {"Done", "ok", ui.Good},
	deadletter.BulkCancelled: {"Cancelled", "minus", ui.Calm},
}

// bulkTitle says in a line what a bulk is.
func bulkTitle(b deadletter.Bulk) string {
	verb := "Retry"
	if b.Act == deadletter.ActDiscard {
		verb = "Discard"
	}
	return verb + " " + counted(b.Total, "letter")
}

// bulkCounts says in a line how far a bulk is.
func bulkCounts(b deadletter.Bulk) string {
	return fmt.Sprintf("%d done, %d refused, %d left", b.Done, b.Refused, b.Left())
}

// announced is what is said aloud of a bulk: it changes when the bulk ends, not before.
func announced(b deadletter.Bulk) string {
	if b.State == deadletter.BulkRunning {
		return "Running"
	}
	return bulkWords[b.State].name + ": " + bulkCounts(b)
}

// doneBy says who did a bulk.
func doneBy(b deadletter.Bulk) string {
	if b.Operator == "" {
		return "somebody who has left"
	}
	return b.Operator
}

// filterWords says in words what a filter lets through.
func filterWords(f deadletter.Filter) string {
	said := []string{"every letter"}
	if wants := f.Wants(); wants != "" {
		said = []string{"letters in the state " + strings.ToLower(stateWords[wants].name)}
	}
	for _, c := range []struct{ words, value string }{
		{"of the kind ", kindWords[f.Kind].name},
		{"at the step ", f.Step},
		{"with the fingerprint ", f.Fingerprint},
		{"of the person ", f.Person},
		{"for the playlist ", f.Playlist},
		{"failed since ", moment(f.Since)},
		{"failed before ", moment(f.Until)},
	} {
		if c.value != "" {
			said = append(said, c.words+c.value)
		}
	}
	if f.Text != "" {
		said = append(said, "with the text “"+f.Text+"”")
	}
	if f.IDs != nil {
		said = append(said, "of the "+strconv.Itoa(len(f.IDs))+" that were chosen")
	}
	return strings.Join(said, ", ")
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 January 2006, 15:04 UTC")
}
