package server_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/fetch"
	"segue/internal/music"
	"segue/internal/schedule"
	"segue/internal/server"
)

// shelf is a Spotify with three playlists, one of them somebody else's.
type shelf struct{}

func (shelf) Playlists(context.Context, string) ([]music.Playlist, error) {
	return []music.Playlist{{ID: "road", Name: "Road Trip", Editable: true}, {ID: "focus", Name: "Focus", Editable: true}, {ID: "charts", Name: "Charts"}}, nil
}

func (s shelf) Playlist(ctx context.Context, personID, id string) (music.Playlist, error) {
	all, _ := s.Playlists(ctx, personID)
	for _, p := range all {
		if p.ID == id {
			return p, nil
		}
	}
	return music.Playlist{}, fault.New(fault.NotFound, "This playlist is not there any more.", nil)
}

func repeating(o *server.Options, _ *http.Server) {
	o.Playlists, o.Documents = shelf{}, fetch.New(fetch.Options{Hosts: fetch.Hosts()})
	o.Limits.Messages = 1000
}

const listAddress = "https://raw.githubusercontent.com/ada/lists/main/s3cret.csv"

// asks are the fields of a good form, with those that are told instead.
func asks(instead ...string) []string {
	form := []string{
		"name", "Charts", "kind", "list", "url", listAddress, "to", "road", "every", "week", "at", "07:30", "day", "5", "zone", "Europe/Berlin", "key", "k1",
	}
	for i := 0; i < len(instead); i += 2 {
		for j := 0; j < len(form); j += 2 {
			if form[j] == instead[i] {
				form[j+1] = instead[i+1]
			}
		}
	}
	return form
}

func TestAScheduleIsMadeRunPausedAndDeleted(t *testing.T) {
	t.Parallel()
	s := newSite(t, repeating)
	ada, ben := s.login("ada"), s.login("ben")
	ada.get("/schedules").wants(http.StatusOK).says("Nothing repeats itself yet.")
	ada.get("/schedules/new").wants(http.StatusOK).says("raw.githubusercontent.com").says("you are not asked again")
	made := ada.post("/schedules", asks()...).wants(http.StatusSeeOther).Header.Get("Location")
	if again := ada.post("/schedules", asks()...).wants(http.StatusSeeOther).Header.Get("Location"); again != made {
		t.Errorf("the same form again made %s, first %s", again, made)
	}
	page := ada.get(made).wants(http.StatusOK).says("Adds what is new in the list at raw.githubusercontent.com to Road Trip").
		says("Every Friday at 07:30, by the clock in Europe/Berlin").says("It has not run yet.")
	if n := page.page().Find(`[data-testid="times"] time`).Length(); n != 5 {
		t.Errorf("%d next times, want 5", n)
	}
	if strings.Contains(page.body, "s3cret") {
		t.Error("the page tells the whole address")
	}
	ada.get("/schedules").says("Charts").says("Next:")
	for _, path := range []string{made, made + "/pause", made + "/run", made + "/delete"} {
		if path != made {
			ben.post(path).wants(http.StatusNotFound)
		} else {
			ben.get(path).wants(http.StatusNotFound)
		}
	}
	ben.get("/schedules").says("Nothing repeats itself yet.")

	ada.post(made+"/pause", "pause", "1").redirects(made)
	ada.get(made).says("Nothing is done until you let it go on.")
	ada.post(made + "/pause").redirects(made)
	id := strings.TrimPrefix(made, "/schedules/")
	go func() { // what the engine would do
		time.Sleep(200 * time.Millisecond)
		_, _, err := s.db.AcceptDue(context.WithoutCancel(t.Context()), schedule.Due{
			PersonID: ada.id, ScheduleID: id, Key: "now", Text: "Import 1 song", List: &agent.NewList{Rows: []agent.Row{{Song: music.Song{Title: "Africa"}, State: agent.RowOpen}}},
		})
		if err != nil {
			t.Error(err)
		}
	}()
	if to := ada.post(made + "/run").wants(http.StatusSeeOther).Header.Get("Location"); !strings.HasPrefix(to, "/runs/") {
		t.Errorf("it leads to %s", to)
	}
	if len(s.engine.due) != 1 || s.engine.due[0] != id {
		t.Errorf("told to run: %q", s.engine.due)
	}
	ada.get(made).says("Under way")
	ada.post(made + "/run").wants(http.StatusConflict).says("is running already")
	ada.get(made + "?delete=1").says("Delete for good")
	ada.post(made + "/delete").redirects("/schedules")
	ada.get(made).wants(http.StatusNotFound)
	if strings.Contains(s.log.String(), "s3cret") {
		t.Error("the log holds the address")
	}
}

func TestAFormForAScheduleThatCannotBeIsShownAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t, repeating)
	ada := s.login("ada")
	for says, form := range map[string][]string{
		"Give the schedule a name":              asks("name", ""),
		"Choose the playlist":                   asks("to", ""),
		"belongs to somebody else":              asks("to", "charts"),
		"is not there any more":                 asks("to", "gone"),
		"must begin with https://":              asks("url", "http://127.0.0.1/"),
		"from these hosts only":                 asks("url", "https://169.254.169.254/latest/meta-data/"),
		"read over https":                       asks("url", "https://localhost/list.csv"),
		"two different playlists":               append(asks("kind", "archive"), "from", "road"),
		"that the songs come from":              asks("kind", "archive"),
		"hours and minutes":                     asks("at", "soon"),
		"Choose a time zone":                    asks("zone", "Moon/Crater"),
		"6 fields":                              append(asks("every", "cron"), "cron", "* * * * * *"),
		"The minute of the cron line":           append(asks("every", "cron"), "cron", "* * * * *"),
		"never come together":                   append(asks("every", "cron"), "cron", "0 0 31 2 *"),
		"what is to be repeated":                asks("kind", "everything"),
		"how often it is to be":                 asks("every", "second"),
		"The day of the week of the cron line ": append(asks("every", "cron"), "cron", "0 0 * * 8"),
	} {
		a := ada.post("/schedules", form...).says(says).says("No schedule was made.")
		if a.StatusCode != http.StatusUnprocessableEntity && a.StatusCode != http.StatusBadRequest && a.StatusCode != http.StatusForbidden && a.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", says, a.StatusCode)
		}
	}
	if all, err := s.db.Schedules(t.Context(), ada.id); err != nil || len(all) != 0 {
		t.Errorf("made %+v, %v", all, err)
	}
}

func TestAPersonHasAtMostTwentySchedules(t *testing.T) {
	t.Parallel()
	s := newSite(t, repeating)
	ada := s.login("ada")
	for range schedule.Max {
		ada.post("/schedules", asks("key", "")...).wants(http.StatusSeeOther)
	}
	ada.post("/schedules", asks("key", "")...).wants(http.StatusConflict).says("that is the most").says("Delete one")
	ada.get("/schedules").says("that is the most")
}

func TestAScheduleThatPausedItselfSaysWhy(t *testing.T) {
	t.Parallel()
	s := newSite(t, repeating)
	ada := s.login("ada")
	made := ada.post("/schedules", asks()...).wants(http.StatusSeeOther).Header.Get("Location")
	id := strings.TrimPrefix(made, "/schedules/")
	for _, key := range []string{"1", "2", "3"} {
		_, _, err := s.db.AcceptDue(t.Context(), schedule.Due{
			PersonID: ada.id, ScheduleID: id, Key: key, Trouble: &agent.Trouble{Kind: "not_found", What: "There is no list at this address.", Kept: "Nothing was changed.", Do: "Look at it."},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if paused, err := s.db.PauseIfFailing(t.Context(), ada.id, id); !paused || err != nil {
		t.Fatal(paused, err)
	}
	ada.get(made).says("This has failed 3 times in a row, so it has paused itself.").says("There is no list at this address.").says("It was the third failure in a row").says("Let it go on")
	ada.get("/schedules").says("Paused itself")
	ada.post(made + "/pause").redirects(made)
	if a := ada.get(made); strings.Contains(a.body, "so it has paused itself.") {
		t.Error("it still says so after it was let go on")
	}
}
