package page_test

import (
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"segue/internal/agent"
	"segue/internal/music"
	"segue/internal/schedule"
	"segue/web/templates/page"
)

// schedulesPages are the schedules of a person, one of them, and the form.
func schedulesPages() map[string]templ.Component {
	to := agent.PlaylistRef{ID: "p1", Name: "Road Trip"}
	daily := schedule.Timing{Every: schedule.Day, At: "07:30", Zone: "Europe/Berlin"}
	charts := page.Scheduled{Now: now, Next: daily.Next(now, 5), Schedule: schedule.Schedule{
		ID: "s1", Name: "The charts", Kind: schedule.List, URL: "https://raw.githubusercontent.com/ada/lists/main/charts.csv", To: to, Timing: daily,
	}}
	unread := schedule.Result{Key: "1", At: ago(time.Hour), Trouble: &agent.Trouble{
		Kind: "not_found", What: "There is no list at this address.", Kept: "Nothing was changed. It is tried again the next time it is due.", Do: "If it goes on like this, delete the schedule and make it anew.",
	}}
	failed := schedule.Result{Key: "2", At: ago(25 * time.Hour), RunID: "r2", State: agent.Failed, Title: "Not done", Trouble: &agent.Trouble{
		Kind: "unavailable", What: "Spotify did not answer.", Kept: "What was added so far stays.", Do: "Send it again when Spotify is back.",
	}}
	ran := charts
	ran.Results = []schedule.Result{
		{Key: "5", At: ago(time.Minute), RunID: "r5", State: agent.Running},
		{Key: "4", At: ago(24 * time.Hour)},
		failed,
		{Key: "1", At: ago(50 * time.Hour), RunID: "r1", State: agent.Done, Title: "Added 3 of 4 songs to Road Trip"},
		{Key: "0", At: ago(900 * time.Hour), RunID: "r0"},
	}
	paused, gaveUp := ran, charts
	paused.Paused = true
	gaveUp.Paused, gaveUp.Failed, gaveUp.Results = true, true, []schedule.Result{unread, failed, unread}
	archive, clean := charts, charts
	archive.Schedule = schedule.Schedule{ID: "s2", Name: strings.Repeat("A long name ", 5), Kind: schedule.Archive, From: agent.PlaylistRef{ID: "p4", Name: "Discover Weekly"}, To: to, Timing: schedule.Timing{
		Every: schedule.Week, At: "23:05", Days: []time.Weekday{time.Monday, time.Wednesday, time.Friday}, Zone: "America/New_York",
	}}
	clean.Schedule = schedule.Schedule{ID: "s3", Name: "Tidy up", Kind: schedule.Clean, To: to, Timing: schedule.Timing{Every: schedule.Pattern, Cron: "30 7 * * 1-5", Zone: "UTC"}}
	all := []page.Scheduled{ran, archive, paused, gaveUp, clean}
	form := page.NewScheduleView{
		Person: ada, Key: "k", Playlists: []music.Playlist{road, gym, {ID: "p4", Name: "Discover Weekly"}}, Zones: schedule.Zones(), Hosts: []string{"raw.githubusercontent.com", "docs.google.com"},
		Form: schedule.Schedule{Kind: schedule.List, Timing: schedule.Timing{Every: schedule.Day, At: "07:30", Zone: "Europe/Berlin"}},
	}
	refused, fresh := form, form
	refused.Form = schedule.Schedule{Name: "Tidy up", Kind: schedule.Clean, To: to, Timing: schedule.Timing{Every: schedule.Pattern, Cron: "* * * * *", Zone: "Europe/Busingen"}}
	refused.Trouble = &agent.Trouble{Kind: "invalid", What: "The minute of the cron line must be one number: a schedule repeats at most once an hour.", Kept: "No schedule was made.", Do: "Change the form below and send it again."}
	week := form
	week.Form.Kind, week.Form.Timing.Every, week.Form.Timing.Days = schedule.Archive, schedule.Week, []time.Weekday{time.Monday}
	fresh.Fresh, fresh.Unlisted, fresh.Playlists, fresh.Hosts = true, true, nil, nil
	return map[string]templ.Component{
		"schedules-none": page.Schedules(page.SchedulesView{Person: ada, Most: schedule.Max}), "schedules": page.Schedules(page.SchedulesView{Person: ada, Schedules: all, Most: schedule.Max}),
		"schedules-most": page.Schedules(page.SchedulesView{Person: ada, Schedules: all, Most: len(all)}),
		"schedule":       page.Schedule(page.ScheduleView{Person: ada, Scheduled: ran}), "schedule-unrun": page.Schedule(page.ScheduleView{Person: ada, Scheduled: archive}),
		"schedule-paused": page.Schedule(page.ScheduleView{Person: ada, Scheduled: paused}), "schedule-gave-up": page.Schedule(page.ScheduleView{Person: ada, Scheduled: gaveUp}),
		"schedule-delete": page.Schedule(page.ScheduleView{Person: ada, Scheduled: clean, Delete: true}),
		"schedule-new":    page.NewSchedule(form), "schedule-new-week": page.NewSchedule(week), "schedule-new-refused": page.NewSchedule(refused), "schedule-new-unlisted": page.NewSchedule(fresh),
	}
}

func TestAScheduleSaysWhatWhenAndWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	all := schedulesPages()
	for name, says := range map[string][]string{
		"schedules":             {"raw.githubusercontent.com", "Paused itself", "Every Monday, Wednesday and Friday at 23:05, by the clock in America/New York", "Last: Under way"},
		"schedule":              {"Nothing new", "A request that is kept no longer", "Added 3 of 4 songs to Road Trip", "07:30"},
		"schedule-gave-up":      {"This has failed 3 times in a row, so it has paused itself.", "The last time: There is no list at this address.", "Let it go on"},
		"schedule-new":          {"you are not asked again", "Only rows that repeat exactly the same recording go."},
		"schedule-new-unlisted": {"Spotify does not say just now"},
	} {
		doc, html := render(t, all[name])
		for _, words := range says {
			if !strings.Contains(strings.Join(strings.Fields(doc.Text()), " "), words) {
				t.Errorf("%s does not say %q", name, words)
			}
		}
		if strings.Contains(html, "charts.csv") {
			t.Errorf("%s tells the whole address", name)
		}
	}
	doc, _ := render(t, all["schedule-new-refused"])
	if zone := doc.Find("#zone option[selected]"); zone.AttrOr("value", "") != "Europe/Busingen" {
		t.Errorf("the zone that was chosen is %q", zone.Text())
	}
	if kind := doc.Find(`input[name="kind"][checked]`); kind.AttrOr("value", "") != "clean" || doc.Find("#to option[selected]").Text() != "Road Trip" {
		t.Error("what was chosen is gone")
	}
	doc, _ = render(t, all["schedule-new-unlisted"])
	if doc.Find("#url").Length() > 0 || doc.Find("#zone[data-zone]").Length() != 1 {
		t.Error("a list by address is offered without hosts, or the browser may not say its zone")
	}
}
