package page

import (
	"time"

	"github.com/a-h/templ"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/web/templates/layout"
)

// LetterView is /admin/dlq/{id}.
type LetterView struct {
	Person  layout.Person
	Letter  deadletter.Letter
	Rights  Rights
	Trouble *agent.Trouble // why the last form was refused; nil when it was not
	Reason  string         // typed with it
	Now     time.Time
}

func (v LetterView) waits() bool { return v.Letter.State == deadletter.Waiting }

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

// EditView is /admin/dlq/{id}/edit.
type EditView struct {
	Person  layout.Person
	Letter  deadletter.Letter
	Version int64               // of the letter that is being edited
	Text    string              // JSON
	Changes []deadletter.Change // what it changes, once that was asked for
	Trouble *agent.Trouble      // why it was refused; nil when it was not
	Now     time.Time
}

// wrong are the attributes of a field that was refused.
func (v EditView) wrong() templ.Attributes {
	if v.Trouble == nil {
		return nil
	}
	return templ.Attributes{"aria-invalid": "true", "aria-describedby": "refused"}
}
