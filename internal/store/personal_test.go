package store

import (
	"bytes"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"segue/internal/auth"
	"segue/internal/deadletter"
	"segue/internal/fault"
)

// token gives the person a token of that name for syncs.
func (db *DB) token(tb testing.TB, personID, name string) auth.PersonalToken {
	tb.Helper()
	t, _, err := auth.NewPersonalToken(personID, auth.Nobody, auth.PersonalWish{
		Name: name, Scopes: []auth.Scope{auth.SyncWrite, auth.SyncRead}, Days: 30, Playlist: "Road Trip",
	}, time.Now().UTC().Truncate(time.Millisecond))
	noError(tb, err)
	noError(tb, db.AddPersonalToken(tb.Context(), t))
	return t
}

func TestATokenIsKeptFoundByItsHashAndRevoked(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	want := db.token(t, ada, "phone")
	got, err := db.PersonalToken(t.Context(), want.Hash)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("read %+v, %v; want %+v", got, err, want)
	}
	want.UsedAt, want.Problem = want.CreatedAt.Add(time.Hour), "artist is missing"
	noError(t, db.TouchPersonalToken(t.Context(), want.ID, want.UsedAt, want.Problem))
	newer := db.token(t, ada, "watch")
	if all, err := db.PersonalTokens(t.Context(), ada); err != nil || len(all) != 2 || all[0].ID != newer.ID && all[0].CreatedAt.After(all[1].CreatedAt) {
		t.Errorf("listed %+v, %v", all, err)
	}
	if got, err := db.PersonalToken(t.Context(), want.Hash); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("after its use %+v, %v; want %+v", got, err, want)
	}
	noError(t, db.RevokePersonalToken(t.Context(), ada, want.ID))
	_, err = db.PersonalToken(t.Context(), want.Hash)
	wantKind(t, err, fault.NotFound)
	wantKind(t, db.RevokePersonalToken(t.Context(), ada, want.ID), fault.NotFound)
	entries, err := db.Audit(t.Context(), deadletter.Trail{Actor: ada}, 0, 9)
	noError(t, err)
	var said []string
	for _, e := range entries {
		said = append(said, e.Action+" "+e.Note)
	}
	if fmt.Sprint(said) != "[token_revoke  token sync:write sync:read token sync:write sync:read]" {
		t.Errorf("audit: %q", said)
	}
}

func TestTheTextOfATokenIsNowhereOnDisk(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "app.db")
	db := openAt(t, path)
	token, text, err := auth.NewPersonalToken(db.person(t, "ada"), auth.Nobody, auth.PersonalWish{Name: "phone", Scopes: []auth.Scope{auth.SyncRead}}, time.Now())
	noError(t, err)
	noError(t, db.AddPersonalToken(t.Context(), token))
	for _, file := range []string{path, path + "-wal"} {
		content, err := contents(file)
		noError(t, err)
		if bytes.Contains(content, []byte(text.Reveal()[:20])) {
			t.Errorf("%s holds the token", filepath.Base(file))
		}
	}
}

func TestAPersonHasABoundedNumberOfTokens(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada, ben := db.person(t, "ada"), db.person(t, "ben")
	for i := range auth.MaxPersonalTokens {
		db.token(t, ada, fmt.Sprint(i))
	}
	one := auth.PersonalToken{ID: "one-more", PersonID: ada, Hash: []byte("h")}
	wantKind(t, db.AddPersonalToken(t.Context(), one), fault.Conflict)
	one.PersonID = ben
	noError(t, db.AddPersonalToken(t.Context(), one))
	noError(t, db.DeletePerson(t.Context(), ben))
	_, err := db.PersonalToken(t.Context(), []byte("h"))
	wantKind(t, err, fault.NotFound)
	wantKind(t, db.AddPersonalToken(t.Context(), one), fault.Unauthorised)
}
