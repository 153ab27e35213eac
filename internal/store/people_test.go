package store

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/auth"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/music"
	"segue/internal/schedule"
	"segue/internal/share"
)

func TestSavePersonLinksWhoIsKnown(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	old := auth.Person{ID: "p1", SpotifyID: "ada", AccountID: "acc-1", Name: "Ada", Image: "i1", CreatedAt: at}
	older := auth.Person{ID: "p1", SpotifyID: "ada", Name: "Ada", Image: "i1", CreatedAt: at}
	tests := map[string]struct {
		known, login, want auth.Person
	}{
		"by the account, under a new Spotify id": {
			old,
			auth.Person{ID: "p2", SpotifyID: "ada2", AccountID: "acc-1", Name: "Ada L", Image: "i2", CreatedAt: at.Add(time.Hour)},
			auth.Person{ID: "p1", SpotifyID: "ada2", AccountID: "acc-1", Name: "Ada L", Image: "i2", CreatedAt: at},
		},
		"by the Spotify id, where no account was known": {
			older,
			auth.Person{ID: "p2", SpotifyID: "ada", AccountID: "acc-1", Name: "Ada"},
			auth.Person{ID: "p1", SpotifyID: "ada", AccountID: "acc-1", Name: "Ada", CreatedAt: at},
		},
		"by the Spotify id, where no account is sent": {
			old,
			auth.Person{ID: "p2", SpotifyID: "ada", Name: "Ada"},
			auth.Person{ID: "p1", SpotifyID: "ada", AccountID: "acc-1", Name: "Ada", CreatedAt: at},
		},
		"not by the Spotify id of another account": {
			old,
			auth.Person{ID: "p2", SpotifyID: "ada", AccountID: "acc-2", Name: "Ada", CreatedAt: at},
			auth.Person{ID: "p2", SpotifyID: "ada", AccountID: "acc-2", Name: "Ada", CreatedAt: at},
		},
		"not by an empty account": {
			older,
			auth.Person{ID: "p2", SpotifyID: "ben", Name: "Ben", CreatedAt: at},
			auth.Person{ID: "p2", SpotifyID: "ben", Name: "Ben", CreatedAt: at},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := openTest(t)
			first, err := db.SavePerson(t.Context(), test.known)
			if err != nil || first != test.known {
				t.Fatalf("inserted %+v, %v", first, err)
			}
			got, err := db.SavePerson(t.Context(), test.login)
			if err != nil || got != test.want {
				t.Errorf("saved %+v, %v; want %+v", got, err, test.want)
			}
			if got, err = db.Person(t.Context(), test.want.ID); err != nil || got != test.want {
				t.Errorf("read %+v, %v; want %+v", got, err, test.want)
			}
		})
	}
}

func TestSavePersonPrefersTheAccountOverTheName(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	for _, p := range []auth.Person{
		{ID: "by-account", SpotifyID: "old-name", AccountID: "acc-1"},
		{ID: "by-name", SpotifyID: "ada"},
	} {
		_, err := db.SavePerson(t.Context(), p)
		noError(t, err)
	}
	got, err := db.SavePerson(t.Context(), auth.Person{ID: "new", SpotifyID: "ada", AccountID: "acc-1"})
	if err != nil || got.ID != "by-account" {
		t.Errorf("linked %+v, %v", got, err)
	}
}

func TestPersonIsNotFoundWhenAbsent(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	_, err := db.Person(t.Context(), "nobody")
	wantKind(t, err, fault.NotFound)
	wantKind(t, db.SetDefaultPlaylist(t.Context(), "nobody", agent.PlaylistRef{ID: "p"}), fault.NotFound)
	_, err = db.Tokens(t.Context(), "nobody")
	wantKind(t, err, fault.NotFound)
	wantKind(t, db.SaveTokens(t.Context(), auth.SealedTokens{PersonID: "nobody", Access: []byte("a"), Refresh: []byte("r")}), fault.NotFound)
}

// fill stores something of a person in every table, with canary in each text.
func fill(t *testing.T, db *DB, name, canary string) string {
	t.Helper()
	ctx := t.Context()
	id := db.person(t, name)
	noError(t, db.SaveTokens(ctx, auth.SealedTokens{PersonID: id, Access: []byte(canary), Refresh: []byte(canary)}))
	noError(t, db.AddSession(ctx, auth.Session{IDHash: []byte(id + canary), PersonID: id}))
	noError(t, db.SetDefaultPlaylist(ctx, id, agent.PlaylistRef{ID: "p", Name: canary}))
	_, err := db.SavePreview(ctx, id, []byte(canary), canary)
	noError(t, err)
	_, _, err = db.AcceptList(ctx, agent.NewList{PersonID: id, Key: "list", Text: canary, Playlist: agent.PlaylistRef{Name: canary}, Rows: []agent.Row{{Song: music.Song{Title: canary}}}})
	noError(t, err)
	run := db.say(t, NewMessage{PersonID: id, Text: "add " + canary})
	_, _, err = db.BeginAttempt(ctx, agent.Attempt{PersonID: id, RunID: run.ID, Key: "k", URIs: []string{canary}})
	noError(t, err)
	noError(t, db.AddShare(ctx, share.Link{ID: id + "-share", PersonID: id, RunID: run.ID, Hash: []byte(id + canary), CreatedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour)}))
	noError(t, db.Spend(ctx, id, agent.Spending{Tokens: 1}))
	noError(t, db.Remark(ctx, id, run.ID, canary, canary))
	noError(t, db.Trust(ctx, id, agent.RemoveSongs, agent.PlaylistRef{ID: "p", Name: canary}))
	noError(t, db.SaveRule(ctx, id, music.Rule{Key: canary, Song: music.Song{Title: canary}, Track: &music.Track{Title: canary}}))
	noError(t, db.Finish(ctx, id, run.ID, agent.Progress{State: agent.Done, Say: "Added " + canary, Undoable: true}))
	undo := db.say(t, NewMessage{PersonID: id, ConversationID: run.ConversationID, Text: "undo " + canary, UndoOf: run.ID})
	noError(t, db.KeepStep(ctx, id, undo.ID, 0, canary, agent.Step{Say: canary}))
	_, _, err = db.SaveLetter(ctx, deadletter.Letter{PersonID: id, RunID: run.ID, Message: canary, Input: deadletter.Input{Song: music.Song{Title: canary}}})
	noError(t, err)
	repeated := schedule.Schedule{ID: id + canary, PersonID: id, Name: canary, URL: canary, To: agent.PlaylistRef{ID: "p", Name: canary}, Timing: schedule.Timing{Cron: canary}}
	noError(t, db.AddSchedule(ctx, repeated))
	_, _, err = db.AcceptDue(ctx, schedule.Due{PersonID: id, ScheduleID: repeated.ID, Key: canary, Trouble: &agent.Trouble{What: canary}})
	noError(t, err)
	token := db.token(t, id, canary)
	noError(t, db.TouchPersonalToken(ctx, token.ID, time.Now(), canary))
	db.ask(t, NewSync{PersonID: id, TokenID: token.ID, Text: canary, Wish: agent.SyncSongsArgs{Songs: []music.Song{{Title: canary}}}, Key: canary})
	return id
}

func TestDeletePersonLeavesNothing(t *testing.T) {
	t.Parallel()
	const canary = "bird-7f3a-in-every-column"
	dir := t.TempDir()
	db := openAt(t, filepath.Join(dir, "app.db"))
	ada := fill(t, db, "ada", canary)
	tables, err := all(t.Context(), db.reader, func(r row) (name string, err error) { return name, r.Scan(&name) },
		`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT IN ('schema_migrations', 'logins', 'gates', 'audit', 'bulks', 'bulk_letters')`)
	noError(t, err)
	count := func(table string) int {
		n, err := one[int](t.Context(), db.reader, `SELECT count(*) FROM `+table)
		noError(t, err)
		return n
	}
	for _, table := range tables {
		if count(table) == 0 {
			t.Errorf("nothing was written to %s: the test shows nothing about it", table)
		}
	}

	noError(t, db.DeletePerson(t.Context(), ada))
	for _, table := range tables {
		if n := count(table); n != 0 {
			t.Errorf("%s keeps %d rows", table, n)
		}
	}
	for _, suffix := range []string{"", "-wal"} {
		content, err := fs.ReadFile(os.DirFS(dir), "app.db"+suffix)
		noError(t, err)
		if bytes.Contains(content, []byte(canary)) {
			t.Errorf("the bytes of app.db%s still hold what was deleted", suffix)
		}
	}
	noError(t, db.DeletePerson(t.Context(), ada)) // nobody by that id
}

func TestDeletePersonSparesOthers(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada, ben := fill(t, db, "ada", "hers"), fill(t, db, "ben", "his")
	noError(t, db.DeletePerson(t.Context(), ada))
	found, err := db.Conversations(t.Context(), ben, 10)
	if err != nil || len(found) != 3 { // the newest one is the token's, the oldest that of a list
		t.Fatalf("conversations %+v, %v", found, err)
	}
	runs, err := db.Runs(t.Context(), ben, found[1].ID, "")
	if err != nil || len(runs) != 2 {
		t.Errorf("runs %+v, %v", runs, err)
	}
}

func TestPeopleActAtOnce(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	visit := func(id string, leaves bool) error {
		_, err := db.SavePerson(t.Context(), auth.Person{ID: id, SpotifyID: id})
		if err != nil {
			return err
		}
		run, _, err := db.Accept(t.Context(), NewMessage{PersonID: id, Text: "add X", Key: "k"})
		if err != nil {
			return err
		}
		if err := db.Finish(t.Context(), id, run.ID, agent.Progress{State: agent.Done, Say: "Done."}); err != nil {
			return err
		}
		if !leaves {
			_, err = db.Transcript(t.Context(), id, run.ID)
			return err
		}
		return db.DeletePerson(t.Context(), id)
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if err := visit(fmt.Sprint("person ", i), i%2 == 0); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	n, err := one[int](t.Context(), db.reader, `SELECT count(*) FROM runs`)
	if err != nil || n != 4 {
		t.Errorf("%d runs, %v", n, err)
	}
}
