package store

import (
	"testing"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
)

func TestWhatHasFailedOfAListIsTriedAgainOnceAsAListOfItsOwn(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada, ben := db.person(t, "ada"), db.person(t, "ben")
	run := db.bring(t, ada, 4)
	_, err := db.RetryRun(t.Context(), ada, run.ID)
	wantKind(t, err, fault.Conflict) // it goes on
	rows, err := db.ListRows(t.Context(), ada, run.ID, agent.RowFilter{})
	noError(t, err)
	rows[0].State = agent.RowAdded
	rows[1].State, rows[1].Trouble = agent.RowFailed, &agent.Trouble{Kind: string(fault.Unavailable)}
	rows[2].State, rows[2].Trouble = agent.RowFailed, &agent.Trouble{Kind: string(fault.Invalid)} // no better a second time
	rows[3].State = agent.RowStopped
	_, err = db.SaveRows(t.Context(), ada, run.ID, agent.RowOpen, rows)
	noError(t, err)
	db.end(t, run, "road")
	_, err = db.RetryRun(t.Context(), ben, run.ID)
	wantKind(t, err, fault.NotFound)
	again, err := db.RetryRun(t.Context(), ada, run.ID)
	noError(t, err)
	rows, err = db.ListRows(t.Context(), ada, again[0].ID, agent.RowFilter{})
	noError(t, err)
	if len(again) != 1 || !again[0].List || len(rows) != 2 || rows[0].Song.Title != "Song 2" || rows[1].Song.Title != "Song 4" || rows[0].State != agent.RowOpen {
		t.Errorf("runs %+v, rows %+v", again, rows)
	}
	to, _, err := db.List(t.Context(), ada, again[0].ID)
	if second, again2 := db.RetryRun(t.Context(), ada, run.ID); err != nil || again2 != nil || second[0].ID != again[0].ID || to.ID != "road" {
		t.Errorf("the second time %+v, %v; to %+v, %v", second, again2, to, err)
	}
	db.end(t, again[0], "road")
	noError(t, db.EndRows(t.Context(), ada, again[0].ID, agent.RowOpen, agent.RowAdded))
	_, err = db.RetryRun(t.Context(), ada, again[0].ID)
	wantKind(t, err, fault.Conflict) // nothing of it has failed
}

func TestTheLettersOfARunAreTriedAgainTogether(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	l := db.letter(t, ada, "1")
	second := l
	second.ID, second.Task = "", "2"
	_, _, err := db.SaveLetter(t.Context(), second)
	noError(t, err)
	again, err := db.RetryRun(t.Context(), ada, l.RunID)
	noError(t, err)
	if got := db.theLetter(t, l.ID); len(again) != 2 || got.State != deadletter.Retrying || got.RetryRun != again[0].ID || again[0].RetryOf != l.ID {
		t.Errorf("runs %+v, letter %+v", again, got)
	}
	_, err = db.RetryRun(t.Context(), ada, l.RunID)
	wantKind(t, err, fault.Conflict)
}

func TestAProgramBringsAListInTheConversationOfItsToken(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	token := db.token(t, ada, "My script")
	s := NewSync{PersonID: ada, TokenID: token.ID, Text: "Import 1 song into Gym", Wish: wish("Jazz", "Gym"), List: true}
	run := db.ask(t, s)
	rows, err := db.ListRows(t.Context(), ada, run.ID, agent.RowFilter{})
	noError(t, err)
	got, err := db.Run(t.Context(), ada, run.ID)
	noError(t, err)
	if !run.List || !got.List || got.Wish != nil || len(rows) != 1 || rows[0].State != agent.RowOpen || rows[0].Song.Title != "Jazz" {
		t.Errorf("run %+v, rows %+v", got, rows)
	}
	c, err := db.Conversation(t.Context(), ada, run.ConversationID)
	if err != nil || c.Title != "My script" {
		t.Errorf("conversation %+v, %v", c, err)
	}
	s.Request = []byte("body")
	if tapped, fresh, err := db.AcceptSync(t.Context(), s); err != nil || fresh || tapped.ID != run.ID {
		t.Errorf("the same within a minute: %+v, fresh %v, %v", tapped, fresh, err)
	}
	s.List = false
	if song := db.ask(t, s); song.ID == run.ID || song.List { // the same song by itself is another request
		t.Errorf("run %+v", song)
	}
}
