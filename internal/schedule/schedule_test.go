package schedule_test

import (
	"strings"
	"testing"
	"time"

	"segue/internal/agent"
	"segue/internal/fault"
	"segue/internal/schedule"
)

func good() schedule.Schedule {
	return schedule.Schedule{
		PersonID: "ada", Name: " The  charts ", Kind: schedule.List, URL: "https://lists.example/charts.csv",
		From: agent.PlaylistRef{ID: "other"}, To: agent.PlaylistRef{ID: "road", Name: "Road Trip"},
		Timing: schedule.Timing{Every: schedule.Day, At: "07:30", Zone: "Europe/Berlin"},
	}
}

func TestAScheduleIsCheckedBeforeItIsMade(t *testing.T) {
	t.Parallel()
	s, err := schedule.New(good(), time.Now())
	if err != nil || s.ID == "" || s.Name != "The charts" || s.From.ID != "" || s.Since.IsZero() {
		t.Fatalf("%+v, %v", s, err)
	}
	for name, spoil := range map[string]func(*schedule.Schedule){
		"no name":               func(s *schedule.Schedule) { s.Name = " " },
		"a long name":           func(s *schedule.Schedule) { s.Name = strings.Repeat("ü", 61) },
		"no playlist":           func(s *schedule.Schedule) { s.To = agent.PlaylistRef{} },
		"no kind":               func(s *schedule.Schedule) { s.Kind = "" },
		"an address in clear":   func(s *schedule.Schedule) { s.URL = "http://lists.example/charts.csv" },
		"an address of a file":  func(s *schedule.Schedule) { s.URL = "file:///etc/passwd" },
		"an address with a key": func(s *schedule.Schedule) { s.URL = "https://ada:key@lists.example/" },
		"no source":             func(s *schedule.Schedule) { s.Kind, s.From = schedule.Archive, agent.PlaylistRef{} },
		"into itself":           func(s *schedule.Schedule) { s.Kind, s.From = schedule.Archive, s.To },
		"no time":               func(s *schedule.Schedule) { s.Timing.At = "" },
	} {
		s := good()
		spoil(&s)
		if _, err := schedule.New(s, time.Now()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s is taken: %v", name, err)
		}
	}
}

func TestOnlyFailuresInARowAreCounted(t *testing.T) {
	t.Parallel()
	unread := schedule.Result{Trouble: &agent.Trouble{What: "The list was not found."}}
	failed, done, open := schedule.Result{RunID: "r", State: agent.Failed}, schedule.Result{RunID: "r", State: agent.Done}, schedule.Result{RunID: "r", State: agent.Waiting}
	unchanged := schedule.Result{}
	for want, all := range map[int][][]schedule.Result{
		0: {nil, {done, failed}, {unchanged, failed, failed, failed}, {open}},
		1: {{failed}, {open, failed, done, failed}},
		3: {{unread, failed, unread}, {unread, open, failed, failed, done}},
	} {
		for _, results := range all {
			if got := schedule.FailuresInARow(results); got != want {
				t.Errorf("%d in %+v, want %d", got, results, want)
			}
		}
	}
}
