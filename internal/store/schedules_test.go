package store

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/music"
	"segue/internal/schedule"
)

// weekly makes a schedule, as of now.
func weekly(tb testing.TB, personID string, now time.Time) schedule.Schedule {
	tb.Helper()
	s, err := schedule.New(schedule.Schedule{
		PersonID: personID, Name: "Charts", Kind: schedule.List, URL: "https://lists.example/charts.csv", To: agent.PlaylistRef{ID: "road", Name: "Road Trip"},
		Timing: schedule.Timing{Every: schedule.Week, At: "07:30", Days: []time.Weekday{time.Friday}, Zone: "Europe/Berlin"},
	}, now.UTC().Truncate(time.Millisecond))
	noError(tb, err)
	return s
}

func TestAScheduleIsKeptPausedAndDeleted(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada, ben := db.person(t, "ada"), db.person(t, "ben")
	now := time.Now().UTC().Truncate(time.Millisecond)
	want := weekly(t, ada, now)
	for range 2 { // the same form again
		noError(t, db.AddSchedule(t.Context(), want))
	}
	all, err := db.Schedules(t.Context(), ada)
	if err != nil || !reflect.DeepEqual(all, []schedule.Schedule{want}) {
		t.Fatalf("listed %+v, %v; want %+v", all, err, want)
	}
	for i, c := range []struct {
		paused bool
		since  time.Time
	}{{true, now}, {false, now.Add(2 * time.Hour)}, {false, now.Add(2 * time.Hour)}} { // the last changes nothing
		db.setClock(now.Add(time.Duration(i+1) * time.Hour))
		noError(t, db.PauseSchedule(t.Context(), ada, want.ID, c.paused))
		got, err := db.Schedule(t.Context(), ada, want.ID)
		if err != nil || got.Paused != c.paused || got.Version != int64(i)+2 || !got.Since.Equal(c.since) {
			t.Errorf("%d: %+v, %v; want it to count since %s", i, got, err, c.since)
		}
	}
	_, unread := db.Schedule(t.Context(), ben, want.ID)
	_, _, unaccepted := db.AcceptDue(t.Context(), schedule.Due{PersonID: ben, ScheduleID: want.ID, Key: "k"})
	_, unpaused := db.PauseIfFailing(t.Context(), ben, want.ID)
	for _, err := range []error{
		unread, unaccepted, unpaused, db.PauseSchedule(t.Context(), ben, want.ID, true), db.DeleteSchedule(t.Context(), ben, want.ID),
	} {
		wantKind(t, err, fault.NotFound)
	}
	noError(t, db.DeleteSchedule(t.Context(), ada, want.ID))
	wantKind(t, db.DeleteSchedule(t.Context(), ada, want.ID), fault.NotFound)
}

func TestSchedulesAreCountedAndGoWithTheirPerson(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	for range schedule.Max {
		noError(t, db.AddSchedule(t.Context(), weekly(t, ada, time.Now())))
	}
	wantKind(t, db.AddSchedule(t.Context(), weekly(t, ada, time.Now())), fault.Conflict)
	wantKind(t, db.AddSchedule(t.Context(), weekly(t, "nobody", time.Now())), fault.Unauthorised)
	if all, err := db.AllSchedules(t.Context()); err != nil || len(all) != schedule.Max {
		t.Errorf("%d in all, %v", len(all), err)
	}
	noError(t, db.DeletePerson(t.Context(), ada))
	if all, err := db.AllSchedules(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%d are left, %v", len(all), err)
	}
}

func TestATimeThatIsDueComesToOneRequest(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	s := weekly(t, ada, time.Now())
	noError(t, db.AddSchedule(t.Context(), s))
	pick := &music.Match{Verdict: music.Auto, Choices: []music.Choice{{Track: music.Track{ID: "t1", URI: "spotify:track:t1"}, Confidence: 1}}}
	due := schedule.Due{
		PersonID: ada, ScheduleID: s.ID, Key: "1", Text: "Add 1 song", Seen: schedule.Seen{ETag: "v1", Digest: "d"},
		List: &agent.NewList{Playlist: s.To, Rows: []agent.Row{{Song: music.Song{Title: "Africa"}, State: agent.RowFound, Match: pick}}},
	}
	run, fresh, err := db.AcceptDue(t.Context(), due)
	if err != nil || !fresh || !run.List {
		t.Fatalf("%+v, %v, %v", run, fresh, err)
	}
	again, fresh, err := db.AcceptDue(t.Context(), due)
	if err != nil || fresh || again.ID != run.ID {
		t.Errorf("the same time: %+v, %v, %v", again, fresh, err)
	}
	rows, err := db.ListRows(t.Context(), ada, run.ID, agent.RowFilter{})
	if err != nil || len(rows) != 1 || rows[0].Match == nil || rows[0].Match.Choices[0].Track.URI != "spotify:track:t1" {
		t.Errorf("rows %+v, %v", rows, err)
	}
	if got, err := db.Schedule(t.Context(), ada, s.ID); err != nil || got.Seen != due.Seen || got.Version != s.Version {
		t.Errorf("seen %+v, %v", got, err)
	}
	idle, fresh, err := db.AcceptDue(t.Context(), schedule.Due{PersonID: ada, ScheduleID: s.ID, Key: "2", Seen: due.Seen})
	if err != nil || !fresh || idle.ID != "" {
		t.Errorf("nothing to do: %+v, %v, %v", idle, fresh, err)
	}
	call := schedule.Due{PersonID: ada, ScheduleID: s.ID, Key: "3", Text: "Remove duplicates", Call: &agent.Call{ID: "1", Tool: agent.DedupePlaylist}}
	third, _, err := db.AcceptDue(t.Context(), call)
	if err != nil || third.ConversationID != run.ConversationID || third.Call == nil {
		t.Errorf("a call: %+v, %v; want the conversation %s", third, err, run.ConversationID)
	}
	c, err := db.Conversation(t.Context(), ada, run.ConversationID)
	if err != nil || c.Title != "Charts" {
		t.Errorf("the conversation is called %q, %v", c.Title, err)
	}
	for _, r := range []agent.Run{run, third} {
		noError(t, db.Finish(t.Context(), ada, r.ID, agent.Progress{Version: 1, State: agent.Done}))
	}
	noError(t, db.DeleteConversation(t.Context(), ada, run.ConversationID))
	call.Key = "4"
	if fourth, _, err := db.AcceptDue(t.Context(), call); err != nil || fourth.ConversationID == run.ConversationID {
		t.Errorf("after the conversation was deleted: %+v, %v", fourth, err)
	}
	results, err := db.Results(t.Context(), ada, s.ID, 9)
	if err != nil || len(results) != 4 || results[3].State != "" {
		t.Errorf("results %+v, %v", results, err)
	}
	if others, err := db.Results(t.Context(), db.person(t, "ben"), s.ID, 9); err != nil || len(others) != 0 {
		t.Errorf("somebody else sees %+v, %v", others, err)
	}
}

func TestResultsWithoutARequestAreKeptForAWhile(t *testing.T) {
	t.Parallel()
	db := openTest(t)
	ada := db.person(t, "ada")
	s := weekly(t, ada, time.Now())
	noError(t, db.AddSchedule(t.Context(), s))
	now := time.Now()
	for i := range keepResults + 10 {
		db.setClock(now.Add(time.Duration(i) * time.Minute))
		d := schedule.Due{PersonID: ada, ScheduleID: s.ID, Key: fmt.Sprint(i), Text: "x"}
		if i == 0 {
			d.Call = &agent.Call{ID: "1", Tool: agent.DedupePlaylist}
		}
		_, _, err := db.AcceptDue(t.Context(), d)
		noError(t, err)
	}
	results, err := db.Results(t.Context(), ada, s.ID, 1000)
	if err != nil || len(results) != keepResults+1 || results[keepResults].Key != "0" {
		t.Errorf("%d kept, %v", len(results), err)
	}
}
