package page

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/guard"
	"segue/web/templates/layout"
	"segue/web/templates/ui"
)

// Rights are what the person who looks may do.
type Rights struct {
	Retry   bool // and close breakers
	Discard bool // and restore, edit, and act on many at once
}

// LettersView is /admin/dlq.
type LettersView struct {
	Person   layout.Person
	Filter   deadletter.Filter
	Letters  []deadletter.Letter // of this page, the newest first
	Groups   []deadletter.Group  // the largest
	Total    int                 // letters that the filter lets through
	Later    bool                // this is not the first page
	Next     deadletter.Cursor   // of the next page; zero when there is none
	News     NewsView
	Bulks    []deadletter.Bulk // that are not at their end
	Breakers []guard.State
	Rights   Rights
	Trouble  *agent.Trouble // why the filter was not understood; nil when it was
	Now      time.Time
}

// NewsView says how many letters have come in since a page was made.
type NewsView struct {
	Filter deadletter.Filter
	Since  deadletter.Cursor
	Count  int
}

func (v LettersView) frame() layout.Frame {
	return layout.Frame{Title: "Dead letters", Person: v.Person, Here: "letters", Stream: true, Keys: len(v.Letters) > 0}
}

func lettersAt(f deadletter.Filter, more ...string) string {
	q := f.Query()
	for i := 0; i+1 < len(more); i += 2 {
		q.Set(more[i], more[i+1])
	}
	if len(q) == 0 {
		return "/admin/dlq"
	}
	return "/admin/dlq?" + q.Encode()
}

// Path is where the news of a page are asked for.
func (v NewsView) Path() string {
	q := v.Filter.Query()
	q.Set("after", v.Since.String())
	return "/admin/dlq/new?" + q.Encode()
}

// filtered reports whether the list is not simply what waits.
func (v LettersView) filtered() bool { return len(v.Filter.Query()) > 0 }

// grouped is the filter of one group of it.
func grouped(f deadletter.Filter, g deadletter.Group) deadletter.Filter {
	f.Fingerprint = g.Fingerprint
	return f
}

// form is a time as the browser's own field wants it, "" for none.
func form(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04")
}

var kindWords = map[fault.Kind]struct{ name, means, do string }{
	fault.Internal: {
		"Broke", "Segue made a mistake, or met something it does not know.",
		"Look at the cause. If other letters have it too, mend that first; a retry alone may fail the same way.",
	},
	fault.Exhausted: {
		"Out of steps", "The request took more steps or tries than one request may.",
		"See whether the request asks for something Segue cannot do in one go. A retry helps when the cause has passed.",
	},
	fault.Unavailable: {
		"No answer", "A service did not answer for so long, a day for Spotify, that Segue gave up waiting.",
		"Check that the service answers again, then retry.",
	},
}

var stateWords = map[deadletter.State]struct {
	name, icon string
	tone       ui.Tone
}{
	deadletter.Waiting:   {"Waiting", "clock", ui.Warn},
	deadletter.Retrying:  {"Retrying", "running", ui.Active},
	deadletter.Resolved:  {"Resolved", "ok", ui.Good},
	deadletter.Discarded: {"Discarded", "minus", ui.Calm},
}

// steps are those at which work can fail, in the order of the way.
var steps = []string{
	agent.Finding, agent.Searching, agent.Matching, agent.Adding, agent.Verifying,
	agent.Reading, agent.Creating, agent.Removing, agent.Leaving, agent.Naming, agent.Ordering,
}

// subject says in a line what a letter is about.
func subject(l deadletter.Letter) string {
	switch {
	case l.Task == "":
		return "A whole request"
	case l.Input.Tool == agent.RemoveSongs:
		return "Remove " + l.Input.Song.String() + " from " + l.Input.Playlist.Name
	default:
		return "Add " + l.Input.Song.String() + " to " + l.Input.Playlist.Name
	}
}

// firstCause is the innermost cause, or what the person was told.
func firstCause(l deadletter.Letter) string {
	if causes := l.Causes(); len(causes) > 0 {
		return causes[len(causes)-1]
	}
	return l.Message
}

// happened says in plain words what a letter is about.
func happened(l deadletter.Letter) string {
	at := ""
	if l.Step != "" {
		at = " while " + l.Step
	}
	return fmt.Sprintf("%s: this failed%s, after %s.", subject(l), at, counted(l.Tries(), "attempt"))
}

// later is the later of two moments.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// kindOf is the kind of an attempt, which may be one that makes no letter.
func kindOf(a deadletter.Attempt) string {
	if words, known := kindWords[a.Kind]; known {
		return words.name
	}
	return strings.ReplaceAll(string(a.Kind), "_", " ")
}

// ago says how long something is past in the largest fitting unit.
func ago(t, now time.Time) string {
	d := max(0, now.Sub(t))
	if d >= 48*time.Hour {
		return fmt.Sprintf("%d days ago", int(d/(24*time.Hour)))
	}
	return ui.Span(d) + " ago"
}

// line joins what there is.
func line(parts ...string) string {
	var all []string
	for _, p := range parts {
		if p != "" {
			all = append(all, p)
		}
	}
	return strings.Join(all, " · ")
}

// whole reports whether all that a filter lets through can be acted on at once:
// not what is shown because a filter was not understood.
func (v LettersView) whole() bool {
	return v.Rights.Discard && v.Total > 1 && v.Filter.Wants() == deadletter.Waiting && v.Trouble == nil
}

// choosable reports whether there is a letter that can be chosen, to be acted on with others.
func (v LettersView) choosable() bool { return slices.ContainsFunc(v.Letters, v.canChoose) }

func (v LettersView) canChoose(l deadletter.Letter) bool {
	return v.Rights.Retry && l.State == deadletter.Waiting
}

// strayStep is the step of a filter that is none of those in the list, "" when it is one.
func (v LettersView) strayStep() string {
	if slices.Contains(steps, v.Filter.Step) {
		return ""
	}
	return v.Filter.Step
}

// hidden is how many letters are in groups that are not shown.
func (v LettersView) hidden() int {
	n := v.Total
	for _, g := range v.Groups {
		n -= g.Count
	}
	return n
}

// bulkAt is where an act on all letters of a filter is confirmed.
func bulkAt(act deadletter.Act, f deadletter.Filter) string {
	q := f.Query()
	q.Set("act", string(act))
	return "/admin/dlq/bulk?" + q.Encode()
}

// keysOf are the keys that do something with a row of the list, for this person.
func (v LettersView) keysOf(l deadletter.Letter) string {
	keys := "o"
	if v.canChoose(l) {
		keys += " x r"
	}
	if l.State == deadletter.Waiting && v.Rights.Discard {
		keys += " d"
		if l.Task != "" {
			keys += " e"
		}
	}
	return keys
}

// fate says what has been done about a letter.
func fate(l deadletter.Letter) string {
	switch l.State {
	case deadletter.Retrying:
		return retried(l) + ". It waits for that run to end."
	case deadletter.Resolved:
		return retried(l) + ", and settled by that run."
	case deadletter.Discarded:
		return "Discarded: " + l.Reason
	default:
		if l.RetryRun == "" {
			return ""
		}
		return retried(l) + ", and that failed again."
	}
}

// retried says who has retried a letter, and how.
func retried(l deadletter.Letter) string {
	said := "Retried by " + l.By()
	if l.RetryFrom != "" {
		said += ", going on at " + l.RetryFrom
	}
	return said
}
