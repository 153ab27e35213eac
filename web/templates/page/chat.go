package page

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"segue/internal/agent"
	"segue/web/templates/layout"
)

// group is a part of the history with a name: Today, Earlier.
type group struct {
	Name          string
	Conversations []agent.Conversation
}

// groups sorts the history by age, keeping its order.
func (v ChatView) groups() []group {
	var all []group
	for _, c := range v.Conversations {
		name := age(c.UpdatedAt, v.Now)
		if len(all) == 0 || all[len(all)-1].Name != name {
			all = append(all, group{Name: name})
		}
		last := &all[len(all)-1]
		last.Conversations = append(last.Conversations, c)
	}
	return all
}

// age names the time since t in whole days of Coordinated Universal Time.
func age(t, now time.Time) string {
	const day = 24 * time.Hour
	days := now.UTC().Truncate(day).Sub(t.UTC().Truncate(day)) / day
	switch {
	case days <= 0:
		return "Today"
	case days == 1:
		return "Yesterday"
	case days < 7:
		return "Last 7 days"
	default:
		return "Earlier"
	}
}

func named(title string) string {
	if title == "" {
		return "Untitled"
	}
	return title
}

func (v ChatView) title() string {
	if v.Conversation.ID == "" {
		return "New conversation"
	}
	return named(v.Conversation.Title)
}

// action is where the composer sends to.
func (v ChatView) action() string {
	if v.Conversation.ID == "" {
		return "/c"
	}
	return "/c/" + v.Conversation.ID + "/messages"
}

// draft is this page with text put into the composer.
func (v ChatView) draft(text string) string {
	page := "/c"
	if v.Conversation.ID != "" {
		page += "/" + v.Conversation.ID
	}
	return page + "?draft=" + url.QueryEscape(text)
}

// stream reports whether the page listens to a run.
func (v ChatView) stream() bool {
	for _, e := range v.Entries {
		if e.Run != nil && e.Run.Live {
			return true
		}
	}
	return false
}

// moving reports whether a run goes on by itself. A page that waits for the
// person must not be loaded again under their hands.
func (v ChatView) moving() bool {
	return slices.ContainsFunc(v.Entries, func(e Entry) bool { return e.Run != nil && e.Run.Live && e.Run.Moving() })
}

func (v ChatView) frame() layout.Frame {
	f := layout.Frame{Title: v.title(), Person: v.Person, Stream: v.stream(), Talk: true}
	if v.moving() {
		const pause = 10 * time.Second // slow enough to write a message in between
		f.Refresh = layout.Refresh(pause, "/c/"+v.Conversation.ID+"?branch="+v.tip(), "#latest", v.Now)
	}
	return f
}

// longLines is how many lines of a message are rather a list that should be looked over first; talk.js has it too.
const longLines = 50

func longList(text string) bool { return strings.Count(text, "\n") >= longLines }
