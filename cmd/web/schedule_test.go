package main

import (
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/fetch"
	"segue/internal/schedule"
	"segue/internal/workflows"
)

// published is a list at an address of this machine.
type published struct {
	list   atomic.Pointer[string]
	served atomic.Int64 // whole answers
}

func (p *published) set(list string) { p.list.Store(&list) }

// publishes serves a list over TLS, which the rig reads lists from.
func (r *rig) publishes(list string) (p *published, address string) {
	r.t.Helper()
	p = &published{}
	p.set(list)
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		tag := `"` + (*p.list.Load())[:5] + `"`
		w.Header().Set("ETag", tag)
		if req.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		p.served.Add(1)
		_, _ = w.Write([]byte(*p.list.Load()))
	}))
	r.t.Cleanup(srv.Close)
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	r.lists = fetch.New(fetch.Options{Loopback: true, Roots: roots})
	r.stop()
	r.start()
	return p, srv.URL + "/list.csv"
}

// schedules makes a schedule of the person's that is due every day in an hour.
func (r *rig) schedules(s schedule.Schedule) schedule.Schedule {
	r.t.Helper()
	s.PersonID, s.Name = r.person, "Charts"
	s.Timing = schedule.Timing{Every: schedule.Day, At: time.Now().UTC().Add(time.Hour).Format("15:04"), Zone: "UTC"}
	made, err := schedule.New(s, time.Now())
	must(r.t, err)
	must(r.t, r.db.AddSchedule(r.t.Context(), made))
	must(r.t, workflows.NewReconciler(r.db, r.engine, quiet()).Once(r.t.Context()))
	return made
}

// was makes a schedule that has been there since the day before and is due every day; it was last so long ago.
func (r *rig) was(ago time.Duration) schedule.Schedule {
	r.t.Helper()
	made, err := schedule.New(schedule.Schedule{
		PersonID: r.person, Name: "Tidy up", Kind: schedule.Clean, To: agent.PlaylistRef{ID: r.playlist("Focus"), Name: "Focus"},
		Timing: schedule.Timing{Every: schedule.Day, At: time.Now().UTC().Add(-ago).Format("15:04"), Zone: "UTC"},
	}, time.Now().Add(-24*time.Hour))
	must(r.t, err)
	must(r.t, r.db.AddSchedule(r.t.Context(), made))
	return made
}

// now runs a schedule and returns its n-th result once that is settled.
func (r *rig) now(s schedule.Schedule, n int) schedule.Result {
	r.t.Helper()
	must(r.t, r.engine.TriggerSchedule(r.t.Context(), s))
	for deadline := time.Now().Add(90 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		results, err := r.db.Results(r.t.Context(), r.person, s.ID, 9)
		must(r.t, err)
		if len(results) == n && !results[0].Open() {
			r.rested(s)
			return results[0]
		}
	}
	r.t.Fatal("the schedule never ran")
	return schedule.Result{}
}

// rested waits until the engine may start the schedule again: what is running now is left out.
func (r *rig) rested(s schedule.Schedule) {
	r.t.Helper()
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		d, err := r.temporal.ScheduleClient().GetHandle(r.t.Context(), workflows.ScheduleID(s.ID)).Describe(r.t.Context())
		must(r.t, err)
		if len(d.Info.RunningWorkflows) == 0 {
			return
		}
	}
	r.t.Fatal("the schedule never rests")
}

func TestAScheduleAddsWhatIsNewInAListAndSurvivesTheLossOfTheEngine(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	list, address := r.publishes("title,artist\nAfrica,Toto\nBohemian Rhapsody,Queen\n")
	before := r.rows("Focus")
	s := r.schedules(schedule.Schedule{Kind: schedule.List, URL: address, To: agent.PlaylistRef{ID: r.playlist("Focus"), Name: "Focus"}})
	want := len(before) + 2
	for n, what := range []string{"the first time", "unchanged"} {
		first := r.now(s, n+1)
		if rows := r.rows("Focus"); len(rows) != want || first.Failing() {
			t.Errorf("%s: %d rows, want %d; %+v", what, len(rows), want, first)
		}
	}
	if list.served.Load() != 1 {
		t.Errorf("the list was sent %d times", list.served.Load())
	}
	r.stop()
	r.forget()
	r.start()
	must(t, workflows.NewReconciler(r.db, r.engine, quiet()).Once(t.Context()))
	d, err := r.temporal.ScheduleClient().GetHandle(t.Context(), workflows.ScheduleID(s.ID)).Describe(t.Context())
	must(t, err)
	for i, at := range s.Timing.Next(time.Now(), 3) {
		if got := d.Info.NextActionTimes[i].Sub(at); got < 0 || got > schedule.Jitter {
			t.Errorf("the engine starts %s after %s", got, at)
		}
	}
	list.set("TITLE,artist\nAfrica,Toto\nBohemian Rhapsody,Queen\nCreep,Radiohead\n")
	third := r.now(s, 3)
	rows, err := r.db.ListRows(t.Context(), r.person, third.RunID, agent.RowFilter{})
	must(t, err)
	if len(rows) != 1 || times(r.rows("Focus"), r.rows("Focus")[want-1]) != 1 {
		t.Errorf("of the changed list %d rows were brought; Focus has %q", len(rows), r.rows("Focus"))
	}
	if r.grep("list.csv") || r.grep("Africa") {
		t.Error("Temporal knows the address or the songs")
	}
	must(t, r.db.DeleteSchedule(t.Context(), r.person, s.ID))
	reconciler := workflows.NewReconciler(r.db, r.engine, quiet())
	must(t, reconciler.Once(t.Context()))
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		must(t, reconciler.Sweep(t.Context()))
		ids, err := r.engine.ScheduleIDs(t.Context())
		must(t, err)
		if len(ids) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the engine keeps %q", ids)
		}
	}
}

func TestAScheduleIsCaughtUpOnForHalfAnHour(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	late, tooLate := r.was(10*time.Minute), r.was(40*time.Minute)
	results := func(s schedule.Schedule) int {
		found, err := r.db.Results(t.Context(), r.person, s.ID, 9)
		must(t, err)
		return len(found)
	}
	for range 2 { // as after another start
		must(t, workflows.NewReconciler(r.db, r.engine, quiet()).Once(t.Context()))
		for deadline := time.Now().Add(30 * time.Second); results(late) == 0 && time.Now().Before(deadline); {
			time.Sleep(50 * time.Millisecond)
		}
		time.Sleep(time.Second) // for what must not come
		if results(late) != 1 || results(tooLate) != 0 {
			t.Fatalf("due 10 min ago: %d times, 40 min ago: %d times; want once and never", results(late), results(tooLate))
		}
	}
}

func TestASchedulesArchiveAndCleanUp(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.end(r.say("create a playlist called Archive"))
	archive := agent.PlaylistRef{ID: r.playlist("Archive"), Name: "Archive"}
	dinner := agent.PlaylistRef{ID: r.playlist("Dinner"), Name: "Dinner"}
	s := r.schedules(schedule.Schedule{Kind: schedule.Archive, From: dinner, To: archive})
	var want []string
	for _, title := range r.rows("Dinner") {
		if !slices.Contains(want, title) {
			want = append(want, title)
		}
	}
	for n := range 2 {
		got := r.now(s, n+1)
		if rows := r.rows("Archive"); len(rows) < len(want) || len(rows) > len(r.rows("Dinner")) || got.Failing() {
			t.Errorf("archived %d rows of %d; %+v", len(rows), len(want), got)
		}
	}
	first := r.rows("Archive")[0]
	id, ok := "", false
	for _, p := range r.emulator.State().Playlists {
		if p.Name == "Archive" {
			id, ok = p.Rows[0].URI, true
		}
	}
	if !ok {
		t.Fatal("no archive")
	}
	must(t, r.api.Add(t.Context(), r.person, archive.ID, []string{id, id}, -1))
	clean := r.schedules(schedule.Schedule{Kind: schedule.Clean, To: archive})
	got := r.now(clean, 1)
	if n := times(r.rows("Archive"), first); n != 1 || got.State != agent.Done {
		t.Errorf("%q stands there %d times; %+v", first, n, got)
	}
}
