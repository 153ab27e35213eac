// Package page has one file per URL, with the view struct it renders.
package page

import (
	"slices"
	"time"

	"segue/internal/agent"
	"segue/internal/music"
	"segue/web/templates/layout"
	"segue/web/templates/partial"
)

// HomeView is what a signed-out person sees at /.
type HomeView struct {
	ReturnTo string         // where to go after the login; "" = /c
	Demo     bool           // Spotify is emulated: the page says so
	Trouble  *agent.Trouble // why the last login did not work, or what ended the session; nil when nothing did
}

// ChatView is /c (Conversation is zero) and /c/{id}.
type ChatView struct {
	Person        layout.Person
	Conversations []agent.Conversation // newest first
	Conversation  agent.Conversation
	Entries       []Entry        // see Entries
	Instead       string         // id of the message that Draft was to stand in for; "" for none
	Query         string         // what is looked for in the conversations; "" when nothing is
	Draft         string         // put back into the composer after a message was refused
	Key           string         // idempotency key of the composer's form, new for every page
	Suggestions   []string       // up to four messages to start with, on an empty conversation
	Trouble       *agent.Trouble // why the last form was refused; nil when it was not
	Now           time.Time
}

// Entry is one message with the card of the run it started, if any.
type Entry struct {
	Message agent.Message
	Run     *partial.RunView
}

// RunPageView is /runs/{id}.
type RunPageView struct {
	Person layout.Person
	Asked  string // the message that started the run
	Run    partial.RunView
	List   *ListView // the rows of a run that brings a list; nil for any other
	Share  ShareForm
}

// RulesView is /rules.
type RulesView struct {
	Person  layout.Person
	Rules   []music.Rule // of this page, the newest first
	Text    string       // what was looked for; "" when nothing was
	Page    int          // from 1
	PerPage int
	Total   int         // rules that match Text
	Dropped *music.Rule // just deleted, can be put back; nil when none was
	After   string      // id of the conversation in which a choice was just corrected; "" when none was
}

// AccountView is /account.
type AccountView struct {
	Person    layout.Person
	Since     time.Time      // when the account was connected
	Confirm   bool           // ask once more before disconnecting (/account?confirm=disconnect)
	Reconnect bool           // Spotify must be connected again before anything can go on
	Staff     bool           // may open the admin pages
	Repeats   bool           // a song that is in a playlist already is added again
	KeepDays  int            // for how many days ended runs are kept; 0 is for ever
	Spent     agent.Spending // on the language model today
	Allowance agent.Spending // the most of it; zero when nothing is counted
	Trusts    []agent.Trust
}

// ProblemView is an error page.
type ProblemView struct {
	Person    layout.Person
	Status    int           // HTTP status
	Trouble   agent.Trouble // in three sentences
	Reference string        // shown for the operator's log; "" when there is none
	Public    bool          // whoever sees it need not be a person of Segue's
	Back      string        // path to which a login leads, when that is asked for
}

// liveLimit is how many runs a page listens to at once: browsers allow six
// connections per host on HTTP/1.1.
const liveLimit = 3

// Entries lines up messages (oldest first) with the runs they started. What the
// agent said at the end of a run is left to its card. Of the runs that are not
// final the newest few are made live.
func Entries(messages []agent.Message, runs []partial.RunView) []Entry {
	byID := make(map[string]*partial.RunView, len(runs))
	for _, v := range runs {
		byID[v.Run.ID] = &v
	}
	entries := make([]Entry, 0, len(messages))
	for _, m := range messages {
		run := byID[m.RunID]
		switch {
		case run == nil:
			entries = append(entries, Entry{Message: m})
		case m.Role == agent.Person:
			entries = append(entries, Entry{Message: m, Run: run})
		}
	}
	connect(entries)
	return entries
}

// connect makes the newest runs that are not final live, and no others.
func connect(entries []Entry) {
	live := 0
	for _, e := range slices.Backward(entries) {
		if e.Run == nil {
			continue
		}
		e.Run.Live = !e.Run.Final() && live < liveLimit
		if e.Run.Live {
			live++
		}
	}
}
