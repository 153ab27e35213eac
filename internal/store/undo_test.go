package store

import (
	"sync"
	"testing"

	"segue/internal/agent"
	"segue/internal/fault"
)

// undone is a finished run and the button that takes it back.
func undone(t *testing.T, db *DB) (run agent.Run, press func() (agent.Run, bool, error)) {
	t.Helper()
	run = db.say(t, NewMessage{PersonID: db.person(t, "ada"), Text: "add X"})
	db.end(t, run, "p1")
	return run, func() (agent.Run, bool, error) {
		return db.Accept(t.Context(), NewMessage{
			PersonID: run.PersonID, ConversationID: run.ConversationID, Text: "Undo that", Key: "undo-" + run.ID, UndoOf: run.ID,
		})
	}
}

func TestAnUndoThatWasNotDoneIsTriedAfresh(t *testing.T) {
	t.Parallel()
	for _, ended := range []agent.State{agent.Failed, agent.Cancelled} {
		t.Run(string(ended), func(t *testing.T) {
			t.Parallel()
			db := openTest(t)
			run, press := undone(t, db)
			first, _, err := press()
			noError(t, err)
			noError(t, db.Finish(t.Context(), run.PersonID, first.ID, agent.Progress{State: ended}))

			second, fresh, err := press()
			if err != nil || !fresh || second.ID == first.ID || second.UndoOf != run.ID || second.State != agent.Accepted {
				t.Fatalf("second try %+v, fresh %t, %v", second, fresh, err)
			}
			again, fresh, err := press()
			if err != nil || fresh || again.ID != second.ID {
				t.Errorf("a double click made %+v, fresh %t, %v; want the run %s", again, fresh, err, second.ID)
			}
			kept, err := db.Run(t.Context(), run.PersonID, first.ID)
			if err != nil || kept.State != ended {
				t.Errorf("the first try is %+v, %v", kept, err)
			}
		})
	}
}

func TestAnUndoThatIsDoneStaysTheOne(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	run, press := undone(t, db)
	first, _, err := press()
	noError(t, err)
	noError(t, db.Finish(t.Context(), run.PersonID, first.ID, agent.Progress{State: agent.Failed}))
	second, _, err := press()
	noError(t, err)
	db.end(t, second, "p1")
	third, fresh, err := press()
	if err != nil || fresh || third.ID != second.ID {
		t.Errorf("pressed once more: %+v, fresh %t, %v; want the run %s", third, fresh, err, second.ID)
	}
	typed := db.say(t, NewMessage{PersonID: run.PersonID, ConversationID: run.ConversationID, Text: "undo that"})
	wantKind(t, db.SetUndoOf(t.Context(), run.PersonID, typed.ID, run.ID), fault.Conflict)
}

func TestAFailedUndoIsNotTriedAgainWhenAnotherOneDidIt(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	run, press := undone(t, db)
	first, _, err := press()
	noError(t, err)
	noError(t, db.Finish(t.Context(), run.PersonID, first.ID, agent.Progress{State: agent.Failed}))
	typed := db.say(t, NewMessage{PersonID: run.PersonID, ConversationID: run.ConversationID, Text: "undo that"})
	noError(t, db.SetUndoOf(t.Context(), run.PersonID, typed.ID, run.ID))
	_, _, err = press()
	wantKind(t, err, fault.Conflict) // being undone
	db.end(t, typed, "p1")
	_, _, err = press()
	wantKind(t, err, fault.Conflict)
}

func TestPressesAtOnceAfterAFailureAreOneTry(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	run, press := undone(t, db)
	failed, _, err := press()
	noError(t, err)
	noError(t, db.Finish(t.Context(), run.PersonID, failed.ID, agent.Progress{State: agent.Failed}))
	ids := make([]string, 8)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			undo, _, err := press()
			if err != nil {
				t.Error(err)
			}
			ids[i] = undo.ID
		})
	}
	all.Wait()
	for _, id := range ids {
		if id != ids[0] || id == failed.ID {
			t.Fatalf("tries %v after %s, want one", ids, failed.ID)
		}
	}
}

func TestAFailedMessageKeepsItsKey(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	m := NewMessage{PersonID: db.person(t, "ada"), Text: "add X", Key: "form-1"}
	run := db.say(t, m)
	noError(t, db.Finish(t.Context(), run.PersonID, run.ID, agent.Progress{State: agent.Failed}))
	again, fresh, err := db.Accept(t.Context(), m)
	if err != nil || fresh || again.ID != run.ID {
		t.Errorf("sent again: %+v, fresh %t, %v; want the run %s", again, fresh, err, run.ID)
	}
}

func TestATypedUndoSentTwiceIsOneRun(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	run, _ := undone(t, db)
	m := NewMessage{PersonID: run.PersonID, ConversationID: run.ConversationID, Text: "undo that", Key: "form-2"}
	typed := db.say(t, m)
	noError(t, db.SetUndoOf(t.Context(), run.PersonID, typed.ID, run.ID))
	for _, ended := range []bool{false, true} {
		if ended {
			noError(t, db.Finish(t.Context(), run.PersonID, typed.ID, agent.Progress{State: agent.Failed}))
		}
		again, fresh, err := db.Accept(t.Context(), m)
		if err != nil || fresh || again.ID != typed.ID {
			t.Errorf("sent again, ended %t: %+v, fresh %t, %v; want the run %s", ended, again, fresh, err, typed.ID)
		}
	}
}
