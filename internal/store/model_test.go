package store

import (
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
)

func TestTokensAreCountedByPersonAndDay(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada, ben := db.person(t, "ada"), db.person(t, "ben")
	db.setClock(time.Date(2026, 5, 3, 23, 59, 0, 0, time.UTC))
	for range 2 {
		noError(t, db.Spend(t.Context(), ada, agent.Spending{Tokens: 1200, Time: 1500 * time.Millisecond}))
	}
	spent := func(who string, want int) {
		t.Helper()
		if got, err := db.Spent(t.Context(), who); err != nil || got.Tokens != want || got.Time != time.Duration(want/1200)*1500*time.Millisecond {
			t.Errorf("%s has spent %+v, %v, want %d tokens", who, got, err, want)
		}
	}
	spent(ada, 2400)
	spent(ben, 0)
	db.setClock(time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC))
	spent(ada, 0)
	noError(t, db.Spend(t.Context(), ada, agent.Spending{Tokens: 5}))
	spent(ada, 5)
	if n, err := one[int](t.Context(), db.reader, `SELECT count(*) FROM spending`); err != nil || n != 1 {
		t.Errorf("%d days are kept, %v", n, err)
	}
	noError(t, db.DeletePerson(t.Context(), ada))
	spent(ada, 0)
}

func TestTheFirstRemarkCountsAndOnlyItsPersonsRunTakesOne(t *testing.T) {
	t.Parallel()
	c := newChat(t)
	run := c.say(t, "remove it")
	noError(t, c.db.Remark(t.Context(), run.PersonID, run.ID, "approve-1", "only the live one"))
	noError(t, c.db.Remark(t.Context(), run.PersonID, run.ID, "approve-1", "all of them"))
	other := c.db.person(t, "ben")
	wantKind(t, c.db.Remark(t.Context(), other, run.ID, "approve-1", "mine"), fault.NotFound)
	if said, err := c.db.Remarks(t.Context(), run.PersonID, run.ID); err != nil || len(said) != 1 || said["approve-1"] != "only the live one" {
		t.Errorf("said %v, %v", said, err)
	}
	if said, err := c.db.Remarks(t.Context(), other, run.ID); err != nil || len(said) != 0 {
		t.Errorf("somebody else reads %v, %v", said, err)
	}
}

func TestTrustIsForOnePersonToolAndPlaylistUntilItEnds(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada, ben := db.person(t, "ada"), db.person(t, "ben")
	road := agent.PlaylistRef{ID: "road", Name: "Road Trip"}
	for range 2 {
		noError(t, db.Trust(t.Context(), ada, agent.RemoveSongs, road))
	}
	trusted := func(who, tool, playlist string, want bool) {
		t.Helper()
		if got, err := db.Trusted(t.Context(), who, tool, playlist); err != nil || got != want {
			t.Errorf("%s, %s, %s: %v, %v", who, tool, playlist, got, err)
		}
	}
	trusted(ada, agent.RemoveSongs, "road", true)
	trusted(ada, agent.SyncSongs, "road", false)
	trusted(ada, agent.RemoveSongs, "gym", false)
	trusted(ben, agent.RemoveSongs, "road", false)
	if all, err := db.Trusts(t.Context(), ada); err != nil || len(all) != 1 || all[0].Playlist != road || all[0].Tool != agent.RemoveSongs {
		t.Errorf("kept %+v, %v", all, err)
	}
	noError(t, db.Distrust(t.Context(), ben, agent.RemoveSongs, "road"))
	trusted(ada, agent.RemoveSongs, "road", true)
	noError(t, db.Distrust(t.Context(), ada, agent.RemoveSongs, "road"))
	trusted(ada, agent.RemoveSongs, "road", false)
}
