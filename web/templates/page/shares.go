package page

import (
	"time"

	"segue/internal/agent"
	"segue/web/templates/layout"
	"segue/web/templates/partial"
)

// ShareForm is the form on /runs/{id} that makes a link for the public.
type ShareForm struct {
	Hours   []int  // choices of how long
	Chosen  int    // one of them
	Names   bool   // songs are to be shown by name
	Made    string // the address of a link just made: this page shows it, no other does
	Trouble *agent.Trouble
}

// SharesView is /settings/shares.
type SharesView struct {
	Person layout.Person
	Shares []Share // the newest first
	Revoke string  // id of the link to ask about once more (?revoke=ID); "" for none
	Now    time.Time
}

// Share is a link of the person's, without its token.
type Share struct {
	ID      string
	RunID   string
	Asked   string // what the run was asked for; "" when it is gone
	Names   bool
	Views   int
	Created time.Time
	Expires time.Time
	Revoked bool
}

// SharedView is /s/{token}: a run as anybody with the link may see it.
type SharedView struct {
	Run   partial.RunView // of the public: see its field of that name
	List  *ListView       // the rows of a list whose songs are shown by name; nil for any other
	Until time.Time       // when the link is over
	Image string          // absolute URL of the preview's picture
	Crowd bool            // too many are watching: the page does not move by itself
}

func (v SharesView) frame() layout.Frame {
	return layout.Frame{Title: "Links you have shared", Person: v.Person, Here: "shares"}
}

func (v SharedView) frame() layout.Frame {
	title := v.Run.Progress.Title
	if title == "" {
		title = "Shared with you"
	}
	f := layout.Frame{Title: title, Public: &layout.Card{Title: title, Text: v.Run.Summary(), Image: v.Image}}
	if v.Run.Final() {
		return f
	}
	f.Stream = v.Run.Live
	if v.List == nil || v.List.quiet() {
		f.Refresh = layout.Refresh(5*time.Second, v.Run.Public, "", v.Run.Now)
	}
	return f
}

// state is why a link shows nothing, "" for one that does.
func (s Share) state(now time.Time) string {
	switch {
	case s.Revoked:
		return "Revoked"
	case !now.Before(s.Expires):
		return "Over"
	case s.Asked == "":
		return "The request is gone"
	default:
		return ""
	}
}

// hoursWords says how long a link is good for.
func hoursWords(hours int) string {
	if hours <= 24 {
		return counted(hours, "hour")
	}
	return counted(hours/24, "day")
}
