package deadletter

import (
	"net/url"
	"slices"
	"time"
)

// Entry is one line of the audit: who did what to what.
type Entry struct {
	ID      int64
	At      time.Time
	ActorID string // "" when nobody knows
	Actor   string // name; "" when the person has left
	Action  string // one of Actions
	Subject string // id of the letter or the bulk, or name of the breaker
	Note    string // the reason of a discard, the run of a retry
}

// What an audit entry can say was done.
const (
	ActionRetry      = "retry"
	ActionEdit       = "edit" // of the input, with the names of its fields
	ActionDiscard    = "discard"
	ActionRestore    = "restore"
	ActionBulk       = "bulk" // was started
	ActionBulkEnd    = "bulk_end"
	ActionBulkCancel = "bulk_cancel"
	ActionReset      = "reset"   // of a breaker
	ActionRefused    = "refused" // something that the role does not allow
	ActionLogin      = "login"
	ActionNoLogin    = "login_failed"
	ActionLogout     = "logout"
	ActionDisconnect = "disconnect"
	ActionToken      = "token"        // a personal token was created, with its scopes
	ActionRevoke     = "token_revoke" // a personal token was revoked
	ActionShare      = "share"        // a link for the public was made, to the run in the note
	ActionUnshare    = "share_revoke" // a link was revoked
)

// Actions lists what can be looked for in the audit.
func Actions() []string {
	return []string{
		ActionRetry, ActionEdit, ActionDiscard, ActionRestore, ActionBulk, ActionBulkEnd, ActionBulkCancel,
		ActionReset, ActionRefused, ActionLogin, ActionNoLogin, ActionLogout, ActionDisconnect, ActionToken, ActionRevoke,
		ActionShare, ActionUnshare,
	}
}

// Trail says which lines of the audit are wanted; the zero value is all.
type Trail struct {
	Actor   string // id
	Action  string
	Subject string // of the lines
}

// ParseTrail reads a trail from the query of an address. Fault Invalid for an action that there is not.
func ParseTrail(q url.Values) (Trail, error) {
	t := Trail{Actor: word(q, "actor"), Action: word(q, "action"), Subject: word(q, "subject")}
	if t.Action != "" && !slices.Contains(Actions(), t.Action) {
		return Trail{}, invalid("There is no such act in the audit. Choose one from the list.")
	}
	return t, nil
}

// Query is the trail as the query of an address; ParseTrail reads it back.
func (t Trail) Query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"actor": t.Actor, "action": t.Action, "subject": t.Subject} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}
