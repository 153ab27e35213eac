package store

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
)

// acts are all that can be done with a letter that waits, by somebody who saw its first version.
func acts(db *DB, l deadletter.Letter, op string) map[string]func() error {
	ctx := context.Background()
	edited := l.Input
	edited.Song.Title = "Karma Police"
	retry := func(how deadletter.Retry) func() error {
		return func() error {
			_, err := db.RetryLetterAs(ctx, l.ID, 1, op, how)
			return err
		}
	}
	return map[string]func() error{
		"retry":   retry(deadletter.Retry{}),
		"resume":  retry(deadletter.Retry{Resume: true}),
		"edit":    retry(deadletter.Retry{Edited: &edited}),
		"discard": func() error { return db.DiscardLetter(ctx, l.ID, 1, op, "gone") },
		"bulk": func() error {
			b := deadletter.Bulk{By: op, Act: deadletter.ActDiscard, Reason: "gone", Rate: 1, AsOf: db.now(), Filter: deadletter.Filter{IDs: []string{l.ID}}}
			b, err := db.StartBulk(ctx, b, "k")
			if err == nil {
				_, err = db.StepBulk(ctx, b.ID, 1)
			}
			if b, _ = db.Bulk(ctx, b.ID); err == nil && b.Refused == 1 {
				return fault.New(fault.Conflict, b.Refusals[0].Why, nil)
			}
			return err
		},
	}
}

// resumable saves a letter about a song whose version was found before it failed.
func (db *DB) resumable(tb testing.TB, personID string) deadletter.Letter {
	tb.Helper()
	l := db.dead(tb, db.say(tb, NewMessage{PersonID: personID, Text: "add Creep to Road Trip"}), "1")
	l.Input.Found = "4jtqJ8Fq3tzLbXLzTqXzQp"
	id, _, err := db.SaveLetter(tb.Context(), l)
	noError(tb, err)
	return db.theLetter(tb, id)
}

func TestOfTwoThingsDoneWithALetterAtOnceOneHappens(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	names := []string{"retry", "resume", "edit", "discard", "bulk"}
	for i, first := range names {
		for _, second := range names[i:] {
			l := db.resumable(t, ada)
			mine, theirs := acts(db, l, db.person(t, first+second+"1")), acts(db, l, db.person(t, first+second+"2"))
			var errs [2]error
			var wg sync.WaitGroup
			for i, act := range []func() error{mine[first], theirs[second]} {
				wg.Go(func() { errs[i] = act() })
			}
			wg.Wait()
			if errs[0] != nil && errs[1] != nil || errs[0] == nil && errs[1] == nil {
				t.Errorf("%s and %s: %v and %v", first, second, errs[0], errs[1])
			}
			for _, err := range errs {
				if kind := fault.KindOf(err); kind != "" && kind != fault.Conflict && kind != fault.Invalid { // a bulk that finds nothing any more
					t.Errorf("%s and %s: %v", first, second, err)
				}
			}
			got := db.theLetter(t, l.ID)
			lines := db.told(t, deadletter.Trail{Subject: l.ID})
			lines = slices.DeleteFunc(lines, func(s string) bool { return s == "edit title" })
			if got.Version != 2 || len(lines) != 1 || got.State == deadletter.Waiting {
				t.Errorf("%s and %s: version %d, %s, the audit tells %q", first, second, got.Version, got.State, lines)
			}
		}
	}
}

// Every act is one transaction: a process that dies before its last statement leaves nothing of it.
func TestAnActThatDoesNotComeToItsEndLeavesNothing(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	l := db.resumable(t, ada)
	_, err := db.writer.ExecContext(t.Context(), `CREATE TRIGGER dies BEFORE INSERT ON audit WHEN NEW.action <> 'edit' BEGIN SELECT RAISE(ABORT, 'dies'); END`)
	noError(t, err)
	for name, act := range acts(db, l, "op") {
		if err := act(); err == nil {
			t.Errorf("%s did not die", name)
		}
		if got := db.theLetter(t, l.ID); got.Version != 1 || got.State != deadletter.Waiting || got.RetryRun != "" || got.Edited != nil {
			t.Errorf("%s has left %+v", name, got)
		}
	}
	runs, err := db.Unfinished(t.Context(), 9)
	bulks, unread := db.OpenBulks(t.Context())
	if err != nil || unread != nil || len(runs) != 0 || len(bulks) != 0 || len(db.told(t, deadletter.Trail{})) != 0 {
		t.Errorf("runs %v, bulks %v, %v, %v", runs, bulks, err, unread)
	}
}

// later is a failure of the run that comes a while after those before it.
func (db *DB) later(tb testing.TB, run agent.Run, task string, after time.Duration) deadletter.Letter {
	tb.Helper()
	l := db.dead(tb, run, task)
	l.Attempts[0].At = l.Attempts[0].At.Add(after)
	return l
}

// A run can end as done with something given up: a song that stands there twice is noticed after its end.
func TestARetryThatEndedWellAndGaveSomethingUpHasResolvedNothing(t *testing.T) {
	t.Parallel()
	for _, task := range []string{"", "1"} {
		db := openTest(t)
		l := db.letter(t, db.person(t, "ada"), task)
		run, err := db.RetryLetter(t.Context(), l.ID, 1, "op")
		noError(t, err)
		db.end(t, run, "p1")
		if got := db.theLetter(t, l.ID); got.State != deadletter.Resolved {
			t.Fatalf("it is %s", got.State)
		}
		id, changed, err := db.SaveLetter(t.Context(), db.later(t, run, task, time.Minute))
		got := db.theLetter(t, l.ID)
		if err != nil || !changed || id != l.ID || got.State != deadletter.Waiting || len(got.Attempts) != 2 {
			t.Errorf("kept as %s, changed %v, %v: %+v", id, changed, err, got)
		}
	}
}

func TestWhatARetryFailedAtIsToldWhateverWasDoneMeanwhile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		meanwhile func(db *DB, id string) error
		want      deadletter.State
	}{
		"nothing":   {func(*DB, string) error { return nil }, deadletter.Waiting},
		"discarded": {func(db *DB, id string) error { return db.DiscardLetter(context.Background(), id, 3, "op", "gone") }, deadletter.Discarded},
		"retried once more": {func(db *DB, id string) error {
			_, err := db.RetryLetter(context.Background(), id, 3, "op")
			return err
		}, deadletter.Retrying},
	} {
		db := openTest(t)
		l := db.letter(t, db.person(t, "ada"), "1")
		run, err := db.RetryLetter(t.Context(), l.ID, 1, "op")
		noError(t, err)
		failure := db.later(t, run, "1", time.Minute) // the run has ended, and what it failed at is on its way
		noError(t, c.meanwhile(db, l.ID))
		next := db.theLetter(t, l.ID).RetryRun
		for range 2 {
			_, _, err = db.SaveLetter(t.Context(), failure)
			noError(t, err)
		}
		if got := db.theLetter(t, l.ID); got.State != c.want || len(got.Attempts) != 2 || got.RetryRun != next {
			t.Errorf("%s: %s, %d attempts, retried by %s", name, got.State, len(got.Attempts), got.RetryRun)
		}
	}
}

// The sweeper makes letters of what has none: a retry's failure has one, the letter that was retried.
func TestAFailedRetryIsNotWithoutALetterHoweverOftenItIsRetried(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	db.setClock(start)
	l := db.letter(t, db.person(t, "ada"), "1")
	retried := func(version int64) agent.Run {
		run, err := db.RetryLetter(t.Context(), l.ID, version, "op")
		noError(t, err)
		return run
	}
	first := retried(1)
	noError(t, db.Finish(t.Context(), first.PersonID, first.ID, agent.Progress{State: agent.Failed}))
	second := retried(3)
	unlettered := func() (ids []string) {
		runs, err := db.Unlettered(t.Context(), start.Add(-time.Hour), start.Add(time.Hour), 9)
		noError(t, err)
		for _, run := range runs {
			ids = append(ids, run.ID)
		}
		return ids
	}
	if got := unlettered(); len(got) != 0 {
		t.Errorf("%v are without a letter, retried as %s and %s", got, first.ID, second.ID)
	}
	for _, run := range []agent.Run{first, second} {
		if has, err := db.HasLetter(t.Context(), run.ID); !has || err != nil {
			t.Errorf("%s has a letter: %v, %v", run.ID, has, err)
		}
	}
	db.end(t, second, "p1")
	if got := unlettered(); fmt.Sprint(got) != fmt.Sprint([]string{second.ID}) {
		t.Errorf("what a run that counts as resolving gave up would be lost: %v", got)
	}
}

func TestAFilterMayNameTheLetters(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	op, ada := db.person(t, "Olga"), db.person(t, "ada")
	ids := db.some(t, ada, 4)
	noError(t, db.DiscardLetter(t.Context(), ids[1], 1, op, "gone"))
	for name, c := range map[string]struct {
		ids  []string
		want int
	}{
		"none": {[]string{}, 0}, "two": {[]string{ids[0], ids[3]}, 2}, "one that does not wait": {ids[1:3], 1},
		"hostile": {[]string{"' OR 1=1 --", "x', '" + ids[0]}, 0}, "any": {nil, 3},
	} {
		f := deadletter.Filter{IDs: c.ids}
		found, err := db.Letters(t.Context(), f, deadletter.Cursor{}, 9)
		n, uncounted := db.CountLetters(t.Context(), f, db.now())
		if err != nil || uncounted != nil || len(found) != c.want || n != c.want {
			t.Errorf("%s: %d listed, %d counted, want %d; %v, %v", name, len(found), n, c.want, err, uncounted)
		}
	}
	b := discardAll(op, db)
	b.Filter.IDs = ids[2:]
	b, err := db.StartBulk(t.Context(), b, "k")
	noError(t, err)
	if got := db.steps(t, b.ID, 9); got.Done != 2 || !slices.Equal(got.Filter.IDs, ids[2:]) || db.theLetter(t, ids[0]).State != deadletter.Waiting {
		t.Errorf("%+v", got)
	}
}
