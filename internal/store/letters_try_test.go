package store

import (
	"maps"
	"reflect"
	"testing"
	"time"

	"segue/internal/deadletter"
	"segue/internal/fault"
)

// counts are how many letters have which outcome; "" is the act itself.
func counts(outcomes []deadletter.Outcome) map[string]int {
	n := map[string]int{}
	for _, o := range outcomes {
		n[o.Why] = o.Count
	}
	return n
}

// allLetters reads every letter there is.
func (db *DB) allLetters(tb testing.TB) []deadletter.Letter {
	tb.Helper()
	found, err := db.Letters(tb.Context(), deadletter.Filter{State: deadletter.Every}, deadletter.Cursor{}, 100)
	noError(tb, err)
	return found
}

func TestATryTellsWhatItsBulkDoes(t *testing.T) {
	t.Parallel()
	for _, act := range []deadletter.Act{deadletter.ActRetry, deadletter.ActDiscard} {
		db := openTest(t)
		op, ada := db.person(t, "Olga"), db.person(t, "ada")
		ids := db.some(t, ada, 12)
		b := deadletter.Bulk{By: op, Act: act, Reason: "gone", Rate: 1, AsOf: db.now(), Filter: deadletter.Filter{IDs: ids}}
		started, err := db.StartBulk(t.Context(), b, "k")
		noError(t, err)
		db.setClock(db.now().Add(time.Minute))
		db.changeSome(t, ada, op, ids)
		before := db.allLetters(t)
		outcomes, err := db.TryBulk(t.Context(), b)
		if err != nil || !reflect.DeepEqual(before, db.allLetters(t)) {
			t.Errorf("%s: a try has changed letters, or failed: %v", act, err)
		}
		done := db.steps(t, started.ID, 5)
		did := map[string]int{"": done.Done}
		for _, r := range done.Refusals {
			did[r.Why] = r.Count
		}
		if got := counts(outcomes); !maps.Equal(got, did) || done.Done != 7 || len(did) != 6 {
			t.Errorf("%s: a try tells %v, the bulk has done %v", act, got, did)
		}
		for _, o := range outcomes {
			if o.Why == "" && (len(o.First) != deadletter.FirstOfOutcome || o.First[0].ID != ids[5] || o.First[0].Input.Song.Title == "") {
				t.Errorf("%s: the first are %+v", act, o.First)
			}
		}
	}
}

// changeSome lets each of the first five letters go another way: retried, resolved, discarded, waiting again, gone.
func (db *DB) changeSome(t *testing.T, ada, op string, ids []string) {
	t.Helper()
	_, err := db.RetryLetter(t.Context(), ids[0], 1, op)
	noError(t, err)
	run, err := db.RetryLetter(t.Context(), ids[1], 1, op)
	noError(t, err)
	db.end(t, run, "p1")
	noError(t, db.DiscardLetter(t.Context(), ids[2], 1, op, "gone"))
	noError(t, db.DiscardLetter(t.Context(), ids[3], 1, op, "gone"))
	noError(t, db.RestoreLetter(t.Context(), ids[3], 2, op))
	last, err := db.Run(t.Context(), ada, db.theLetter(t, ids[4]).RunID)
	noError(t, err)
	noError(t, db.DeleteConversation(t.Context(), ada, last.ConversationID))
}

func TestATryOfAFilterTellsOfWhatItLetThrough(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	op, ada := db.person(t, "Olga"), db.person(t, "ada")
	ids := db.some(t, ada, 4)
	noError(t, db.DiscardLetter(t.Context(), ids[0], 1, op, "long before"))
	db.setClock(db.now().Add(time.Minute))
	b := deadletter.Bulk{By: op, Act: deadletter.ActRetry, Rate: 1, AsOf: db.now(), Filter: deadletter.Filter{Person: ada}}
	db.setClock(db.now().Add(time.Minute))
	_, err := db.RetryLetter(t.Context(), ids[1], 1, op)
	noError(t, err)
	db.letter(t, ada, "1") // came later
	outcomes, err := db.TryBulk(t.Context(), b)
	if got := counts(outcomes); err != nil || !maps.Equal(got, map[string]int{"": 2, "Somebody else has retried it, and that run has not ended.": 1}) {
		t.Errorf("it tells %v, %v", got, err)
	}
	if n, err := db.CountLetters(t.Context(), b.Filter, b.AsOf); err != nil || n != 2 {
		t.Errorf("the page counts %d, %v", n, err)
	}
	b.Filter.State = deadletter.Every
	_, err = db.TryBulk(t.Context(), b)
	wantKind(t, err, fault.Invalid)
}
