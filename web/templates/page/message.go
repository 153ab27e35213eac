package page

import (
	"net/url"
	"slices"
	"strconv"

	"segue/internal/agent"
)

// on is the address of the branch that a message is on.
func (v ChatView) on(message string) string { return At(v.Conversation.ID, message) }

// At is the address of a message in its conversation, on the newest branch that it is on.
func At(conversation, message string) string {
	return "/c/" + conversation + "?branch=" + url.QueryEscape(message) + "#m-" + url.PathEscape(message)
}

// tip is the person's newest message that is shown; what is said next comes behind it.
func (v ChatView) tip() string {
	for _, e := range slices.Backward(v.Entries) {
		if e.Message.Role == agent.Person {
			return e.Message.ID
		}
	}
	return ""
}

// formKey is the idempotency key of one form of an entry.
func (v ChatView) formKey(form string, e Entry) string {
	at := slices.IndexFunc(v.Entries, func(o Entry) bool { return o.Message.ID == e.Message.ID })
	return v.Key + "-" + form + "-" + strconv.Itoa(at)
}

// open is the newest run that goes on by itself; "" when none does.
func (v ChatView) open() string {
	for _, e := range slices.Backward(v.Entries) {
		if e.Run != nil && e.Run.Moving() {
			return e.Run.Run.ID
		}
	}
	return ""
}

// again reports whether the message can be written anew: it was read as words.
func (e Entry) again() bool { return e.Run == nil || e.Run.Run.Kind() == agent.ByMessage }
