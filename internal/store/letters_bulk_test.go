package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/music"
)

// some saves n letters of a person, a second apart, and leaves the clock after the last.
func (db *DB) some(tb testing.TB, personID string, n int) (ids []string) {
	tb.Helper()
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for i := range n {
		db.setClock(start.Add(time.Duration(i) * time.Second))
		ids = append(ids, db.letter(tb, personID, "1").ID)
	}
	db.setClock(start.Add(time.Hour))
	return ids
}

func discardAll(by string, db *DB) deadletter.Bulk {
	return deadletter.Bulk{By: by, Act: deadletter.ActDiscard, Reason: "gone", Rate: deadletter.MaxRate, AsOf: db.now()}
}

// steps goes on with a bulk until it has no more.
func (db *DB) steps(tb testing.TB, id string, n int) deadletter.Bulk {
	tb.Helper()
	for more := true; more; {
		var err error
		more, err = db.StepBulk(tb.Context(), id, n)
		noError(tb, err)
	}
	b, err := db.Bulk(tb.Context(), id)
	noError(tb, err)
	return b
}

func (db *DB) told(tb testing.TB, t deadletter.Trail) (lines []string) {
	tb.Helper()
	entries, err := db.Audit(tb.Context(), t, 0, 100)
	noError(tb, err)
	for _, e := range slices.Backward(entries) {
		lines = append(lines, strings.TrimSpace(e.Action+" "+e.Note))
	}
	return lines
}

func TestABulkDiscardsWhatItWasConfirmedForAndNothingElse(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	op, ada, ben := db.person(t, "Olga"), db.person(t, "ada"), db.person(t, "ben")
	hers, his := db.some(t, ada, 5), db.letter(t, ben, "1")
	b := discardAll(op, db)
	b.Filter.Person = ada
	count, err := db.CountLetters(t.Context(), b.Filter, b.AsOf)
	noError(t, err)
	b, err = db.StartBulk(t.Context(), b, "k")
	if err != nil || count != 5 || b.Total != 5 || b.State != deadletter.BulkRunning || b.Operator != "Olga" || b.Filter.Person != ada {
		t.Fatalf("counted %d, started %+v, %v", count, b, err)
	}
	db.setClock(db.now().Add(time.Minute))
	late := db.letter(t, ada, "1")
	_, err = db.RetryLetter(t.Context(), hers[1], 1, op)
	noError(t, err)
	run, err := db.Run(t.Context(), ada, db.theLetter(t, hers[2]).RunID)
	noError(t, err)
	noError(t, db.DeleteConversation(t.Context(), ada, run.ConversationID))
	got := db.steps(t, b.ID, 2)
	if got.Done != 3 || got.Refused != 2 || got.Left() != 0 || got.State != deadletter.BulkDone || got.EndedAt.IsZero() || len(got.Refusals) != 2 {
		t.Errorf("ended %+v", got)
	}
	for _, id := range []string{his.ID, late.ID} {
		if l := db.theLetter(t, id); l.State != deadletter.Waiting {
			t.Errorf("%s, which was not meant, is %s", id, l.State)
		}
	}
	if l := db.theLetter(t, hers[0]); l.State != deadletter.Discarded || l.Reason != "gone" {
		t.Errorf("%+v", l)
	}
	told := db.told(t, deadletter.Trail{Actor: op})
	if n := len(told); n != 6 || told[0] != "bulk discard 5 letters, 20 a second" || told[n-1] != "bulk_end 3 done, 2 refused, 0 left" || told[2] != "discard gone, bulk "+b.ID {
		t.Errorf("the audit tells %q", told)
	}
}

func TestABulkRetriesEachLetterOnceHoweverOftenItIsStarted(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	op, ada := db.person(t, "Olga"), db.person(t, "ada")
	ids := db.some(t, ada, 3)
	ask := deadletter.Bulk{By: op, Act: deadletter.ActRetry, Rate: 1, AsOf: db.now().Add(time.Hour)}
	first, err := db.StartBulk(t.Context(), ask, "same")
	noError(t, err)
	if first.AsOf.After(db.now()) {
		t.Errorf("it is about the future: %s", first.AsOf)
	}
	if more, err := db.StepBulk(t.Context(), first.ID, 1); !more || err != nil {
		t.Errorf("more %v, %v", more, err)
	}
	again, err := db.StartBulk(t.Context(), ask, "same")
	if err != nil || again.ID != first.ID || again.Done != 1 || again.Total != 3 {
		t.Errorf("the same form again: %+v, %v", again, err)
	}
	if open, err := db.OpenBulks(t.Context()); err != nil || len(open) != 1 || open[0].ID != first.ID {
		t.Errorf("open %+v, %v", open, err)
	}
	if got := db.steps(t, first.ID, 5); got.Done != 3 || got.Refused != 0 {
		t.Errorf("ended %+v", got)
	}
	runs := map[string]bool{}
	for _, id := range ids {
		l := db.theLetter(t, id)
		runs[l.RetryRun] = true
		if l.State != deadletter.Retrying || l.Operator != "Olga" {
			t.Errorf("%+v", l)
		}
	}
	open, err := db.Unfinished(t.Context(), 50)
	if err != nil || len(open) != 3 || len(runs) != 3 {
		t.Errorf("%d runs wait, %d were named, %v", len(open), len(runs), err)
	}
	second, err := db.StartBulk(t.Context(), ask, "other")
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.MessageOf(err), "nothing to do") {
		t.Errorf("over nothing: %+v, %v", second, err)
	}
	if open, err := db.OpenBulks(t.Context()); len(open) != 0 || err != nil {
		t.Errorf("a bulk over nothing is kept: %+v, %v", open, err)
	}
}

func TestACancelledBulkLeavesTheRestAsItIs(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	op := db.person(t, "Olga")
	ids := db.some(t, db.person(t, "ada"), 3)
	b, err := db.StartBulk(t.Context(), discardAll(op, db), "k")
	noError(t, err)
	_, err = db.StepBulk(t.Context(), b.ID, 1)
	noError(t, err)
	noError(t, db.CancelBulk(t.Context(), b.ID, op))
	if got := db.steps(t, b.ID, 9); got.Done != 1 || got.Left() != 2 || got.State != deadletter.BulkCancelled {
		t.Errorf("%+v", got)
	}
	if l := db.theLetter(t, ids[2]); l.State != deadletter.Waiting {
		t.Errorf("a letter after the end is %s", l.State)
	}
	wantKind(t, db.CancelBulk(t.Context(), b.ID, op), fault.Conflict)
	wantKind(t, db.CancelBulk(t.Context(), "none", op), fault.NotFound)
	if more, err := db.StepBulk(t.Context(), "none", 1); more || err != nil {
		t.Errorf("a bulk that is gone: more %v, %v", more, err)
	}
	if told := db.told(t, deadletter.Trail{Action: deadletter.ActionBulkCancel}); !slices.Equal(told, []string{"bulk_cancel 1 done, 0 refused, 2 left"}) {
		t.Errorf("the audit tells %q", told)
	}
}

func TestARetryWithAnotherInputKeepsTheOriginal(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	op := db.person(t, "Olga")
	l := db.letter(t, db.person(t, "ada"), "2")
	edited := l.Input
	edited.Song = music.Song{Title: "Creep", Artists: []string{"TLC"}}
	run, err := db.RetryLetterAs(t.Context(), l.ID, 1, op, deadletter.Retry{Edited: &edited})
	noError(t, err)
	got := db.theLetter(t, l.ID)
	if got.Input.Song.Artists[0] != "Radiohead" || got.Current().Song.Artists[0] != "TLC" || got.RetryRun != run.ID {
		t.Errorf("%+v, now %+v", got.Input, got.Current())
	}
	messages, err := db.Messages(t.Context(), run.PersonID, run.ConversationID, "")
	if err != nil || messages[len(messages)-1].Text != "Try again: add Creep by TLC to Road Trip" {
		t.Errorf("it says %+v, %v", messages, err)
	}
	if told := db.told(t, deadletter.Trail{}); !slices.Equal(told, []string{"edit artists", "retry " + run.ID}) {
		t.Errorf("the audit tells %q", told)
	}
	newer := db.dead(t, run, "1")
	newer.Attempts[0].At = time.UnixMilli(1_790_000_100_000).UTC()
	_, _, err = db.SaveLetter(t.Context(), newer)
	noError(t, err)
	if again := db.theLetter(t, l.ID); again.State != deadletter.Waiting || again.Input.Song.Artists[0] != "Radiohead" || again.Edited == nil {
		t.Errorf("after it failed again: %+v", again)
	}
	whole := db.letter(t, l.PersonID, "")
	_, err = db.RetryLetterAs(t.Context(), whole.ID, 1, op, deadletter.Retry{Edited: &edited})
	wantKind(t, err, fault.Invalid)
	_, err = db.RetryLetterAs(t.Context(), l.ID, 3, op, deadletter.Retry{Resume: true})
	wantKind(t, err, fault.Conflict)
}

func TestARetryMayResumeAtTheStepThatFailed(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	l := db.dead(t, db.say(t, NewMessage{PersonID: ada, Text: "x"}), "1")
	l.Input.Found = "4jtqJ8Fq3tzLbXLzTqXzQp"
	id, _, err := db.SaveLetter(t.Context(), l)
	noError(t, err)
	run, err := db.RetryLetterAs(t.Context(), id, 1, ada, deadletter.Retry{Resume: true})
	noError(t, err)
	if got := db.theLetter(t, id); got.RetryFrom != agent.Adding || !got.Resumes() {
		t.Errorf("%+v", got)
	}
	noError(t, db.Finish(t.Context(), ada, run.ID, agent.Progress{State: agent.Failed}))
	_, err = db.RetryLetter(t.Context(), id, 3, ada)
	noError(t, err)
	if got := db.theLetter(t, id); got.RetryFrom != "" {
		t.Errorf("from the start, but it says %q", got.RetryFrom)
	}
}

func TestOnlyWhatIsSettledIsPurged(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	op := db.person(t, "Olga")
	ids := db.some(t, db.person(t, "ada"), 4)
	b := discardAll(op, db)
	b.Filter.Until = db.theLetter(t, ids[2]).MadeAt
	b, err := db.StartBulk(t.Context(), b, "k")
	noError(t, err)
	discarded := db.steps(t, b.ID, 9).Done
	run, err := db.RetryLetter(t.Context(), ids[3], 1, op)
	noError(t, err)
	settled := db.now()
	lines := len(db.told(t, deadletter.Trail{}))
	for _, c := range []struct {
		now, before time.Time
		want        int
	}{
		{settled.Add(deadletter.RestoreWithin), settled.Add(time.Second), 0}, // as long as they can be restored
		{settled.Add(deadletter.RestoreWithin + time.Second), settled, 0},
		{settled.Add(deadletter.RestoreWithin + time.Second), settled.Add(time.Second), discarded},
		{settled.Add(deadletter.RestoreWithin + time.Second), settled.Add(time.Second), 0},
	} {
		db.setClock(c.now)
		if n, err := db.PurgeLetters(t.Context(), c.before); n != c.want || err != nil {
			t.Errorf("%d purged, want %d, %v", n, c.want, err)
		}
	}
	_, err = db.Bulk(t.Context(), b.ID)
	wantKind(t, err, fault.NotFound)
	if left, err := db.Letters(t.Context(), deadletter.Filter{State: deadletter.Every}, deadletter.Cursor{}, 9); err != nil || len(left)+discarded != 4 {
		t.Errorf("%d left of 4, %d were discarded, %v", len(left), discarded, err)
	}
	if n := len(db.told(t, deadletter.Trail{})); n != lines {
		t.Errorf("the audit has %d lines, had %d", n, lines)
	}
	db.end(t, run, "p1")
	if n, err := db.PurgeLetters(t.Context(), db.now().Add(time.Hour)); n != 1 || err != nil {
		t.Errorf("%d resolved letters purged, %v", n, err)
	}
}

func TestTheAuditIsLookedThroughByActorAndAct(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	olga, ann := db.person(t, "Olga"), db.person(t, "Ann")
	for i := range 3 {
		noError(t, db.Record(t.Context(), deadletter.Entry{ActorID: olga, Action: deadletter.ActionLogin, Note: fmt.Sprint(i)}))
		noError(t, db.Record(t.Context(), deadletter.Entry{ActorID: ann, Action: deadletter.ActionLogout}))
	}
	noError(t, db.Record(t.Context(), deadletter.Entry{Action: deadletter.ActionRetry, Subject: "r1-2"}))
	for name, c := range map[string]struct {
		trail deadletter.Trail
		want  int
	}{
		"all": {deadletter.Trail{}, 7}, "one person": {deadletter.Trail{Actor: ann}, 3}, "one act": {deadletter.Trail{Action: deadletter.ActionLogin}, 3},
		"both": {deadletter.Trail{Actor: ann, Action: deadletter.ActionLogin}, 0}, "one subject": {deadletter.Trail{Subject: "r1-2"}, 1}, "hostile": {deadletter.Trail{Actor: "' OR 1=1 --"}, 0},
	} {
		if got := db.told(t, c.trail); len(got) != c.want {
			t.Errorf("%s: %q, want %d lines", name, got, c.want)
		}
	}
	page, err := db.Audit(t.Context(), deadletter.Trail{Actor: olga}, 5, 1)
	if err != nil || len(page) != 1 || page[0].Note != "1" {
		t.Errorf("the page before line 5 is %+v, %v", page, err)
	}
}

func TestABulkFindsItsNextLetterInAnIndex(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	for _, query := range []string{
		`SELECT position, letter_id, version FROM bulk_letters WHERE bulk_id = 'b' AND outcome = '' ORDER BY position LIMIT 1`,
		`SELECT why, count(*) FROM bulk_letters WHERE bulk_id = 'b' AND outcome = 'refused' GROUP BY why`,
		`DELETE FROM letters WHERE state IN ('resolved', 'discarded') AND changed_at < 9`,
		selectBulks + ` WHERE b.state = 'running' ORDER BY b.started_at`,
	} {
		steps, err := all(t.Context(), db.writer, func(r row) (step string, err error) {
			var skip any
			return step, r.Scan(&skip, &skip, &skip, &step)
		}, `EXPLAIN QUERY PLAN `+query)
		noError(t, err)
		for _, step := range steps {
			if strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "bulks_open") || strings.Contains(step, "B-TREE") {
				t.Errorf("%q in %q", step, steps)
			}
		}
	}
}

// BenchmarkBulk confirms a bulk over 100,000 letters: the count and the start.
func BenchmarkBulk(b *testing.B) {
	db := openTest(b)
	db.fill(b)
	b.Run("count", func(b *testing.B) {
		each(b, func() {
			_, err := db.CountLetters(b.Context(), deadletter.Filter{}, time.Now())
			noError(b, err)
		})
	})
	n := 0
	b.Run("start", func(b *testing.B) {
		each(b, func() {
			n++
			_, err := db.StartBulk(b.Context(), deadletter.Bulk{By: "op", Act: deadletter.ActRetry, Rate: 1, AsOf: time.Now()}, fmt.Sprint(n))
			noError(b, err)
		})
	})
	noError(b, db.write(b.Context(), "clear", func(tx *sql.Tx) error { _, err := exec(b.Context(), tx, `DELETE FROM bulks`); return err }))
}
