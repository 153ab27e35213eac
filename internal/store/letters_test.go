package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/deadletter"
	"segue/internal/fault"
	"segue/internal/music"
)

// dead ends a run as failed and returns a letter about it, not saved yet.
func (db *DB) dead(tb testing.TB, run agent.Run, task string) deadletter.Letter {
	tb.Helper()
	noError(tb, db.Finish(tb.Context(), run.PersonID, run.ID, agent.Progress{RunID: run.ID, State: agent.Failed}))
	l := deadletter.Letter{
		PersonID: run.PersonID, RunID: run.ID, Task: task, WorkflowID: "turn-" + run.ID,
		Step: agent.Adding, Kind: fault.Internal, Message: "Something went wrong on our side.",
		Attempts: []deadletter.Attempt{{N: 3, At: time.UnixMilli(1_790_000_000_000).UTC(), Step: agent.Adding, Kind: fault.Internal, Causes: []string{"status 418"}}},
	}
	if task != "" {
		l.Input = deadletter.Input{
			Tool: agent.SyncSongs, Song: music.Song{Title: "Creep", Artists: []string{"Radiohead"}}, Playlist: deadletter.Playlist{ID: "p1", Name: "Road Trip"},
		}
	}
	return l
}

// letter saves a letter about a task of a new run of the person.
func (db *DB) letter(tb testing.TB, personID, task string) deadletter.Letter {
	tb.Helper()
	l := db.dead(tb, db.say(tb, NewMessage{PersonID: personID, Text: "add Creep to Road Trip"}), task)
	id, fresh, err := db.SaveLetter(tb.Context(), l)
	if err != nil || !fresh {
		tb.Fatal(fresh, err)
	}
	return db.theLetter(tb, id)
}

func (db *DB) theLetter(tb testing.TB, id string) deadletter.Letter {
	tb.Helper()
	l, err := db.Letter(tb.Context(), id)
	noError(tb, err)
	return l
}

func TestALetterIsKeptOnceAndAsItWasWritten(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	l := db.letter(t, ada, "2")
	if l.ID != l.RunID+"-2" || l.Person != "ada" || l.State != deadletter.Waiting || l.Version != 1 || l.MadeAt.IsZero() ||
		l.Fingerprint == "" || l.Input.Song.Title != "Creep" || !slices.Equal(l.Causes(), []string{"status 418"}) {
		t.Errorf("kept %+v", l)
	}
	l.Message = "Another."
	if _, fresh, err := db.SaveLetter(t.Context(), l); fresh || err != nil {
		t.Errorf("a second time: fresh %v, %v", fresh, err)
	}
	if got := db.theLetter(t, l.ID); got.Message == "Another." || got.Version != 1 {
		t.Errorf("it changed: %+v", got)
	}
	if has, err := db.HasLetter(t.Context(), l.RunID); !has || err != nil {
		t.Errorf("has a letter: %v, %v", has, err)
	}
	_, _, err := db.SaveLetter(t.Context(), deadletter.Letter{PersonID: db.person(t, "ben"), RunID: l.RunID, Kind: fault.Internal})
	wantKind(t, err, fault.NotFound)
}

func TestALetterGoesWithThePersonAndTheConversation(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada, ben := db.person(t, "ada"), db.person(t, "ben")
	hers, his := db.letter(t, ada, "1"), db.letter(t, ben, "1")
	noError(t, db.DeletePerson(t.Context(), ada))
	run, err := db.Run(t.Context(), ben, his.RunID)
	noError(t, err)
	noError(t, db.DeleteConversation(t.Context(), ben, run.ConversationID))
	for _, l := range []deadletter.Letter{hers, his} {
		_, err := db.Letter(t.Context(), l.ID)
		wantKind(t, err, fault.NotFound)
		_, err = db.RetryLetter(t.Context(), l.ID, 1, "op")
		wantKind(t, err, fault.NotFound)
		if says := fault.MessageOf(err); !strings.Contains(says, "the person has left") {
			t.Errorf("says %q", says)
		}
		wantKind(t, db.DiscardLetter(t.Context(), l.ID, 1, "op", "x"), fault.NotFound)
		wantKind(t, db.RestoreLetter(t.Context(), l.ID, 1, "op"), fault.NotFound)
	}
}

func TestARetryIsANewRunAndOnlyOneOfTwoGetsIt(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada, op := db.person(t, "ada"), db.person(t, "Olga")
	l := db.letter(t, ada, "2")
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			run, err := db.RetryLetter(context.Background(), l.ID, l.Version, op)
			switch {
			case err == nil && run.RetryOf == l.ID && run.PersonID == ada:
				won.Add(1)
			case fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.MessageOf(err), "already retried by Olga"):
				t.Errorf("lost with %v", err)
			}
		})
	}
	wg.Wait()
	got := db.theLetter(t, l.ID)
	if won.Load() != 1 || got.State != deadletter.Retrying || got.Version != 2 || got.Operator != "Olga" {
		t.Fatalf("%d won: %+v", won.Load(), got)
	}
	run, err := db.Run(t.Context(), ada, got.RetryRun)
	noError(t, err)
	messages, err := db.Messages(t.Context(), ada, run.ConversationID, "")
	if last := messages[len(messages)-1]; err != nil || run.State != agent.Accepted || last.Text != "Try again: add Creep by Radiohead to Road Trip" {
		t.Errorf("run %+v says %q, %v", run, last.Text, err)
	}
	wantKind(t, db.DiscardLetter(t.Context(), l.ID, 2, op, "x"), fault.Conflict)
	db.end(t, run, "p1")
	if got := db.theLetter(t, l.ID); got.State != deadletter.Resolved {
		t.Errorf("after the retry it is %s", got.State)
	}
	_, err = db.RetryLetter(t.Context(), l.ID, 3, op)
	wantKind(t, err, fault.Conflict)
}

func TestARetryOfARunSendsTheSameMessageAgain(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	l := db.letter(t, db.person(t, "ada"), "")
	run, err := db.RetryLetter(t.Context(), l.ID, 1, "op")
	noError(t, err)
	transcript, err := db.Transcript(t.Context(), run.PersonID, run.ID)
	if last := transcript.Messages[len(transcript.Messages)-1]; err != nil || last.Text != "add Creep to Road Trip" {
		t.Errorf("says %q, %v", last.Text, err)
	}
}

func TestARetryThatFailsLetsTheOneLetterWaitAgain(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	l := db.letter(t, db.person(t, "ada"), "2")
	run, err := db.RetryLetter(t.Context(), l.ID, 1, "op")
	noError(t, err)
	newer := db.dead(t, run, "1")
	newer.Kind, newer.Attempts[0].At = fault.Exhausted, time.UnixMilli(1_790_000_100_000).UTC()
	for i, want := range []bool{true, false} {
		if id, changed, err := db.SaveLetter(t.Context(), newer); changed != want || id != l.ID || err != nil {
			t.Errorf("time %d: %v, %v", i, changed, err)
		}
	}
	got := db.theLetter(t, l.ID)
	if got.State != deadletter.Waiting || len(got.Attempts) != 2 || got.Kind != fault.Exhausted || got.Fingerprint == l.Fingerprint || got.Input.Song.Title != "Creep" {
		t.Errorf("got %+v", got)
	}
	if _, total, err := db.LetterGroups(t.Context(), deadletter.Filter{State: deadletter.Every}, 9); total != 1 || err != nil {
		t.Errorf("%d letters, %v", total, err)
	}
	_, err = db.RetryLetter(t.Context(), l.ID, 1, "op")
	if says := fault.MessageOf(err); !strings.Contains(says, "already retried by") || !strings.Contains(says, "failed again") {
		t.Errorf("an old page is told %q", says)
	}
	_, err = db.RetryLetter(t.Context(), l.ID, got.Version, "op")
	noError(t, err)
}

func TestSongsOfARetriedRunTakeItsLettersPlace(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	l := db.letter(t, db.person(t, "ada"), "")
	run, err := db.RetryLetter(t.Context(), l.ID, 1, "op")
	noError(t, err)
	id, fresh, err := db.SaveLetter(t.Context(), db.dead(t, run, "3"))
	if err != nil || !fresh || id != run.ID+"-3" {
		t.Errorf("kept as %s, fresh %v, %v", id, fresh, err)
	}
	if old := db.theLetter(t, l.ID); old.State != deadletter.Resolved {
		t.Errorf("the run's letter is %s", old.State)
	}
	if has, err := db.HasLetter(t.Context(), run.ID); !has || err != nil {
		t.Errorf("has a letter: %v, %v", has, err)
	}
}

func TestDiscardingNeedsAReasonAndCanBeTakenBackForAMonth(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	db.setClock(start)
	op := db.person(t, "Olga")
	l := db.letter(t, db.person(t, "ada"), "2")
	wantKind(t, db.DiscardLetter(t.Context(), l.ID, 1, op, " "), fault.Invalid)
	noError(t, db.DiscardLetter(t.Context(), l.ID, 1, op, "the song is gone"))
	_, err := db.RetryLetter(t.Context(), l.ID, 2, op)
	wantKind(t, err, fault.Conflict)
	if waiting, err := db.Letters(t.Context(), deadletter.Filter{}, deadletter.Cursor{}, 9); len(waiting) != 0 || err != nil {
		t.Errorf("still in the list: %v, %v", waiting, err)
	}
	db.setClock(start.Add(deadletter.RestoreWithin - time.Second))
	noError(t, db.RestoreLetter(t.Context(), l.ID, 2, op))
	noError(t, db.DiscardLetter(t.Context(), l.ID, 3, op, "again"))
	db.setClock(start.Add(3 * deadletter.RestoreWithin))
	wantKind(t, db.RestoreLetter(t.Context(), l.ID, 4, op), fault.Conflict)
	audit, err := db.Audit(t.Context(), deadletter.Trail{}, 0, 9)
	noError(t, err)
	var told []string
	for _, e := range audit {
		told = append(told, e.Actor+" "+e.Action+" "+e.Note)
		if e.Subject != l.ID || e.At.IsZero() {
			t.Errorf("entry %+v", e)
		}
	}
	if want := []string{"Olga discard again", "Olga restore ", "Olga discard the song is gone"}; !slices.Equal(told, want) {
		t.Errorf("the audit tells %q, want %q", told, want)
	}
	noError(t, db.DeletePerson(t.Context(), op))
	if rest, err := db.Audit(t.Context(), deadletter.Trail{}, audit[0].ID, 1); err != nil || len(rest) != 1 || rest[0].Actor != "" || rest[0].ActorID != op {
		t.Errorf("after they left: %+v, %v", rest, err)
	}
}

func TestLettersAreFilteredAndPaged(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	start := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	var ids []string
	for i := range 7 {
		db.setClock(start.Add(time.Duration(i/2) * time.Minute)) // two at a time
		l := db.dead(t, db.say(t, NewMessage{PersonID: ada, Text: "x"}), "1")
		l.Input.Song.Title = fmt.Sprintf("100%% Song_%d", i)
		if i == 3 {
			l.Kind, l.Step, l.Input.Playlist.ID = fault.Exhausted, agent.Searching, "p2"
		}
		id, _, err := db.SaveLetter(t.Context(), l)
		noError(t, err)
		ids = append(ids, id)
	}
	odd := db.theLetter(t, ids[3])
	for name, c := range map[string]struct {
		f    deadletter.Filter
		want int
	}{
		"waiting": {deadletter.Filter{}, 7}, "every": {deadletter.Filter{State: deadletter.Every}, 7}, "resolved": {deadletter.Filter{State: deadletter.Resolved}, 0},
		"kind": {deadletter.Filter{Kind: fault.Exhausted}, 1}, "step": {deadletter.Filter{Step: agent.Searching}, 1},
		"fingerprint": {deadletter.Filter{Fingerprint: odd.Fingerprint}, 1}, "person": {deadletter.Filter{Person: ada}, 7}, "nobody": {deadletter.Filter{Person: "x"}, 0},
		"playlist": {deadletter.Filter{Playlist: "p2"}, 1}, "since": {deadletter.Filter{Since: start.Add(time.Minute)}, 5}, "until": {deadletter.Filter{Until: start.Add(time.Minute)}, 2},
		"text": {deadletter.Filter{Text: "SONG_3"}, 1}, "percent": {deadletter.Filter{Text: "0% s"}, 7}, "wild": {deadletter.Filter{Text: "song%3"}, 0},
		"hostile": {deadletter.Filter{Text: "' OR 1=1 --", Step: `"; DROP TABLE letters`}, 0}, "all at once": {deadletter.Filter{Kind: fault.Exhausted, Step: agent.Searching, Playlist: "p2", Person: ada, Text: "song", Since: start}, 1},
	} {
		found, err := db.Letters(t.Context(), c.f, deadletter.Cursor{}, 50)
		_, total, groupErr := db.LetterGroups(t.Context(), c.f, 9)
		if err != nil || groupErr != nil || len(found) != c.want || total != c.want {
			t.Errorf("%s: %d letters, %d in groups, want %d; %v, %v", name, len(found), total, c.want, err, groupErr)
		}
	}
	var seen []string
	var at deadletter.Cursor
	for range 4 {
		page, err := db.Letters(t.Context(), deadletter.Filter{}, at, 2)
		noError(t, err)
		for _, l := range page {
			seen = append(seen, l.ID)
			at = deadletter.Cursor{MadeAt: l.MadeAt, ID: l.ID}
		}
	}
	slices.Sort(seen)
	slices.Sort(ids)
	if !slices.Equal(seen, ids) {
		t.Errorf("pages show %v, want each of %v once", seen, ids)
	}
	groups, _, err := db.LetterGroups(t.Context(), deadletter.Filter{}, 9)
	if err != nil || len(groups) != 2 || groups[0].Count != 6 || groups[1].Newest.ID != odd.ID {
		t.Errorf("groups %+v, %v", groups, err)
	}
	if n, err := db.NewLetters(t.Context(), deadletter.Filter{}, deadletter.Cursor{MadeAt: start.Add(time.Minute), ID: "~"}); n != 3 || err != nil {
		t.Errorf("%d new, %v", n, err)
	}
}

// Whatever is asked for, the rows with their bodies are read for what is shown only.
func TestLettersAreLookedForInTheIndexAlone(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	for name, f := range bigFilters() {
		list, listArgs := lettersQuery(f, deadletter.Cursor{MadeAt: time.UnixMilli(1), ID: "x"}, 50)
		groups, groupArgs := groupsQuery(f, 8)
		for query, args := range map[string][]any{list: listArgs, groups: groupArgs, selectNewest: {1, "f"}} {
			steps, err := all(t.Context(), db.writer, func(r row) (step string, err error) {
				var skip any
				return step, r.Scan(&skip, &skip, &skip, &step)
			}, `EXPLAIN QUERY PLAN `+query, args...)
			noError(t, err)
			for _, step := range steps {
				if strings.HasPrefix(step, "SCAN l") && !strings.Contains(step, "COVERING INDEX") {
					t.Errorf("%s: %q in %q", name, step, steps)
				}
			}
		}
	}
}

func bigFilters() map[string]deadletter.Filter {
	return map[string]deadletter.Filter{
		"first":       {},
		"every":       {State: deadletter.Every},
		"kind":        {Kind: fault.Internal},
		"fingerprint": {Fingerprint: deadletter.Fingerprint(fault.Internal, agent.Searching, "x")},
		"playlist":    {Playlist: "p7"},
		"absent":      {Step: "nowhere"},
		"text":        {Text: "song 99 of"},
		"no text":     {Text: "zzxy"},
		"since":       {Since: time.UnixMilli(1_790_000_000_000 + 99_000_000)},
	}
}
