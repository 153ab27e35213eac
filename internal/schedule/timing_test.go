package schedule_test

import (
	"strings"
	"testing"
	"time"

	"segue/internal/fault"
	"segue/internal/schedule"
)

func TestEachTimeOnTheWallComesOnceWhenTheClocksChange(t *testing.T) {
	t.Parallel()
	daily := func(at string) schedule.Timing {
		return schedule.Timing{Every: schedule.Day, At: at, Zone: "Europe/Berlin"}
	}
	for name, c := range map[string]struct {
		timing schedule.Timing
		after  string
		want   []string
	}{
		"before and after the clocks go forward": {daily("07:30"), "2026-03-28T12:00:00Z", []string{"2026-03-29T05:30:00Z", "2026-03-30T05:30:00Z"}},
		"a time that is skipped":                 {daily("02:30"), "2026-03-28T12:00:00Z", []string{"2026-03-29T01:30:00Z", "2026-03-30T00:30:00Z"}},
		"before and after the clocks go back":    {daily("07:30"), "2026-10-24T12:00:00Z", []string{"2026-10-25T06:30:00Z", "2026-10-26T06:30:00Z"}},
		"a time that comes twice":                {daily("02:30"), "2026-10-24T12:00:00Z", []string{"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
		"asked between the two":                  {daily("02:30"), "2026-10-25T01:00:00Z", []string{"2026-10-26T01:30:00Z"}},
		"hours as the clocks go forward": {
			schedule.Timing{Every: schedule.Pattern, Cron: "0 * * * *", Zone: "Europe/Berlin"},
			"2026-03-28T23:30:00Z",
			[]string{"2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"},
		},
		"days of the week": {
			schedule.Timing{Every: schedule.Week, At: "23:05", Days: []time.Weekday{time.Sunday, time.Wednesday}, Zone: "America/New_York"},
			"2026-11-26T00:00:00Z",
			[]string{"2026-11-26T04:05:00Z", "2026-11-30T04:05:00Z", "2026-12-03T04:05:00Z"},
		},
		"a leap day": {
			schedule.Timing{Every: schedule.Pattern, Cron: "0 12 29 2 *", Zone: "Asia/Tokyo"}, "2026-11-26T00:00:00Z", []string{"2028-02-29T03:00:00Z"},
		},
		"a day of the month or one of the week": {
			schedule.Timing{Every: schedule.Pattern, Cron: "0 6 1 * 1", Zone: "UTC"}, "2026-11-28T00:00:00Z", []string{"2026-11-30T06:00:00Z", "2026-12-01T06:00:00Z"},
		},
	} {
		after, err := time.Parse(time.RFC3339, c.after)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, at := range c.timing.Next(after, len(c.want)) {
			got = append(got, at.UTC().Format(time.RFC3339))
		}
		if strings.Join(got, " ") != strings.Join(c.want, " ") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestARefusedTimingNamesItsField(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"* * * * * *": "6 fields", "@hourly": "1 fields", "TZ=UTC 0 1 * *": "minute", "": "0 fields",
		"*/5 * * * *": "minute", "* * * * *": "minute", "0,30 * * * *": "minute", "61 * * * *": "minute", "x 1 * * *": "minute",
		"0 25 * * *": "hour", "0 1 32 * *": "day of the month", "0 1 * 13 *": "month", "0 1 * * 9": "day of the week", "0 1 * * SOON": "day of the week",
		"0 0 30 2 *": "never",
	} {
		err := schedule.Timing{Every: schedule.Pattern, Cron: line, Zone: "Europe/Berlin"}.Check(time.Now())
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want it to name %q", line, err, want)
		}
	}
	for _, timing := range []schedule.Timing{
		{Every: schedule.Day, At: "25:00", Zone: "UTC"},
		{Every: schedule.Day, At: "07:30"},
		{Every: schedule.Day, At: "07:30", Zone: "Local"},
		{Every: schedule.Day, At: "07:30", Zone: "../etc/passwd"},
		{Every: schedule.Week, At: "07:30", Zone: "UTC"},
		{Every: "second", At: "07:30", Zone: "UTC"},
	} {
		if err := timing.Check(time.Now()); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v is taken: %v", timing, err)
		}
	}
	for _, line := range []string{"0 * * * *", "59 23 31 12 0", "5 4 * * sun", "0 9-17/2 * * MON-FRI"} {
		if err := (schedule.Timing{Every: schedule.Pattern, Cron: line, Zone: "UTC"}).Check(time.Now()); err != nil {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestATimingIsSaidInWords(t *testing.T) {
	t.Parallel()
	days := []time.Weekday{time.Monday, time.Wednesday, time.Friday}
	for want, timing := range map[string]schedule.Timing{
		"every day at 07:30":                          {Every: schedule.Day, At: "07:30"},
		"every Monday at 07:30":                       {Every: schedule.Week, At: "07:30", Days: days[:1]},
		"every Monday and Wednesday at 07:30":         {Every: schedule.Week, At: "07:30", Days: days[:2]},
		"every Monday, Wednesday and Friday at 07:30": {Every: schedule.Week, At: "07:30", Days: days},
		"by the cron line 30 7 * * 1-5":               {Every: schedule.Pattern, Cron: "30 7 * * 1-5"},
	} {
		if got := timing.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
