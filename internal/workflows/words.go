package workflows

import (
	"fmt"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
)

const nothingToDo = "Nothing to do."

// troubleOf puts a fault into the three parts a person is told: what happened,
// what was kept, what to do. until is when it goes on by itself, zero when it does not.
func troubleOf(f *fault.Error, until time.Time) *agent.Trouble {
	t := &agent.Trouble{Kind: string(f.Kind), What: f.Message, Until: until}
	switch f.Kind {
	case fault.Unauthorised:
		t.Kept = "Your request is saved."
		t.Do = "Log in with Spotify again; it goes on by itself."
		t.Reconnect, t.Until = true, time.Time{}
	case fault.RateLimited, fault.Unavailable:
		t.Kept, t.Do = "Your request is saved.", nothingToDo
		if until.IsZero() { // given up
			t.Kept, t.Do = "What was added so far stays.", "Send it again when Spotify is back."
		}
	case fault.Forbidden, fault.NotFound, fault.Invalid, fault.Conflict:
		t.Kept, t.Do = nothingChanged, "Change the request and send it again."
	case fault.Exhausted, fault.Internal:
		t.Kept = "Your request is saved in the conversation; what was added so far stays."
		t.Do = "Send it again. If it happens once more, tell whoever runs this Segue."
		if !until.IsZero() { // tried again by itself
			t.Kept, t.Do = "Your request is saved.", nothingToDo
		}
	}
	return t
}

const nothingChanged = "Nothing was changed."

// notAll corrects the trouble of a run that had changed something before it failed.
func notAll(p *agent.Progress) {
	if p.Undoable && p.Trouble != nil && p.Trouble.Kept == nothingChanged {
		p.Trouble.Kept = "What was done before that stays. Undo takes it back."
	}
}

// notBack corrects what the troubles of an undo tell: it is not sent again like a
// request, for what it was to take back is offered to be undone until it is.
func notBack(p *agent.Progress) {
	troubles := []*agent.Trouble{p.Trouble}
	for _, task := range p.Tasks {
		troubles = append(troubles, task.Trouble)
	}
	for _, t := range troubles {
		if t == nil || t.Reconnect {
			continue
		}
		switch fault.Kind(t.Kind) {
		case fault.RateLimited, fault.Unavailable:
			t.Kept, t.Do = "What was taken back so far stays so.", "Press Undo again when Spotify is back."
		case fault.Exhausted, fault.Internal:
			t.Kept, t.Do = "What was taken back so far stays so.", "Press Undo again. If that fails too, tell whoever runs this Segue."
		default:
			t.Do = "Once that is different, Undo tries it again."
		}
	}
}

// count says "1 song", "3 songs".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// summary counts the results of the tasks.
type summary struct{ added, there, missing, left, removed, absent, failed, cancelled, total int }

func summarise(tasks []agent.Task) summary {
	s := summary{total: len(tasks)}
	for _, t := range tasks {
		switch {
		case t.State == agent.Failed:
			s.failed++
		case t.Result == agent.Added:
			s.added++
		case t.Result == agent.AlreadyThere:
			s.there++
		case t.Result == agent.NotFound:
			s.missing++
		case t.Result == agent.LeftOut:
			s.left++
		case t.Result == agent.Removed:
			s.removed++
		case t.Result == agent.NotThere:
			s.absent++
		default:
			s.cancelled++
		}
	}
	return s
}

// addHeadline says in a line what became of an add.
func addHeadline(tasks []agent.Task, playlist string) string {
	s := summarise(tasks)
	if s.total == 1 {
		switch {
		case s.added == 1:
			return "Added to " + playlist
		case s.there == 1:
			return "Already in " + playlist
		case s.missing == 1:
			return "Not found on Spotify"
		case s.left == 1:
			return "Left out"
		default:
			return "Not added"
		}
	}
	return addLine(s.added, s.there, s.total, playlist)
}

// addLine says how many songs were added and how many were there.
func addLine(added, there, total int, playlist string) string {
	switch {
	case added+there < total:
		return fmt.Sprintf("Added %d of %s to %s", added, count(total, "song"), playlist)
	case there == 0:
		return fmt.Sprintf("Added %s to %s", count(added, "song"), playlist)
	default:
		return fmt.Sprintf("Added %s to %s, %d already there", count(added, "song"), playlist, there)
	}
}

// removeHeadline says in a line what became of a removal.
func removeHeadline(tasks []agent.Task, playlist string) string {
	s := summarise(tasks)
	switch {
	case s.removed == s.total:
		return fmt.Sprintf("Removed %s from %s", count(s.removed, "song"), playlist)
	case s.total == 1 && s.failed == 0:
		return "Not in " + playlist
	default:
		return fmt.Sprintf("Removed %d of %s from %s", s.removed, count(s.total, "song"), playlist)
	}
}

// undoHeadline says in a line what was taken back of an earlier run.
func undoHeadline(past agent.Progress, tasks []agent.Task, playlist string) string {
	s := summarise(tasks)
	switch {
	case s.failed > 0 && s.failed == s.total:
		return "Not taken back"
	case s.failed > 0:
		return fmt.Sprintf("Took back %d of %s", s.total-s.failed, count(s.total, "change"))
	case past.Renamed != nil:
		return "It is called " + past.Renamed.From + " again"
	case past.Moved != nil:
		return "Put " + playlist + " back into its old order"
	case s.absent+s.there == s.total:
		return "Nothing left to take back in " + playlist
	case past.Tasks[0].Result == agent.Removed:
		return "Put back into " + playlist
	default:
		return "Taken back from " + playlist
	}
}
