package store

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/auth"
	"segue/internal/fault"
	"segue/internal/music"
)

// openTest opens a new database in a real file.
func openTest(tb testing.TB) *DB {
	tb.Helper()
	return openAt(tb, filepath.Join(tb.TempDir(), "app.db"))
}

func openAt(tb testing.TB, path string) *DB {
	tb.Helper()
	db, err := Open(tb.Context(), path, slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	return db
}

// person stores a new person and returns their id.
func (db *DB) person(tb testing.TB, name string) string {
	tb.Helper()
	p, err := db.SavePerson(tb.Context(), auth.Person{ID: newID(), SpotifyID: name, AccountID: "acc-" + name, Name: name})
	if err != nil {
		tb.Fatal(err)
	}
	return p.ID
}

// say accepts a message and fails unless it is new.
func (db *DB) say(tb testing.TB, m NewMessage) agent.Run {
	tb.Helper()
	if m.Key == "" {
		m.Key = newID()
	}
	run, fresh, err := db.Accept(tb.Context(), m)
	if err != nil || !fresh {
		tb.Fatalf("accept: fresh %v, %v", fresh, err)
	}
	return run
}

// end finishes a run as done, having changed the playlist, and saying "Done."
func (db *DB) end(tb testing.TB, run agent.Run, playlist string) {
	tb.Helper()
	p := agent.Progress{RunID: run.ID, State: agent.Done, Say: "Done.", Undoable: true}
	if playlist != "" {
		p.Playlist = &music.Playlist{ID: playlist, Name: "name of " + playlist}
	}
	if err := db.Finish(tb.Context(), run.PersonID, run.ID, p); err != nil {
		tb.Fatal(err)
	}
}

func wantKind(tb testing.TB, err error, want fault.Kind) {
	tb.Helper()
	if got := fault.KindOf(err); got != want {
		tb.Fatalf("kind %q, want %q: %v", got, want, err)
	}
}

func noError(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// setClock lets time stand still at t.
func (db *DB) setClock(t time.Time) { db.now = func() time.Time { return t } }

func TestNobodySeesWhatIsSomebodyElses(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada, ben := db.person(t, "ada"), db.person(t, "ben")
	old := db.say(t, NewMessage{PersonID: ada, Text: "add X to Y"})
	db.end(t, old, "p1")
	run := db.say(t, NewMessage{PersonID: ada, ConversationID: old.ConversationID, Text: "add Z there"})
	_, _, err := db.BeginAttempt(t.Context(), agent.Attempt{PersonID: ada, RunID: run.ID, Key: "k"})
	noError(t, err)
	bens := db.say(t, NewMessage{PersonID: ben, Text: "hello"})
	noError(t, db.SaveRule(t.Context(), ada, music.Rule{Key: "k", Song: music.Song{Title: "X"}}))
	hers, _, err := db.RuleFor(t.Context(), ada, "k")
	noError(t, err)
	token := db.token(t, ada, "phone")

	// Each call as (person, run or its conversation).
	calls := map[string]func(ctx context.Context, who string, run agent.Run) error{
		"Run": func(ctx context.Context, who string, run agent.Run) error {
			_, err := db.Run(ctx, who, run.ID)
			return err
		},
		"Runs": func(ctx context.Context, who string, run agent.Run) error {
			_, err := db.Runs(ctx, who, run.ConversationID, "")
			return err
		},
		"MarkRunning": func(ctx context.Context, who string, run agent.Run) error {
			return db.MarkRunning(ctx, who, run.ID)
		},
		"Finish": func(ctx context.Context, who string, run agent.Run) error {
			return db.Finish(ctx, who, run.ID, agent.Progress{State: agent.Done})
		},
		"Transcript": func(ctx context.Context, who string, run agent.Run) error {
			_, err := db.Transcript(ctx, who, run.ID)
			return err
		},
		"Conversation": func(ctx context.Context, who string, run agent.Run) error {
			_, err := db.Conversation(ctx, who, run.ConversationID)
			return err
		},
		"Messages": func(ctx context.Context, who string, run agent.Run) error {
			_, err := db.Messages(ctx, who, run.ConversationID, "")
			return err
		},
		"Rename": func(ctx context.Context, who string, run agent.Run) error {
			return db.Rename(ctx, who, run.ConversationID, "mine")
		},
		"DeleteConversation": func(ctx context.Context, who string, run agent.Run) error {
			return db.DeleteConversation(ctx, who, run.ConversationID)
		},
		"Accept into a conversation": func(ctx context.Context, who string, run agent.Run) error {
			_, _, err := db.Accept(ctx, NewMessage{PersonID: who, ConversationID: run.ConversationID, Text: "hi", Key: newID()})
			return err
		},
		"Accept an undo": func(ctx context.Context, who string, run agent.Run) error {
			_, _, err := db.Accept(ctx, NewMessage{PersonID: who, Text: "Undo", Key: newID(), UndoOf: run.ID})
			return err
		},
		"SetUndoOf a run": func(ctx context.Context, who string, run agent.Run) error {
			return db.SetUndoOf(ctx, who, bens.ID, run.ID)
		},
		"SetUndoOf by a run": func(ctx context.Context, who string, run agent.Run) error {
			return db.SetUndoOf(ctx, who, run.ID, bens.ID)
		},
		"BeginAttempt": func(ctx context.Context, who string, run agent.Run) error {
			_, _, err := db.BeginAttempt(ctx, agent.Attempt{PersonID: who, RunID: run.ID, Key: "other"})
			return err
		},
		"BeginAttempts": func(ctx context.Context, who string, run agent.Run) error {
			_, err := db.BeginAttempts(ctx, []agent.Attempt{{PersonID: who, RunID: run.ID, Key: "other"}})
			return err
		},
		"AttemptRecords": func(ctx context.Context, who string, _ agent.Run) error {
			if found, err := db.AttemptRecords(ctx, who, []string{"k"}); len(found) > 0 || err != nil {
				return fmt.Errorf("attempts %v, %w", found, err)
			}
			return fault.New(fault.NotFound, "", nil)
		},
		"UseRule": func(ctx context.Context, who string, _ agent.Run) error {
			return db.UseRule(ctx, who, hers.ID, true)
		},
		"DropRule": func(ctx context.Context, who string, _ agent.Run) error {
			return db.DropRule(ctx, who, hers.ID)
		},
		"RestoreRule": func(ctx context.Context, who string, _ agent.Run) error {
			return db.RestoreRule(ctx, who, hers.ID)
		},
		"DroppedRule": func(ctx context.Context, who string, _ agent.Run) error {
			_, err := db.DroppedRule(ctx, who, hers.ID)
			return err
		},
		"RuleFor": func(ctx context.Context, who string, _ agent.Run) error {
			if rule, found, err := db.RuleFor(ctx, who, hers.Key); found || err != nil {
				return fmt.Errorf("rule %+v, %w", rule, err)
			}
			return fault.New(fault.NotFound, "", nil)
		},
		"Rules": func(ctx context.Context, who string, _ agent.Run) error {
			if rules, total, err := db.Rules(ctx, who, "", 0, 9); len(rules)+total > 0 || err != nil {
				return fmt.Errorf("rules %+v, %w", rules, err)
			}
			return fault.New(fault.NotFound, "", nil)
		},
		"RevokePersonalToken": func(ctx context.Context, who string, _ agent.Run) error {
			return db.RevokePersonalToken(ctx, who, token.ID)
		},
		"PersonalTokens": func(ctx context.Context, who string, _ agent.Run) error {
			if tokens, err := db.PersonalTokens(ctx, who); len(tokens) > 0 || err != nil {
				return fmt.Errorf("tokens %+v, %w", tokens, err)
			}
			return fault.New(fault.NotFound, "", nil)
		},
		"AcceptSync": func(ctx context.Context, who string, _ agent.Run) error {
			_, _, err := db.AcceptSync(ctx, NewSync{PersonID: who, TokenID: token.ID})
			if fault.KindOf(err) != fault.Unauthorised {
				return fmt.Errorf("with somebody else's token: %w", err)
			}
			return fault.New(fault.NotFound, "", nil)
		},
		"SettleAttempts": func(ctx context.Context, who string, _ agent.Run) error {
			return db.SettleAttempts(ctx, who, []string{"k"}, agent.AttemptApplied)
		},
		"Stop": func(ctx context.Context, who string, r agent.Run) error {
			return db.Stop(ctx, who, r.ID, agent.StopUndo)
		},
		"KeepStep": func(ctx context.Context, who string, r agent.Run) error {
			return db.KeepStep(ctx, who, r.ID, 0, "", agent.Step{})
		},
	}
	nobody := agent.Run{ID: "no-such-run", ConversationID: "no-such-conversation"}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			foreign, absent := call(t.Context(), ben, run), call(t.Context(), ben, nobody)
			wantKind(t, foreign, fault.NotFound)
			wantKind(t, absent, fault.NotFound)
			if fault.MessageOf(foreign) != fault.MessageOf(absent) {
				t.Errorf("foreign %q and absent %q differ", foreign, absent)
			}
		})
	}
	t.Cleanup(func() { // all of them have ended
		got, err := db.Run(context.Background(), ada, run.ID)
		if err != nil || got.State != agent.Accepted {
			t.Errorf("foreign calls changed the run: %+v, %v", got, err)
		}
		c, err := db.Conversation(context.Background(), ada, run.ConversationID)
		if err != nil || c.Title != "add X to Y" {
			t.Errorf("foreign calls changed the conversation: %+v, %v", c, err)
		}
		if rule, found, err := db.RuleFor(context.Background(), ada, "k"); err != nil || !found || rule.Uses > 0 {
			t.Errorf("foreign calls changed the rule: %+v, %v", rule, err)
		}
	})
}
