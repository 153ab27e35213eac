package page

import (
	"strconv"
	"time"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/web/templates/layout"
)

// AuditView is /admin/audit.
type AuditView struct {
	Person  layout.Person
	Trail   deadletter.Trail
	Entries []deadletter.Entry // the newest first
	Next    int64              // id to go on before; 0 when that is all
	Trouble *agent.Trouble     // why the filter was not understood; nil when it was
	Now     time.Time
}

var actionWords = map[string]string{
	deadletter.ActionRetry: "Retried", deadletter.ActionEdit: "Edited", deadletter.ActionDiscard: "Discarded", deadletter.ActionRestore: "Restored",
	deadletter.ActionBulk: "Started a bulk", deadletter.ActionBulkEnd: "Bulk ended", deadletter.ActionBulkCancel: "Cancelled a bulk",
	deadletter.ActionReset: "Closed the breaker", deadletter.ActionRefused: "Was refused",
	deadletter.ActionLogin: "Logged in", deadletter.ActionNoLogin: "Was not let in", deadletter.ActionLogout: "Logged out",
	deadletter.ActionDisconnect: "Disconnected", deadletter.ActionToken: "Created a token", deadletter.ActionRevoke: "Revoked a token",
	deadletter.ActionShare: "Shared a request", deadletter.ActionUnshare: "Revoked a link",
}

// acted is what an entry says was done.
func acted(action string) string {
	if words, known := actionWords[action]; known {
		return words
	}
	return action
}

// actor is who did something.
func actor(e deadletter.Entry) string {
	switch {
	case e.Actor != "":
		return e.Actor
	case e.ActorID == "":
		return "Nobody known"
	default:
		return "Somebody who has left"
	}
}

// subjectAt is the page of what an entry is about, "" when it has none.
func subjectAt(e deadletter.Entry) string {
	switch e.Action {
	case deadletter.ActionRetry, deadletter.ActionEdit, deadletter.ActionDiscard, deadletter.ActionRestore:
		return "/admin/dlq/" + e.Subject
	case deadletter.ActionBulk, deadletter.ActionBulkEnd, deadletter.ActionBulkCancel:
		return "/admin/dlq/bulk/" + e.Subject
	default:
		return ""
	}
}

func auditAt(t deadletter.Trail, before int64) string {
	q := t.Query()
	if before > 0 {
		q.Set("before", strconv.FormatInt(before, 10))
	}
	if len(q) == 0 {
		return "/admin/audit"
	}
	return "/admin/audit?" + q.Encode()
}
