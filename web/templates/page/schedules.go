package page

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"segue/internal/agent"
	"segue/internal/music"
	"segue/internal/schedule"
	"segue/web/templates/layout"
)

// Scheduled is a schedule with when it is due and what became of it.
type Scheduled struct {
	schedule.Schedule
	Next    []time.Time
	Results []schedule.Result // the newest first
	Now     time.Time
}

// SchedulesView is /schedules.
type SchedulesView struct {
	Person    layout.Person
	Schedules []Scheduled // each with its next time and its last result
	Most      int         // that a person may have
}

// ScheduleView is /schedules/{id}.
type ScheduleView struct {
	Person layout.Person
	Scheduled
	Delete bool // it is asked once more whether it is to be deleted
}

// NewScheduleView is /schedules/new.
type NewScheduleView struct {
	Person    layout.Person
	Key       string // idempotency key of the form
	Form      schedule.Schedule
	Fresh     bool // nothing was chosen yet: the browser may put its time zone in
	Playlists []music.Playlist
	Unlisted  bool     // Spotify did not say which there are
	Hosts     []string // that lists are read from; none: lists by address are not offered
	Zones     []string
	Trouble   *agent.Trouble // why the form was refused; nil when it was not
}

func (v SchedulesView) frame() layout.Frame {
	return layout.Frame{Title: "Schedules", Person: v.Person}
}

func (v ScheduleView) frame() layout.Frame {
	return layout.Frame{Title: v.Name, Person: v.Person}
}

func (v NewScheduleView) frame() layout.Frame {
	return layout.Frame{Title: "New schedule", Person: v.Person}
}

// editable are the playlists that can be changed.
func (v NewScheduleView) editable() []music.Playlist {
	return slices.DeleteFunc(slices.Clone(v.Playlists), func(p music.Playlist) bool { return !p.Editable })
}

// zones are those offered, with the one that was chosen.
func (v NewScheduleView) zones() []string {
	if zone := v.Form.Timing.Zone; zone != "" && !slices.Contains(v.Zones, zone) {
		return append([]string{zone}, v.Zones...)
	}
	return v.Zones
}

// does says in a sentence what is repeated.
func (s Scheduled) does() string {
	switch s.Kind {
	case schedule.List:
		return "Adds what is new in the list at " + s.host() + " to " + s.To.Name
	case schedule.Archive:
		return "Adds what is new in " + s.From.Name + " to " + s.To.Name
	case schedule.Clean:
		return "Removes duplicates from " + s.To.Name
	}
	return ""
}

// host is the part of the address that holds no secret.
func (s Scheduled) host() string {
	host, _, _ := strings.Cut(strings.TrimPrefix(s.URL, "https://"), "/")
	return host
}

// when says when, by which clock.
func (s Scheduled) when() string {
	words := s.Timing.String()
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:] + ", by the clock in " + zoneWords(s.Timing.Zone)
}

func zoneWords(zone string) string { return strings.ReplaceAll(zone, "_", " ") }

// clock says a time as the clocks in the zone of the schedule show it.
func (s Scheduled) clock(t time.Time) string {
	zone, err := time.LoadLocation(s.Timing.Zone)
	if err != nil {
		zone = time.UTC
	}
	return t.In(zone).Format("Mon 2 January 2006, 15:04")
}

// became says in words what one time has come to.
func became(r schedule.Result) string {
	switch {
	case r.RunID == "" && r.Trouble == nil:
		return "Nothing new"
	case r.RunID == "":
		return r.Trouble.What
	case r.State == "":
		return "A request that is kept no longer"
	case r.Title != "":
		return r.Title
	case r.State == agent.Failed:
		return "Not done"
	default:
		return "Under way"
	}
}

// paused says why a schedule does not run, "" for one that does.
func (s Scheduled) paused() string {
	switch {
	case s.Failed:
		return "Paused itself"
	case s.Paused:
		return "Paused"
	}
	return ""
}

// gaveUp is the card of a schedule that has paused itself.
func (s Scheduled) gaveUp() agent.Trouble {
	t := agent.Trouble{
		Kind: "conflict", What: fmt.Sprintf("This has failed %d times in a row, so it has paused itself.", schedule.MaxFailures),
		Kept: "What it added before stays.", Do: "See below what went wrong, then let it go on.",
	}
	if len(s.Results) > 0 && s.Results[0].Trouble != nil {
		t.Kept = "The last time: " + s.Results[0].Trouble.What + " What it added before stays."
	}
	return t
}

// weekdays in the order of most calendars.
func weekdays() []time.Weekday {
	return []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}
}
