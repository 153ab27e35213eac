package store

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/share"
)

// link makes a link to the run, as of now.
func link(tb testing.TB, run agent.Run, now time.Time) (share.Link, string) {
	tb.Helper()
	l, token, err := share.New(run.PersonID, run.ID, 24, true, now.UTC().Truncate(time.Millisecond))
	noError(tb, err)
	return l, token
}

func TestALinkIsKeptFoundByItsHashAndRevoked(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	run := db.say(t, NewMessage{PersonID: ada, Text: "add X to Y"})
	want, _ := link(t, run, time.Now())
	noError(t, db.AddShare(t.Context(), want))
	got, err := db.Share(t.Context(), want.Hash)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("read %+v, %v; want %+v", got, err, want)
	}
	noError(t, db.CountView(t.Context(), want.ID))
	noError(t, db.CountView(t.Context(), want.ID))
	all, err := db.Shares(t.Context(), ada)
	if err != nil || len(all) != 1 || all[0].Asked != "add X to Y" || all[0].Views != 2 {
		t.Errorf("listed %+v, %v", all, err)
	}
	now := time.Now().UTC().Truncate(time.Millisecond)
	db.setClock(now)
	noError(t, db.RevokeShare(t.Context(), ada, want.ID))
	db.setClock(now.Add(time.Hour))
	noError(t, db.RevokeShare(t.Context(), ada, want.ID)) // stays as it is
	if got, err := db.Share(t.Context(), want.Hash); err != nil || !got.RevokedAt.Equal(now) {
		t.Errorf("after it was revoked: %+v, %v", got, err)
	}
	entries, err := db.Audit(t.Context(), deadletter.Trail{Actor: ada}, 0, 9)
	noError(t, err)
	var said []string
	for _, e := range entries {
		said = append(said, e.Action+" "+e.Subject)
	}
	if fmt.Sprint(said) != "[share_revoke "+want.ID+" share "+want.ID+"]" {
		t.Errorf("audit: %q", said)
	}
}

func TestALinkOutlivesItsRunAndDiesWithItsPerson(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	run := db.say(t, NewMessage{PersonID: ada, Text: "add X to Y"})
	l, _ := link(t, run, time.Now())
	noError(t, db.AddShare(t.Context(), l))
	db.end(t, run, "p1")
	noError(t, db.DeleteConversation(t.Context(), ada, run.ConversationID))
	if all, err := db.Shares(t.Context(), ada); err != nil || len(all) != 1 || all[0].Asked != "" {
		t.Errorf("without its run: %+v, %v", all, err)
	}
	_, err := db.Share(t.Context(), l.Hash)
	noError(t, err)
	noError(t, db.DeletePerson(t.Context(), ada))
	_, err = db.Share(t.Context(), l.Hash)
	wantKind(t, err, fault.NotFound)
	wantKind(t, db.AddShare(t.Context(), l), fault.Unauthorised)
}

func TestNobodySharesOrRevokesWhatIsSomebodyElses(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada, ben := db.person(t, "ada"), db.person(t, "ben")
	run := db.say(t, NewMessage{PersonID: ada, Text: "add X to Y"})
	l, _ := link(t, run, time.Now())
	noError(t, db.AddShare(t.Context(), l))
	foreign, _ := link(t, run, time.Now())
	foreign.PersonID = ben
	wantKind(t, db.AddShare(t.Context(), foreign), fault.NotFound)
	wantKind(t, db.RevokeShare(t.Context(), ben, l.ID), fault.NotFound)
	if all, err := db.Shares(t.Context(), ben); err != nil || len(all) > 0 {
		t.Errorf("Ben sees %+v, %v", all, err)
	}
	if got, err := db.Share(t.Context(), l.Hash); err != nil || !got.RevokedAt.IsZero() {
		t.Errorf("Ada's link: %+v, %v", got, err)
	}
}

func TestAPersonHasABoundedNumberOfGoodLinks(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	run := db.say(t, NewMessage{PersonID: db.person(t, "ada"), Text: "add X to Y"})
	add := func(at time.Time) error {
		l, _ := link(t, run, at)
		return db.AddShare(t.Context(), l)
	}
	first := time.Now()
	for range share.MaxOpen {
		noError(t, add(first))
	}
	wantKind(t, add(first), fault.Conflict)
	noError(t, add(first.Add(25*time.Hour))) // those of yesterday are over
	noError(t, add(first.Add(share.Keep+72*time.Hour)))
	if all, err := db.Shares(context.Background(), run.PersonID); err != nil || len(all) != 1 {
		t.Errorf("%d links are known long after their end, %v", len(all), err)
	}
}

func TestTheTokenOfALinkIsNowhereOnDisk(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.db")
	db := openAt(t, path)
	l, token := link(t, db.say(t, NewMessage{PersonID: db.person(t, "ada"), Text: "hi"}), time.Now())
	noError(t, db.AddShare(t.Context(), l))
	for _, file := range []string{path, path + "-wal"} {
		content, err := contents(file)
		noError(t, err)
		if bytes.Contains(content, []byte(token[:20])) {
			t.Errorf("%s holds the token", filepath.Base(file))
		}
	}
}
