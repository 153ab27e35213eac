package page

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"segue/internal/agent"
	"segue/web/templates/layout"
)

// ReviewView is /review.
type ReviewView struct {
	Person layout.Person
	Asked  []Asked // questions, the one to answer first
	Total  int     // questions, those that are not in Asked too
	Unread int     // runs that did not say in time what they wait for
	Login  bool    // something waits for a login
	After  string  // the question that was put off; "" when none was
	Now    time.Time
}

// Asked is one question of a run.
type Asked struct {
	Run      agent.Run
	Title    string // of the run
	Song     string // that it is about; "" for the run as a whole
	Question agent.Question
	Row      int       // of a list, from 1; 0 when it is no list's
	Until    time.Time // when it is settled without an answer; zero when that is not fixed yet
}

// shownQuestions is how many questions a page shows; the next come when these are answered.
const shownQuestions = 20

// digits are how many options have a key of their own.
const digits = 9

// Key names the question among all of a person.
func (a Asked) Key() string {
	if a.Row > 0 {
		return a.Run.ID + "." + strconv.Itoa(a.Row)
	}
	return a.Run.ID + "." + a.Question.ID
}

// action is where the answer is sent to.
func (a Asked) action() string {
	if a.Row > 0 {
		return "/runs/" + a.Run.ID + "/rows/" + strconv.Itoa(a.Row)
	}
	return "/runs/" + a.Run.ID + "/answer"
}

// subject is what a question is about, in a line.
func (a Asked) subject() string {
	switch {
	case a.Song != "":
		return a.Song
	case a.Title != "":
		return a.Title
	default:
		return a.Question.Text
	}
}

// fate is what happens when nobody answers.
func (a Asked) fate() string {
	if len(a.Question.Plan) > 0 {
		return "Without an answer nothing is changed"
	}
	return "Without an answer it is left out"
}

// none is the word for taking none of the options.
func (a Asked) none() string {
	switch {
	case len(a.Question.Plan) > 0:
		return "No, leave everything as it is"
	case a.Song != "":
		return "Leave it out"
	default:
		return "None of these"
	}
}

func (v ReviewView) frame() layout.Frame {
	return layout.Frame{Title: "To review", Person: v.Person, Here: "review", Keys: len(v.Asked) > 0}
}

// rest are the questions after the first that the page shows.
func (v ReviewView) rest() []Asked {
	if len(v.Asked) == 0 {
		return nil
	}
	return v.Asked[1:min(len(v.Asked), shownQuestions)]
}

// unshown is how many questions the page leaves out.
func (v ReviewView) unshown() int { return max(0, v.Total-shownQuestions) }

// here is this page, for whoever comes back to it.
func (v ReviewView) here() string {
	if v.After == "" {
		return "/review"
	}
	return behind(v.After)
}

// behind is the queue from behind a question on.
func behind(key string) string { return "/review?" + url.Values{"after": {key}}.Encode() }

// waitsFor counts what waits.
func (v ReviewView) waitsFor() string {
	if v.Total == 1 {
		return "1 question waits for you."
	}
	return fmt.Sprintf("%d questions wait for you.", v.Total)
}

// reviewKeys are the single keys of the first question.
func reviewKeys(a Asked) []shortcut {
	all := []shortcut{{"n", "none of these"}, {"s", "later"}, {"?", "these keys"}}
	switch n := min(digits, len(a.Question.Options)); n {
	case 0:
		return all
	case 1:
		return append([]shortcut{{"1", "take this one"}}, all...)
	default:
		return append([]shortcut{{fmt.Sprintf("1–%d", n), "take that one"}}, all...)
	}
}

// keyed gives a control of the first question its key, and those of others none.
func keyed(first bool, name string) templ.Attributes {
	if !first {
		return nil
	}
	return key(name)
}

// digit is the key of an option, "" for one beyond the digits.
func digit(i int) string {
	if i >= digits {
		return ""
	}
	return strconv.Itoa(i + 1)
}
