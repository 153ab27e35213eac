package page

import (
	"strconv"
	"time"

	"github.com/a-h/templ"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/music"
	"segue/web/templates/layout"
	"segue/web/templates/ui"
)

// LetterView is /admin/dlq/{id}.
type LetterView struct {
	Person   layout.Person
	Letter   deadletter.Letter
	Rights   Rights
	Trouble  *agent.Trouble     // why the last form was refused; nil when it was not
	Reason   string             // typed with it
	Audit    []deadletter.Entry // about the letter, the newest first
	Temporal string             // address of the workflow in Temporal's own pages; "" where there are none
	Now      time.Time
}

func (v LetterView) waits() bool { return v.Letter.State == deadletter.Waiting }

// asks are the attributes by which the page asks what has become of a retry, until that is over.
func (v LetterView) asks() templ.Attributes {
	if v.Letter.State != deadletter.Retrying {
		return nil
	}
	return templ.Attributes{
		"hx-get": "/admin/dlq/" + v.Letter.ID, "hx-trigger": "every 3s", "hx-swap": "outerMorph",
		"hx-status:4xx": "swap:none", "hx-status:5xx": "swap:none",
	}
}

func (v LetterView) frame() layout.Frame {
	f := layout.Frame{Title: "A dead letter", Person: v.Person, Here: "letter", Keys: true, Stream: v.asks() != nil}
	if f.Stream {
		f.Refresh = layout.Refresh(5*time.Second, "/admin/dlq/"+v.Letter.ID, "", v.Now)
	}
	return f
}

// announced is what is said aloud of a letter: it changes when a retry ends, not before.
func (v LetterView) announced() string {
	if v.Letter.State == deadletter.Retrying {
		return "Retrying"
	}
	return stateWords[v.Letter.State].name + ". " + fate(v.Letter)
}

func (v LetterView) retryable() bool { return v.Rights.Retry && v.waits() }

func (v LetterView) discardable() bool { return v.Rights.Discard && v.waits() }

// editable reports whether there is an input to change: a whole request has only its person's message.
func (v LetterView) editable() bool { return v.Rights.Discard && v.waits() && v.Letter.Task != "" }

// retryMeans says what a retry of the letter does.
func retryMeans(l deadletter.Letter) string {
	switch {
	case l.Task == "":
		return "Sends the same message again, as a new run of " + l.Person + "’s. It begins at the start."
	case l.Resumes():
		return "A new run of " + l.Person + "’s. From " + l.Step + ", it takes the version that was found before; from the start, it searches again and may ask."
	default:
		return "Tries this song once more, as a new run of " + l.Person + "’s. It begins at the search."
	}
}

// forgotten is how many attempts there were between this one and the one told of before.
func forgotten(attempts []deadletter.Attempt, i int) int {
	if i == 0 {
		return attempts[0].N - 1
	}
	return attempts[i].N - attempts[i-1].N - 1
}

// newCause is the innermost cause of an attempt, "" when it is that of the attempt before.
func newCause(attempts []deadletter.Attempt, i int) string {
	cause := func(a deadletter.Attempt) string {
		if len(a.Causes) == 0 {
			return ""
		}
		return a.Causes[len(a.Causes)-1]
	}
	if i > 0 && cause(attempts[i]) == cause(attempts[i-1]) {
		return ""
	}
	return cause(attempts[i])
}

// number is a number that was said, "" for none.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// length is how long a song is, "" when that was not said.
func length(s music.Song) string {
	if s.Duration == 0 {
		return ""
	}
	return ui.Watch(s.Duration)
}

// lettersOf is a list of letters in any state.
func lettersOf(f deadletter.Filter) templ.SafeURL {
	f.State = deadletter.Every
	return templ.URL(lettersAt(f))
}
